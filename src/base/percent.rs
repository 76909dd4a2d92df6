//! Percentages as exact decimals: no binary fraction, one rounding.

use super::money::part;
use serde::{Deserialize, Serialize};

/// Digits after the point that a percentage may have.
pub const DECIMALS_MAX: u32 = 6;

/// Digits of a percentage: three, and those after the point.
const DIGITS_MAX: u32 = 9;

/// 100 %, in millionths of a percent.
const WHOLE: i64 = 100_000_000;

/// A percentage from 0 to 100 with at most [`DECIMALS_MAX`] digits after the point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Percent {
    // INVARIANT (a part of the whole): at most WHOLE.
    millionths: i64,
}

/// A text that is no such percentage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PercentError;

impl core::fmt::Display for PercentError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("expected a decimal from 0 to 100 with at most 6 digits after the point, such as `12.5`")
    }
}

impl Percent {
    /// Reads a decimal such as `33.333`: digits, then perhaps a point and digits; no sign, no exponent, no
    /// spaces.
    ///
    /// # Errors
    /// [`PercentError`] for anything else, and beyond 100.
    pub fn parse(text: &str) -> Result<Self, PercentError> {
        let (mut millionths, mut digits, mut point) = (0, 0, None);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => millionths = millionths * 10 + i64::from(byte - b'0'),
                b'.' if point.is_none() => {
                    point = Some(digits);
                    continue;
                }
                _ => return Err(PercentError),
            }
            digits += 1;
            if digits > DIGITS_MAX {
                return Err(PercentError);
            }
        }
        let whole = point.unwrap_or(digits);
        let decimals = digits - whole;
        if whole == 0 || decimals > DECIMALS_MAX || point == Some(digits) {
            return Err(PercentError);
        }
        for _ in decimals..DECIMALS_MAX {
            millionths *= 10;
        }
        if millionths > WHOLE { Err(PercentError) } else { Ok(Self { millionths }) }
    }

    /// This part of a whole that is not below 0, rounded half up. Never more than the whole.
    #[must_use]
    pub fn of(self, whole: i64) -> i64 {
        let (part, rest) = part(whole, self.millionths, WHOLE);
        if rest >= WHOLE / 2 { part + 1 } else { part }
    }
}

impl TryFrom<String> for Percent {
    type Error = PercentError;

    fn try_from(text: String) -> Result<Self, PercentError> {
        Self::parse(&text)
    }
}

/// Without zeros that say nothing: `12.5`, `100`.
impl From<Percent> for String {
    fn from(percent: Percent) -> Self {
        let (whole, decimals) = (percent.millionths / 1_000_000, percent.millionths % 1_000_000);
        let text = format!("{whole}.{decimals:06}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

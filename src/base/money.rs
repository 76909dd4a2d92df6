//! Money: whole minor units of one currency.

use crate::base::limits::MS_MAX;
use serde::{Deserialize, Serialize, Serializer};

/// Largest amount anywhere, in minor units: 2^53 - 1, so that JavaScript numbers hold it exactly.
#[expect(clippy::cast_possible_wrap, reason = "2^53 - 1")]
pub const MINOR_MAX: i64 = MS_MAX as i64;

/// A currency: three capitals, as in ISO 4217. Whether it is in use is asked where a coupon is made
/// (`Currency::is_in_use`), not wherever one is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Currency([u8; 3]);

/// A text that is no currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyError;

impl core::fmt::Display for CurrencyError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("expected a currency of ISO 4217, three capitals such as `EUR`")
    }
}

impl Currency {
    /// Reads three capitals.
    ///
    /// # Errors
    /// [`CurrencyError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        match text.as_bytes() {
            letters @ [_, _, _] if letters.iter().all(u8::is_ascii_uppercase) => {
                letters.try_into().map(Self).map_err(|_| CurrencyError)
            }
            _ => Err(CurrencyError),
        }
    }

    /// The three capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether the currency is one that is paid with today.
    #[cfg(feature = "office")]
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        IN_USE.split_ascii_whitespace().any(|code| code == self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(text: String) -> Result<Self, CurrencyError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

// Derived, it would make a `String` first.
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Adds amounts.
///
/// # Errors
/// None beyond [`MINOR_MAX`], or if one is below 0.
#[must_use]
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Option<i64> {
    let add = |sum: i64, amount: i64| checked(sum.checked_add(amount)?);
    amounts.into_iter().try_fold(0, |sum, amount| add(sum, checked(amount)?))
}

/// An amount, if it is from 0 to [`MINOR_MAX`].
#[must_use]
pub fn checked(amount: i64) -> Option<i64> {
    (0..=MINOR_MAX).contains(&amount).then_some(amount)
}

/// `amount * share / whole`, rounded down, and what is left of the division, for an amount that is not below 0
/// and a share that is at most the whole, which is at most [`MINOR_MAX`]. Exact.
#[must_use]
pub fn part(amount: i64, share: i64, whole: i64) -> (i64, i64) {
    let (mut part, mut rest) = (0, 0);
    // Bit by bit, because dividing 128 bits costs the edge build half a kilobyte.
    for bit in (0..i64::BITS - amount.leading_zeros()).rev() {
        part *= 2;
        rest *= 2;
        if amount >> bit & 1 == 1 {
            rest += share;
        }
        // Twice at most: the rest was below the whole, and the share is not above it.
        while rest >= whole {
            rest -= whole;
            part += 1;
        }
    }
    (part, rest)
}

/// An amount in decimal. Formatting `i64` costs the edge build another half of a kilobyte, beside `u64`.
#[must_use]
pub fn decimal(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    if amount < 0 { ["-", &digits].concat() } else { digits }
}

/// Source: ISO 4217, list one, without precious metals, units of account and test codes.
#[cfg(feature = "office")]
const IN_USE: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL \
    BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP \
    GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF \
    KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN \
    NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD \
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES \
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

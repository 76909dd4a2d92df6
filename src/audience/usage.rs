//! How much a viewer uses the service, and the class that follows.

/// Days that count: the rolling usage window.
pub const WINDOW_MS: u64 = 28 * DAY_MS;

/// Before a viewer is known this long, there is no class.
pub const KNOWN_MS_MIN: u64 = WEEK_MS;

const WEEK_MS: u64 = 7 * DAY_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
const HOUR_MS: u64 = 3_600_000;

/// What kind of viewer somebody is, by unique content a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, serde::Deserialize, tsify::Tsify))]
#[cfg_attr(feature = "wire", serde(rename_all = "snake_case"))]
pub enum ViewerClass {
    /// Known for less than a week.
    #[default]
    Unknown,
    /// Watches little.
    Light,
    /// Watches as most do.
    Standard,
    /// Watches a lot.
    Heavy,
}

impl ViewerClass {
    /// The names; the place is the code.
    pub const NAMES: [&str; 4] = ["unknown", "light", "standard", "heavy"];

    /// The class of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let code = Self::NAMES.iter().position(|known| *known == name)?;
        Some(Self::from_code(code as u64))
    }

    /// 0 unknown, 1 light, 2 standard, 3 heavy.
    #[must_use]
    pub fn to_code(self) -> u64 {
        self as u64
    }

    /// The inverse of [`ViewerClass::to_code`]; any other number is unknown.
    #[must_use]
    pub fn from_code(code: u64) -> Self {
        match code {
            1 => Self::Light,
            2 => Self::Standard,
            3 => Self::Heavy,
            _ => Self::Unknown,
        }
    }
}

/// Where one class ends and the next begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Unique content a week from which a viewer is standard.
    pub standard_from_ms: u64,
    /// Unique content a week from which a viewer is heavy.
    pub heavy_from_ms: u64,
    /// How far beyond a threshold a viewer who has a class must be to leave it, in percent, so that one
    /// on the line does not flap.
    pub hysteresis_percent: u64,
}

impl Default for Thresholds {
    /// Standard from 2 hours a week, heavy from 10, with 10 % hysteresis.
    fn default() -> Self {
        Self { standard_from_ms: 2 * HOUR_MS, heavy_from_ms: 10 * HOUR_MS, hysteresis_percent: 10 }
    }
}

impl Thresholds {
    /// The class of a viewer who has watched `unique_ms` of unique content in the last `span_ms`, of
    /// which at most [`WINDOW_MS`] count, and was of class `before`.
    #[must_use]
    pub fn classify(&self, unique_ms: u64, span_ms: u64, before: ViewerClass) -> ViewerClass {
        if span_ms < KNOWN_MS_MIN {
            return ViewerClass::Unknown;
        }
        let mut class = ViewerClass::Light;
        for (from_ms, next) in [
            (self.standard_from_ms, ViewerClass::Standard),
            (self.heavy_from_ms, ViewerClass::Heavy),
        ] {
            // Lower for one who is in that class or above it, higher for one below.
            let percent = match before {
                ViewerClass::Unknown => 100,
                known if known >= next => 100_u64.saturating_sub(self.hysteresis_percent),
                _ => 100_u64.saturating_add(self.hysteresis_percent.min(100)),
            };
            // unique / span >= from / week, as products, in seconds and percent. No viewer watches more
            // than 16 windows in one (the fastest rate), and no threshold can be higher.
            let (unique_s, from_s) = (bounded_s(unique_ms), bounded_s(from_ms));
            if unique_s * (WEEK_MS / 1000) * 100
                >= from_s * percent * (span_ms.min(WINDOW_MS) / 1000)
            {
                class = next;
            }
        }
        class
    }
}

// INVARIANT (products fit): at most 16 windows, 38,707,200 s, so a product of it with a window in
// seconds and 200 percent stays below 2^64.
fn bounded_s(ms: u64) -> u64 {
    ms.min(WINDOW_MS * 16) / 1000
}

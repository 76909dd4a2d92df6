//! When a coupon may be used.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// `[starts_ms, ends_ms)`, and how the operator put it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Window {
    /// First instant, UTC; always, without it.
    #[tsify(optional, type = "number | null")]
    pub starts_ms: Option<i64>,
    /// First instant after it, UTC; forever, without it.
    #[tsify(optional, type = "number | null")]
    pub ends_ms: Option<i64>,
    /// First local day, `YYYY-MM-DD`.
    #[tsify(optional, type = "string | null")]
    pub starts_on: Option<String>,
    /// Last local day, which counts whole.
    #[tsify(optional, type = "string | null")]
    pub ends_on: Option<String>,
    /// The zone of those days, as in the IANA database.
    #[tsify(optional, type = "string | null")]
    pub tz: Option<String>,
}

/// Where an instant lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Before the window.
    Before,
    /// In it.
    Inside,
    /// Behind it.
    After,
}

impl Window {
    /// Where an instant lies, UTC: half-open at both ends.
    #[must_use]
    pub fn position(&self, now_ms: i64) -> Position {
        if self.starts_ms.is_some_and(|starts_ms| now_ms < starts_ms) {
            Position::Before
        } else if self.ends_ms.is_some_and(|ends_ms| now_ms >= ends_ms) {
            Position::After
        } else {
            Position::Inside
        }
    }
}

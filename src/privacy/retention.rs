//! How long the centre keeps what, by class of data: the one table of it.

use serde::Serialize;
use tsify::Tsify;

const DAY_MS: u64 = 24 * 3600 * 1000;

/// A class of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum KeptData {
    /// The record of a view, with the keys of its view and viewer; afterwards only its figures.
    ViewRecords,
    /// What a batch was answered; afterwards the ledger still knows that it came.
    BatchAnswers,
    /// That a viewer was erased, so that rows which are still on their way are dropped.
    Tombstones,
    /// The rows of the audit log.
    Audit,
}

/// How long one class of data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Tsify)]
pub struct KeptFor {
    /// The class.
    pub data: KeptData,
    /// Days since the centre stored it, or stored its last change.
    pub days: u32,
    /// What was stored by then is due now, UTC.
    pub due_ms: u64,
}

impl KeptData {
    /// Every class, in the order in which they are looked after.
    pub const ALL: [Self; 4] =
        [Self::ViewRecords, Self::BatchAnswers, Self::Tombstones, Self::Audit];

    /// Days for which data of this class are kept.
    #[must_use]
    pub fn days(self) -> u32 {
        match self {
            // A year can be compared with the one before, month by month.
            Self::ViewRecords => 400,
            // Players and the edge keep what they could not send for 30 days; the rest is for repairs.
            Self::BatchAnswers => 35,
            // Longer than that, and shorter than the 60 days of the edge: once a viewer may come back
            // there, the centre must not drop what they watch.
            Self::Tombstones => 45,
            // Ten years, with their leap days.
            Self::Audit => 3653,
        }
    }

    /// What is due at `now_ms`.
    #[must_use]
    pub fn at(self, now_ms: u64) -> KeptFor {
        let days = self.days();
        let due_ms = now_ms.saturating_sub(u64::from(days).saturating_mul(DAY_MS));
        KeptFor { data: self, days, due_ms }
    }
}

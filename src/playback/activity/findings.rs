//! What was found in rows: reasons, how often, and where first.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tsify::Tsify;

/// Rows of one reason that are told with their line.
pub const FOUND_ROWS_MAX: usize = 50;

/// Characters of a value that are repeated.
pub const VALUE_CHARS_MAX: usize = 80;

/// Why a row was skipped, or what was odd about one that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum FindingReason {
    /// A trailer, hook, recap and the like: `Supplemental Video Type` is not empty.
    SupplementalVideo,
    /// A play with the same profile, start and title came before.
    Duplicate,
    /// A quote is not closed, so that a field holds the rows behind it; those are read again.
    OpenQuote,
    /// Not as many fields as the first row.
    ColumnCount,
    /// More bytes or fields than a row can have.
    RowTooLong,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// `Profile Name` is empty or longer than a name can be.
    InvalidProfile,
    /// `Title` is empty or longer than a name can be.
    InvalidTitle,
    /// `Start Time` is not `YYYY-MM-DD HH:MM:SS`, or a day that there is not.
    InvalidStart,
    /// `Start Time` is later than now.
    StartInFuture,
    /// `Duration` is not `HH:MM:SS`, is negative or longer than a day.
    InvalidDuration,
    /// A bookmark is not `HH:MM:SS`; the row was taken without it.
    InvalidBookmark,
}

/// One row, by its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct FoundRow {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The value that is the reason, cut to [`VALUE_CHARS_MAX`] characters.
    pub value: String,
}

/// All rows of one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct Finding {
    /// Why.
    pub reason: FindingReason,
    /// How many rows.
    pub rows: u64,
    /// The first [`FOUND_ROWS_MAX`] of them.
    pub first: Vec<FoundRow>,
}

/// Findings by reason.
#[derive(Debug, Default)]
pub struct Findings(BTreeMap<FindingReason, Finding>);

impl Findings {
    /// Adds a row.
    pub fn add(&mut self, reason: FindingReason, line: u64, value: &str) {
        let new = || Finding { reason, rows: 0, first: Vec::new() };
        let finding = self.0.entry(reason).or_insert_with(new);
        finding.rows += 1;
        if finding.first.len() < FOUND_ROWS_MAX {
            finding.first.push(FoundRow { line, value: shown(value) });
        }
    }

    /// What was found, in the order of [`FindingReason`].
    #[must_use]
    pub fn to_vec(&self) -> Vec<Finding> {
        self.0.values().cloned().collect()
    }
}

fn shown(value: &str) -> String {
    let plain = |character: char| if character.is_control() { ' ' } else { character };
    value.chars().map(plain).take(VALUE_CHARS_MAX).collect()
}

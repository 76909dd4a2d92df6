//! A job that issues codes in slices: what comes next, and what a slice adds to it.
//!
//! A slice is written down before it is sent to where codes are stored, and the same slice is sent again
//! after a crash; so a code is counted once, and the quantity that was asked for is reached exactly.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Codes of one slice.
pub const SLICE_CODES_MAX: u64 = 25_000;

/// Codes that a job makes at most for one that it stores, and some for small jobs: a space that is nearly
/// full gives little but duplicates.
pub const CODES_PER_STORED_MAX: u64 = 4;

/// Codes that even the smallest job may make.
const CODES_MADE_MIN: u64 = 1000;

/// Where the codes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// They are made.
    Generate,
    /// Somebody else made them.
    Import,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It goes on by itself.
    Running,
    /// Everything was done.
    Done,
    /// It was given up; `message` says why. The codes that were stored stay.
    Failed,
}

/// A job, as the directory stores it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Where the codes come from.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// Whether the file of an import is still coming in.
    pub receiving: bool,
    /// Whether somebody asked for its end; the slice that is under way is still counted.
    pub cancelled: bool,
    /// Codes that were made so far, stored or not: the line of the last one.
    pub line: u64,
    /// Codes that are stored.
    pub done: u64,
    /// Codes that were asked for, or rows of the file.
    pub total: u64,
    /// Codes that somebody had already.
    pub duplicates: u64,
    /// Rows that were not taken for another reason.
    pub errors: u64,
    /// For people.
    pub message: String,
}

/// What a job does when none of its slices waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobStep {
    /// Nothing: it is over, or its file is still coming in.
    Wait,
    /// Make the next slice.
    Make {
        /// How many codes.
        quantity: u64,
    },
    /// It is over.
    End {
        /// How.
        state: JobState,
        /// For people.
        message: String,
    },
}

impl Job {
    /// A new one.
    #[must_use]
    pub fn new(kind: JobKind, total: u64) -> Self {
        Self {
            kind,
            state: JobState::Running,
            receiving: kind == JobKind::Import,
            cancelled: false,
            line: 0,
            done: 0,
            total,
            duplicates: 0,
            errors: 0,
            message: String::new(),
        }
    }

    /// What comes next when no slice waits.
    #[must_use]
    pub fn next(&self) -> JobStep {
        if self.state != JobState::Running || self.receiving {
            return JobStep::Wait;
        }
        if self.cancelled {
            let message =
                format!("cancelled after {} of {} codes were stored", self.done, self.total);
            return JobStep::End { state: JobState::Failed, message };
        }
        match self.kind {
            JobKind::Import => {
                JobStep::End { state: JobState::Done, message: self.message.clone() }
            }
            JobKind::Generate => self.next_of_generate(),
        }
    }

    fn next_of_generate(&self) -> JobStep {
        let missing = self.total.saturating_sub(self.done);
        if missing == 0 {
            return JobStep::End { state: JobState::Done, message: self.message.clone() };
        }
        let made_max = self.total.saturating_mul(CODES_PER_STORED_MAX).max(CODES_MADE_MIN);
        if self.line >= made_max {
            let (done, total, line) = (self.done, self.total, self.line);
            let message = format!(
                "stored {done} of {total} codes: of `{line}` that were made the others existed already, \
                 expected a longer pattern or a larger alphabet"
            );
            return JobStep::End { state: JobState::Failed, message };
        }
        JobStep::Make { quantity: missing.min(SLICE_CODES_MAX) }
    }
}

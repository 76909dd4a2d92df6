//! What an import tells when it is over: what was taken, what was skipped and why.

use super::findings::{Finding, Findings};
use super::totals::{NamedTotals, Totals};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// A sum over plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct Total {
    /// How many.
    pub plays: u64,
    /// How long they played.
    pub played_ms: u64,
}

/// A sum over plays of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct NamedTotal {
    /// A title, a device, a country or a type of supplemental video; empty if not told.
    pub name: String,
    /// How many.
    pub plays: u64,
    /// How long they played.
    pub played_ms: u64,
}

/// A sum over plays of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct ProfileTotal {
    /// The profile.
    pub name: String,
    /// How many.
    pub plays: u64,
    /// How long they played.
    pub played_ms: u64,
    /// Runs of plays that are no further apart than half an hour.
    pub sittings: u64,
    /// When the first one began, UTC.
    pub first_started_ms: u64,
    /// When the last one began, UTC.
    pub last_started_ms: u64,
}

/// A sum over plays of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct ActivityDay {
    /// `YYYY-MM-DD`, in the zone that was asked for.
    pub day: String,
    /// How many plays began on it.
    pub plays: u64,
    /// How long those played.
    pub played_ms: u64,
}

/// How many plays were started by whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct StartTotals {
    /// By the viewer, as far as the export tells.
    pub viewer: u64,
    /// By the player; the viewer then did something.
    pub autoplay_then_viewer: u64,
    /// By the player; the viewer did nothing.
    pub autoplay: u64,
}

/// The report of an import. Every row is a play, or is skipped for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct ActivityReport {
    /// Bytes that were read.
    pub bytes: u64,
    /// Rows below the first one.
    pub rows: u64,
    /// Rows that are plays.
    pub plays: u64,
    /// How long they played.
    pub played_ms: u64,
    /// Plays by who started them.
    pub started: StartTotals,
    /// Plays by profile, in the order of their names.
    pub profiles: Vec<ProfileTotal>,
    /// Plays of more profiles than are told one by one.
    pub other_profiles: Total,
    /// Plays by title, the longest first.
    pub titles: Vec<NamedTotal>,
    /// Plays of more titles than are told one by one.
    pub other_titles: Total,
    /// Plays by device, the longest first.
    pub devices: Vec<NamedTotal>,
    /// Plays by country, the longest first.
    pub countries: Vec<NamedTotal>,
    /// Supplemental videos by type, the longest first. They are no plays.
    pub supplemental: Vec<NamedTotal>,
    /// Rows that are no plays, by reason.
    pub skipped: Vec<Finding>,
    /// Plays that were taken without something, by reason.
    pub noted: Vec<Finding>,
    /// Optional columns that the export does not have.
    pub columns_missing: Vec<String>,
    /// Columns that are not known.
    pub columns_ignored: Vec<String>,
}

impl ActivityReport {
    /// The report of what was added up; bytes, rows and columns are left to the caller.
    #[must_use]
    pub fn new(
        totals: &Totals,
        supplemental: &NamedTotals,
        skipped: &Findings,
        noted: &Findings,
    ) -> Self {
        let Total { plays, played_ms } = totals.all();
        Self {
            bytes: 0,
            rows: 0,
            plays,
            played_ms,
            started: totals.started(),
            profiles: totals.profiles(),
            other_profiles: totals.other_profiles(),
            titles: totals.titles().to_vec(),
            other_titles: totals.titles().others(),
            devices: totals.devices().to_vec(),
            countries: totals.countries().to_vec(),
            supplemental: supplemental.to_vec(),
            skipped: skipped.to_vec(),
            noted: noted.to_vec(),
            columns_missing: Vec::new(),
            columns_ignored: Vec::new(),
        }
    }
}

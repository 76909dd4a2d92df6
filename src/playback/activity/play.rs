//! One row of an export: a play, or the reason why it is none.

use super::columns::Columns;
use super::findings::FindingReason;
use super::instant::{length_ms, utc_ms};
use crate::base::csv::reader::Row;
use crate::base::id::{Id, Producer, check_name};
use crate::base::limits::MS_MAX;
use crate::playback::interval_set::IntervalSet;
use crate::playback::record::{Source, ViewRecord};
use crate::playback::state::{Seen, ViewState};
use crate::playback::tally::Tally;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tsify::Tsify;

/// The longest play that is believed: no title lasts a day.
pub const PLAY_MS_MAX: u64 = 24 * 3_600_000;

/// What `Latest Bookmark` says of a play after which the title was played again.
const NOT_LATEST: &str = "Not latest view";

/// Who started a play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum StartedBy {
    /// The viewer, as far as the export tells.
    Viewer,
    /// The player by itself; the viewer then did something.
    AutoplayThenViewer,
    /// The player by itself; the viewer did nothing.
    Autoplay,
}

/// A play that was imported: what an export tells of one view. It claims no unique content and no
/// completion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct ImportedView {
    /// Made of profile, start and title: 32 lower-case hexadecimal digits, the same at each import.
    pub view: String,
    /// Who watched: the profile.
    pub viewer: String,
    /// What was watched.
    pub title: String,
    /// When it began, UTC.
    pub started_ms: u64,
    /// How long it played.
    pub played_ms: u64,
    /// The position at which it ended.
    pub bookmark_ms: Option<u64>,
    /// The same, if it is the viewer's latest play of the title.
    pub latest_bookmark_ms: Option<u64>,
    /// Who started it.
    pub started_by: StartedBy,
    /// On what it was watched; empty if not told.
    pub device: String,
    /// Where, as `US (United States)`; empty if not told.
    pub country: String,
}

impl ImportedView {
    /// The record that the central API keeps of it: what played, and nothing that was not told.
    #[must_use]
    pub fn record(&self) -> ViewRecord {
        let tally = Tally {
            version: 1,
            played_ms: self.played_ms,
            playing_ms: self.played_ms,
            ..Tally::default()
        };
        let mut state = ViewState::of(Producer(Id([0; 16])), tally, IntervalSet::default());
        let last_ms = self.started_ms.saturating_add(self.played_ms).min(MS_MAX);
        state.seen = Some(Seen { first_ms: self.started_ms, last_ms });
        let record = ViewRecord::new(&self.viewer, &self.view, &self.title, &state);
        ViewRecord { source: Source::Import, ..record }
    }
}

/// A row that is a play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play<'a> {
    /// The same at each import.
    pub id: Id,
    /// Who watched.
    pub profile: Cow<'a, str>,
    /// What was watched.
    pub title: Cow<'a, str>,
    /// When it began, UTC.
    pub started_ms: u64,
    /// How long it played.
    pub played_ms: u64,
    /// The position at which it ended.
    pub bookmark: Bookmark<'a>,
    /// The same, if it is the latest.
    pub latest_bookmark: Bookmark<'a>,
    /// Who started it.
    pub started_by: StartedBy,
    /// On what it was watched.
    pub device: Cow<'a, str>,
    /// Where.
    pub country: Cow<'a, str>,
}

/// A position in a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bookmark<'a> {
    /// Not told.
    None,
    /// In milliseconds.
    At(u64),
    /// Not a position.
    Invalid(&'a str),
}

impl Bookmark<'_> {
    /// The position in milliseconds, if there is one.
    #[must_use]
    pub fn ms(self) -> Option<u64> {
        match self {
            Self::At(ms) => Some(ms),
            Self::None | Self::Invalid(_) => None,
        }
    }
}

/// Why a row is no play, with the value that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skip<'a> {
    /// Why.
    pub reason: FindingReason,
    /// The value, as it is written.
    pub value: &'a str,
    /// How long the video played, if the row is a supplemental video and tells it.
    pub played_ms: u64,
}

impl<'a> Play<'a> {
    /// Reads a row. `now_ms` is UTC: a play cannot begin after it.
    ///
    /// # Errors
    /// The first reason why the row is no play.
    pub fn read(row: &Row<'a>, columns: &Columns, now_ms: u64) -> Result<Self, Skip<'a>> {
        let skip = |reason, value| Err(Skip { reason, value, played_ms: 0 });
        if row.too_long {
            return skip(FindingReason::RowTooLong, "");
        }
        if !row.is_utf8() {
            return skip(FindingReason::NotUtf8, "");
        }
        if let Some(field) = (0..row.len()).filter_map(|i| row.field(i)).find(|f| holds_rows(f)) {
            return skip(FindingReason::OpenQuote, field);
        }
        if row.len() != columns.count {
            return skip(FindingReason::ColumnCount, row.field(0).unwrap_or_default());
        }
        let field = |index: usize| row.field(index).unwrap_or_default().trim();
        let optional = |index: Option<usize>| index.map_or("", field);
        let (start, duration) = (field(columns.start), field(columns.duration));
        let played_ms = length_ms(duration).filter(|ms| *ms <= PLAY_MS_MAX);
        let supplemental = field(columns.supplemental);
        if !supplemental.is_empty() {
            let played_ms = played_ms.unwrap_or(0);
            return Err(Skip {
                reason: FindingReason::SupplementalVideo,
                value: supplemental,
                played_ms,
            });
        }
        let Some(started_ms) = utc_ms(start) else {
            return skip(FindingReason::InvalidStart, start);
        };
        if started_ms > now_ms {
            return skip(FindingReason::StartInFuture, start);
        }
        let Some(played_ms) = played_ms else {
            return skip(FindingReason::InvalidDuration, duration);
        };
        let (profile, title) = (one_line(field(columns.profile)), one_line(field(columns.title)));
        if check_name(&*profile).is_err() {
            return skip(FindingReason::InvalidProfile, field(columns.profile));
        }
        if check_name(&*title).is_err() {
            return skip(FindingReason::InvalidTitle, field(columns.title));
        }
        Ok(Self {
            id: play_id(&profile, started_ms, &title),
            profile,
            title,
            started_ms,
            played_ms,
            bookmark: bookmark(optional(columns.bookmark)),
            latest_bookmark: bookmark(optional(columns.latest_bookmark)),
            started_by: started_by(optional(columns.attributes)),
            device: one_line(optional(columns.device)),
            country: one_line(optional(columns.country)),
        })
    }

    /// The view that the play is.
    #[must_use]
    pub fn to_view(&self) -> ImportedView {
        ImportedView {
            view: self.id.to_hex(),
            viewer: self.profile.clone().into_owned(),
            title: self.title.clone().into_owned(),
            started_ms: self.started_ms,
            played_ms: self.played_ms,
            bookmark_ms: self.bookmark.ms(),
            latest_bookmark_ms: self.latest_bookmark.ms(),
            started_by: self.started_by,
            device: self.device.clone().into_owned(),
            country: self.country.clone().into_owned(),
        }
    }
}

/// The id of a play: FNV-1a, 128 bits, over start, profile and title.
///
/// It tells equal plays, nothing more: whoever writes an export can write any row into it, so a hash
/// that cannot be forged would protect nothing. It is not tagged with its viewer, so that the edge
/// takes no state for an imported view.
///
/// Source: Fowler, Noll, Vo, RFC 9923.
#[must_use]
pub fn play_id(profile: &str, started_ms: u64, title: &str) -> Id {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = started_ms
        .to_be_bytes()
        .into_iter()
        .chain(profile.bytes())
        // A name holds no zero, so that no two pairs of names give the same bytes.
        .chain([0])
        .chain(title.bytes());
    let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    Id(hash.to_be_bytes())
}

/// Whether a field of several lines has a row in one of them: then a quote was not closed.
fn holds_rows(field: &str) -> bool {
    let is_row = |line: &str| line.split(',').any(|part| utc_ms(part).is_some());
    field.split('\n').skip(1).any(is_row)
}

/// A field that was written over several lines, in one.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(|character: char| character.is_ascii_control()) {
        let words = text.split(|c: char| c.is_whitespace() || c.is_ascii_control());
        Cow::Owned(words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
    } else {
        Cow::Borrowed(text)
    }
}

fn bookmark(text: &str) -> Bookmark<'_> {
    if text.is_empty() || text.eq_ignore_ascii_case(NOT_LATEST) {
        return Bookmark::None;
    }
    length_ms(text).map_or(Bookmark::Invalid(text), Bookmark::At)
}

/// Reads `Autoplayed: user action: None; ` and the like.
fn started_by(attributes: &str) -> StartedBy {
    let is_autoplay = |entry: &&str| {
        entry.split(':').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("autoplayed"))
    };
    match attributes.split(';').find(is_autoplay) {
        None => StartedBy::Viewer,
        Some(entry) if entry.trim_end().ends_with(": None") => StartedBy::Autoplay,
        Some(_) => StartedBy::AutoplayThenViewer,
    }
}

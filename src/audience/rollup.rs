//! Latest records of views -> what they add to which window.
//!
//! A view counts in the window of its first record; what a later record changes counts in the window of
//! that record. So the sums over all windows are the sums over the latest records of all views, exactly,
//! in whatever order and however often records come.

use super::distinct::Sketch;
use super::usage::ViewerClass;
use super::window::{ClassCounts, WindowRecord, is_country};
use crate::base::mutant::planted;
use crate::base::refusal::Refusal;
use crate::playback::record::{Device, ViewRecord};
use serde::Serialize;
use tsify::Tsify;

const DAY_MS: u64 = 24 * 3_600_000;

/// How far back a record may count. Players keep what they could not send for 30 days, and the edge needs
/// its time; what claims to be older counts in the oldest window there is.
pub const WATCHED_AGE_MS_MAX: u64 = 35 * DAY_MS;

/// How long a view's figures have to be known after their last change, so that its next change can be told
/// from a new view.
///
/// A view that is not known but was first seen longer ago than this was forgotten, and is not counted
/// again. Nothing that a player measured in time comes that late: it keeps what it could not send for 30
/// days, tokens last a day, and the edge's own deliveries wait 5 minutes at most.
pub const KNOWN_MS_MIN: u64 = 90 * DAY_MS;

/// The largest figure of one view that is summed, 278 years: no sum of 1,024 of them leaves the numbers
/// that JavaScript holds exactly.
pub const FIGURE_MAX: u64 = 1 << 43;

/// What of a view's latest record is summed, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Tsify)]
#[tsify(missing_as_null)]
pub struct LatestRecord {
    /// The view.
    pub view: String,
    /// Who watched.
    pub viewer: String,
    /// What was watched.
    pub title: String,
    /// Grows with every change.
    pub version: u64,
    /// Distinct content shown.
    pub unique_ms: u64,
    /// Content shown, repeats included.
    pub played_ms: u64,
    /// Whether at least 90 % of the title was watched.
    pub completed: bool,
    /// Stalls.
    pub stalls: u64,
    /// Wall time in stalls.
    pub stalled_ms: u64,
    /// Where it was watched.
    #[tsify(optional, type = "string | null")]
    pub country: Option<String>,
    /// What it was watched on.
    #[tsify(optional)]
    pub device: Device,
    /// When anything was last measured, UTC; 0 if nobody said.
    #[tsify(optional)]
    pub watched_ms: u64,
    /// When the edge first heard of the view, UTC.
    pub first_seen_ms: u64,
}

impl From<&ViewRecord> for LatestRecord {
    fn from(record: &ViewRecord) -> Self {
        Self {
            view: record.view.clone(),
            viewer: record.viewer.clone(),
            title: record.title.clone(),
            version: record.version,
            unique_ms: record.unique_ms,
            played_ms: record.played_ms,
            completed: record.completed,
            stalls: record.stalls,
            stalled_ms: record.stalled_ms,
            country: record.country.clone(),
            device: record.device,
            watched_ms: record.watched_ms,
            first_seen_ms: record.first_seen_ms,
        }
    }
}

impl LatestRecord {
    fn largest(&self) -> u64 {
        self.unique_ms.max(self.played_ms).max(self.stalls).max(self.stalled_ms)
    }
}

/// What is known of a view that counts already.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct KnownView {
    /// The view.
    pub view: String,
    /// Who watched.
    pub viewer: String,
    /// What was watched.
    pub title: String,
    /// Where, by its first record.
    pub country: Option<String>,
    /// On what, by its first record.
    pub device: Device,
    /// The version that counts.
    pub version: u64,
    /// Of that version.
    pub unique_ms: i64,
    /// Of that version.
    pub played_ms: i64,
    /// Of that version, 0 or 1.
    pub completed: i64,
    /// Of that version.
    pub stalls: i64,
    /// Of that version.
    pub stalled_ms: i64,
}

/// What a `Rollup` object asks when records come in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Tsify)]
pub struct RollUpInput {
    /// The edge's clock, UTC.
    pub now_ms: u64,
    /// How long a window is, at least 1.
    pub window_ms: u64,
    /// How long a window waits after its end, and a correction for others of its cell.
    pub grace_ms: u64,
    /// Windows that end by then are closed: they never change.
    pub closed_until_ms: u64,
    /// The class of the viewer whose records come in.
    pub class: ViewerClass,
    /// What is known of the views that come in.
    pub known: Vec<KnownView>,
    /// What comes in; what is not newer than what is known changes nothing.
    pub records: Vec<LatestRecord>,
}

/// What the object writes, in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct RollUpOutput {
    /// The views that have a newer record, each once; their latest records are to be sent.
    pub known: Vec<KnownView>,
    /// What to add to the open windows, each cell once.
    pub windows: Vec<OpenWindow>,
    /// Records of a view that belongs to another viewer or title: not taken.
    pub conflicts: u64,
    /// Records that are to be sent but of which not everything counts: a figure above [`FIGURE_MAX`], or a
    /// view that was forgotten (see [`KNOWN_MS_MIN`]).
    pub uncounted: u64,
}

/// A row that is still added to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct OpenWindow {
    /// [`WindowRecord::cell`].
    pub cell: String,
    /// From then on it goes into a batch, UTC.
    pub due_ms: u64,
    /// The sums so far.
    pub record: WindowRecord,
}

/// Takes the latest records of some views: what is newer, and what it adds to which window.
///
/// # Errors
/// `InvalidValue` for a sum beyond 2^53 - 1; then nothing may be written.
pub fn roll_up(input: RollUpInput) -> Result<RollUpOutput, Refusal> {
    let mut output = RollUpOutput::default();
    for record in &input.records {
        let of_view = |known: &&KnownView| known.view == record.view;
        let known = output.known.iter().find(of_view).or(input.known.iter().find(of_view));
        if known.is_some_and(|known| record.version <= known.version) {
            continue;
        }
        if known.is_some_and(|known| known.viewer != record.viewer || known.title != record.title) {
            output.conflicts = output.conflicts.saturating_add(1);
            continue;
        }
        let latest = latest(record, known);
        // A view that was forgotten was counted with nearly all that it has now.
        let oldest_ms = input.now_ms.saturating_sub(KNOWN_MS_MIN);
        let forgotten = known.is_none() && record.first_seen_ms < oldest_ms;
        let change = change(&input, record, if forgotten { Some(&latest) } else { known }, &latest);
        if forgotten || record.largest() > FIGURE_MAX {
            output.uncounted = output.uncounted.saturating_add(1);
        }
        if change.record.sums().iter().any(|sum| *sum != 0) {
            add_change(&mut output.windows, change)?;
        }
        match output.known.iter_mut().find(|known| known.view == record.view) {
            Some(known) => *known = latest,
            None => output.known.push(latest),
        }
    }
    Ok(output)
}

/// Adds `changes` to the rows of the same cells in `stored`.
///
/// # Errors
/// `InvalidValue` for a sum beyond 2^53 - 1; then nothing may be written.
pub fn add_windows(
    stored: Vec<OpenWindow>,
    changes: Vec<OpenWindow>,
) -> Result<Vec<OpenWindow>, Refusal> {
    let mut windows = stored;
    for change in changes {
        add_change(&mut windows, change)?;
    }
    Ok(windows)
}

fn add_change(windows: &mut Vec<OpenWindow>, change: OpenWindow) -> Result<(), Refusal> {
    match windows.iter_mut().find(|window| window.cell == change.cell) {
        Some(window) => window.record.add(&change.record),
        None => {
            windows.push(change);
            Ok(())
        }
    }
}

/// The figures that count from now on; country and device stay those of the first record.
fn latest(record: &LatestRecord, known: Option<&KnownView>) -> KnownView {
    let figure = |figure: u64| figure.min(FIGURE_MAX).cast_signed();
    let country = record.country.clone().filter(|country| is_country(country));
    KnownView {
        view: record.view.clone(),
        viewer: record.viewer.clone(),
        title: record.title.clone(),
        country: known.map_or(country, |known| known.country.clone()),
        device: known.map_or(record.device, |known| known.device),
        version: record.version,
        unique_ms: figure(record.unique_ms),
        played_ms: figure(record.played_ms),
        completed: record.completed.into(),
        stalls: figure(record.stalls),
        stalled_ms: figure(record.stalled_ms),
    }
}

/// What the step from `known` to `latest` adds to the window of the record.
fn change(
    input: &RollUpInput,
    record: &LatestRecord,
    known: Option<&KnownView>,
    latest: &KnownView,
) -> OpenWindow {
    // A window that has not begun holds nothing yet, whatever another machine's clock says.
    let watched_ms = if record.watched_ms == 0 { input.now_ms } else { record.watched_ms };
    let oldest_ms = input.now_ms.saturating_sub(WATCHED_AGE_MS_MAX);
    let watched_ms = watched_ms.min(input.now_ms).max(oldest_ms);
    let window_ms = input.window_ms.max(1);
    let window_start_ms = watched_ms.saturating_sub(watched_ms % window_ms);
    let end_ms = window_start_ms.saturating_add(window_ms);
    let correction = end_ms <= input.closed_until_ms && !planted("closed_window_changed");
    let since = |figure: fn(&KnownView) -> i64| {
        let before = known.filter(|_| !planted("whole_record_added")).map_or(0, figure);
        figure(latest).saturating_sub(before)
    };
    let views = i64::from(known.is_none());
    let mut viewers = Sketch::default();
    viewers.add(&record.viewer);
    let record = WindowRecord {
        window_start_ms,
        window_ms,
        title: latest.title.clone(),
        country: latest.country.clone(),
        device: latest.device,
        correction,
        views,
        unique_ms: since(|view| view.unique_ms),
        played_ms: since(|view| view.played_ms),
        completed: since(|view| view.completed),
        stalls: since(|view| view.stalls),
        stalled_ms: since(|view| view.stalled_ms),
        classes: ClassCounts::of(input.class, views),
        viewers,
    };
    let from_ms = if correction { input.now_ms } else { end_ms };
    OpenWindow { cell: record.cell(), due_ms: from_ms.saturating_add(input.grace_ms), record }
}

//! Whether a state can be true: checked before it is joined, because a join cannot be undone.
//!
//! Every law holds for every state that a [`super::view::View`] makes of any readings, on any device,
//! however late it comes (`tests/sim/player/honest.rs`): who breaks one has changed the numbers.

use super::clock::BACKLOG_MS_MAX;
use super::provenance::Anchor;
use super::reading::{DURATION_MS_MAX, Extent, RATE_PERMILLE_MAX};
use super::state::ViewState;
use super::tally::Tally;
use crate::base::mutant::planted;
use serde::Serialize;
use tsify::Tsify;

/// Beyond this no count and no sum of milliseconds is believed: 34 years. It keeps sums over producers
/// far from 2^53.
const NUMBER_MAX: u64 = 1 << 40;

/// Highest bitrate that a view believes, in kbit/s.
const BITRATE_KBPS_MAX: u64 = 1 << 24;

/// The longest that the page of a viewer whom nobody knew is believed to have been open unheard: until
/// consent is given, or the edge or who issues tokens can be reached. As long as a token lives at most.
const UNHEARD_MS_MAX: u64 = 24 * 3_600_000;

/// Content that a millisecond shows at most: 16 at the fastest rate, and what readings are allowed to
/// find the playhead ahead of it.
const PACE_MAX: u64 = 20;

/// Content that is not looked at closely: readings come late, and the end of a title is where its player
/// says.
const CONTENT_SLACK_MS: u64 = 60_000;

/// By how much content may be longer than its title: durations are rounded, and learnt late.
const DURATION_SLACK_MS: u64 = 1_000;

/// Versions that a producer may be ahead: a page that was offline wrote one a change.
const VERSIONS_SLACK: u64 = 10_000;

/// Wall time that a version takes at least.
const VERSION_MS_MIN: u64 = 10;

/// How far the page's clock may run ahead of the server's: one part in so many.
const DRIFT_PARTS: u64 = 1_000;

/// Why a state cannot be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Implausible {
    /// A count, a time or the duration is beyond what anybody can have measured.
    NumberTooLarge,
    /// A part is larger than its whole: muted or hidden time than playing time, the longest stall than
    /// all of them.
    PartAboveWhole,
    /// More distinct content than the title has.
    ContentBeyondDuration,
    /// More distinct content than the time in which it can have been shown.
    ContentWithoutTime,
    /// More content than the playing time can have shown.
    PlayedWithoutTime,
    /// More playing time than has passed.
    TimeNotPassed,
    /// More versions than a page can have written.
    VersionTooFast,
}

/// How exactly time is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leniency {
    /// Playing time that a producer may be ahead of the server's, in all, not a body. A request that is
    /// given up after 30 s may still arrive minutes later; a page that is hidden may be let run only once
    /// a minute, and sends what it last read; a server's clock may be put back unnoticed.
    pub slack_ms: u64,
}

impl Default for Leniency {
    fn default() -> Self {
        Self { slack_ms: if planted("no_leniency") { 0 } else { 5 * 60_000 } }
    }
}

/// What the server knows of the time in which a state was measured, by
/// [`super::clock::Clocks::time_ms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// Now.
    pub now_ms: u64,
    /// From when on the viewer is known.
    pub known_ms: u64,
    /// The viewer is known by a session token; otherwise anybody may be anyone, and a backlog of 30 days
    /// may be anyone's first.
    pub is_signed: bool,
    /// How long the page had been open, if it says.
    pub page_ms: Option<u64>,
}

impl Passage {
    /// The earliest moment at which anything that comes now can have been measured.
    fn earliest_ms(&self) -> u64 {
        let backlog_ms = if self.is_signed { 0 } else { BACKLOG_MS_MAX };
        self.known_ms.saturating_sub(backlog_ms)
    }

    /// How long a page that was never heard live can have played: since the viewer is known, or as long
    /// as the page was open, if it says.
    fn unheard_ms(&self) -> u64 {
        let known_ms = self.now_ms.saturating_sub(self.earliest_ms());
        self.page_ms.map_or(known_ms, |page_ms| page_ms.min(known_ms.max(UNHEARD_MS_MAX)))
    }
}

/// Wall time in which content may have been shown, whatever the page saw of it.
fn shown_within_ms(tally: &Tally) -> u64 {
    [
        tally.playing_ms,
        tally.seeking_ms,
        tally.startup_ms,
        tally.stalled_ms,
        tally.suspended_ms,
        tally.linear_ad_ms,
    ]
    .into_iter()
    .fold(0, u64::saturating_add)
}

/// Checks a state that comes in. `anchor_of` is what is known of a producer in this view.
///
/// # Errors
/// The first law that it breaks.
pub fn check(
    state: &ViewState,
    passage: &Passage,
    leniency: Leniency,
    anchor_of: impl Fn(crate::base::id::Producer) -> Option<Anchor>,
) -> Result<(), Implausible> {
    for (producer, tally) in state.tallies() {
        check_numbers(tally)?;
        check_parts(tally)?;
        check_time(tally, passage, leniency, anchor_of(*producer))?;
    }
    check_content(state, passage)
}

fn check_numbers(tally: &Tally) -> Result<(), Implausible> {
    // Two sums are products, which `check_parts` holds to their factors.
    let tally = Tally { rate_weighted_us: 0, bitrate_weighted_bits: 0, ..*tally };
    let is_believed = tally.version <= NUMBER_MAX
        && tally.sums().iter().all(|number| *number <= NUMBER_MAX)
        && tally.extent.duration_ms().is_none_or(|ms| ms <= DURATION_MS_MAX);
    if is_believed { Ok(()) } else { Err(Implausible::NumberTooLarge) }
}

fn check_parts(tally: &Tally) -> Result<(), Implausible> {
    let weighted_us = tally.playing_ms.saturating_mul(u64::from(RATE_PERMILLE_MAX));
    let holds = tally.muted_ms <= tally.playing_ms
        && tally.hidden_ms <= tally.playing_ms
        && tally.ad_ms <= tally.linear_ad_ms.saturating_add(tally.playing_ms)
        && tally.rate_weighted_us <= weighted_us
        && tally.bitrate_weighted_bits <= tally.playing_ms.saturating_mul(BITRATE_KBPS_MAX)
        && tally.stall_longest_ms <= tally.stalled_ms;
    if holds { Ok(()) } else { Err(Implausible::PartAboveWhole) }
}

/// Playing time and versions, since the producer is known or else since the viewer is. Other times are
/// not looked at: a page that was paused for hours tells of it when it plays again.
fn check_time(
    tally: &Tally,
    passage: &Passage,
    leniency: Leniency,
    anchor: Option<Anchor>,
) -> Result<(), Implausible> {
    let allowed_ms = |passed_ms: u64| {
        passed_ms.saturating_add(passed_ms / DRIFT_PARTS).saturating_add(leniency.slack_ms)
    };
    let since_ms = |ms: u64| passage.now_ms.saturating_sub(ms);
    let passed_ms = anchor.map_or_else(|| passage.unheard_ms(), |anchor| since_ms(anchor.began_ms));
    if tally.playing_ms > allowed_ms(passed_ms) {
        return Err(Implausible::TimeNotPassed);
    }
    let (passed_ms, version) = anchor.map_or_else(
        || (since_ms(passage.earliest_ms()).max(UNHEARD_MS_MAX), 0),
        |anchor| (since_ms(anchor.measured_ms), anchor.version),
    );
    let versions = (allowed_ms(passed_ms) / VERSION_MS_MIN).saturating_add(VERSIONS_SLACK);
    if tally.version > version.saturating_add(versions) {
        return Err(Implausible::VersionTooFast);
    }
    Ok(())
}

fn check_content(state: &ViewState, passage: &Passage) -> Result<(), Implausible> {
    let total = state.total();
    let unique_ms = state.content.total_ms();
    if let Extent::Finite(ms) = total.extent
        && unique_ms > ms.saturating_add(DURATION_SLACK_MS)
    {
        return Err(Implausible::ContentBeyondDuration);
    }
    let shown_ms = |wall_ms: u64| wall_ms.saturating_mul(PACE_MAX).saturating_add(CONTENT_SLACK_MS);
    // The player may have shown content before anybody measured it, for as long as the page was open.
    let known_ms = passage.now_ms.saturating_sub(passage.earliest_ms());
    let open_ms = passage.page_ms.unwrap_or(known_ms);
    if unique_ms > shown_ms(shown_within_ms(&total).saturating_add(open_ms)) {
        return Err(Implausible::ContentWithoutTime);
    }
    if total.played_ms > shown_ms(total.playing_ms) {
        return Err(Implausible::PlayedWithoutTime);
    }
    Ok(())
}

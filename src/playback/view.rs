//! A view while it is measured: readings in, figures and snapshots out.

use super::interval_set::{Interval, IntervalSet};
use super::reading::{Extent, Flag, Reading};
use super::state;
use super::tally::Tally;
use crate::base::id::Producer;
use crate::base::limits::{INTERVALS_MAX, MS_MAX};
use alloc::vec::Vec;

/// How much further than wall time x rate the playhead may be found: clocks of media and page
/// differ, and events reach the page late.
const ADVANCE_TOLERANCE_MS: u64 = 100;

/// Wall time by which content may lag behind before the rest counts as something else than playing.
const LAG_TOLERANCE_MS: u64 = 250;

/// A playhead that stands still for this long, though it should move, is a stall.
const STALL_MS_MIN: u64 = 250;

/// A wall gap of this length without movement is sleep or a frozen tab, not a stall: a page that
/// runs takes a reading more often.
const SUSPENDED_MS_MIN: u64 = 5_000;

/// Content that may be credited at a seek beyond the last reading, as wall time: a page that plays
/// takes a reading more often.
const TAIL_MS_MAX: u64 = 1_000;

/// Why the playhead may stand still although it should move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// No content has moved yet.
    Startup,
    /// A seek has not shown its first content yet.
    Seek,
    /// The player has run out of data.
    Stall,
    /// Nothing: it moves.
    No,
}

/// One playback of one title by one viewer, from source load to source change or teardown.
#[derive(Debug, Clone)]
pub struct View {
    producer: Producer,
    content: IntervalSet,
    rewatched: IntervalSet,
    truncated: bool,
    tally: Tally,
    /// Whether anything was measured since the last snapshot.
    changed: bool,
    last: Option<Reading>,
    /// Where the interval that plays now began, so that a set at its limit keeps the whole of it.
    open_ms: u64,
    wait: Wait,
    /// Wall time without movement that is not yet called a stall.
    still_ms: u64,
}

impl View {
    /// A view that has measured nothing.
    #[must_use]
    pub fn new(producer: Producer) -> Self {
        Self {
            producer,
            content: IntervalSet::default(),
            rewatched: IntervalSet::default(),
            truncated: false,
            tally: Tally::default(),
            changed: false,
            last: None,
            open_ms: 0,
            wait: Wait::Startup,
            still_ms: 0,
        }
    }

    /// Takes one reading. `played` are the intervals that the player itself says it has shown
    /// (`HTMLMediaElement.played`): where they are given, unique content is exactly their union.
    pub fn push(&mut self, now: Reading, played: Option<&IntervalSet>) {
        if let Some(last) = self.last {
            self.account(&last, &now, played);
        } else {
            self.open_ms = now.position_ms;
        }
        for interval in played.into_iter().flat_map(IntervalSet::as_slice) {
            self.content.insert(*interval);
        }
        self.truncated |= self.content.truncate(INTERVALS_MAX);
        self.rewatched.truncate(INTERVALS_MAX);
        if now.extent != Extent::Unknown {
            self.tally.extent = now.extent;
        }
        if now.is(Flag::Stalled) && self.wait != Wait::Seek {
            self.stall();
        }
        self.changed = true;
        self.last = Some(now);
    }

    /// Counts a reading that could not be true; nothing else changes.
    pub fn reject(&mut self) {
        self.tally.rejected = self.tally.rejected.saturating_add(1);
        self.changed = true;
    }

    /// Forgets the last reading, so that the next one begins afresh: content changed hands.
    pub fn interrupt(&mut self) {
        self.settle_still();
        self.last = None;
    }

    /// Whether any content has moved.
    #[must_use]
    pub fn has_started(&self) -> bool {
        self.wait != Wait::Startup
    }

    /// Who measures.
    #[must_use]
    pub fn producer(&self) -> Producer {
        self.producer
    }

    /// Unique content.
    #[must_use]
    pub fn content(&self) -> &IntervalSet {
        &self.content
    }

    /// Content shown more than once while it was measured here.
    #[must_use]
    pub fn rewatched(&self) -> &IntervalSet {
        &self.rewatched
    }

    /// Sums and counts. Wall time that stands still and is not yet called a stall is in none of them.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Whether more than [`INTERVALS_MAX`] intervals were watched, so that some are left out.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// Unique content over duration; none for live or while the duration is unknown.
    #[must_use]
    pub fn completion(&self) -> Option<f64> {
        state::completion(&self.content, self.tally.extent)
    }

    /// The state to send, encoded. The version grows if anything was measured since the last one.
    #[must_use]
    pub fn snapshot(&mut self) -> Vec<u8> {
        if self.changed {
            self.tally.version = self.tally.version.saturating_add(1);
            self.changed = false;
        }
        state::encode_one(&self.content, self.truncated, self.producer, &self.tally)
    }

    /// Whether a snapshot would say something new.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// Puts the time and the content between two readings where they belong. What was in force in
    /// between is what the reading that opens it says.
    fn account(&mut self, last: &Reading, now: &Reading, played: Option<&IntervalSet>) {
        // A clock that goes back adds nothing.
        let wall_ms = now.at_ms.saturating_sub(last.at_ms);
        if last.is(Flag::LinearAd) {
            add(&mut self.tally.linear_ad_ms, wall_ms);
            add(&mut self.tally.ad_ms, wall_ms);
            self.open_ms = now.position_ms;
        } else if !last.should_move() {
            self.account_still(last, now, wall_ms, played);
        } else if let Some(moved_ms) = advance(last, now, wall_ms) {
            self.show(last.position_ms, moved_ms, played);
            self.account_moving(last, wall_ms, moved_ms);
        } else {
            self.account_jump(last, now, wall_ms, played);
        }
        if now.is(Flag::Seeking) && !last.is(Flag::Seeking) && self.wait != Wait::Startup {
            self.wait = Wait::Seek;
        }
    }

    /// Paused, ended, seeking or rate 0: no content, unless it moved before the player said so.
    fn account_still(
        &mut self,
        last: &Reading,
        now: &Reading,
        wall_ms: u64,
        played: Option<&IntervalSet>,
    ) {
        self.settle_still();
        if last.is(Flag::Seeking) && !last.is(Flag::Paused) {
            add(&mut self.tally.seeking_ms, wall_ms);
        } else {
            add(&mut self.tally.paused_ms, wall_ms);
        }
        let moved_ms = now.position_ms.saturating_sub(last.position_ms);
        let started_early = !last.is(Flag::Seeking)
            && !now.is(Flag::Seeking)
            && now.should_move()
            && moved_ms > 0
            && moved_ms <= ADVANCE_TOLERANCE_MS.min(scale(wall_ms, now.rate_permille));
        if started_early {
            self.open_ms = last.position_ms;
            self.show(last.position_ms, moved_ms, played);
            self.wait = Wait::No;
        } else {
            let jumped = now.position_ms != last.position_ms && !last.is(Flag::Seeking);
            if jumped || (now.is(Flag::Seeking) && !last.is(Flag::Seeking)) {
                add(&mut self.tally.seeks, 1);
            }
            self.open_ms = now.position_ms;
        }
    }

    /// The playhead is where playing would have brought it.
    fn account_moving(&mut self, last: &Reading, wall_ms: u64, moved_ms: u64) {
        if moved_ms == 0 {
            return self.account_standstill(wall_ms);
        }
        self.settle_still();
        let needed_ms = wall_ms.min(unscale(moved_ms, last.rate_permille));
        let lag_ms = wall_ms.saturating_sub(needed_ms);
        let (playing_ms, waited_ms) = match self.wait {
            Wait::No if lag_ms <= LAG_TOLERANCE_MS => (wall_ms, 0),
            _ => (needed_ms, lag_ms),
        };
        self.add_wait(waited_ms);
        self.wait = Wait::No;
        self.add_playing(last, playing_ms);
    }

    /// It should move and does not.
    fn account_standstill(&mut self, wall_ms: u64) {
        if self.wait != Wait::No {
            self.add_wait(wall_ms);
        } else if wall_ms >= SUSPENDED_MS_MIN {
            add(&mut self.tally.suspended_ms, wall_ms);
        } else {
            add(&mut self.still_ms, wall_ms);
            if self.still_ms >= STALL_MS_MIN {
                self.stall();
            }
        }
    }

    /// The playhead is where playing would not have brought it: a seek, a loop, a discontinuity.
    fn account_jump(
        &mut self,
        last: &Reading,
        now: &Reading,
        wall_ms: u64,
        played: Option<&IntervalSet>,
    ) {
        let reach_ms = scale(wall_ms, last.rate_permille);
        let to_end_ms = last.extent.duration_ms().map(|ms| ms.saturating_sub(last.position_ms));
        let looped = to_end_ms
            .is_some_and(|ms| ms <= reach_ms.saturating_add(ADVANCE_TOLERANCE_MS))
            && now.position_ms <= reach_ms.saturating_add(ADVANCE_TOLERANCE_MS);
        let tail_ms = if self.wait != Wait::No || self.still_ms > 0 || wall_ms > TAIL_MS_MAX {
            0
        } else if looped {
            to_end_ms.unwrap_or(0)
        } else if now.is(Flag::Seeking) {
            let end_ms = played_from(last.position_ms, played);
            tail(reach_ms, to_end_ms, end_ms)
        } else {
            // Nothing says when it jumped, so nothing beyond the last reading is claimed.
            0
        };
        self.show(last.position_ms, tail_ms, played);
        self.settle_still();
        self.account_jump_time(last, wall_ms, tail_ms);
        self.open_ms = now.position_ms;
        if looped {
            add(&mut self.tally.loops, 1);
            let from_start = if now.is(Flag::Seeking) { 0 } else { now.position_ms };
            self.open_ms = 0;
            self.show(0, from_start, played);
        } else {
            add(&mut self.tally.seeks, 1);
        }
    }

    /// The wall time before a jump: what content needed was playing, the rest was the jump's.
    fn account_jump_time(&mut self, last: &Reading, wall_ms: u64, tail_ms: u64) {
        if self.wait != Wait::No {
            self.add_wait(wall_ms);
        } else if wall_ms > TAIL_MS_MAX {
            add(&mut self.tally.suspended_ms, wall_ms);
        } else {
            let playing_ms = wall_ms.min(unscale(tail_ms, last.rate_permille));
            self.add_playing(last, playing_ms);
            add(&mut self.tally.seeking_ms, wall_ms.saturating_sub(playing_ms));
        }
    }

    /// Content that was shown from `from_ms` on.
    fn show(&mut self, from_ms: u64, moved_ms: u64, played: Option<&IntervalSet>) {
        let end_ms = from_ms.saturating_add(moved_ms);
        add(&mut self.tally.played_ms, moved_ms);
        if let Some(piece) = Interval::new(from_ms, end_ms) {
            self.rewatched.insert_common(piece, &self.content);
        }
        if played.is_none()
            && moved_ms > 0
            && let Some(open) = Interval::new(self.open_ms.min(from_ms), end_ms)
        {
            self.content.insert(open);
        }
    }

    fn add_playing(&mut self, opening: &Reading, wall_ms: u64) {
        let tally = &mut self.tally;
        add(&mut tally.playing_ms, wall_ms);
        add(&mut tally.rate_weighted_us, wall_ms.saturating_mul(u64::from(opening.rate_permille)));
        for (flag, sum) in [
            (Flag::Muted, &mut tally.muted_ms),
            (Flag::Hidden, &mut tally.hidden_ms),
            (Flag::OverlayAd, &mut tally.ad_ms),
        ] {
            if opening.is(flag) {
                add(sum, wall_ms);
            }
        }
    }

    fn add_wait(&mut self, wall_ms: u64) {
        let sum = match self.wait {
            Wait::Startup => &mut self.tally.startup_ms,
            Wait::Seek => &mut self.tally.seeking_ms,
            Wait::Stall => &mut self.tally.stalled_ms,
            Wait::No => &mut self.tally.suspended_ms,
        };
        add(sum, wall_ms);
    }

    /// It stands still and is short of data, or has stood still long enough to say so.
    fn stall(&mut self) {
        if self.wait != Wait::Stall {
            self.wait = Wait::Stall;
            add(&mut self.tally.stalls, 1);
        }
        let still_ms = core::mem::take(&mut self.still_ms);
        add(&mut self.tally.stalled_ms, still_ms);
    }

    /// A standstill too short to be a stall was a hiccup in playing.
    fn settle_still(&mut self) {
        let still_ms = core::mem::take(&mut self.still_ms);
        if let Some(last) = self.last {
            self.add_playing(&last, still_ms);
        }
    }
}

/// How far the playhead moved, if playing explains it; none for a jump.
fn advance(last: &Reading, now: &Reading, wall_ms: u64) -> Option<u64> {
    let moved_ms = now.position_ms.checked_sub(last.position_ms)?;
    let rate_permille = last.rate_permille.max(now.rate_permille);
    let reach_ms = scale(wall_ms, rate_permille).saturating_add(ADVANCE_TOLERANCE_MS);
    (moved_ms <= reach_ms).then_some(moved_ms)
}

/// Content shown between the last reading and a seek: at most what wall time allows, and exactly to
/// the end of the interval that `played` shows, where that is near.
fn tail(reach_ms: u64, to_end_ms: Option<u64>, played_ms: Option<u64>) -> u64 {
    let limit_ms = to_end_ms.unwrap_or(u64::MAX);
    match played_ms {
        Some(ms) if ms <= reach_ms.saturating_add(ADVANCE_TOLERANCE_MS) => ms,
        _ => reach_ms.min(limit_ms),
    }
}

/// How much content from `from_ms` on the player says it has shown without a gap.
fn played_from(from_ms: u64, played: Option<&IntervalSet>) -> Option<u64> {
    let around = |i: &&Interval| i.start_ms() <= from_ms && from_ms <= i.end_ms();
    let interval = played?.as_slice().iter().rev().find(around)?;
    Some(interval.end_ms().saturating_sub(from_ms))
}

// INVARIANT (sums fit): a sum stops at what every reader of it can hold.
fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more).min(MS_MAX);
}

/// Content that wall time shows at a rate.
fn scale(wall_ms: u64, rate_permille: u32) -> u64 {
    wall_ms.saturating_mul(u64::from(rate_permille)) / 1000
}

/// Wall time that content takes at a rate above 0.
fn unscale(content_ms: u64, rate_permille: u32) -> u64 {
    content_ms.saturating_mul(1000).div_ceil(u64::from(rate_permille.max(1)))
}

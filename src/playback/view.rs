//! A view while it is measured: readings in, figures and snapshots out.

use super::interval_set::{Interval, IntervalSet};
use super::movement::{self, ADVANCE_TOLERANCE_MS, TAIL_MS_MAX, scale, unscale};
use super::reading::{Extent, Flag, Reading};
use super::state;
use super::tally::Tally;
use crate::base::id::Producer;
use crate::base::limits::{INTERVALS_MAX, MS_MAX};
use crate::base::mutant::planted;
use alloc::vec::Vec;

/// A playhead that stands still for this long, though it should move, is a stall; shorter, it is a
/// hiccup in playing.
const STALL_MS_MIN: u64 = 250;

/// A wall gap of this length without movement is sleep or a frozen tab, not a stall: a page that
/// runs takes a reading more often.
const SUSPENDED_MS_MIN: u64 = 5_000;

/// Playing time between two readings that is weighted by rate and bitrate, 8.7 years.
const WEIGHTED_MS_MAX: u64 = 1 << 38;

/// Highest bitrate that is believed, 16 Gbit/s.
const BITRATE_KBPS_MAX: u64 = 1 << 24;

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
    /// Where in `content` it most likely is; any value is right, this one saves a search.
    near: usize,
    wait: Wait,
    /// The last two readings showed no movement, though there should have been some.
    stands: bool,
    /// Wall time without movement, up to the last reading, that is not yet called a stall.
    still_ms: u64,
    /// How long the stall that is on has lasted.
    stall_ms: u64,
    /// What plays now, in kbit/s; 0 while the player does not say.
    bitrate_kbps: u64,
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
            near: 0,
            wait: Wait::Startup,
            stands: false,
            still_ms: 0,
            stall_ms: 0,
            bitrate_kbps: 0,
        }
    }

    /// Takes one reading. `played` are the intervals that the player itself says it has shown
    /// (`HTMLMediaElement.played`): where they are given, unique content is exactly their union.
    #[inline]
    pub fn push(&mut self, now: Reading, played: Option<&IntervalSet>) {
        let stalled = now.is(Flag::Stalled) || (now.is(Flag::Short) && self.wait != Wait::Startup);
        if let Some(last) = self.last {
            self.account(&last, &now, played);
        } else {
            self.open_ms = now.position_ms;
        }
        for interval in played.into_iter().flat_map(IntervalSet::as_slice) {
            self.content.insert(*interval);
        }
        if self.content.as_slice().len() > INTERVALS_MAX {
            self.truncated |= self.content.truncate(INTERVALS_MAX);
        }
        if self.rewatched.as_slice().len() > INTERVALS_MAX {
            self.rewatched.truncate(INTERVALS_MAX);
        }
        // An advertisement in the player's place tells its own duration.
        if now.extent != Extent::Unknown && !now.is(Flag::LinearAd) {
            self.tally.extent = now.extent;
        }
        for ad in [Flag::LinearAd, Flag::OverlayAd] {
            if now.is(ad) && !self.last.is_some_and(|last| last.is(ad)) {
                add(&mut self.tally.ads, 1);
            }
        }
        if now.is(Flag::Seeking) && self.wait != Wait::Startup {
            self.wait = Wait::Seek;
        }
        if !now.should_move() {
            self.settle_still();
        } else if stalled && self.wait != Wait::Seek {
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

    /// The player has told of an error.
    pub fn fail(&mut self) {
        add(&mut self.tally.errors, 1);
        self.changed = true;
    }

    /// Another quality plays from now on, in kbit/s.
    pub fn switch_quality(&mut self, bitrate_kbps: u64) {
        if self.bitrate_kbps != 0 && self.bitrate_kbps != bitrate_kbps {
            add(&mut self.tally.quality_switches, 1);
        }
        self.bitrate_kbps = bitrate_kbps.min(BITRATE_KBPS_MAX);
        self.changed = true;
    }

    /// The player has dropped so many frames since the view began.
    pub fn drop_frames(&mut self, total: u64) {
        self.tally.dropped_frames = self.tally.dropped_frames.max(total.min(MS_MAX));
        self.changed = true;
    }

    /// Content changes hands: what was seen to play since the last whole reading was shown, though no
    /// `played` will ever tell of it. The next reading begins afresh.
    pub fn interrupt(&mut self) {
        self.settle_still();
        if let Some(last) = self.last.take()
            && last.should_move()
            && let Some(open) = Interval::new(self.open_ms, last.position_ms)
        {
            self.content.insert(open);
            self.truncated |= self.content.truncate(INTERVALS_MAX);
        }
        // What was snapshotted before knows less.
        self.changed |= self.tally.version > 0;
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
        if self.changed && !(planted("version_stands") && self.tally.version > 0) {
            self.tally.version = self.tally.version.saturating_add(1);
            self.changed = false;
        }
        state::encode_one(&self.content, self.truncated, self.producer, &self.tally)
    }

    /// Puts the time and the content between two readings where they belong. What was in force in
    /// between is what the reading that opens it says.
    #[inline]
    fn account(&mut self, last: &Reading, now: &Reading, played: Option<&IntervalSet>) {
        let wall_ms = movement::wall_ms(last, now);
        if last.is(Flag::LinearAd) {
            add(&mut self.tally.linear_ad_ms, wall_ms);
            add(&mut self.tally.ad_ms, wall_ms);
            self.open_ms = now.position_ms;
        } else if !last.should_move() {
            self.account_still(last, now, wall_ms, played);
        } else if let Some(moved_ms) = movement::moved(last, now, wall_ms) {
            let shown_ms = self.bounded(last, now, wall_ms, moved_ms);
            self.show(last.position_ms, shown_ms, played);
            if shown_ms < moved_ms {
                self.open_ms = now.position_ms;
            }
            self.account_moving(last, now, wall_ms, moved_ms);
        } else {
            self.account_jump(last, now, wall_ms, played);
        }
        self.stands = last.should_move()
            && last.position_ms == now.position_ms
            && (self.stands || wall_ms > 0);
    }

    /// Live positions drift with their window, so content is bounded by all the time that played.
    #[inline]
    fn bounded(&self, last: &Reading, now: &Reading, wall_ms: u64, moved_ms: u64) -> u64 {
        if now.extent != Extent::Live {
            return moved_ms;
        }
        let reach_us = wall_ms.saturating_mul(u64::from(last.rate_permille));
        let budget_ms = self.tally.rate_weighted_us.saturating_add(reach_us) / 1000;
        moved_ms.min(budget_ms.saturating_sub(self.tally.played_ms))
    }

    /// Paused, ended, seeking or rate 0: no content, unless it moved before the player said so.
    fn account_still(
        &mut self,
        last: &Reading,
        now: &Reading,
        wall_ms: u64,
        played: Option<&IntervalSet>,
    ) {
        let moved_ms = now.position_ms.saturating_sub(last.position_ms);
        let started_early = !last.is(Flag::Seeking)
            && now.should_move()
            && moved_ms <= ADVANCE_TOLERANCE_MS.min(scale(wall_ms, now.rate_permille));
        let playing_ms = if started_early { unscale(moved_ms, now.rate_permille) } else { 0 };
        let still_ms = wall_ms.saturating_sub(playing_ms);
        if last.is(Flag::Seeking) && !last.is(Flag::Paused) {
            self.add_wait(still_ms);
        } else {
            add(&mut self.tally.paused_ms, still_ms);
        }
        if playing_ms > 0 {
            self.show(last.position_ms, moved_ms, played);
            self.add_playing(now, playing_ms);
            self.wait = Wait::No;
        } else {
            let jumped = now.position_ms != last.position_ms || now.is(Flag::Seeking);
            if jumped && !last.is(Flag::Seeking) && !now.is(Flag::LinearAd) {
                add(&mut self.tally.seeks, 1);
            }
            self.open_ms = now.position_ms;
        }
    }

    /// The playhead is where playing would have brought it. Wall time that content did not need may
    /// be the beginning of a standstill, its end, or all of it.
    #[inline]
    fn account_moving(&mut self, last: &Reading, now: &Reading, wall_ms: u64, moved_ms: u64) {
        let needed_ms = wall_ms.min(unscale(moved_ms, last.rate_permille));
        let lag_ms = wall_ms.saturating_sub(needed_ms);
        if self.wait != Wait::No {
            self.add_wait(lag_ms);
            if moved_ms > 0 {
                self.wait = Wait::No;
            }
        } else if now.is(Flag::Ended) {
            // Nothing plays after the end, however late its reading comes.
            self.settle_still();
            add(&mut self.tally.paused_ms, lag_ms);
        } else if wall_ms >= SUSPENDED_MS_MIN && lag_ms >= STALL_MS_MIN {
            self.settle_still();
            self.add_wait(lag_ms);
        } else if self.still_ms.saturating_add(lag_ms) >= STALL_MS_MIN {
            add(&mut self.still_ms, lag_ms);
            self.stall();
        } else {
            if moved_ms > 0 {
                self.settle_still();
            }
            add(&mut self.still_ms, lag_ms);
        }
        self.add_playing(last, needed_ms);
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
        let steady = self.wait == Wait::No && !self.stands && wall_ms <= TAIL_MS_MAX;
        let looped = (steady || now.is(Flag::Seeking))
            && to_end_ms.is_some_and(|ms| {
                ms.saturating_add(now.position_ms) <= reach_ms.saturating_add(ADVANCE_TOLERANCE_MS)
            });
        let limit_ms = reach_ms.min(to_end_ms.unwrap_or(u64::MAX));
        if looped && !now.is(Flag::Seeking) {
            // It plays on from the beginning and no seek says so.
            let shown_ms = to_end_ms.unwrap_or(0);
            self.show(last.position_ms, shown_ms, played);
            self.open_ms = 0;
            self.show(0, now.position_ms, played);
            self.account_moving(last, now, wall_ms, shown_ms.saturating_add(now.position_ms));
        } else {
            let shown_ms = self.tail(last, now, wall_ms, played, steady).min(limit_ms);
            self.show(last.position_ms, shown_ms, played);
            self.open_ms = now.position_ms;
            self.account_jump_time(last, wall_ms, shown_ms);
        }
        add(if looped { &mut self.tally.loops } else { &mut self.tally.seeks }, 1);
    }

    /// Content that was shown between the last reading and a jump, if wall time allows as much: what
    /// `played` shows, where it can be of no other time; else as much as time allows, if content
    /// moved when it was last read, not long ago, and the player says that it seeks.
    fn tail(
        &self,
        last: &Reading,
        now: &Reading,
        wall_ms: u64,
        played: Option<&IntervalSet>,
        steady: bool,
    ) -> u64 {
        let steady = steady && now.is(Flag::Seeking);
        let fresh = !self.content.contains(last.position_ms);
        match (
            movement::played_from(last.position_ms, played),
            movement::advance(last, now, wall_ms),
        ) {
            (Some(shown_ms), _) if steady || fresh => shown_ms,
            // Some players tell of a seek before it jumps.
            (_, Some(moved_ms))
                if steady || (played.is_none() && movement::is_steady(last, wall_ms, moved_ms)) =>
            {
                moved_ms
            }
            (_, None) if steady => u64::MAX,
            _ => 0,
        }
    }

    /// The wall time before a jump: what content needed was playing, the rest was the jump's.
    fn account_jump_time(&mut self, last: &Reading, wall_ms: u64, shown_ms: u64) {
        let playing_ms = wall_ms.min(unscale(shown_ms, last.rate_permille));
        let rest_ms = wall_ms.saturating_sub(playing_ms);
        self.settle_still();
        self.add_playing(last, playing_ms);
        if self.wait == Wait::No && rest_ms < SUSPENDED_MS_MIN {
            self.wait = Wait::Seek;
        }
        self.add_wait(rest_ms);
        if shown_ms > 0 {
            self.wait = Wait::Seek;
        }
    }

    /// Content that was shown from `from_ms` on.
    #[inline]
    fn show(&mut self, from_ms: u64, moved_ms: u64, played: Option<&IntervalSet>) {
        let end_ms = from_ms.saturating_add(moved_ms);
        add(&mut self.tally.played_ms, moved_ms);
        if let Some(piece) = Interval::new(from_ms, end_ms)
            && !self.content.is_new_behind(piece, self.near)
        {
            self.rewatched.insert_common(piece, &self.content);
        }
        if played.is_none()
            && moved_ms > 0
            && let Some(open) = Interval::new(self.open_ms.min(from_ms), end_ms)
        {
            self.content.insert_near(open, &mut self.near);
        }
    }

    #[inline]
    fn add_playing(&mut self, opening: &Reading, wall_ms: u64) {
        let tally = &mut self.tally;
        add(&mut tally.playing_ms, wall_ms);
        // INVARIANT (products fit): 2^38 ms x 2^14 permille, x 2^24 kbit/s. A saturating product would
        // be one of 128 bits, which wasm has not.
        let bounded_ms = wall_ms.min(WEIGHTED_MS_MAX);
        add(&mut tally.rate_weighted_us, bounded_ms * u64::from(opening.rate_permille));
        add(&mut tally.bitrate_weighted_bits, bounded_ms * self.bitrate_kbps);
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
        if self.wait == Wait::Stall {
            self.lengthen_stall(wall_ms);
        }
    }

    fn lengthen_stall(&mut self, wall_ms: u64) {
        add(&mut self.stall_ms, wall_ms);
        self.tally.stall_longest_ms = self.tally.stall_longest_ms.max(self.stall_ms);
    }

    /// It stands still and is short of data, or has stood still long enough to say so.
    fn stall(&mut self) {
        if self.wait != Wait::Stall {
            self.wait = Wait::Stall;
            self.stall_ms = 0;
            add(&mut self.tally.stalls, 1);
        }
        let still_ms = core::mem::take(&mut self.still_ms);
        add(&mut self.tally.stalled_ms, still_ms);
        self.lengthen_stall(still_ms);
    }

    /// A standstill too short to be a stall was a hiccup in playing.
    #[inline]
    fn settle_still(&mut self) {
        if self.still_ms == 0 {
            return;
        }
        let still_ms = core::mem::take(&mut self.still_ms);
        if let Some(last) = self.last {
            self.add_playing(&last, still_ms);
        }
    }
}

// INVARIANT (sums fit): a sum stops at what every reader of it can hold. Both stay below 2^63, so that
// adding them never wraps, and a saturating sum is a third more code wherever it is inlined.
fn add(sum: &mut u64, more: u64) {
    *sum = sum.wrapping_add(more).min(MS_MAX);
}

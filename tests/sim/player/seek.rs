//! Seeks of the model, and what the rules let a view lose at one.

use super::machine::{Player, Wait};
use super::page::Witness;
use super::script::{HIDDEN_CADENCE_MS, Seek, To};
use super::trace::{Cause, Mode};

/// How far beyond wall time the playhead may be found; see `ADVANCE_TOLERANCE_MS` of the view.
const TOLERANCE_MS: u64 = 100;

impl Player<'_> {
    pub fn seek(&mut self, seek: &Seek) {
        if self.wrapped {
            self.read(Cause::Event);
        }
        let silence_ms = if self.be_silent(seek.silence_ms) { seek.silence_ms } else { 0 };
        let to_ms = self.target_ms(seek.to);
        let late_ms = self.lateness_ms(seek.late_ms);
        // The page is busy until the player has landed, and never reads that it seeks.
        let unheard = late_ms > 0 && seek.latency_ms == 0 && seek.chain.is_empty();
        let lands_at_ms = self.clamped(to_ms.saturating_add_signed(seek.lands_by_ms));
        if self.is_ambiguous(to_ms, late_ms) || (unheard && self.is_near(lands_at_ms, late_ms)) {
            if silence_ms > 0 {
                self.read(Cause::Event);
            }
            return;
        }
        self.show_beginning();
        self.excuse_seek(to_ms, late_ms, unheard);
        // One that is sent elsewhere before it lands is still one.
        self.truth.seeks += u64::from(!self.is_seeking());
        self.ended = false;
        self.pos_ms = to_ms;
        let heard_ms = if unheard { 0 } else { self.title.grid_ms };
        let seeking_ms = late_ms + seek.latency_ms.max(heard_ms);
        self.wait = Wait::Seek { ms: seeking_ms, lands_at_ms, data_ms: seek.buffer_ms };
        if unheard {
            self.silent = true;
            self.unheard = true;
        } else if late_ms > 0 {
            self.read_only(Cause::Seeking, Mode::Bare);
        }
        self.run(late_ms);
        if !unheard {
            self.read(Cause::Seeking);
        }
        for (after_ms, to) in &seek.chain {
            self.run(*after_ms);
            // Once it has landed it would be another seek.
            if !self.is_seeking() {
                return;
            }
            let lands_at_ms = self.target_ms(*to);
            self.pos_ms = lands_at_ms;
            self.wait = Wait::Seek { ms: 300, lands_at_ms, data_ms: 0 };
            self.read(Cause::Seeking);
        }
        self.finish_waits();
    }

    /// A seek of the player's own.
    pub fn go(&mut self, to_ms: u64) {
        self.truth.seeks += 1;
        self.pos_ms = to_ms;
        self.wait = Wait::Seek { ms: 0, lands_at_ms: to_ms, data_ms: 0 };
        self.read(Cause::Seeking);
        self.finish_waits();
    }

    fn clamped(&self, pos_ms: u64) -> u64 {
        pos_ms.clamp(self.title.base_ms, self.end_ms())
    }

    fn target_ms(&self, to: To) -> u64 {
        self.clamped(match to {
            To::At(ms) => self.title.base_ms + ms,
            To::By(ms) => self.pos_ms.saturating_add_signed(ms),
        })
    }

    /// An element's `played` tells how far content got before a seek that the page hears of late;
    /// where that content had been shown before, it cannot.
    fn lateness_ms(&self, late_ms: u64) -> u64 {
        let fresh = self.truth.times_shown(self.pos_ms) == 0;
        let known = self.truth.times_shown(self.witness.pos_ms) == 1;
        let steady = !self.witness.waits && self.moves() && self.pos_ms > self.witness.pos_ms;
        if steady && fresh && known { late_ms } else { 0 }
    }

    /// Whether readings could not tell the seek from a loop, or from playing.
    fn is_ambiguous(&self, to_ms: u64, late_ms: u64) -> bool {
        let Witness { t_ms, pos_ms, should_move, waits } = self.witness;
        if !should_move {
            return false;
        }
        let reach_ms = self.content_ms(self.t_ms + late_ms - t_ms);
        let wraps =
            (self.end_ms() - pos_ms) + (to_ms - self.title.base_ms) <= reach_ms + TOLERANCE_MS + 1;
        let forward_ms = to_ms.checked_sub(pos_ms);
        let plays = forward_ms.is_some_and(|ms| ms.abs_diff(reach_ms) <= TOLERANCE_MS);
        wraps || (waits && plays && self.pos_ms - pos_ms < reach_ms)
    }

    /// Whether playing could have brought the playhead there.
    fn is_near(&self, to_ms: u64, late_ms: u64) -> bool {
        let Witness { t_ms, pos_ms, .. } = self.witness;
        let reach_ms = self.content_ms(self.t_ms + late_ms - t_ms);
        pos_ms <= to_ms && to_ms <= pos_ms + reach_ms + TOLERANCE_MS + 400
    }

    /// What the rules let a view lose at this seek.
    fn excuse_seek(&mut self, to_ms: u64, late_ms: u64, unheard: bool) {
        let Witness { t_ms, pos_ms, should_move, waits } = self.witness;
        if !should_move {
            return;
        }
        let (moved_ms, wall_ms) = (self.pos_ms - pos_ms, self.t_ms - t_ms);
        let short = wall_ms + late_ms <= HIDDEN_CADENCE_MS;
        let new = moved_ms > 0 && self.truth.times_shown(pos_ms) == 1;
        let proved = new && self.truth.times_shown(self.pos_ms) == 0;
        if !proved && (waits || !short) {
            self.truth.excuse(Mode::Played, moved_ms, wall_ms);
        }
        let behind = pos_ms <= to_ms && to_ms < self.pos_ms;
        if waits || wall_ms > HIDDEN_CADENCE_MS || behind || unheard {
            self.truth.excuse(Mode::Bare, moved_ms, wall_ms + late_ms);
        }
    }
}

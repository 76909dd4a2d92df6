//! The end of content: the player stops, or plays from the beginning again.

use super::machine::{Player, Wait};
use super::page::Witness;
use super::script::{Duration, HIDDEN_CADENCE_MS};
use super::trace::{Cause, Mode};

impl Player<'_> {
    pub fn reach_end(&mut self) {
        self.settle_duration();
        self.carry_us = 0;
        if !self.looping {
            self.ended = true;
            self.read(Cause::Ended);
            self.paused = true;
            self.read(Cause::Event);
            return self.read(Cause::Ended);
        }
        self.truth.loops += 1;
        let gap_ms = self.next_read_ms.saturating_sub(self.witness.t_ms);
        if self.title.wraps_silently && !self.witness.waits && gap_ms <= HIDDEN_CADENCE_MS {
            self.pos_ms = self.title.base_ms;
            self.wrapped = true;
            return;
        }
        self.excuse_loop();
        self.pos_ms = self.title.base_ms;
        let grid_ms = self.title.grid_ms;
        // What lies before the first movement and what after it cannot be told apart, and a page
        // that runs has read not long ago.
        let room_ms = HIDDEN_CADENCE_MS.saturating_sub(self.t_ms - self.witness.t_ms);
        let late_ms = self.random.below(60).min(room_ms / grid_ms * grid_ms);
        let late_ms = if self.witness.waits { 0 } else { late_ms };
        let late_ms = late_ms.next_multiple_of(grid_ms);
        let least_ms = if late_ms > 0 { 1 } else { 0 };
        let seeking_ms = late_ms + self.random.between(least_ms, 200).next_multiple_of(grid_ms);
        self.wait = Wait::Seek { ms: seeking_ms, lands_at_ms: self.pos_ms, data_ms: 0 };
        self.run(late_ms);
        self.read(Cause::Seeking);
        self.finish_waits();
    }

    /// Where nothing proves that content moved since the last reading, its end may be lost.
    fn excuse_loop(&mut self) {
        self.show_beginning();
        let Witness { t_ms, pos_ms, waits, .. } = self.witness;
        let (moved_ms, wall_ms) = (self.pos_ms - pos_ms, self.t_ms - t_ms);
        if waits {
            self.truth.excuse(Mode::Bare, moved_ms, wall_ms);
            if moved_ms > 0 && self.truth.times_shown(pos_ms) > 1 {
                self.truth.excuse(Mode::Played, moved_ms, wall_ms);
            }
        }
    }

    /// Players know the duration before the end comes.
    pub fn settle_duration(&mut self) {
        let near = self.end_ms() - self.pos_ms <= self.content_ms(6_000) + 3_000;
        if near && self.duration != Duration::Exact && self.ad.is_none() && !self.silent {
            self.duration = Duration::Exact;
            self.read(Cause::Event);
        }
    }
}

//! What a page reads of the player, and what those readings prove.

use super::machine::{Player, Wait};
use super::script::{Duration, HIDDEN_CADENCE_MS};
use super::trace::{Cause, Mode, Sample, Step};
use usher::playback::reading::Flag;

/// Where the page's clock begins, so that it can go back.
const CLOCK_MS: u64 = 1 << 40;

/// What the readings have proved so far, which decides what the rules let a view lose.
#[derive(Debug, Clone, Copy)]
pub struct Witness {
    /// When and where the last reading was taken.
    pub t_ms: u64,
    pub pos_ms: u64,
    /// The last reading should be followed by movement.
    pub should_move: bool,
    /// No movement was seen since the last wait began.
    pub waits: bool,
}

impl Player<'_> {
    /// What the player says of the duration, in seconds.
    fn duration_s(&self) -> f64 {
        let exact_ms = self.title.length_ms;
        match self.duration {
            _ if self.title.live => f64::INFINITY,
            Duration::Unknown => f64::NAN,
            Duration::Estimate(off_ms) => (exact_ms as i64 + off_ms) as f64 / 1_000.0,
            Duration::Exact => exact_ms as f64 / 1_000.0,
        }
    }

    fn flags(&self) -> u32 {
        let short = self.title.flags_stalls && self.begun;
        let waits = matches!(self.wait, Wait::Stall(_) | Wait::Data(_));
        // Some players are short of data as soon as they have ended.
        let short = short && (waits || self.ended) && !self.paused;
        let bit = |flag: Flag, on: bool| if on { flag as u32 } else { 0 };
        bit(Flag::Paused, self.paused)
            | bit(Flag::Seeking, self.is_seeking())
            | bit(Flag::Stalled, short)
            | bit(Flag::Ended, self.ended)
            | bit(Flag::Muted, self.muted)
            | bit(Flag::Hidden, self.hidden)
            | bit(Flag::LinearAd, self.ad.is_some())
            | bit(Flag::OverlayAd, self.overlay)
    }

    fn sample(&self, cause: Cause) -> Sample {
        let ad_clock = self.ad == Some(true);
        Sample {
            cause,
            t_ms: self.t_ms,
            at_ms: (CLOCK_MS + self.t_ms - self.behind_ms) as f64,
            position_s: if ad_clock { (self.t_ms % 3_000) as f64 } else { self.pos_ms as f64 }
                / 1_000.0,
            duration_s: if ad_clock { 3.0 } else { self.duration_s() },
            rate: self.rate_permille() as f64 / 1_000.0,
            flags: self.flags(),
            only: None,
            pieces: self.trace.pieces.len(),
        }
    }

    /// The page takes a reading.
    pub fn read(&mut self, cause: Cause) {
        let sample = self.sample(cause);
        self.trace.steps.push(Step::Read(sample));
        if self.ad.is_none() && !sample.duration_s.is_nan() {
            self.truth.duration_ms =
                (!self.title.live).then(|| (sample.duration_s * 1e3).round() as u64);
        }
        self.look(sample.flags);
        let grid_ms = self.title.grid_ms;
        let cadence_ms = match (self.hidden, self.moves()) {
            (true, _) => HIDDEN_CADENCE_MS,
            (false, true) => self.random.between(60, 270),
            (false, false) => self.random.between(250, 500),
        };
        self.next_read_ms = self.t_ms + cadence_ms / grid_ms * grid_ms;
    }

    /// Nothing but a reading proves to a view without `played` that content has begun: what is then
    /// no longer start-up would be.
    pub fn show_beginning(&mut self) {
        if self.begun && !self.seen_moving {
            self.read_only(Cause::Timeupdate, Mode::Bare);
            self.seen_moving = true;
        }
    }

    /// A reading that only one mode takes.
    pub fn read_only(&mut self, cause: Cause, mode: Mode) {
        let sample = Sample { only: Some(mode), ..self.sample(cause) };
        self.trace.steps.push(Step::Read(sample));
    }

    /// What the reading proves.
    fn look(&mut self, flags: u32) {
        let still =
            Flag::Paused as u32 | Flag::Seeking as u32 | Flag::Ended as u32 | Flag::LinearAd as u32;
        let before = self.witness;
        let moved = before.should_move && self.pos_ms != before.pos_ms;
        let seeking = flags & Flag::Seeking as u32 != 0;
        self.seen_moving |= moved && !seeking;
        let stands = before.should_move && !moved && self.t_ms > before.t_ms;
        let stalled = flags & Flag::Stalled as u32 != 0;
        self.wrapped = false;
        self.witness = Witness {
            t_ms: self.t_ms,
            pos_ms: self.pos_ms,
            should_move: flags & still == 0,
            waits: seeking || stalled || stands || (before.waits && !moved),
        };
    }

    /// The next moment at which the page reads of its own accord.
    pub fn to_next_read_ms(&self) -> u64 {
        self.next_read_ms.saturating_sub(self.t_ms)
    }
}

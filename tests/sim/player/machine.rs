//! The model: a media clock in whole milliseconds, beside the clock on the wall.

use super::page::Witness;
use super::random::Random;
use super::script::{Duration, Title};
use super::trace::{Cause, Trace};
use super::truth::{Circumstances, Class, Truth};

/// Bitrates that a script names, by place; 0 is none.
pub const BITRATES_KBPS: [u64; 4] = [0, 300, 1_500, 6_000];

/// Why content does not move though it is neither paused nor over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    No,
    /// Nothing is loaded yet.
    Startup(u64),
    /// A seek is under way.
    Seek {
        ms: u64,
        lands_at_ms: u64,
        /// How long it then waits for data.
        data_ms: u64,
    },
    /// A seek has landed, where there is no data yet.
    Data(u64),
    Stall(u64),
}

/// The page and the player stand still together, or the player alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frozen {
    No,
    /// Readings go on; what it is called.
    Player(Class),
    /// No readings; what it is called.
    Page(Class),
}

pub struct Player<'a> {
    pub title: &'a Title,
    pub random: Random,
    pub t_ms: u64,
    /// The clock of the page has gone back by so much.
    pub behind_ms: u64,
    pub pos_ms: u64,
    /// What the playhead is past a whole millisecond, in microseconds.
    pub carry_us: u64,
    pub rate: usize,
    pub bitrate: usize,
    pub paused: bool,
    pub ended: bool,
    pub muted: bool,
    pub hidden: bool,
    pub overlay: bool,
    pub looping: bool,
    /// A linear advertisement is on; whether the element shows its clock instead of the content's.
    pub ad: Option<bool>,
    pub wait: Wait,
    pub frozen: Frozen,
    /// The page takes no readings of its own accord.
    pub silent: bool,
    /// The page does not run until the seek that is under way has landed.
    pub unheard: bool,
    /// Content has moved.
    pub begun: bool,
    /// A reading has shown it.
    pub seen_moving: bool,
    /// The end was wrapped without a reading since.
    pub wrapped: bool,
    pub duration: Duration,
    pub witness: Witness,
    pub next_read_ms: u64,
    stall_ms: u64,
    pub trace: Trace,
    pub truth: Truth,
}

impl<'a> Player<'a> {
    pub fn new(title: &'a Title, seed: u64) -> Self {
        let pos_ms = title.base_ms;
        let mut player = Self {
            title,
            random: Random::new(!seed),
            t_ms: 0,
            behind_ms: 0,
            pos_ms,
            carry_us: 0,
            rate: title.rates_permille.iter().position(|rate| *rate == 1_000).unwrap(),
            bitrate: 0,
            paused: true,
            ended: false,
            muted: false,
            hidden: false,
            overlay: false,
            looping: false,
            ad: None,
            wait: Wait::Startup(title.startup_ms),
            frozen: Frozen::No,
            silent: false,
            unheard: false,
            begun: false,
            seen_moving: false,
            wrapped: false,
            duration: title.duration,
            witness: Witness { t_ms: 0, pos_ms, should_move: false, waits: true },
            next_read_ms: 0,
            stall_ms: 0,
            trace: Trace::default(),
            truth: Truth::new(title.base_ms),
        };
        player.read(Cause::Event);
        player
    }

    pub fn rate_permille(&self) -> u64 {
        self.title.rates_permille[self.rate]
    }

    /// Where content ends.
    pub fn end_ms(&self) -> u64 {
        if self.title.live { u64::MAX / 4_000 } else { self.title.base_ms + self.title.length_ms }
    }

    /// Content that wall time shows at the rate of now.
    pub fn content_ms(&self, wall_ms: u64) -> u64 {
        wall_ms * self.rate_permille() / 1_000
    }

    pub fn moves(&self) -> bool {
        self.wait == Wait::No && self.frozen == Frozen::No && self.should_move()
    }

    fn should_move(&self) -> bool {
        !self.paused && !self.ended && self.ad.is_none()
    }

    /// Lets wall time pass.
    pub fn run(&mut self, ms: u64) {
        let until_ms = self.t_ms + ms;
        let mut until_ms = until_ms;
        while self.t_ms < until_ms {
            if self.moves() && self.pos_ms >= self.end_ms() {
                self.reach_end();
                // The end lies where it lies; from it on the grid begins afresh.
                until_ms = self.t_ms
                    + until_ms.saturating_sub(self.t_ms).next_multiple_of(self.title.grid_ms);
                continue;
            }
            self.settle_duration();
            let polls = !self.paused && !self.silent && !matches!(self.frozen, Frozen::Page(_));
            let mut step_ms = until_ms - self.t_ms;
            step_ms = self.wait_left_ms().map_or(step_ms, |left_ms| step_ms.min(left_ms));
            if self.moves() {
                step_ms = step_ms.min(self.ms_to_end());
            }
            if polls {
                step_ms = step_ms
                    .min(self.next_read_ms.saturating_sub(self.t_ms).max(self.title.grid_ms));
            }
            self.pass(step_ms);
            self.shorten_wait(step_ms);
            if polls && self.t_ms >= self.next_read_ms {
                self.read(Cause::Timeupdate);
            }
        }
        if self.moves() && self.pos_ms >= self.end_ms() {
            self.reach_end();
        }
    }

    /// How long the wait that is on still lasts, if its time runs now.
    fn wait_left_ms(&self) -> Option<u64> {
        match self.wait {
            Wait::No => None,
            Wait::Startup(ms) => self.should_move().then_some(ms),
            Wait::Seek { ms, .. } | Wait::Data(ms) | Wait::Stall(ms) => Some(ms),
        }
    }

    fn shorten_wait(&mut self, by_ms: u64) {
        let runs = self.wait_left_ms().is_some();
        match &mut self.wait {
            Wait::Startup(ms) | Wait::Seek { ms, .. } | Wait::Data(ms) | Wait::Stall(ms)
                if runs =>
            {
                *ms -= by_ms;
            }
            _ => return,
        }
        self.finish_waits();
    }

    /// Ends the waits whose time is over, with the readings that tell of it.
    pub fn finish_waits(&mut self) {
        if let Wait::Seek { ms: 0, lands_at_ms, data_ms } = self.wait {
            self.pos_ms = lands_at_ms;
            self.carry_us = 0;
            self.wait = match (self.begun, data_ms) {
                (false, _) => Wait::Startup(data_ms),
                (true, 0) => Wait::No,
                (true, _) => Wait::Data(data_ms),
            };
            self.read(Cause::Seeked);
            if self.unheard {
                (self.unheard, self.silent) = (false, false);
                self.witness.waits = true;
            }
        }
        let over = match self.wait {
            Wait::Startup(0) => self.should_move(),
            Wait::Data(0) | Wait::Stall(0) => true,
            _ => false,
        };
        if over {
            self.wait = Wait::No;
            self.read(Cause::Event);
        }
    }

    fn ms_to_end(&self) -> u64 {
        let left_us = (self.end_ms() - self.pos_ms) * 1_000 - self.carry_us;
        left_us.div_ceil(self.rate_permille())
    }

    /// Records wall time in which nothing changes.
    fn pass(&mut self, ms: u64) {
        let class = self.class();
        let now = Circumstances {
            muted: self.muted,
            hidden: self.hidden,
            overlay: self.overlay,
            rate: self.rate,
            bitrate: self.bitrate,
        };
        self.truth.pass(ms, class, now);
        if class == Class::Stalled {
            self.stall_ms += ms;
            self.truth.stall_longest_ms = self.truth.stall_longest_ms.max(self.stall_ms);
        }
        if self.moves() {
            let us = self.carry_us + ms * self.rate_permille();
            let to_ms = (self.pos_ms + us / 1_000).min(self.end_ms());
            self.carry_us = us % 1_000;
            if to_ms > self.pos_ms {
                self.truth.show(self.pos_ms, to_ms);
                self.trace.pieces.push((self.pos_ms, to_ms));
                self.pos_ms = to_ms;
                self.begun = true;
            }
        }
        self.t_ms += ms;
    }

    fn class(&self) -> Class {
        match (self.frozen, self.wait) {
            _ if self.ad.is_some() => Class::LinearAd,
            _ if self.paused || self.ended => Class::Paused,
            (Frozen::Player(class) | Frozen::Page(class), _) => class,
            (Frozen::No, Wait::No) => Class::Playing,
            (Frozen::No, Wait::Stall(_)) => Class::Stalled,
            (Frozen::No, _) if !self.begun => Class::Startup,
            (Frozen::No, _) => Class::Seeking,
        }
    }

    /// Content changes hands: nobody's time.
    pub fn leave(&mut self, ms: u64) {
        let now =
            Circumstances { muted: false, hidden: false, overlay: false, rate: 0, bitrate: 0 };
        self.truth.pass(ms, Class::Nobody, now);
        self.t_ms += ms;
    }

    pub fn begin_stall(&mut self) {
        self.truth.stalls += 1;
        self.stall_ms = 0;
    }

    pub fn is_seeking(&self) -> bool {
        matches!(self.wait, Wait::Seek { .. })
    }
}

//! What a script's actions do to the model. An action that makes no sense where the player stands,
//! or that no readings could tell from another, is left out; each place says why.

use super::machine::{BITRATES_KBPS, Frozen, Player, Wait};
use super::script::{Action, Duration, HIDDEN_CADENCE_MS, Script};
use super::trace::{Cause, Step, Trace};
use super::truth::{Class, Truth};

/// Standing still for this long is a stall; see `STALL_MS_MIN` of the view.
const STALL_MS_MIN: u64 = 250;

/// Between readings so far apart it is sleep; see `SUSPENDED_MS_MIN` of the view.
const SUSPENDED_MS_MIN: u64 = 5_000;

/// Plays a script to its end, which is paused.
pub fn perform(script: &Script) -> (Trace, Truth) {
    let mut player = Player::new(&script.title, script.seed);
    for action in &script.actions {
        player.act(action);
    }
    player.read(Cause::Event);
    player.act(&Action::Pause);
    (player.trace, player.truth)
}

impl Player<'_> {
    fn act(&mut self, action: &Action) {
        match action {
            Action::Play(late_ms) => self.play(*late_ms),
            Action::Pause => self.pause(),
            Action::Run(ms) => self.run(*ms),
            Action::Seek(seek) => self.seek(seek),
            Action::Rate(permille) => {
                self.rate =
                    self.title.rates_permille.iter().position(|rate| rate == permille).unwrap();
                self.read(Cause::Event);
            }
            Action::Mute(on) => {
                self.muted = *on;
                self.read(Cause::Event);
            }
            Action::Hide(on) => {
                self.hidden = *on;
                self.read(Cause::Event);
            }
            Action::Loop(on) => self.looping = *on && !self.title.live,
            Action::Overlay(on) => self.overlay(*on),
            Action::Standstill(ms) => self.stand_still(*ms),
            Action::Stall(ms) => self.stall(*ms),
            Action::Sleep(ms) => self.sleep(*ms),
            Action::Silence(ms) => {
                self.be_silent(*ms);
            }
            Action::Ads { lengths_ms, pauses_content, own_clock } => {
                self.advertise(lengths_ms, *pauses_content, *own_clock);
            }
            Action::Quality(kbps) => self.switch_quality(*kbps),
            Action::Frames(total) => {
                self.truth.dropped_frames = self.truth.dropped_frames.max(*total);
                self.trace.steps.push(Step::Frames(*total));
            }
            Action::Error => {
                self.truth.errors += 1;
                self.trace.steps.push(Step::Fail);
                self.read(Cause::Event);
            }
            Action::ClockBack { ms, playing } => self.turn_clock_back(*ms, *playing),
            Action::Duration(duration) => self.learn_duration(*duration),
            Action::Junk => self.read_junk(),
            Action::Interrupt(ms) => self.interrupt(*ms),
        }
    }

    fn play(&mut self, late_ms: u64) {
        if !self.paused {
            return;
        }
        self.paused = false;
        if self.ended {
            // Playing on from the end is a seek to the beginning.
            self.ended = false;
            return self.go(self.title.base_ms);
        }
        let late_ms = late_ms.min(100_000 / self.rate_permille());
        if self.moves() && self.pos_ms + 1_000 < self.end_ms() && self.t_ms > self.witness.t_ms {
            let late_ms = late_ms / self.title.grid_ms * self.title.grid_ms;
            self.silent = true;
            self.run(late_ms);
            self.silent = false;
        }
        self.read(Cause::Event);
        self.finish_waits();
    }

    fn pause(&mut self) {
        if !self.paused && !self.ended {
            self.paused = true;
            self.read(Cause::Event);
        }
    }

    fn overlay(&mut self, on: bool) {
        self.read(Cause::Event);
        self.truth.ads += u64::from(on && !self.overlay);
        self.overlay = on;
        self.read(Cause::Ad);
    }

    fn switch_quality(&mut self, kbps: u64) {
        self.read(Cause::Event);
        let before = BITRATES_KBPS[self.bitrate];
        self.truth.quality_switches += u64::from(before != 0 && before != kbps);
        self.bitrate = BITRATES_KBPS.iter().position(|known| *known == kbps).unwrap();
        self.trace.steps.push(Step::Quality(kbps));
        self.read(Cause::Event);
    }

    /// Plays until readings have shown twice that content moves, so that what comes next cannot be
    /// taken for part of what was before; false where there is no room for it.
    fn play_steadily(&mut self, room_ms: u64) -> bool {
        let needed_ms = self.content_ms(room_ms + 4 * HIDDEN_CADENCE_MS) + 1_000;
        if !self.moves() || self.pos_ms.saturating_add(needed_ms) > self.end_ms() {
            return false;
        }
        for _ in 0..3 {
            self.run(self.to_next_read_ms().max(self.title.grid_ms));
        }
        true
    }

    fn stand_still(&mut self, ms: u64) {
        if !self.play_steadily(4 * HIDDEN_CADENCE_MS) {
            return;
        }
        self.run(self.title.grid_ms * (ms % 40));
        self.frozen = Frozen::Player(self.standstill(ms));
        self.run(ms);
        self.frozen = Frozen::No;
        self.play_steadily(0);
    }

    /// What it is called when content stands still for so long.
    fn standstill(&mut self, ms: u64) -> Class {
        if ms < STALL_MS_MIN {
            return Class::Playing;
        }
        self.begin_stall();
        Class::Stalled
    }

    fn stall(&mut self, ms: u64) {
        if !self.title.flags_stalls {
            return self.stand_still(ms);
        }
        if !self.moves() || !self.begun || self.pos_ms == self.end_ms() {
            return;
        }
        self.read(Cause::Event);
        // Until content was seen to move, a wait is still that of the start or the seek.
        if self.witness.waits {
            return;
        }
        self.begin_stall();
        self.wait = Wait::Stall(ms);
        self.read(Cause::Event);
    }

    fn sleep(&mut self, ms: u64) {
        if !self.play_steadily(4 * HIDDEN_CADENCE_MS) {
            return;
        }
        self.run(self.title.grid_ms * (ms % 40));
        let class = if ms >= SUSPENDED_MS_MIN { Class::Suspended } else { self.standstill(ms) };
        self.frozen = Frozen::Page(class);
        self.run(ms);
        self.frozen = Frozen::No;
        if self.random.percent(50) {
            self.read(Cause::Timeupdate);
        }
        self.play_steadily(0);
    }

    /// Content plays on without a reading; the end of a loop would be lost in it.
    pub fn be_silent(&mut self, ms: u64) -> bool {
        let room = self.pos_ms + self.content_ms(ms) + 1_000 < self.end_ms();
        if !self.moves() || self.witness.waits || self.wrapped || (!room && self.looping) {
            return false;
        }
        self.silent = true;
        self.run(ms);
        self.silent = false;
        if room && !self.ended {
            return true;
        }
        self.read(Cause::Timeupdate);
        false
    }

    fn advertise(&mut self, lengths_ms: &[u64], pauses_content: bool, own_clock: bool) {
        if self.wait != Wait::No && !matches!(self.wait, Wait::Startup(_)) {
            return;
        }
        let was_paused = self.paused;
        for length_ms in lengths_ms {
            self.read(Cause::Event);
            if pauses_content {
                self.paused = true;
                self.read(Cause::Event);
            }
            self.truth.ads += 1;
            self.ad = Some(own_clock);
            self.read(Cause::Ad);
            self.run(*length_ms);
            self.ad = None;
            self.read(Cause::Ad);
        }
        self.paused = was_paused;
        self.read(Cause::Event);
    }

    fn turn_clock_back(&mut self, ms: u64, playing: bool) {
        if !playing {
            self.read(Cause::Event);
            self.behind_ms += ms;
            return self.read(Cause::Event);
        }
        // How long anything but playing lasted cannot be told without a clock.
        if self.play_steadily(2 * HIDDEN_CADENCE_MS) {
            self.behind_ms += ms;
            self.run(self.to_next_read_ms().max(self.title.grid_ms));
        }
    }

    fn learn_duration(&mut self, duration: Duration) {
        if self.duration != Duration::Exact {
            self.duration = duration;
            self.read(Cause::Event);
        }
    }

    fn read_junk(&mut self) {
        self.read(Cause::Event);
        let Some(Step::Read(sample)) = self.trace.steps.last() else { return };
        let mut junk = *sample;
        match self.random.below(5) {
            0 => junk.position_s = f64::NAN,
            1 => junk.position_s = -3.0,
            2 => junk.rate = f64::INFINITY,
            3 => junk.at_ms = f64::NEG_INFINITY,
            _ => junk.duration_s = -1.0,
        }
        // Live is live whatever its duration says, but not at such a time.
        self.trace.steps.push(Step::Read(junk));
        self.truth.rejected += 1;
    }

    fn interrupt(&mut self, ms: u64) {
        // An advertisement that is on afterwards is another one.
        if self.wait != Wait::No || self.overlay {
            return;
        }
        self.read(Cause::Event);
        self.trace.steps.push(Step::Interrupt);
        self.leave(ms);
        self.read(Cause::Event);
    }
}

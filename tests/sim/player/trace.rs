//! What a page hears of a player: readings, and what it is told beside them.

use usher::base::id::{Id, Producer};
use usher::playback::interval_set::{Interval, IntervalSet};
use usher::playback::reading::Reading;
use usher::playback::view::View;

/// Which player's readings a view takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Each reading comes with the ranges that were played, as from `HTMLMediaElement.played`.
    Played,
    /// Readings alone.
    Bare,
}

/// Why a reading was taken; names as in the HTML Standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Event,
    Timeupdate,
    Seeking,
    Seeked,
    Ended,
    Ad,
}

#[derive(Debug, Clone, Copy)]
pub struct Sample {
    pub cause: Cause,
    /// True time, which no page can read.
    pub t_ms: u64,
    pub at_ms: f64,
    pub position_s: f64,
    pub duration_s: f64,
    pub rate: f64,
    pub flags: u32,
    /// Taken only by this mode.
    pub only: Option<Mode>,
    /// How many of the pieces were shown by now.
    pub pieces: usize,
}

#[derive(Debug, Clone, Copy)]
pub enum Step {
    Read(Sample),
    Fail,
    Quality(u64),
    Frames(u64),
    Interrupt,
}

#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub steps: Vec<Step>,
    /// Content as it was shown, in order.
    pub pieces: Vec<(u64, u64)>,
}

/// A view that takes a trace step by step.
pub struct Replay<'a> {
    pub view: View,
    trace: &'a Trace,
    mode: Mode,
    played: IntervalSet,
    pieces: usize,
}

impl<'a> Replay<'a> {
    pub fn new(trace: &'a Trace, mode: Mode) -> Self {
        let view = View::new(Producer(Id([1; 16])));
        Self { view, trace, mode, played: IntervalSet::default(), pieces: 0 }
    }

    /// The view after the whole trace.
    pub fn of(trace: &'a Trace, mode: Mode) -> View {
        let mut replay = Self::new(trace, mode);
        trace.steps.iter().for_each(|step| replay.take(step));
        replay.view
    }

    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Read(sample) if self.takes(sample) => self.read(sample),
            Step::Read(_) => {}
            Step::Fail => self.view.fail(),
            Step::Quality(kbps) => self.view.switch_quality(*kbps),
            Step::Frames(total) => self.view.drop_frames(*total),
            Step::Interrupt => self.view.interrupt(),
        }
    }

    /// Whether this mode takes the reading.
    pub fn takes(&self, sample: &Sample) -> bool {
        sample.only.is_none_or(|only| only == self.mode)
    }

    fn read(&mut self, sample: &Sample) {
        for (start_ms, end_ms) in &self.trace.pieces[self.pieces..sample.pieces.max(self.pieces)] {
            self.played.insert(Interval::new(*start_ms, *end_ms).unwrap());
        }
        self.pieces = self.pieces.max(sample.pieces);
        let Sample { at_ms, position_s, duration_s, rate, flags, .. } = *sample;
        match Reading::new(at_ms, position_s, duration_s, rate, flags) {
            Some(reading) => {
                self.view.push(reading, (self.mode == Mode::Played).then_some(&self.played));
            }
            None => self.view.reject(),
        }
    }
}

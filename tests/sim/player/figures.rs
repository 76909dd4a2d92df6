//! The figures of a view beside the truth.

use super::machine::BITRATES_KBPS;
use super::script::Script;
use super::trace::Mode;
use super::truth::{Class, Times, Truth};
use std::fmt::Debug;
use usher::playback::interval_set::IntervalSet;
use usher::playback::view::View;

/// What a view of a script should say.
pub struct Figures<'a> {
    truth: &'a Truth,
    unique: Vec<(u64, u64)>,
    rewatched: Vec<(u64, u64)>,
    played_ms: u64,
    times: Times,
}

impl<'a> Figures<'a> {
    pub fn new(script: &Script, truth: &'a Truth) -> Self {
        Self {
            truth,
            unique: truth.intervals(1),
            rewatched: truth.intervals(2),
            played_ms: truth.played_ms(),
            times: truth.times(script.title.rates_permille, &BITRATES_KBPS),
        }
    }

    /// The first figure of a view that is not the truth, in words.
    pub fn difference(&self, view: &View, mode: Mode) -> Option<String> {
        let slack = self.truth.slack(mode);
        let result = self
            .content(view, mode, slack.content_ms)
            .and_then(|()| self.counts(view))
            .and_then(|()| self.durations(view, slack.wall_ms))
            .and_then(|()| self.completion(view, slack.content_ms));
        result.err().map(|difference| format!("{mode:?}: {difference}"))
    }

    pub fn content(&self, view: &View, mode: Mode, slack_ms: u64) -> Result<(), String> {
        same("truncated", false, view.truncated())?;
        if slack_ms == 0 || mode == Mode::Played {
            same("intervals", &self.unique, &pairs(view.content()))?;
        }
        if slack_ms == 0 {
            same("rewatched", &self.rewatched, &pairs(view.rewatched()))?;
        } else {
            within("intervals", &self.unique, view.content(), slack_ms)?;
            within("rewatched", &self.rewatched, view.rewatched(), slack_ms)?;
        }
        bounded("played_ms", self.played_ms, view.tally().played_ms, slack_ms)
    }

    pub fn counts(&self, view: &View) -> Result<(), String> {
        let (truth, tally) = (self.truth, view.tally());
        same("seeks", truth.seeks, tally.seeks)?;
        same("loops", truth.loops, tally.loops)?;
        same("stalls", truth.stalls, tally.stalls)?;
        same("ads", truth.ads, tally.ads)?;
        same("errors", truth.errors, tally.errors)?;
        same("rejected", truth.rejected, tally.rejected)?;
        same("quality_switches", truth.quality_switches, tally.quality_switches)?;
        same("dropped_frames", truth.dropped_frames, tally.dropped_frames)
    }

    pub fn durations(&self, view: &View, slack_ms: u64) -> Result<(), String> {
        let (times, tally) = (&self.times, view.tally());
        let of = |class: Class| times.classes_ms[class as usize];
        bounded("playing_ms", of(Class::Playing), tally.playing_ms, slack_ms)?;
        near("startup_ms", of(Class::Startup), tally.startup_ms, slack_ms)?;
        near("paused_ms", of(Class::Paused), tally.paused_ms, 0)?;
        near("seeking_ms", of(Class::Seeking), tally.seeking_ms, slack_ms)?;
        near("stalled_ms", of(Class::Stalled), tally.stalled_ms, slack_ms)?;
        near("stall_longest_ms", self.truth.stall_longest_ms, tally.stall_longest_ms, slack_ms)?;
        near("suspended_ms", of(Class::Suspended), tally.suspended_ms, slack_ms)?;
        near("linear_ad_ms", of(Class::LinearAd), tally.linear_ad_ms, 0)?;
        bounded("ad_ms", of(Class::LinearAd) + times.overlay_ms, tally.ad_ms, slack_ms)?;
        bounded("muted_ms", times.muted_ms, tally.muted_ms, slack_ms)?;
        bounded("hidden_ms", times.hidden_ms, tally.hidden_ms, slack_ms)?;
        let (weighted_us, slack_us) = (times.rate_weighted_us, slack_ms * 16_000);
        bounded("rate_weighted_us", weighted_us, tally.rate_weighted_us, slack_us)?;
        let (bits, slack_bits) = (times.bitrate_weighted_bits, slack_ms * 6_000);
        bounded("bitrate_weighted_bits", bits, tally.bitrate_weighted_bits, slack_bits)?;
        self.wall(view)
    }

    /// Every millisecond is somewhere, and only once.
    pub fn wall(&self, view: &View) -> Result<(), String> {
        let tally = view.tally();
        let parts_ms = tally.playing_ms
            + tally.startup_ms
            + tally.paused_ms
            + tally.seeking_ms
            + tally.stalled_ms
            + tally.suspended_ms
            + tally.linear_ad_ms;
        let all_ms: u64 = self.times.classes_ms.iter().sum();
        let nobody_ms = self.times.classes_ms[Class::Nobody as usize];
        same("sum of the parts", all_ms - nobody_ms, parts_ms)
    }

    fn completion(&self, view: &View, slack_ms: u64) -> Result<(), String> {
        let duration_ms = self.truth.duration_ms;
        same("duration_ms", duration_ms, view.tally().extent.duration_ms())?;
        let share = |duration_ms: u64| {
            let inside = |(start, end): &(u64, u64)| end.min(&duration_ms).saturating_sub(*start);
            self.unique.iter().map(inside).sum::<u64>() as f64 / duration_ms as f64
        };
        let unsure = slack_ms > 0;
        if unsure { Ok(()) } else { same("completion", duration_ms.map(share), view.completion()) }
    }
}

pub fn pairs(set: &IntervalSet) -> Vec<(u64, u64)> {
    set.as_slice().iter().map(|i| (i.start_ms(), i.end_ms())).collect()
}

fn same<T: PartialEq + Debug>(name: &str, truth: T, view: T) -> Result<(), String> {
    if truth == view { Ok(()) } else { Err(format!("{name}: truth {truth:?}, view {view:?}")) }
}

/// A sum that may fall short by the slack but never exceeds the truth.
pub fn bounded(name: &str, truth: u64, view: u64, slack: u64) -> Result<(), String> {
    let holds = view <= truth && truth - view <= slack;
    if holds { Ok(()) } else { Err(format!("{name}: truth {truth}, view {view}, slack {slack}")) }
}

fn near(name: &str, truth: u64, view: u64, slack: u64) -> Result<(), String> {
    let holds = view.abs_diff(truth) <= slack;
    if holds { Ok(()) } else { Err(format!("{name}: truth {truth}, view {view}, slack {slack}")) }
}

/// Whether a set holds nothing that is not true, and all but the slack of what is.
pub fn within(
    name: &str,
    truth: &[(u64, u64)],
    view: &IntervalSet,
    slack_ms: u64,
) -> Result<(), String> {
    for (start_ms, end_ms) in pairs(view) {
        let inside = truth.iter().any(|(start, end)| *start <= start_ms && end_ms <= *end);
        same(&format!("{name}: all of {start_ms}..{end_ms} was shown"), true, inside)?;
    }
    let total_ms = truth.iter().map(|(start, end)| end - start).sum();
    bounded(name, total_ms, view.total_ms(), slack_ms)
}

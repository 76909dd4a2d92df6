//! Milestones and states on the way: at random moments a view says what the truth says, and the
//! snapshots of those moments, merged in any order and more than once, are the last one.

use super::random::Random;
use super::trace::{Replay, Sample, Step, Trace};
use usher::playback::milestones::{MILESTONES_PERCENT, is_passed, is_watched};
use usher::playback::reading::Flag;
use usher::playback::state::ViewState;
use usher::playback::view::View;

/// What was shown by now.
#[derive(Default)]
struct Shown {
    base_ms: u64,
    seen: Vec<bool>,
    /// What the player says, without live.
    duration_ms: Option<u64>,
    /// Content seen within the duration.
    watched_ms: u64,
    pieces: usize,
}

impl Shown {
    fn take(&mut self, sample: &Sample, trace: &Trace) {
        let known = !sample.duration_s.is_nan() && sample.flags & Flag::LinearAd as u32 == 0;
        let duration_ms = known.then(|| (sample.duration_s * 1e3).round() as u64);
        if sample.duration_s.is_infinite() {
            self.duration_ms = None;
        } else if known && sample.duration_s > 0.0 && duration_ms != self.duration_ms {
            self.duration_ms = duration_ms;
            let inside = self.seen.iter().take(duration_ms.unwrap_or(0) as usize);
            self.watched_ms = inside.filter(|seen| **seen).count() as u64;
        }
        let new = &trace.pieces[self.pieces..sample.pieces.max(self.pieces)];
        for (start_ms, end_ms) in new {
            self.show((start_ms - self.base_ms) as usize, (end_ms - self.base_ms) as usize);
        }
        self.pieces = self.pieces.max(sample.pieces);
    }

    fn show(&mut self, start: usize, end: usize) {
        if self.seen.len() < end {
            self.seen.resize(end + 4_096, false);
        }
        let limit = self.duration_ms.map_or(0, |ms| ms as usize);
        for (at, seen) in (start..end).zip(&mut self.seen[start..end]) {
            self.watched_ms += u64::from(!*seen && at < limit);
            *seen = true;
        }
    }

    /// The milestone that a view sees and the truth does not, or the other way.
    fn difference(&self, view: &View) -> Option<String> {
        let extent = view.tally().extent;
        MILESTONES_PERCENT.iter().find_map(|percent| {
            let place_ms =
                self.duration_ms.map(|ms| (ms * u64::from(*percent)).div_ceil(100) as usize);
            let watched = place_ms.is_some_and(|ms| self.watched_ms >= ms as u64);
            let passed = place_ms.is_some_and(|ms| self.seen.get(ms - 1).copied().unwrap_or(false));
            let truth = (watched, passed);
            let said = (
                is_watched(view.content(), extent, *percent),
                is_passed(view.content(), extent, *percent),
            );
            (truth != said).then(|| format!("milestone {percent}: truth {truth:?}, view {said:?}"))
        })
    }
}

/// Takes a trace and looks at the view on the way; the first difference, in words. `exact`: whether
/// milestones are looked at, which they can be where the readings prove all that was shown.
pub fn difference(
    replay: &mut Replay,
    trace: &Trace,
    base_ms: u64,
    seed: u64,
    exact: bool,
) -> Option<String> {
    let mut random = Random::new(seed ^ 0xabad_cafe);
    let mut shown = Shown { base_ms, ..Shown::default() };
    let mut snapshots = Vec::new();
    for step in &trace.steps {
        replay.take(step);
        if let Step::Read(sample) = step
            && exact
            && replay.takes(sample)
        {
            shown.take(sample, trace);
        }
        if random.below(trace.steps.len() as u64) < 6 {
            snapshots.push(replay.view.snapshot());
            if exact && let Some(difference) = shown.difference(&replay.view) {
                return Some(difference);
            }
        }
    }
    snapshots.push(replay.view.snapshot());
    let late = if exact { shown.difference(&replay.view) } else { None };
    late.or_else(|| merged_difference(&snapshots, &replay.view, &mut random))
}

fn merged_difference(snapshots: &[Vec<u8>], view: &View, random: &mut Random) -> Option<String> {
    let states: Vec<ViewState> =
        snapshots.iter().map(|bytes| ViewState::decode(bytes).unwrap()).collect();
    let versions: Vec<u64> = states.iter().map(|state| state.total().version).collect();
    if !versions.is_sorted() {
        return Some(format!("versions go back: {versions:?}"));
    }
    let last = states.last()?;
    if &last.content != view.content() || &last.total() != view.tally() {
        return Some("the last snapshot is not the view".to_owned());
    }
    let mut merged = states[random.below(states.len() as u64) as usize].clone();
    let mut order: Vec<usize> = (0..states.len() * 2).map(|index| index / 2).collect();
    while !order.is_empty() {
        let next = order.swap_remove(random.below(order.len() as u64) as usize);
        merged = merged.merge(&states[next]);
    }
    (&merged != last || merged.encode() != *snapshots.last()?)
        .then(|| format!("merged {merged:?}\n   last {last:?}"))
}

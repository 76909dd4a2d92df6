use super::pairs;
use proptest::prelude::*;
use serde_json::Value;
use usher::base::id::{Id, Producer};
use usher::base::limits::{INTERVALS_MAX, STATE_BYTES_MAX};
use usher::playback::interval_set::{Interval, IntervalSet};
use usher::playback::reading::{Extent, Flag, Reading};
use usher::playback::state::ViewState;
use usher::playback::tally::Tally;
use usher::playback::view::View;

fn view() -> View {
    View::new(Producer(Id([1; 16])))
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        value => value.as_f64().unwrap(),
    }
}

fn flag(name: &Value) -> u32 {
    let flag = match name.as_str().unwrap() {
        "paused" => Flag::Paused,
        "seeking" => Flag::Seeking,
        "stalled" => Flag::Stalled,
        "ended" => Flag::Ended,
        "muted" => Flag::Muted,
        "hidden" => Flag::Hidden,
        "linear_ad" => Flag::LinearAd,
        "overlay_ad" => Flag::OverlayAd,
        "live" => Flag::Live,
        other => panic!("no flag {other}"),
    };
    flag as u32
}

/// Readings as the vectors write them: a key that is left out is as it was before.
fn play(readings: &[Value]) -> View {
    let mut view = view();
    let (mut duration_s, mut rate, mut flags) = (60.0, 1.0, 0);
    for reading in readings {
        duration_s = reading.get("duration_s").map_or(duration_s, number);
        rate = reading.get("rate").map_or(rate, number);
        flags = reading
            .get("flags")
            .map_or(flags, |names| names.as_array().unwrap().iter().map(flag).sum());
        let played = reading.get("played").map(|ranges| {
            let ms = |value: &Value| (number(value) * 1000.0).round() as u64;
            let interval = |range: &Value| Interval::new(ms(&range[0]), ms(&range[1])).unwrap();
            ranges.as_array().unwrap().iter().map(interval).collect::<IntervalSet>()
        });
        let (at_ms, position_s) = (number(&reading["at_ms"]), number(&reading["position_s"]));
        match Reading::new(at_ms, position_s, duration_s, rate, flags) {
            Some(reading) => view.push(reading, played.as_ref()),
            None => view.reject(),
        }
    }
    view
}

/// A figure under the name that the vectors give it.
fn figure(view: &View, name: &str) -> Value {
    let tally = view.tally();
    let json_pairs = |set| serde_json::to_value(pairs(set)).unwrap();
    match name {
        "intervals" => json_pairs(view.content()),
        "rewatched" => json_pairs(view.rewatched()),
        "unique_ms" => view.content().total_ms().into(),
        "completion" => view.completion().into(),
        "duration_ms" => tally.extent.duration_ms().into(),
        "live" => (tally.extent == Extent::Live).into(),
        sum => {
            let index = Tally::NAMES.split(',').position(|name| name == sum).unwrap();
            let mut sums = Vec::new();
            sums.extend(tally.sums());
            sums[index].into()
        }
    }
}

#[test]
fn the_vectors_hold() {
    let text = include_str!("../../vectors/readings.json");
    let vectors: Value = serde_json::from_str(text).unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert!(cases.len() > 20);
    for case in cases {
        let view = play(case["readings"].as_array().unwrap());
        for (name, expected) in case["expect"].as_object().unwrap() {
            assert_eq!(&figure(&view, name), expected, "{}: {name}", case["id"]);
        }
    }
}

#[test]
fn the_version_grows_only_when_something_was_measured() {
    let mut view = view();
    let version = |view: &mut View| {
        let bytes = view.snapshot();
        ViewState::decode(&bytes).unwrap().total().version
    };
    assert_eq!(version(&mut view), 0);
    view.push(Reading::new(0.0, 0.0, 60.0, 1.0, 0).unwrap(), None);
    assert_eq!(version(&mut view), 1);
    assert_eq!(version(&mut view), 1);
    view.reject();
    assert_eq!(version(&mut view), 2);
}

#[test]
fn what_an_interruption_settles_is_another_version() {
    let mut view = view();
    let reading = |at_ms: f64| Reading::new(at_ms, at_ms / 1000.0, 60.0, 1.0, 0).unwrap();
    let played = IntervalSet::default();
    view.push(reading(0.0), Some(&played));
    view.push(reading(250.0), Some(&played));
    let before = ViewState::decode(&view.snapshot()).unwrap();
    view.interrupt();
    let after = ViewState::decode(&view.snapshot()).unwrap();
    assert_eq!((before.content.total_ms(), after.content.total_ms()), (0, 250));
    assert!(after.total().version > before.total().version);
}

#[test]
fn a_player_without_data_stalls_only_after_content_has_moved() {
    let mut view = view();
    let short = Flag::Short as u32;
    let reading =
        |at_ms: f64, position_s, flags| Reading::new(at_ms, position_s, 60.0, 1.0, flags).unwrap();
    view.push(reading(0.0, 0.0, short), None);
    view.push(reading(100.0, 0.0, short), None);
    assert_eq!(view.tally().stalls, 0);
    view.push(reading(200.0, 0.1, 0), None);
    view.push(reading(300.0, 0.2, short), None);
    assert_eq!(view.tally().stalls, 1);
}

#[test]
fn past_its_limit_of_intervals_a_view_undercounts_and_says_so() {
    let mut view = view();
    let mut push = |at_ms: f64, position_s: f64, flags: u32| {
        view.push(Reading::new(at_ms, position_s, f64::NAN, 1.0, flags).unwrap(), None);
    };
    // Each peek of a second is an interval of its own.
    for peek in 0..INTERVALS_MAX + 10 {
        let (at_ms, position_s) = (peek as f64 * 2_000.0, peek as f64 * 10.0);
        push(at_ms, position_s, Flag::Seeking as u32);
        push(at_ms, position_s, 0);
        push(at_ms + 1_000.0, position_s + 1.0, Flag::Paused as u32);
    }
    assert!(view.truncated());
    assert_eq!(view.content().as_slice().len(), INTERVALS_MAX);
    assert_eq!(view.content().total_ms(), INTERVALS_MAX as u64 * 1_000);
    assert_eq!(view.tally().played_ms, (INTERVALS_MAX as u64 + 10) * 1_000);
    // A longer one that comes late is still kept whole.
    let mut at_ms = 1e6;
    view.push(Reading::new(at_ms, 9_000.0, f64::NAN, 1.0, Flag::Seeking as u32).unwrap(), None);
    for step in 0..20 {
        at_ms += 250.0;
        view.push(
            Reading::new(at_ms, 9_000.0 + f64::from(step) / 4.0, f64::NAN, 1.0, 0).unwrap(),
            None,
        );
    }
    assert_eq!(view.content().as_slice().last().unwrap().length_ms(), 4_750);
    assert!(view.snapshot().len() < STATE_BYTES_MAX);
}

#[test]
fn a_million_readings_stay_small() {
    let mut view = view();
    for index in 0..1_000_000_u64 {
        let at_ms = index as f64 * 250.0;
        view.push(Reading::new(at_ms, at_ms / 1000.0, f64::INFINITY, 1.0, 0).unwrap(), None);
    }
    assert_eq!(view.content().total_ms(), 249_999_750);
    assert!(view.snapshot().len() < 200);
}

/// One step of a player whose truth is known: what it does for how long.
#[derive(Debug, Clone)]
enum Step {
    Play { quarters: u64 },
    Pause { ms: u64 },
    Seek { to_ms: u64, wait_ms: u64 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (1..40_u64).prop_map(|quarters| Step::Play { quarters }),
        (1..5_000_u64).prop_map(|ms| Step::Pause { ms }),
        (0..60_000_u64, 0..3_000_u64).prop_map(|(to_ms, wait_ms)| Step::Seek { to_ms, wait_ms }),
    ];
    prop::collection::vec(step, 1..30)
}

/// Runs the steps as a perfect player at 1x; gives the view, the truth and the time that passed.
fn run(steps: &[Step], give_played: bool) -> (View, IntervalSet, u64, u64) {
    let mut view = view();
    let mut truth = IntervalSet::default();
    let (mut at_ms, mut position_ms, mut played_ms) = (0_u64, 0_u64, 0_u64);
    let mut push = |at_ms: u64, position_ms: u64, flags: u32, truth: &IntervalSet| {
        let reading =
            Reading::new(at_ms as f64, position_ms as f64 / 1000.0, 100.0, 1.0, flags).unwrap();
        view.push(reading, give_played.then_some(truth));
    };
    let paused = Flag::Paused as u32;
    push(0, 0, paused, &truth);
    for step in steps {
        match step {
            Step::Play { quarters } => {
                push(at_ms, position_ms, 0, &truth);
                for _ in 0..*quarters {
                    let next_ms = (position_ms + 250).min(100_000);
                    at_ms += next_ms - position_ms;
                    played_ms += next_ms - position_ms;
                    truth.extend_with(position_ms, next_ms);
                    position_ms = next_ms;
                    let flags = if position_ms == 100_000 { Flag::Ended as u32 } else { 0 };
                    push(at_ms, position_ms, flags, &truth);
                }
                push(at_ms, position_ms, paused, &truth);
            }
            Step::Pause { ms } => {
                at_ms += ms;
                push(at_ms, position_ms, paused, &truth);
            }
            Step::Seek { to_ms, wait_ms } => {
                position_ms = *to_ms;
                push(at_ms, position_ms, paused | Flag::Seeking as u32, &truth);
                at_ms += wait_ms;
                push(at_ms, position_ms, paused, &truth);
            }
        }
    }
    (view, truth, played_ms, at_ms)
}

trait ExtendWith {
    fn extend_with(&mut self, start_ms: u64, end_ms: u64);
}

impl ExtendWith for IntervalSet {
    fn extend_with(&mut self, start_ms: u64, end_ms: u64) {
        if let Some(interval) = Interval::new(start_ms, end_ms) {
            self.insert(interval);
        }
    }
}

fn parts_ms(tally: &Tally) -> u64 {
    tally.playing_ms
        + tally.paused_ms
        + tally.seeking_ms
        + tally.startup_ms
        + tally.stalled_ms
        + tally.suspended_ms
        + tally.linear_ad_ms
}

fn any_readings() -> impl Strategy<Value = Vec<(u64, u64, u32, u32)>> {
    prop::collection::vec((0..2_000_u64, 0..100_000_u64, 0..3_000_u32, 0..512_u32), 1..60)
}

proptest! {
    #[test]
    fn unique_and_played_content_are_the_truth(steps in steps(), give_played: bool) {
        let (view, truth, played_ms, at_ms) = run(&steps, give_played);
        prop_assert_eq!(pairs(view.content()), pairs(&truth));
        prop_assert_eq!(view.tally().played_ms, played_ms);
        prop_assert_eq!(view.tally().playing_ms, played_ms);
        prop_assert_eq!(parts_ms(view.tally()), at_ms);
    }

    #[test]
    fn every_millisecond_of_wall_time_is_in_at_most_one_part(readings in any_readings()) {
        let mut view = view();
        let mut at_ms = 0;
        for (index, (step_ms, position_ms, rate, flags)) in readings.iter().enumerate() {
            at_ms += if index == 0 { 0 } else { *step_ms };
            let reading = Reading::new(at_ms as f64, *position_ms as f64 / 1000.0, 100.0, f64::from(*rate) / 1000.0, *flags);
            view.push(reading.unwrap(), None);
        }
        view.interrupt();
        prop_assert_eq!(parts_ms(view.tally()), at_ms);
    }

    #[test]
    fn unique_content_is_at_most_what_wall_time_allows(readings in any_readings()) {
        let mut view = view();
        let (mut at_ms, mut reach_ms, mut last_rate) = (0_u64, 0_u64, 0_u64);
        for (step_ms, position_ms, rate, flags) in &readings {
            at_ms += step_ms;
            reach_ms += step_ms * last_rate.max(u64::from(*rate)) / 1000 + 200;
            last_rate = u64::from(*rate);
            let reading = Reading::new(at_ms as f64, *position_ms as f64 / 1000.0, 100.0, f64::from(*rate) / 1000.0, *flags);
            view.push(reading.unwrap(), None);
        }
        prop_assert!(view.content().total_ms() <= view.tally().played_ms);
        prop_assert!(view.tally().played_ms <= reach_ms);
    }

    #[test]
    fn states_only_grow(readings in any_readings()) {
        let mut view = view();
        let (mut at_ms, mut before) = (0, None::<ViewState>);
        for (step_ms, position_ms, rate, flags) in readings {
            at_ms += step_ms;
            let reading = Reading::new(at_ms as f64, position_ms as f64 / 1000.0, 100.0, f64::from(rate) / 1000.0, flags);
            view.push(reading.unwrap(), None);
            let now = ViewState::decode(&view.snapshot()).unwrap();
            if let Some(before) = before {
                prop_assert_eq!(&before.merge(&now), &now);
            }
            before = Some(now);
        }
    }
}

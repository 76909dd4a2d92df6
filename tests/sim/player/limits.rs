//! Where a view cannot be exact by its nature: it never says more than the truth.

use super::actions::perform;
use super::figures::{Figures, pairs, within};
use super::random::Random;
use super::script::{Action, Script, Seek, To};
use super::trace::{Mode, Replay, Step};
use usher::base::limits::{INTERVALS_MAX, STATE_BYTES_MAX};
use usher::playback::state::ViewState;

/// A script without a clock that goes back in play: how long that took only the playhead tells.
fn without_clock_back(seed: u64) -> Script {
    let mut script = Script::new(seed);
    script.actions.retain(|action| !matches!(action, Action::ClockBack { .. }));
    script
}

/// A script of so many peeks here and there.
fn peeks(seed: u64, count: u64) -> Script {
    let mut script = Script::new(seed);
    let mut random = Random::new(seed);
    script.title.live = false;
    script.title.length_ms = 600_000;
    script.title.base_ms = 0;
    script.title.grid_ms = 1;
    script.title.rates_permille = &[1_000];
    script.actions = vec![Action::Play(0)];
    for _ in 0..count {
        let to = To::At(random.below(600_000));
        script.actions.push(Action::Seek(Seek {
            to,
            silence_ms: 0,
            late_ms: 0,
            latency_ms: 0,
            buffer_ms: 0,
            lands_by_ms: 0,
            chain: Vec::new(),
        }));
        script.actions.push(Action::Run(random.between(100, 500)));
        script.actions.push(Action::Mute(random.percent(50)));
    }
    script
}

#[test]
fn past_its_limit_of_intervals_a_view_undercounts_and_says_so() {
    let mut cut = 0;
    for seed in 0..4 {
        let script = peeks(seed, 250 + seed * 60);
        let (trace, truth) = perform(&script);
        let figures = Figures::new(&script, &truth);
        let unique = truth.intervals(1);
        for mode in [Mode::Played, Mode::Bare] {
            let mut replay = Replay::new(&trace, mode);
            for step in &trace.steps {
                replay.take(step);
                assert!(replay.view.content().as_slice().len() <= INTERVALS_MAX);
            }
            let view = &mut replay.view;
            assert_eq!(view.tally().played_ms, truth.played_ms(), "seed {seed} {mode:?}");
            assert_eq!(figures.counts(view), Ok(()), "seed {seed} {mode:?}");
            assert_eq!(figures.wall(view), Ok(()), "seed {seed} {mode:?}");
            assert_eq!(within("intervals", &unique, view.content(), u64::MAX), Ok(()));
            if !view.truncated() {
                assert_eq!(pairs(view.content()), unique, "seed {seed} {mode:?}");
            }
            assert!(view.truncated() || unique.len() <= INTERVALS_MAX);
            cut += u64::from(view.truncated());
            let bytes = view.snapshot();
            assert!(bytes.len() <= STATE_BYTES_MAX);
            assert_eq!(ViewState::decode(&bytes).unwrap().truncated, view.truncated());
        }
    }
    assert!(cut > 0 && cut < 8, "{cut}");
}

#[test]
fn positions_in_a_window_that_slides_never_give_more_content_than_played() {
    for seed in 0..500 {
        let mut script = without_clock_back(seed);
        script.title.live = true;
        script.title.base_ms = 0;
        let (mut trace, truth) = perform(&script);
        // The window begins again with every segment of six seconds, and drifts at every reading.
        let mut drift_s = 0.0;
        for step in &mut trace.steps {
            if let Step::Read(sample) = step {
                let window_s = (sample.at_ms / 6_000.0).floor() * 6.0 % 60_000.0;
                drift_s += 0.04;
                sample.position_s = sample.position_s + 60_000.0 - window_s + drift_s;
            }
        }
        let view = Replay::of(&trace, Mode::Bare);
        let figures = Figures::new(&script, &truth);
        let most_ms = view.tally().rate_weighted_us / 1_000;
        assert!(view.content().total_ms() <= view.tally().played_ms, "seed {seed}");
        assert!(view.tally().played_ms <= most_ms, "seed {seed}");
        assert_eq!(view.completion(), None);
        assert_eq!(figures.wall(&view), Ok(()), "seed {seed}");
    }
}

#[test]
fn between_two_milliseconds_of_the_playhead_content_is_still_exact() {
    const RATES: [u64; 8] = [250, 333, 700, 1_000, 1_010, 1_333, 1_750, 2_500];
    for seed in 0..500 {
        let mut script = without_clock_back(seed);
        script.title.grid_ms = 1;
        script.title.rates_permille = &RATES;
        let mut random = Random::new(seed);
        for action in &mut script.actions {
            if let Action::Rate(permille) = action {
                *permille = random.pick(&RATES);
            }
        }
        let (trace, truth) = perform(&script);
        let figures = Figures::new(&script, &truth);
        let slack = truth.slack(Mode::Played);
        let view = Replay::of(&trace, Mode::Played);
        assert_eq!(pairs(view.content()), truth.intervals(1), "SEED={seed}");
        let jumps = truth.seeks + truth.loops;
        let played = figures.content(&view, Mode::Played, slack.content_ms + jumps + 1);
        assert_eq!(played, Ok(()), "SEED={seed}");
        assert_eq!(figures.wall(&view), Ok(()), "SEED={seed}");
    }
}

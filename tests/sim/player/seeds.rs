//! The seeds: ten thousand scripts, each measured with `played` and without. `SEED=n` runs one
//! alone and shows its readings, `SEEDS=n` runs so many.

use super::actions::perform;
use super::figures::Figures;
use super::machine::BITRATES_KBPS;
use super::progress;
use super::script::Script;
use super::trace::{Mode, Replay};
use std::env;

const MODES: [Mode; 2] = [Mode::Played, Mode::Bare];

/// The first figure of a script's view that is not the truth.
fn difference(script: &Script) -> Option<String> {
    let (trace, truth) = perform(script);
    let figures = Figures::new(script, &truth);
    MODES.iter().find_map(|mode| {
        let mut replay = Replay::new(&trace, *mode);
        // Milestones follow from content, which is the same in both modes if it is the truth.
        let exact = *mode == Mode::Played && truth.slack(*mode).content_ms == 0;
        let on_the_way =
            progress::difference(&mut replay, &trace, script.title.base_ms, script.seed, exact);
        figures
            .difference(&replay.view, *mode)
            .or_else(|| on_the_way.map(|difference| format!("{mode:?}: {difference}")))
    })
}

/// The script with every action left out that the difference does not need.
fn shortened(script: &Script) -> Script {
    let mut short = script.clone();
    for index in (0..script.actions.len()).rev() {
        let mut shorter = short.clone();
        shorter.actions.remove(index);
        if difference(&shorter).is_some() {
            short = shorter;
        }
    }
    short
}

fn report(seed: u64) -> String {
    let short = shortened(&Script::new(seed));
    let difference = difference(&short).unwrap_or_default();
    let actions: String = short.actions.iter().map(|action| format!("  {action:?}\n")).collect();
    let (trace, _) = perform(&short);
    let steps: String = trace.steps.iter().map(|step| format!("  {step:?}\n")).collect();
    let readings = if number("SEED").is_some() { steps } else { String::new() };
    format!("SEED={seed}\n{:?}\n{actions}{readings}{difference}", short.title)
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap())
}

/// Every fourth seed from `first` on.
fn check(first: u64) {
    let (from, to) = match number("SEED") {
        Some(seed) => (seed, seed + 1),
        None => (first, number("SEEDS").unwrap_or(10_000)),
    };
    let failed: Vec<u64> =
        (from..to).step_by(4).filter(|seed| difference(&Script::new(*seed)).is_some()).collect();
    if let Some(seed) = failed.first() {
        panic!("{} of {to} seeds fail: {failed:?}\n{}", failed.len(), report(*seed));
    }
}

// Four tests, so that they run side by side.
#[test]
fn every_figure_is_the_truth_for_the_first_quarter_of_the_seeds() {
    check(0);
}

#[test]
fn every_figure_is_the_truth_for_the_second_quarter_of_the_seeds() {
    check(1);
}

#[test]
fn every_figure_is_the_truth_for_the_third_quarter_of_the_seeds() {
    check(2);
}

#[test]
fn every_figure_is_the_truth_for_the_last_quarter_of_the_seeds() {
    check(3);
}

#[test]
fn the_scripts_reach_every_state_and_most_can_be_measured_without_loss() {
    const SEEDS: u64 = 500;
    let mut reached = [0_u64; 17];
    let mut without_loss = [0_u64; 2];
    for seed in 0..SEEDS {
        let script = Script::new(seed);
        let (_, truth) = perform(&script);
        let times = truth.times(script.title.rates_permille, &BITRATES_KBPS);
        let counts = [
            truth.stalls,
            truth.seeks,
            truth.loops,
            truth.ads,
            truth.errors,
            truth.rejected,
            times.muted_ms,
            times.hidden_ms,
            truth.intervals(2).len() as u64,
        ];
        let all = times.classes_ms.iter().chain(&counts);
        reached.iter_mut().zip(all).for_each(|(seeds, sum)| *seeds += u64::from(*sum > 0));
        for (seeds, mode) in without_loss.iter_mut().zip(MODES) {
            let slack = truth.slack(mode);
            *seeds += u64::from(slack.content_ms + slack.wall_ms == 0);
        }
    }
    assert!(reached.iter().all(|seeds| *seeds > SEEDS / 50), "{reached:?}");
    let [played, bare] = without_loss;
    assert!(played > SEEDS * 9 / 10 && bare > SEEDS * 7 / 10, "{without_loss:?}");
}

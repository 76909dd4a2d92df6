//! Faults planted in the readings: the checks that pass for the readings must fail for these.

use super::actions::perform;
use super::figures::Figures;
use super::script::Script;
use super::trace::{Cause, Mode, Replay, Sample, Step, Trace};
use usher::playback::reading::Flag;

const SEEDS: u64 = 150;

/// Of the seeds whose readings a fault changes, how many show it in a figure, and how many there are.
fn caught(plant: fn(&mut Trace)) -> (u64, u64) {
    let (mut caught, mut planted) = (0, 0);
    for seed in 0..SEEDS {
        let script = Script::new(seed);
        let (trace, truth) = perform(&script);
        let mut faulty = trace.clone();
        plant(&mut faulty);
        if format!("{faulty:?}") == format!("{trace:?}") {
            continue;
        }
        planted += 1;
        let figures = Figures::new(&script, &truth);
        let differs = |mode| figures.difference(&Replay::of(&faulty, mode), mode).is_some();
        caught += u64::from(differs(Mode::Played) || differs(Mode::Bare));
    }
    (caught, planted)
}

/// At least `percent` of the seeds that have such readings show the fault.
fn check(percent: u64, plant: fn(&mut Trace)) {
    let (caught, planted) = caught(plant);
    assert!(planted > 0 && caught * 100 >= planted * percent, "{caught} of {planted} were caught");
}

fn each(trace: &mut Trace, change: impl Fn(&mut Sample)) {
    for step in &mut trace.steps {
        if let Step::Read(sample) = step {
            change(sample);
        }
    }
}

fn drop_where(trace: &mut Trace, is: impl Fn(&Sample) -> bool) {
    trace.steps.retain(|step| !matches!(step, Step::Read(sample) if is(sample)));
}

fn clear(trace: &mut Trace, flag: Flag) {
    each(trace, |sample| sample.flags &= !(flag as u32));
}

#[test]
fn a_lost_seeking_is_caught() {
    check(60, |trace| drop_where(trace, |sample| sample.cause == Cause::Seeking));
}

#[test]
fn a_lost_seeked_is_caught() {
    check(60, |trace| drop_where(trace, |sample| sample.cause == Cause::Seeked));
}

#[test]
fn a_lost_end_is_caught() {
    check(60, |trace| drop_where(trace, |sample| sample.flags & Flag::Ended as u32 != 0));
}

#[test]
fn readings_out_of_order_are_caught() {
    check(60, |trace| {
        let middle = trace.steps.len() / 2;
        trace.steps[middle..].chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
    });
}

#[test]
fn readings_that_are_told_again_later_are_caught() {
    check(60, |trace| {
        let stale: Vec<Step> =
            trace.steps.chunks(8).flat_map(|steps| [steps, &steps[..1]].concat()).collect();
        trace.steps = stale;
    });
}

#[test]
fn a_clock_that_runs_too_fast_is_caught() {
    check(60, |trace| each(trace, |sample| sample.at_ms += (sample.at_ms - 1.1e12) / 100.0));
}

#[test]
fn a_playhead_that_is_one_millisecond_off_is_caught() {
    check(60, |trace| each(trace, |sample| sample.position_s += 0.001));
}

#[test]
fn a_forgotten_rate_is_caught() {
    check(60, |trace| each(trace, |sample| sample.rate = 1.0));
}

#[test]
fn a_forgotten_pause_is_caught() {
    check(60, |trace| clear(trace, Flag::Paused));
}

#[test]
fn forgotten_mute_is_caught() {
    check(60, |trace| clear(trace, Flag::Muted));
}

#[test]
fn a_forgotten_hidden_page_is_caught() {
    check(60, |trace| clear(trace, Flag::Hidden));
}

#[test]
fn a_stall_that_the_player_does_not_tell_of_is_caught_when_it_is_short() {
    check(5, |trace| clear(trace, Flag::Stalled));
}

#[test]
fn a_forgotten_linear_ad_is_caught() {
    check(60, |trace| clear(trace, Flag::LinearAd));
}

#[test]
fn a_forgotten_overlay_ad_is_caught() {
    check(60, |trace| clear(trace, Flag::OverlayAd));
}

#[test]
fn a_duration_that_is_off_is_caught() {
    check(60, |trace| each(trace, |sample| sample.duration_s += 0.002));
}

#[test]
fn a_piece_that_was_shown_and_is_not_in_played_is_caught() {
    check(60, |trace| {
        for index in (1..trace.pieces.len()).step_by(5) {
            trace.pieces[index] = trace.pieces[index - 1];
        }
    });
}

#[test]
fn lost_errors_qualities_and_frames_are_caught() {
    check(60, |trace| {
        trace.steps.retain(|step| matches!(step, Step::Read(_) | Step::Interrupt));
    });
}

#[test]
fn a_reading_that_is_told_twice_at_once_changes_nothing() {
    let twice = |trace: &mut Trace| {
        let steps = trace.steps.iter().flat_map(|step| match step {
            Step::Read(sample)
                if sample.position_s >= 0.0
                    && sample.duration_s != -1.0
                    && sample.at_ms > 0.0
                    && sample.rate < 99.0 =>
            {
                vec![*step, *step]
            }
            step => vec![*step],
        });
        trace.steps = steps.collect();
    };
    let (caught, planted) = caught(twice);
    assert_eq!((caught, planted), (0, SEEDS));
}

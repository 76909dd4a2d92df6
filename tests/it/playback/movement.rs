use super::set;
use usher::playback::movement::{advance, moved, played_from, scale, unscale, wall_ms};
use usher::playback::reading::{Flag, Reading};

fn reading(at_ms: f64, position_s: f64, flags: u32) -> Reading {
    Reading::new(at_ms, position_s, 60.0, 1.0, flags).unwrap()
}

#[test]
fn an_advance_is_at_most_what_wall_time_allows_and_a_tolerance() {
    let check = |wall_ms: u64, to_s: f64, expected: Option<u64>| {
        let (last, now) = (reading(0.0, 1.0, 0), reading(wall_ms as f64, to_s, 0));
        assert_eq!(advance(&last, &now, wall_ms), expected, "{wall_ms} {to_s}");
    };
    check(250, 1.25, Some(250));
    check(250, 1.0, Some(0));
    check(250, 1.35, Some(350));
    check(250, 1.351, None);
    check(250, 0.999, None);
}

#[test]
fn an_advance_counts_at_the_faster_of_two_rates() {
    let last = reading(0.0, 0.0, 0);
    let now = Reading::new(1000.0, 2.0, 60.0, 2.0, 0).unwrap();
    assert_eq!(advance(&last, &now, 1000), Some(2000));
}

#[test]
fn neither_a_seek_nor_the_clock_of_an_ad_moves_content() {
    let check = |to_s: f64, flag: Flag, expected: Option<u64>| {
        let (last, now) = (reading(0.0, 1.0, 0), reading(250.0, to_s, flag as u32));
        assert_eq!(moved(&last, &now, 250), expected, "{to_s} {flag:?}");
    };
    check(1.2, Flag::Muted, Some(200));
    check(1.2, Flag::Seeking, None);
    check(1.2, Flag::LinearAd, Some(200));
    check(1.3, Flag::LinearAd, Some(250));
    check(9.0, Flag::LinearAd, Some(0));
}

#[test]
fn under_a_clock_that_goes_back_content_tells_the_time_for_up_to_a_second() {
    let check = |at_ms: f64, to_s: f64, flags: u32, expected: u64| {
        let (last, now) = (reading(9000.0, 1.0, 0), reading(at_ms, to_s, flags));
        assert_eq!(wall_ms(&last, &now), expected, "{at_ms} {to_s} {flags}");
    };
    check(9250.0, 1.0, 0, 250);
    check(8000.0, 1.0, 0, 0);
    check(8000.0, 1.25, 0, 250);
    check(8000.0, 2.0, 0, 1000);
    check(8000.0, 2.001, 0, 0);
    check(8000.0, 0.5, 0, 0);
    check(8000.0, 1.25, Flag::Seeking as u32, 0);
    let (paused, now) = (reading(9000.0, 1.0, Flag::Paused as u32), reading(8000.0, 1.25, 0));
    assert_eq!(wall_ms(&paused, &now), 0);
}

#[test]
fn what_played_shows_without_a_gap_is_told_from_inside_a_range_and_from_its_ends() {
    let played = set(&[(0, 1_000), (5_000, 6_000)]);
    let check = |from_ms: u64, expected: Option<u64>| {
        assert_eq!(played_from(from_ms, Some(&played)), expected, "{from_ms}");
    };
    check(0, Some(1_000));
    check(400, Some(600));
    check(1_000, Some(0));
    check(1_001, None);
    check(5_000, Some(1_000));
    assert_eq!(played_from(0, None), None);
}

#[test]
fn content_and_wall_time_are_each_other_at_a_rate() {
    assert_eq!(scale(1_000, 1_250), 1_250);
    assert_eq!(unscale(1_250, 1_250), 1_000);
    assert_eq!(unscale(1, 3_000), 1);
    assert_eq!(unscale(5, 0), 5_000);
    // Above 2^38 ms, 8.7 years, both stop.
    assert_eq!(scale(u64::MAX, 16_000), (1 << 38) * 16);
    assert_eq!(unscale(u64::MAX, 500), (1 << 38) * 2);
}

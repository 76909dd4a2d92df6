use proptest::prelude::*;
use usher::base::limits::MS_MAX;
use usher::playback::reading::{DURATION_MS_MAX, Extent, Flag, Reading, milliseconds};

#[test]
fn a_reading_that_cannot_be_true_is_none() {
    let check = |at_ms: f64, position_s: f64, duration_s: f64, rate: f64, is_true: bool| {
        let reading = Reading::new(at_ms, position_s, duration_s, rate, 0);
        assert_eq!(reading.is_some(), is_true, "{at_ms} {position_s} {duration_s} {rate}");
    };
    check(0.0, 0.0, 60.0, 1.0, true);
    check(f64::NAN, 0.0, 60.0, 1.0, false);
    check(-1.0, 0.0, 60.0, 1.0, false);
    check(f64::INFINITY, 0.0, 60.0, 1.0, false);
    check(0.0, f64::NAN, 60.0, 1.0, false);
    check(0.0, -0.5, 60.0, 1.0, false);
    check(0.0, f64::INFINITY, 60.0, 1.0, false);
    check(0.0, 1e300, 60.0, 1.0, false);
    check(0.0, 0.0, -1.0, 1.0, false);
    check(0.0, 0.0, f64::NEG_INFINITY, 1.0, false);
    check(0.0, 0.0, f64::NAN, 1.0, true);
    check(0.0, 0.0, f64::INFINITY, 1.0, true);
    check(0.0, 0.0, 60.0, f64::NAN, false);
    check(0.0, 0.0, 60.0, 16.0, true);
    check(0.0, 0.0, 60.0, 16.01, false);
    check(0.0, 0.0, 60.0, -16.01, false);
    check(0.0, 0.0, 60.0, f64::INFINITY, false);
    check(0.0, 0.0, 60.0, f64::NEG_INFINITY, false);
    check(0.0, 0.0, 60.0, -1.0, true);
}

#[test]
fn a_reading_should_move_unless_something_holds_it() {
    let check = |rate: f64, flags: u32, expected: bool| {
        let reading = Reading::new(0.0, 0.0, 60.0, rate, flags).unwrap();
        assert_eq!(reading.should_move(), expected, "{rate} {flags}");
    };
    check(1.0, 0, true);
    check(0.0, 0, false);
    check(-1.0, 0, false);
    check(1.0, Flag::Paused as u32, false);
    check(1.0, Flag::Seeking as u32, false);
    check(1.0, Flag::Ended as u32, false);
    check(1.0, Flag::LinearAd as u32, false);
    check(1.0, Flag::OverlayAd as u32, true);
    check(1.0, Flag::Muted as u32 | Flag::Hidden as u32 | Flag::Stalled as u32, true);
}

#[test]
fn milliseconds_are_rounded_and_bounded() {
    let check =
        |value: f64, expected: Option<u64>| assert_eq!(milliseconds(value), expected, "{value}");
    check(0.0, Some(0));
    check(0.49, Some(0));
    check(0.5, Some(1));
    check(-0.0, Some(0));
    check(-0.1, None);
    check(f64::NAN, None);
    check(9_007_199_254_740_990.0, Some(MS_MAX - 1));
    check(9_007_199_254_740_992.0, None);
}

#[test]
fn an_extent_survives_its_code() {
    for extent in
        [Extent::Unknown, Extent::Live, Extent::Finite(1), Extent::Finite(DURATION_MS_MAX)]
    {
        assert_eq!(Extent::from_code(extent.to_code()), extent);
    }
}

proptest! {
    #[test]
    fn no_reading_panics(at_ms: f64, position_s: f64, duration_s: f64, rate: f64, flags: u32) {
        let _ = Reading::new(at_ms, position_s, duration_s, rate, flags);
    }
}

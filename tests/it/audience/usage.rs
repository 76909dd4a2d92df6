use proptest::prelude::*;
use usher::audience::usage::{Thresholds, ViewerClass, WINDOW_MS};

const HOUR_MS: u64 = 3_600_000;
const WEEK_MS: u64 = 7 * 24 * HOUR_MS;

fn classes() -> impl Strategy<Value = ViewerClass> {
    (0..4_u64).prop_map(ViewerClass::from_code)
}

#[test]
fn a_class_follows_from_unique_content_a_week() {
    let check = |unique_ms: u64, span_ms: u64, expected: ViewerClass| {
        let class = Thresholds::default().classify(unique_ms, span_ms, ViewerClass::Unknown);
        assert_eq!(class, expected, "{unique_ms} in {span_ms}");
    };
    check(0, WEEK_MS - 1, ViewerClass::Unknown);
    check(100 * HOUR_MS, WEEK_MS - 1, ViewerClass::Unknown);
    check(0, WEEK_MS, ViewerClass::Light);
    check(2 * HOUR_MS - 1, WEEK_MS, ViewerClass::Light);
    check(2 * HOUR_MS, WEEK_MS, ViewerClass::Standard);
    check(10 * HOUR_MS - 1, WEEK_MS, ViewerClass::Standard);
    check(10 * HOUR_MS, WEEK_MS, ViewerClass::Heavy);
    check(8 * HOUR_MS - 1, WINDOW_MS, ViewerClass::Light);
    check(8 * HOUR_MS, WINDOW_MS, ViewerClass::Standard);
    // Only 28 days count, however long the viewer is known.
    check(8 * HOUR_MS, 10 * WINDOW_MS, ViewerClass::Standard);
    check(u64::MAX, u64::MAX, ViewerClass::Heavy);
}

#[test]
fn a_viewer_on_the_line_does_not_flap() {
    let check = |minutes: u64, before: ViewerClass, expected: ViewerClass| {
        let class = Thresholds::default().classify(minutes * 60_000, WEEK_MS, before);
        assert_eq!(class, expected, "{minutes} {before:?}");
    };
    check(119, ViewerClass::Standard, ViewerClass::Standard);
    check(108, ViewerClass::Standard, ViewerClass::Standard);
    check(107, ViewerClass::Standard, ViewerClass::Light);
    check(131, ViewerClass::Light, ViewerClass::Light);
    check(132, ViewerClass::Light, ViewerClass::Standard);
    check(540, ViewerClass::Heavy, ViewerClass::Heavy);
    check(539, ViewerClass::Heavy, ViewerClass::Standard);
    check(660, ViewerClass::Light, ViewerClass::Heavy);
}

#[test]
fn a_class_is_known_by_its_name() {
    for code in 0..4 {
        let class = ViewerClass::from_code(code);
        let name = serde_json::to_value(class).unwrap();
        assert_eq!(ViewerClass::of_name(name.as_str().unwrap()), Some(class));
    }
    for name in ["", "Heavy", "none"] {
        assert_eq!(ViewerClass::of_name(name), None, "{name}");
    }
}

#[test]
fn a_class_survives_its_code() {
    for code in 0..4 {
        assert_eq!(ViewerClass::from_code(code).to_code(), code);
    }
    assert_eq!(ViewerClass::from_code(9), ViewerClass::Unknown);
}

proptest! {
    #[test]
    fn more_content_is_never_a_lower_class(unique_ms in 0..WINDOW_MS, more in 0..WINDOW_MS, span_ms: u64, before in classes()) {
        let thresholds = Thresholds::default();
        let less = thresholds.classify(unique_ms, span_ms, before);
        prop_assert!(thresholds.classify(unique_ms + more, span_ms, before) >= less);
    }

    #[test]
    fn a_class_that_was_found_is_found_again(unique_ms in 0..WINDOW_MS, span_ms in WEEK_MS..WINDOW_MS, before in classes()) {
        let thresholds = Thresholds::default();
        let class = thresholds.classify(unique_ms, span_ms, before);
        prop_assert_eq!(thresholds.classify(unique_ms, span_ms, class), class);
    }
}

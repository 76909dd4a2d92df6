use proptest::prelude::*;
use usher::coupon::window::{Position, Window};

fn window(starts_ms: Option<i64>, ends_ms: Option<i64>) -> Window {
    Window { starts_ms, ends_ms, ..Window::default() }
}

#[test]
fn a_window_is_half_open() {
    let both = window(Some(10), Some(20));
    for (now_ms, position) in [
        (9, Position::Before),
        (10, Position::Inside),
        (19, Position::Inside),
        (20, Position::After),
    ] {
        assert_eq!(both.position(now_ms), position, "{now_ms}");
    }
}

proptest! {
    #[test]
    fn one_window_ends_where_the_next_starts(bound in any::<i64>(), now_ms in any::<i64>()) {
        let (one, next) = (window(None, Some(bound)), window(Some(bound), None));
        let inside = [one, next].map(|window| window.position(now_ms) == Position::Inside);
        prop_assert!(inside[0] != inside[1]);
        prop_assert_eq!(window(None, None).position(now_ms), Position::Inside);
    }
}

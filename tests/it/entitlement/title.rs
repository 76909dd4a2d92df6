use super::world::{ask, decided, document, reasons, viewer};
use proptest::prelude::*;
use serde_json::{Value, json};

fn with(windows: Value, blackouts: Value) -> Value {
    let mut document = document();
    document["titles"][0]["windows"] = windows;
    document["titles"][0]["blackouts"] = blackouts;
    document
}

fn window(from: i64, to: i64, territories: &[&str]) -> Value {
    json!({ "from": from, "to": to, "territories": territories })
}

#[test]
fn a_window_is_half_open_and_of_its_countries_only() {
    let document =
        with(json!([window(1200, 1400, &["ES"]), window(1500, 1600, &["SE"])]), json!([]));
    let rows: [(i64, &[&str], Option<i64>); 4] = [
        (1300, &["NOT_YET_AVAILABLE"], Some(1500)),
        (1499, &["NOT_YET_AVAILABLE"], Some(1500)),
        (1500, &[], None),
        (1600, &["NO_LONGER_AVAILABLE"], None),
    ];
    for (now, expected, opens_at) in rows {
        let found = decided(&document, &viewer(), &ask(now));
        assert_eq!(
            (found.reasons, found.opens_at),
            (expected.iter().map(ToString::to_string).collect(), opens_at)
        );
    }
    let none = with(json!([window(1200, 1400, &[])]), json!([]));
    assert_eq!(reasons(&none, &viewer(), &ask(1300)), ["GEO_BLOCKED"]);
    assert_eq!(reasons(&with(json!([]), json!([])), &viewer(), &ask(1300)), ["GEO_BLOCKED"]);
}

#[test]
fn the_next_of_several_windows_opens_first() {
    let windows = json!([
        window(1900, 1950, &["SE"]),
        window(1700, 1750, &["SE"]),
        window(100, 200, &["SE"])
    ]);
    let found = decided(&with(windows, json!([])), &viewer(), &ask(1500));
    assert_eq!((found.reasons[0].as_str(), found.opens_at), ("NOT_YET_AVAILABLE", Some(1700)));
}

#[test]
fn a_blackout_stands_in_the_way_by_itself() {
    let blackouts = json!([window(1400, 1600, &["SE", "NO"])]);
    let document = with(json!([window(1000, 1450, &["SE"])]), blackouts);
    let found = decided(&document, &viewer(), &ask(1399));
    assert_eq!(found.expires_at, Some(1400));
    assert_eq!(reasons(&document, &viewer(), &ask(1400)), ["BLACKOUT"]);
    assert_eq!(reasons(&document, &viewer(), &ask(1500)), ["NO_LONGER_AVAILABLE", "BLACKOUT"]);
    let mut request = ask(1500);
    request.country = Some("NO".to_owned());
    assert_eq!(reasons(&document, &viewer(), &request), ["GEO_BLOCKED", "BLACKOUT"]);
}

#[test]
fn a_rating_may_be_as_high_as_the_viewer_s() {
    let mut document = document();
    document["titles"][0]["rating"] = json!(12);
    for (max, is_blocked) in
        [(json!(11), true), (json!(12), false), (json!(13), false), (json!(null), false)]
    {
        let mut viewer = viewer();
        viewer["max_rating"] = max;
        assert_eq!(!reasons(&document, &viewer, &ask(1500)).is_empty(), is_blocked);
    }
}

proptest! {
    #[test]
    fn where_a_title_may_be_shown_at_some_time_it_says_when(
        (from, length, now) in (0..50_i64, 1..50_i64, 0..120_i64)
    ) {
        let document = with(json!([window(from, from + length, &["SE"])]), json!([]));
        let mut viewer = viewer();
        viewer["grants"][0]["from"] = json!(0);
        let found = decided(&document, &viewer, &ask(now));
        prop_assert_eq!(found.opens_at, (now < from).then_some(from));
        prop_assert_eq!(found.reasons.is_empty(), from <= now && now < from + length);
    }
}

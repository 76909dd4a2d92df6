use super::shop::coupon;
use serde_json::json;
use usher::base::plain::json;
use usher::coupon::coupon::{Codes, Combine, Coupon, Duration, Limits, Target};

#[test]
fn what_is_left_out_is_the_plainest() {
    let plain = coupon(json!({}));
    assert_eq!(
        (plain.target, plain.combine, plain.duration),
        (Target::Order, Combine::Replace, Duration::Once)
    );
    assert_eq!((plain.limits, plain.release_on_cancel), (Limits::default(), true));
    assert_eq!(plain.codes, Codes::Named { code: "C".into() });
}

#[test]
fn a_coupon_is_read_as_it_was_written() {
    let given = coupon(json!({
        "window": { "starts_ms": 1, "ends_ms": 2, "starts_on": "1970-01-01", "ends_on": null, "tz": "UTC" },
        "codes": { "kind": "generated", "tagged": true },
        "scopes": ["vod:a"],
        "benefit": { "kind": "trial_until", "until_ms": 9, "until_on": "1970-01-01", "tz": "UTC" },
        "target": { "kind": "each_line", "max_units": 3 },
        "combine": "max",
        "stacking": { "exclusive_group": "x" },
        "duration": { "kind": "repeating", "periods": 3 },
        "limits": { "budget_minor": 5, "budget_currency": "EUR", "plans": ["p"] },
        "release_on_cancel": false,
    }));
    let text = serde_json::to_string(&given).unwrap();
    assert_eq!(serde_json::from_str::<Coupon>(&text).unwrap(), given);
    // So does the reader of the border.
    assert_eq!(json::read::<Coupon>(text.as_bytes()).unwrap(), given);
}

#[test]
fn an_unknown_field_is_refused() {
    for changes in [
        json!({ "color": "red" }),
        json!({ "limits": { "max": 1 } }),
        json!({ "target": { "kind": "all" } }),
    ] {
        let mut whole = serde_json::to_value(coupon(json!({}))).unwrap();
        for (key, value) in changes.as_object().unwrap() {
            whole[key] = value.clone();
        }
        assert!(serde_json::from_value::<Coupon>(whole).is_err(), "{changes}");
    }
}

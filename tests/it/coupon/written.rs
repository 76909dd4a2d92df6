use crate::zones::offset_ms;
use serde_json::{Value, json};
use usher::base::calendar::parse_instant;
use usher::base::refusal::{Code, Refusal};
use usher::coupon::coupon::{Benefit, Codes, Coupon};
use usher::coupon::written::CouponDraft;

/// A coupon of 10 %, with some fields written otherwise.
fn resolve(changes: &Value) -> Result<Coupon, Refusal> {
    let mut written = json!({
        "codes": { "kind": "named", "code": "su-mmer 10" },
        "benefit": { "kind": "percent", "percent": "10" },
    });
    for (key, value) in changes.as_object().unwrap() {
        written[key] = value.clone();
    }
    let draft = json!({ "id": "c1", "group": "g1", "version": 3, "written": written });
    serde_json::from_value::<CouponDraft>(draft).unwrap().resolve(&offset_ms)
}

fn refuses(changes: &Value, code: Code, field: &str, says: &str) {
    let refusal = resolve(changes).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{changes}");
    assert!(refusal.message.contains(says), "{}", refusal.message);
    assert!(refusal.message.contains("expected"), "{}", refusal.message);
}

fn at(text: &str) -> Option<i64> {
    Some(parse_instant(text).unwrap())
}

#[test]
fn what_is_left_out_limits_nothing() {
    let coupon = resolve(&json!({})).unwrap();
    assert_eq!(coupon.codes, Codes::Named { code: "SUMMER10".into() });
    assert!(coupon.active && coupon.release_on_cancel);
    assert_eq!((coupon.version, coupon.window.starts_ms, coupon.window.ends_ms), (3, None, None));
    let read: Coupon = serde_json::from_value(serde_json::to_value(&coupon).unwrap()).unwrap();
    assert_eq!(read, coupon);
}

#[test]
fn local_days_become_instants_and_stay_to_be_shown() {
    let days =
        json!({ "starts_on": "2026-04-04", "ends_on": "2026-04-04", "tz": "America/Santiago" });
    let window = resolve(&json!({ "window": days })).unwrap().window;
    assert_eq!(window.starts_ms, at("2026-04-04T03:00:00Z"));
    assert_eq!(window.ends_ms, at("2026-04-05T04:00:00Z"));
    assert_eq!(window.tz.as_deref(), Some("America/Santiago"));
    let mixed =
        json!({ "starts_at": "2026-04-01T00:00:00+02:00", "ends_on": "2026-04-04", "tz": "UTC" });
    let window = resolve(&json!({ "window": mixed })).unwrap().window;
    assert_eq!(window.starts_ms, at("2026-03-31T22:00:00Z"));
    assert_eq!(window.ends_ms, at("2026-04-05T00:00:00Z"));
}

#[test]
fn a_trial_until_a_day_covers_it() {
    let until =
        json!({ "kind": "trial_until", "until_on": "2026-04-04", "tz": "America/Santiago" });
    let benefit = resolve(&json!({ "benefit": until })).unwrap().benefit;
    let Benefit::TrialUntil { until_ms, .. } = benefit else { panic!("{benefit:?}") };
    assert_eq!(Some(until_ms), at("2026-04-05T04:00:00Z"));
}

#[test]
fn the_budget_of_a_fixed_amount_is_in_its_currency() {
    let benefit = json!({ "kind": "fixed", "amount_minor": 500, "currency": "CLP" });
    let limits = json!({ "budget_minor": 10_000 });
    let coupon = resolve(&json!({ "benefit": benefit, "limits": limits })).unwrap();
    assert_eq!(coupon.limits.budget_currency.unwrap().as_str(), "CLP");
}

#[test]
fn a_window_is_refused_with_its_field() {
    let invalid = Code::InvalidValue;
    for (window, code, field, says) in [
        (
            json!({ "starts_on": "2026-04-05", "ends_on": "2026-04-04", "tz": "UTC" }),
            invalid,
            "window",
            "ends before it starts",
        ),
        (
            json!({ "starts_at": "2026-04-05T00:00:00Z", "ends_at": "2026-04-05T00:00:00Z" }),
            invalid,
            "window",
            "ends before",
        ),
        (
            json!({ "ends_on": "2026-04-04", "tz": "Mars/Olympus" }),
            invalid,
            "window.tz",
            "`Mars/Olympus`",
        ),
        (json!({ "tz": "Mars/Olympus" }), invalid, "window.tz", "`Mars/Olympus`"),
        (json!({ "ends_on": "2026-04-04" }), Code::MissingField, "window.tz", "no zone"),
        (
            json!({ "ends_on": "2026-02-30", "tz": "UTC" }),
            invalid,
            "window.ends_on",
            "`2026-02-30`",
        ),
        (json!({ "starts_on": "soon", "tz": "UTC" }), invalid, "window.starts_on", "`soon`"),
        (json!({ "starts_at": "2026-04-05" }), invalid, "window.starts_at", "`2026-04-05`"),
        (json!({ "ends_at": "tomorrow" }), invalid, "window.ends_at", "`tomorrow`"),
        (
            json!({ "ends_at": "2026-04-05T00:00:00Z", "ends_on": "2026-04-05", "tz": "UTC" }),
            invalid,
            "window.ends_on",
            "not both",
        ),
    ] {
        refuses(&json!({ "window": window }), code, field, says);
    }
}

#[test]
fn a_benefit_is_refused_with_its_field() {
    for percent in ["100.1", "-1", "NaN", "1e2", "33.3333333", ""] {
        let benefit = json!({ "kind": "percent", "percent": percent });
        refuses(
            &json!({ "benefit": benefit }),
            Code::InvalidValue,
            "benefit.percent",
            &format!("`{percent}`"),
        );
    }
    let fixed = |amount: i64, currency: &str| json!({ "benefit": { "kind": "fixed", "amount_minor": amount, "currency": currency } });
    for currency in ["euro", "eur", "XXX", "DEM", ""] {
        refuses(
            &fixed(1, currency),
            Code::InvalidValue,
            "benefit.currency",
            &format!("`{currency}`"),
        );
    }
    for amount in [-1, 1 << 53] {
        refuses(
            &fixed(amount, "EUR"),
            Code::InvalidValue,
            "benefit.amount_minor",
            &format!("`{amount}`"),
        );
    }
    for days in [0, 36_526] {
        let benefit = json!({ "kind": "trial_days", "days": days, "days_mode": "calendar" });
        refuses(
            &json!({ "benefit": benefit }),
            Code::InvalidValue,
            "benefit.days",
            &format!("`{days}`"),
        );
    }
    let until = |until: &Value| json!({ "benefit": until });
    let none = json!({ "kind": "trial_until" });
    refuses(&until(&none), Code::MissingField, "benefit.until_on", "no end");
    let nowhere = json!({ "kind": "trial_until", "until_on": "2026-04-04", "tz": "Mars/Olympus" });
    refuses(&until(&nowhere), Code::InvalidValue, "benefit.tz", "`Mars/Olympus`");
}

#[test]
fn everything_else_is_refused_with_its_field_too() {
    let invalid = Code::InvalidValue;
    let many: Vec<String> = (0..1_001).map(|index| format!("plan:{index}")).collect();
    for (changes, code, field, says) in [
        (
            json!({ "codes": { "kind": "named", "code": "\u{421}APO" } }),
            invalid,
            "codes.code",
            "`\u{421}APO`",
        ),
        (json!({ "codes": { "kind": "named", "code": "" } }), invalid, "codes.code", "``"),
        (
            json!({ "codes": { "kind": "named", "code": "0123456789ABC" } }),
            invalid,
            "codes.code",
            "looks generated",
        ),
        (json!({ "scopes": ["plan"] }), invalid, "scopes[0]", "`plan`"),
        (json!({ "scopes": ["plan:a", ":b"] }), invalid, "scopes[1]", "`:b`"),
        (json!({ "scopes": [""] }), invalid, "scopes[0]", "at least one character"),
        (json!({ "scopes": many }), Code::TooMany, "scopes", "`1001`"),
        (json!({ "detail": "d".repeat(501) }), invalid, "detail", "`501`"),
        (
            json!({ "target": { "kind": "lines", "ids": [] } }),
            invalid,
            "target.ids",
            "at least one",
        ),
        (
            json!({ "target": { "kind": "each_line", "max_units": 0 } }),
            invalid,
            "target.max_units",
            "`0`",
        ),
        (
            json!({ "duration": { "kind": "repeating", "periods": 0 } }),
            invalid,
            "duration.periods",
            "`0`",
        ),
        (
            json!({ "limits": { "budget_minor": -1, "budget_currency": "EUR" } }),
            invalid,
            "limits.budget_minor",
            "`-1`",
        ),
        (
            json!({ "limits": { "budget_minor": 1 } }),
            Code::MissingField,
            "limits.budget_currency",
            "no currency",
        ),
        (
            json!({ "limits": { "min_subtotal_minor": 1 } }),
            Code::MissingField,
            "limits.budget_currency",
            "no currency",
        ),
        (
            json!({ "limits": { "budget_minor": 1, "budget_currency": "XXX" } }),
            invalid,
            "limits.budget_currency",
            "`XXX`",
        ),
        (
            json!({ "limits": { "countries": ["Chile"] } }),
            invalid,
            "limits.countries[0]",
            "`Chile`",
        ),
        (
            json!({ "limits": { "segment": "" } }),
            invalid,
            "limits.segment",
            "at least one character",
        ),
        (
            json!({ "stacking": { "exclusive_group": "\u{7}" } }),
            invalid,
            "stacking.exclusive_group",
            "control",
        ),
    ] {
        refuses(&changes, code, field, says);
    }
    let benefit = json!({ "kind": "fixed", "amount_minor": 1, "currency": "CLP" });
    let limits = json!({ "budget_minor": 1, "budget_currency": "EUR" });
    refuses(
        &json!({ "benefit": benefit, "limits": limits }),
        invalid,
        "limits.budget_currency",
        "`EUR`",
    );
}

#[test]
fn ids_are_words() {
    for id in ["", "a b", "ä", &"a".repeat(65)] {
        let written = json!({ "codes": { "kind": "generated" }, "benefit": { "kind": "percent", "percent": "1" } });
        let draft = json!({ "id": id, "group": "g", "version": 1, "written": written });
        let refusal =
            serde_json::from_value::<CouponDraft>(draft).unwrap().resolve(&offset_ms).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some("id"));
    }
}

use crate::zones::offset_ms;
use serde_json::{Value, json};
use usher::base::calendar::parse_instant;
use usher::base::refusal::{Code, Refusal};
use usher::coupon::change::change;
use usher::coupon::coupon::Coupon;

/// A coupon that began on the first of March 2026 and is limited in every way.
fn coupon() -> Coupon {
    let starts_ms = parse_instant("2026-03-01T00:00:00Z").unwrap();
    let of = json!({
        "id": "c1", "group": "g1", "version": 7, "active": true, "detail": "spring",
        "window": { "starts_ms": starts_ms, "ends_on": "2026-03-31", "tz": "Europe/Madrid" },
        "codes": { "kind": "named", "code": "SPRING" },
        "benefit": { "kind": "percent", "percent": "10" },
        "limits": { "max_redemptions": 10, "budget_minor": 500, "budget_currency": "EUR" },
    });
    serde_json::from_value(of).unwrap()
}

fn changed(by: &Value) -> Result<Coupon, Refusal> {
    change(&coupon(), by.to_string().as_bytes(), &offset_ms)
}

#[test]
fn what_is_left_out_stays_and_the_version_grows_only_with_a_change() {
    assert_eq!(changed(&json!({})).unwrap(), coupon());
    assert_eq!(changed(&json!({ "active": true, "detail": "spring" })).unwrap(), coupon());
    let stopped = changed(&json!({ "active": false })).unwrap();
    assert_eq!(stopped, Coupon { active: false, version: 8, ..coupon() });
}

#[test]
fn an_end_moves_to_an_instant_to_a_whole_local_day_or_away() {
    let ends = |by: Value| changed(&json!({ "window": by })).unwrap().window;
    let at = |text: &str| parse_instant(text);
    let day = ends(json!({ "ends_on": "2026-04-30" }));
    assert_eq!(
        (day.ends_ms, day.tz.as_deref()),
        (at("2026-04-30T22:00:00Z"), Some("Europe/Madrid"))
    );
    let elsewhere = ends(json!({ "ends_on": "2026-04-04", "tz": "America/Santiago" }));
    assert_eq!(elsewhere.ends_ms, at("2026-04-05T04:00:00Z"));
    let instant = ends(json!({ "ends_at": "2026-03-02T00:00:00Z" }));
    assert_eq!((instant.ends_ms, instant.ends_on), (at("2026-03-02T00:00:00Z"), None));
    assert_eq!(ends(json!({ "ends_at": null })).ends_ms, None);
    assert_eq!(instant.starts_ms, coupon().window.starts_ms);
}

#[test]
fn a_limit_grows_or_goes() {
    let limits = |by: Value| changed(&json!({ "limits": by })).unwrap().limits;
    assert_eq!(limits(json!({ "max_redemptions": 11 })).max_redemptions, Some(11));
    assert_eq!(limits(json!({ "max_redemptions": 10 })), coupon().limits);
    assert_eq!(limits(json!({ "budget_minor": null })).budget_minor, None);
    assert_eq!(limits(json!({ "per_customer": null })), coupon().limits);
}

#[test]
fn what_takes_away_a_promise_is_refused() {
    for (by, code, field) in [
        (
            json!({ "limits": { "max_redemptions": 9 } }),
            Code::InvalidValue,
            "limits.max_redemptions",
        ),
        (json!({ "limits": { "per_customer": 5 } }), Code::InvalidValue, "limits.per_customer"),
        (json!({ "limits": { "budget_minor": 499 } }), Code::InvalidValue, "limits.budget_minor"),
        (json!({ "limits": { "segment": null } }), Code::UnknownField, "limits.segment"),
        (json!({ "window": { "ends_at": "2026-03-01T00:00:00Z" } }), Code::InvalidValue, "window"),
        (json!({ "window": { "ends_on": "2026-02-30" } }), Code::InvalidValue, "window.ends_on"),
        (
            json!({ "window": { "ends_on": "2026-04-30", "tz": "X" } }),
            Code::InvalidValue,
            "window.tz",
        ),
        (json!({ "window": { "tz": "Europe/Madrid" } }), Code::MissingField, "window.ends_on"),
        (json!({ "window": { "starts_at": null } }), Code::UnknownField, "window.starts_at"),
        (json!({ "detail": "x".repeat(501) }), Code::InvalidValue, "detail"),
        (json!({ "codes": {} }), Code::UnknownField, "codes"),
        (json!({ "active": null, "version": 9 }), Code::UnknownField, "version"),
    ] {
        let refusal = changed(&by).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{by}");
    }
    assert_eq!(changed(&json!([])).unwrap_err().code, Code::WrongType);
    assert!(changed(&json!({ "detail": "x".repeat(500) })).is_ok());
}

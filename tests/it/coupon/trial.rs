use super::shop::{NOW_MS, ask, counts, coupon, purchase};
use crate::zones::offset_ms;
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::base::calendar::{DAY_MS, parse_instant};
use usher::base::refusal::Code;
use usher::coupon::reason::Reason;
use usher::coupon::trial::{Access, access};

fn at(text: &str) -> i64 {
    parse_instant(text).unwrap()
}

fn days(days: u32, mode: &str, combine: &str) -> Value {
    let benefit = json!({ "kind": "trial_days", "days": days, "days_mode": mode });
    json!({ "benefit": benefit, "combine": combine })
}

fn trial(changes: Value, bought: Value) -> Access {
    access(&coupon(changes), &purchase(bought), NOW_MS, &offset_ms).unwrap().unwrap()
}

#[test]
fn a_calendar_day_ends_at_the_same_time_by_the_clock_and_an_elapsed_one_after_24_hours() {
    let from = json!({ "trial_from_ms": at("2026-03-07T17:00:00Z"), "tz": "America/New_York" });
    let until = |mode: &str| trial(days(7, mode, "replace"), from.clone()).until_ms;
    assert_eq!(until("calendar"), at("2026-03-14T16:00:00Z"));
    assert_eq!(until("elapsed"), at("2026-03-14T17:00:00Z"));
}

#[test]
fn without_a_beginning_a_trial_begins_now_and_without_a_zone_it_is_utc() {
    let got = trial(days(2, "calendar", "replace"), json!({}));
    assert_eq!(got, Access { until_ms: NOW_MS + 2 * DAY_MS, is_longer: true });
}

#[test]
fn a_trial_replaces_that_of_the_plan_is_added_to_it_or_the_later_holds() {
    let until = |length: u32, combine: &str| {
        let got = trial(days(length, "elapsed", combine), json!({ "existing_trial_days": 3 }));
        ((got.until_ms - NOW_MS) / DAY_MS, got.is_longer)
    };
    assert_eq!(
        (until(10, "replace"), until(10, "add"), until(10, "max")),
        ((10, true), (13, true), (10, true))
    );
    assert_eq!(
        (until(2, "replace"), until(2, "add"), until(2, "max")),
        ((3, false), (5, true), (3, false))
    );
}

#[test]
fn access_that_is_there_is_added_to_and_never_shortened() {
    let current = at("2026-03-20T00:00:00Z");
    let until = |combine: &str| {
        trial(
            days(5, "calendar", combine),
            json!({ "current_access_until_ms": current, "tz": "UTC" }),
        )
    };
    assert_eq!(until("add"), Access { until_ms: current + 5 * DAY_MS, is_longer: true });
    for combine in ["replace", "max"] {
        assert_eq!(until(combine), Access { until_ms: current, is_longer: false });
    }
    // Access that is over is none.
    let over = json!({ "current_access_until_ms": NOW_MS - DAY_MS });
    assert_eq!(trial(days(5, "elapsed", "add"), over).until_ms, NOW_MS + 5 * DAY_MS);
}

#[test]
fn days_that_are_added_over_a_change_of_clocks_keep_the_time_of_the_access() {
    let bought =
        json!({ "current_access_until_ms": at("2026-03-28T11:00:00Z"), "tz": "Europe/Madrid" });
    assert_eq!(trial(days(1, "calendar", "add"), bought).until_ms, at("2026-03-29T10:00:00Z"));
}

#[test]
fn a_trial_until_an_instant_that_is_over_has_expired() {
    let decide = |until_ms: i64, bought: Value| {
        let changes = json!({ "benefit": { "kind": "trial_until", "until_ms": until_ms } });
        ask(&coupon(changes), &purchase(bought), &counts(json!({}))).unwrap()
    };
    let late = decide(NOW_MS + 1, json!({}));
    assert_eq!((late.access_until_ms, late.consumes), (Some(NOW_MS + 1), true));
    assert_eq!(decide(NOW_MS, json!({})).reason, Some(Reason::Expired));
    let from = json!({ "trial_from_ms": NOW_MS + 9 });
    assert_eq!(decide(NOW_MS + 9, from).reason, Some(Reason::Expired));
    let longer = decide(NOW_MS + 9, json!({ "current_access_until_ms": NOW_MS + 10 }));
    assert_eq!((longer.access_until_ms, longer.consumes), (Some(NOW_MS + 10), false));
}

#[test]
fn an_unknown_zone_and_an_end_beyond_time_are_refused() {
    let refusal = |changes: Value, bought: Value| {
        let refusal = access(&coupon(changes), &purchase(bought), NOW_MS, &offset_ms).unwrap_err();
        (refusal.code, refusal.field.unwrap())
    };
    let expected = (Code::InvalidValue, "purchase.tz".to_owned());
    let nowhere = json!({ "tz": "Mars/Olympus" });
    assert_eq!(refusal(days(1, "calendar", "add"), nowhere), expected);
    assert_eq!(refusal(days(u32::MAX, "elapsed", "add"), json!({})), expected);
}

#[test]
fn what_is_no_trial_gives_no_access() {
    assert_eq!(access(&coupon(json!({})), &purchase(json!({})), NOW_MS, &offset_ms), Ok(None));
}

proptest! {
    #[test]
    fn a_trial_never_shortens_access(
        length in 0..400_u32,
        mode in prop_oneof![Just("calendar"), Just("elapsed")],
        combine in prop_oneof![Just("replace"), Just("add"), Just("max")],
        zone in prop_oneof![Just("America/Santiago"), Just("Europe/Madrid"), Just("UTC")],
        existing in prop::option::of(0..400_u32),
        current in prop::option::of(-400..400_i64),
        from in -9..9_i64,
    ) {
        let current_ms = current.map(|days| NOW_MS + days * DAY_MS + 12_345);
        let from_ms = NOW_MS + from * DAY_MS;
        let bought = json!({
            "tz": zone, "existing_trial_days": existing, "current_access_until_ms": current_ms,
            "trial_from_ms": from_ms,
        });
        let without = trial(days(0, mode, "max"), bought.clone());
        prop_assert!(!without.is_longer);
        prop_assert!(current_ms.is_none_or(|current_ms| without.until_ms >= current_ms));
        let with = trial(days(length, mode, combine), bought);
        prop_assert!(with.until_ms >= without.until_ms);
        prop_assert_eq!(with.is_longer, with.until_ms > without.until_ms);
        prop_assert_eq!(combine == "add" && length > 0 && !with.is_longer, false);
    }
}

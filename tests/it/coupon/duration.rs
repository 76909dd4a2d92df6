use super::shop::{ask, counts, coupon, fixed, lines, purchase};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::coupon::decision::CarriedOver;
use usher::coupon::duration::{after, before, reverse};
use usher::coupon::purchase::Carried;

fn left(
    remaining_minor: Option<i64>,
    periods_remaining: Option<u32>,
    terminated: bool,
) -> CarriedOver {
    CarriedOver { remaining_minor, periods_remaining, terminated }
}

/// What a coupon leaves of itself on a purchase of 10.00.
fn leaves(changes: Value, carried: Value) -> CarriedOver {
    let bought = purchase(json!({ "carried": carried }));
    ask(&coupon(changes), &bought, &counts(json!({}))).unwrap().carried.unwrap()
}

fn repeating(periods: u32) -> Value {
    json!({ "kind": "repeating", "periods": periods })
}

#[test]
fn the_rest_of_an_amount_that_works_once_is_kept() {
    let once = |amount: i64| json!({ "benefit": fixed(amount) });
    assert_eq!(leaves(once(1_200), json!({})), left(Some(200), None, false));
    assert_eq!(leaves(once(1_000), json!({})), left(Some(0), None, true));
    assert_eq!(leaves(once(1_200), json!({ "remaining_minor": 200 })), left(Some(0), None, true));
    // More than the amount cannot be left of it.
    assert_eq!(leaves(once(900), json!({ "remaining_minor": 5_000 })), left(Some(0), None, true));
}

#[test]
fn a_percentage_that_works_once_is_over_when_it_changed_something() {
    assert_eq!(leaves(json!({}), json!({})), left(None, None, true));
    let nothing = json!({ "benefit": { "kind": "percent", "percent": "0" } });
    assert_eq!(leaves(nothing, json!({})), left(None, None, false));
}

#[test]
fn an_amount_for_each_unit_leaves_no_rest() {
    for target in ["each_unit", "each_line"] {
        let changes = json!({ "benefit": fixed(5_000), "target": { "kind": target } });
        assert_eq!(leaves(changes, json!({})), left(None, None, true), "{target}");
    }
}

#[test]
fn a_coupon_that_repeats_counts_its_bills() {
    let three = json!({ "benefit": fixed(100), "duration": repeating(3) });
    assert_eq!(leaves(three.clone(), json!({})), left(None, Some(2), false));
    assert_eq!(leaves(three.clone(), json!({ "periods_remaining": 1 })), left(None, Some(0), true));
    // A bill on which it changes nothing is none.
    let free = purchase(json!({ "lines": lines(&[(0, 1)]) }));
    let decision = ask(&coupon(three), &free, &counts(json!({}))).unwrap();
    assert_eq!(decision.carried, Some(left(None, Some(3), false)));
}

#[test]
fn a_coupon_for_ever_is_never_over() {
    let forever = json!({ "duration": { "kind": "forever" } });
    assert_eq!(leaves(forever, json!({})), left(None, None, false));
}

#[test]
fn a_reversal_gives_back_what_was_taken() {
    let once = coupon(json!({ "benefit": fixed(1_200) }));
    let gone = Some(Carried { remaining_minor: Some(0), periods_remaining: None });
    assert_eq!(reverse(&once, gone, Some(200)), left(Some(200), None, false));
    assert_eq!(reverse(&once, gone, Some(9_999)), left(Some(1_200), None, false));
    assert_eq!(reverse(&once, gone, None), left(Some(1_200), None, false));
    let three = coupon(json!({ "duration": repeating(3) }));
    let of = |periods| Some(Carried { remaining_minor: None, periods_remaining: Some(periods) });
    assert_eq!(reverse(&three, of(0), None), left(None, Some(1), false));
    assert_eq!(reverse(&three, of(3), None), left(None, Some(3), false));
    assert_eq!(reverse(&coupon(json!({})), None, Some(5)), left(None, None, false));
}

proptest! {
    #[test]
    fn a_reversal_undoes_a_bill(amount in 1..5_000_i64, rest in 1..5_000_i64, bill in 1..5_000_i64) {
        let once = coupon(json!({ "benefit": fixed(amount) }));
        let carried = Carried { remaining_minor: Some(rest.min(amount)), periods_remaining: None };
        let was = before(&once, Some(carried));
        let discount = bill.min(rest).min(amount);
        let then = after(&once, was, discount, true);
        let carried = Carried { remaining_minor: then.remaining_minor, periods_remaining: None };
        prop_assert_eq!(reverse(&once, Some(carried), Some(discount)), was);
    }
}

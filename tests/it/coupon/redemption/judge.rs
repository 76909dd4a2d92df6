use super::batch::coupon;
use serde_json::{Value, json};
use usher::coupon::coupon::Coupon;
use usher::coupon::purchase::{Customer, Line, Purchase};
use usher::coupon::redemption::judge::{Asked, judge};
use usher::coupon::redemption::operation::{Standing, Verdict};
use usher::coupon::redemption::tally::Tally;

fn verdict(limits: &Value, standing: Standing, unit_minor: i64, revoked: bool) -> Verdict {
    let coupon: Coupon =
        serde_json::from_value(coupon(&json!({ "kind": "generated" }), limits)).unwrap();
    let purchase = Purchase {
        customer: Some(Customer { id: "ann".to_owned(), ..Customer::default() }),
        currency: "EUR".to_owned().try_into().ok(),
        lines: vec![Line { id: "l".to_owned(), unit_minor, quantity: 1 }],
        ..Purchase::default()
    };
    let asked = Asked {
        coupon: &coupon,
        code: "CODE",
        revoked,
        purchase: &purchase,
        standing,
        now_ms: 1_000,
    };
    judge(&asked, &|_, _| None)
}

const FREE: Tally = Tally { redeemed: 0, held: 0, reversed: 9, budget_used_minor: 0 };
const STANDING: Standing = Standing { tally: FREE, customer: FREE, code_taken: false };

fn reason(verdict: Verdict) -> String {
    match verdict {
        Verdict::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slot_is_granted_up_to_the_limit() {
    let limits = json!({ "max_redemptions": 2 });
    let taken = |redeemed, held| Standing { tally: Tally { redeemed, held, ..FREE }, ..STANDING };
    assert!(matches!(
        verdict(&limits, taken(1, 0), 1000, false),
        Verdict::Granted { discount_minor: 100, budget_minor: 0, .. }
    ));
    for full in [taken(2, 0), taken(1, 1), taken(0, 2)] {
        assert_eq!(reason(verdict(&limits, full, 1000, false)), "LIMIT_REACHED");
    }
}

#[test]
fn a_budget_is_used_by_what_is_counted_against_it() {
    let limits = json!({ "budget_minor": 300, "budget_currency": "EUR" });
    let used =
        |budget_used_minor| Standing { tally: Tally { budget_used_minor, ..FREE }, ..STANDING };
    assert!(matches!(
        verdict(&limits, used(200), 1000, false),
        Verdict::Granted { budget_minor: 100, .. }
    ));
    assert_eq!(reason(verdict(&limits, used(201), 1000, false)), "BUDGET_EXCEEDED");
}

#[test]
fn a_code_that_is_taken_is_refused_where_limits_are() {
    let taken = Standing { code_taken: true, ..STANDING };
    assert_eq!(reason(verdict(&json!({}), taken, 1000, false)), "LIMIT_REACHED");
    let others = json!({ "customer_ids": ["bob"] });
    assert_eq!(reason(verdict(&others, taken, 1000, false)), "WRONG_CUSTOMER");
}

#[test]
fn what_is_revoked_free_or_no_purchase_is_no_redemption() {
    assert_eq!(reason(verdict(&json!({}), STANDING, 1000, true)), "INACTIVE");
    assert!(matches!(verdict(&json!({}), STANDING, 0, false), Verdict::Nothing { .. }));
    let Verdict::Unreadable(refusal) = verdict(&json!({}), STANDING, -1, false) else { panic!() };
    assert_eq!(refusal.field.as_deref(), Some("purchase.lines[0].unit_minor"));
}

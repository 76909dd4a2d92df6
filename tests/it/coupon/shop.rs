//! Coupons and purchases for tests: what a test does not speak of is as plain as can be.

use crate::zones::offset_ms;
use serde_json::{Value, json};
use usher::base::refusal::Refusal;
use usher::coupon::check::{Question, check};
use usher::coupon::coupon::Coupon;
use usher::coupon::decision::Decision;
use usher::coupon::purchase::{Counts, Purchase};

pub const NOW_MS: i64 = 1_773_144_000_000;

fn with(mut base: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        base[key] = value.clone();
    }
    base
}

/// 10 % off for everybody, called `C`.
pub fn coupon(changes: Value) -> Coupon {
    let base = json!({
        "id": "c", "group": "g", "version": 1, "active": true,
        "codes": { "kind": "named", "code": "C" },
        "benefit": { "kind": "percent", "percent": "10" },
    });
    serde_json::from_value(with(base, changes)).unwrap()
}

/// An amount off, in USD.
pub fn fixed(amount_minor: i64) -> Value {
    json!({ "kind": "fixed", "amount_minor": amount_minor, "currency": "USD" })
}

/// One unit for 10.00 USD.
pub fn purchase(changes: Value) -> Purchase {
    let base =
        json!({ "currency": "USD", "lines": [{ "id": "l1", "unit_minor": 1_000, "quantity": 1 }] });
    serde_json::from_value(with(base, changes)).unwrap()
}

/// Lines `l1`, `l2` ... of a price and a quantity each.
pub fn lines(prices: &[(i64, u64)]) -> Value {
    let line = |(index, (unit_minor, quantity)): (usize, &(i64, u64))| json!({ "id": format!("l{}", index + 1), "unit_minor": unit_minor, "quantity": quantity });
    prices.iter().enumerate().map(line).collect()
}

pub fn counts(changes: Value) -> Counts {
    serde_json::from_value(changes).unwrap()
}

/// Asks for the coupon by its name.
pub fn ask(coupon: &Coupon, purchase: &Purchase, counts: &Counts) -> Result<Decision, Refusal> {
    ask_stacked(coupon, purchase, counts, &[])
}

pub fn ask_stacked(
    coupon: &Coupon,
    purchase: &Purchase,
    counts: &Counts,
    stack: &[Coupon],
) -> Result<Decision, Refusal> {
    let question = Question {
        code: "C",
        issued: None,
        coupon: Some(coupon),
        purchase,
        counts: Some(counts),
        now_ms: NOW_MS,
        stack,
    };
    check(&question, &offset_ms)
}

/// What is taken off each line.
pub fn discounts(decision: &Decision) -> Vec<i64> {
    decision.lines.iter().map(|line| line.discount_minor).collect()
}

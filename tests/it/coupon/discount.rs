use super::shop::{fixed, lines, purchase};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::coupon::coupon::{Benefit, Target};
use usher::coupon::discount::discounts;

fn percent(percent: &str) -> Value {
    json!({ "kind": "percent", "percent": percent })
}

/// The discounts of lines of which nothing, or so much, is gone already.
fn of(benefit: Value, target: Value, prices: &[(i64, u64)], left: Option<&[i64]>) -> Vec<i64> {
    let benefit: Benefit = serde_json::from_value(benefit).unwrap();
    let target: Target = serde_json::from_value(target).unwrap();
    let amounts: Vec<i64> =
        prices.iter().map(|(unit, quantity)| unit * i64::try_from(*quantity).unwrap()).collect();
    let bought = purchase(json!({ "lines": lines(prices) }));
    discounts(&benefit, None, &target, &bought.lines, left.unwrap_or(&amounts))
}

#[test]
fn each_target_is_reduced_as_it_says() {
    let prices = [(1_000, 2), (5_000, 1), (333, 3)];
    for (benefit, target, expected) in [
        (percent("50"), json!({ "kind": "order" }), [1_000, 2_500, 500]),
        (fixed(799), json!({ "kind": "order" }), [200, 499, 100]),
        (percent("50"), json!({ "kind": "lines", "ids": ["l1", "l3"] }), [1_000, 0, 500]),
        (fixed(9_000), json!({ "kind": "lines", "ids": ["l2"] }), [0, 5_000, 0]),
        (fixed(9_000), json!({ "kind": "lines", "ids": ["l9"] }), [0, 0, 0]),
        // 166.5 of a unit is 167, three times.
        (percent("50"), json!({ "kind": "each_unit" }), [1_000, 2_500, 501]),
        (fixed(400), json!({ "kind": "each_unit" }), [800, 400, 999]),
        // 499.5 of the line is 500.
        (percent("50"), json!({ "kind": "each_line" }), [1_000, 2_500, 500]),
        (fixed(1_500), json!({ "kind": "each_line" }), [1_500, 1_500, 999]),
        (percent("50"), json!({ "kind": "each_line", "max_units": 2 }), [1_000, 2_500, 333]),
        (fixed(1_500), json!({ "kind": "each_line", "max_units": 1 }), [1_000, 1_500, 333]),
        (percent("50"), json!({ "kind": "cheapest_unit" }), [0, 0, 167]),
        (fixed(500), json!({ "kind": "cheapest_unit" }), [0, 0, 333]),
    ] {
        assert_eq!(
            of(benefit.clone(), target.clone(), &prices, None),
            expected,
            "{benefit} {target}"
        );
    }
}

#[test]
fn of_equal_units_the_first_is_the_cheapest() {
    let target = json!({ "kind": "cheapest_unit" });
    assert_eq!(of(percent("10"), target, &[(200, 1), (100, 3), (100, 1)], None), [0, 10, 0]);
}

#[test]
fn units_of_a_line_that_was_reduced_share_what_is_left() {
    let left = Some(&[10_i64][..]);
    // 10 left of 3 units: 4, 3 and 3.
    let each = json!({ "kind": "each_unit" });
    assert_eq!(of(percent("50"), each.clone(), &[(100, 3)], left), [6]);
    assert_eq!(of(fixed(4), each, &[(100, 3)], left), [10]);
    let first = |most: u64| json!({ "kind": "each_line", "max_units": most });
    assert_eq!(of(fixed(100), first(1), &[(100, 3)], left), [4]);
    assert_eq!(of(fixed(100), first(2), &[(100, 3)], left), [7]);
    assert_eq!(of(fixed(100), first(9), &[(100, 3)], left), [10]);
    assert_eq!(of(fixed(100), json!({ "kind": "cheapest_unit" }), &[(100, 3)], left), [3]);
}

#[test]
fn a_trial_takes_nothing_off() {
    let trial = json!({ "kind": "trial_days", "days": 9, "days_mode": "elapsed" });
    assert_eq!(of(trial, json!({ "kind": "order" }), &[(100, 3)], None), [0]);
}

proptest! {
    #[test]
    fn a_percentage_of_each_line_is_that_of_the_order_but_for_the_rounding_of_each(
        prices in prop::collection::vec((0..100_000_i64, 1..1_000_u64), 1..9),
        hundredths in 0..=10_000_u32,
    ) {
        let benefit = percent(&format!("{}.{:02}", hundredths / 100, hundredths % 100));
        let sum = |kind: &str| of(benefit.clone(), json!({ "kind": kind }), &prices, None).iter().sum::<i64>();
        let lines = i64::try_from(prices.len()).unwrap();
        prop_assert!((sum("order") - sum("each_line")).abs() <= lines / 2 + 1);
    }
}

use super::shop::{ask, ask_stacked, counts, coupon, discounts, fixed, lines, purchase};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::base::money::MINOR_MAX;
use usher::base::refusal::Code;
use usher::coupon::coupon::Coupon;
use usher::coupon::stack::Priced;

/// Refuses lines, saying where.
fn refuses(bought: Value, code: Code, field: &str) {
    let bought = purchase(bought);
    let refusal = Priced::of(&bought).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)));
    assert!(refusal.message.contains("expected"), "{}", refusal.message);
}

#[test]
fn a_purchase_is_within_money_and_its_quantities_are_counted() {
    let most = json!({ "lines": lines(&[(MINOR_MAX - 1, 1)]), "shipping_minor": 1 });
    assert_eq!(Priced::of(&purchase(most)).unwrap().subtotal_minor, MINOR_MAX - 1);
    let many = json!({ "lines": lines(&[(3, 1_000_000_000), (0, 7)]) });
    let many = purchase(many);
    let priced = Priced::of(&many).unwrap();
    assert_eq!((priced.subtotal_minor, priced.quantity), (3_000_000_000, 1_000_000_007));

    refuses(json!({ "lines": lines(&[(1, 0)]) }), Code::InvalidValue, "purchase.lines[0].quantity");
    refuses(
        json!({ "lines": lines(&[(1, 1), (1, 1_000_000_001)]) }),
        Code::InvalidValue,
        "purchase.lines[1].quantity",
    );
    refuses(
        json!({ "lines": lines(&[(-1, 1)]) }),
        Code::InvalidValue,
        "purchase.lines[0].unit_minor",
    );
    refuses(
        json!({ "lines": lines(&[(MINOR_MAX, 2)]) }),
        Code::InvalidValue,
        "purchase.lines[0].unit_minor",
    );
    refuses(
        json!({ "lines": lines(&[(i64::MAX, 1_000_000_000)]) }),
        Code::InvalidValue,
        "purchase.lines[0].unit_minor",
    );
    refuses(json!({ "lines": lines(&[(MINOR_MAX, 1), (1, 1)]) }), Code::InvalidValue, "purchase");
    refuses(json!({ "shipping_minor": -1 }), Code::InvalidValue, "purchase");
    refuses(json!({ "shipping_minor": MINOR_MAX }), Code::InvalidValue, "purchase");
    refuses(json!({ "lines": lines(&[(1, 1); 201]) }), Code::TooMany, "purchase.lines");
    assert!(Priced::of(&purchase(json!({ "lines": lines(&[(1, 1); 200]) }))).is_ok());
}

#[test]
fn each_coupon_applies_to_what_the_one_before_leaves() {
    let ten = coupon(json!({}));
    let bought =
        purchase(json!({ "lines": lines(&[(5_000, 1), (15_000, 1)]), "shipping_minor": 700 }));
    let again = core::slice::from_ref(&ten);
    let decision = ask_stacked(&ten, &bought, &counts(json!({})), again).unwrap();
    assert_eq!(discounts(&decision), [950, 2_850]);
    assert_eq!((decision.discount_minor, decision.total_minor), (3_800, 16_900));
    // What is left of a coupon, and of its budget, is its own matter.
    let five = coupon(
        json!({ "benefit": fixed(500), "limits": { "budget_minor": 500, "budget_currency": "USD" } }),
    );
    let decision = ask_stacked(&five, &bought, &counts(json!({})), &[ten]).unwrap();
    assert_eq!(decision.carried.unwrap().remaining_minor, Some(0));
    assert_eq!(decision.discount_minor, 500 + 1_950);
}

/// A coupon of any kind that takes something off.
fn any_coupon() -> impl Strategy<Value = Coupon> {
    let percent = (0..=100_000_u32).prop_map(|thousandths| {
        let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
        json!({ "kind": "percent", "percent": text })
    });
    let benefit = prop_oneof![percent, (0..20_000_i64).prop_map(fixed)];
    let target = prop_oneof![
        Just(json!({ "kind": "order" })),
        Just(json!({ "kind": "lines", "ids": ["l1", "l3"] })),
        Just(json!({ "kind": "each_unit" })),
        Just(json!({ "kind": "each_line" })),
        (1..9_u64).prop_map(|most| json!({ "kind": "each_line", "max_units": most })),
        Just(json!({ "kind": "cheapest_unit" })),
    ];
    (benefit, target)
        .prop_map(|(benefit, target)| coupon(json!({ "benefit": benefit, "target": target })))
}

fn any_lines() -> impl Strategy<Value = Vec<(i64, u64)>> {
    prop::collection::vec((0..5_000_i64, 1..9_u64), 0..6)
}

proptest! {
    #[test]
    fn no_discount_is_below_zero_or_above_what_there_is(
        prices in any_lines(),
        first in any_coupon(),
        others in prop::collection::vec(any_coupon(), 0..4),
    ) {
        let bought = purchase(json!({ "lines": lines(&prices), "shipping_minor": 300 }));
        let decision = ask_stacked(&first, &bought, &counts(json!({})), &others).unwrap();
        let parts = discounts(&decision);
        prop_assert_eq!(parts.iter().sum::<i64>(), decision.discount_minor);
        prop_assert_eq!(decision.total_minor, decision.subtotal_minor - decision.discount_minor + 300);
        for (part, (unit, quantity)) in parts.iter().zip(&prices) {
            prop_assert!((0..=unit * i64::try_from(*quantity).unwrap()).contains(part));
        }
    }

    #[test]
    fn one_more_coupon_never_takes_less_off(
        prices in any_lines(),
        first in any_coupon(),
        second in any_coupon(),
    ) {
        let bought = purchase(json!({ "lines": lines(&prices) }));
        let alone = ask(&first, &bought, &counts(json!({}))).unwrap();
        let both = ask_stacked(&first, &bought, &counts(json!({})), &[second]).unwrap();
        prop_assert!(both.discount_minor >= alone.discount_minor);
        for (one, two) in discounts(&alone).iter().zip(discounts(&both)) {
            prop_assert!(two >= *one);
        }
    }

    #[test]
    fn percentages_of_an_order_may_come_in_any_order_but_for_their_rounding(
        prices in any_lines(),
        one in 0..=100_u32,
        other in 0..=100_u32,
    ) {
        let of = |percent: u32| {
            coupon(json!({ "benefit": { "kind": "percent", "percent": percent.to_string() } }))
        };
        let bought = purchase(json!({ "lines": lines(&prices) }));
        let total = |first: u32, second: u32| {
            ask_stacked(&of(first), &bought, &counts(json!({})), &[of(second)]).unwrap().total_minor
        };
        // Each of the two is rounded once, by half a unit at most.
        prop_assert!((total(one, other) - total(other, one)).abs() <= 1);
    }

    #[test]
    fn fixed_amounts_of_an_order_may_come_in_any_order(
        prices in any_lines(),
        one in 0..9_000_i64,
        other in 0..9_000_i64,
    ) {
        let of = |amount: i64| coupon(json!({ "benefit": fixed(amount) }));
        let bought = purchase(json!({ "lines": lines(&prices) }));
        let total = |first: i64, second: i64| {
            ask_stacked(&of(first), &bought, &counts(json!({})), &[of(second)]).unwrap().total_minor
        };
        prop_assert_eq!(total(one, other), total(other, one));
    }
}

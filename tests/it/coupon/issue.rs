use crate::zones::offset_ms;
use serde_json::{Value, json};
use usher::base::refusal::{Code, Refusal};
use usher::coupon::coupon::Codes;
use usher::coupon::issue::{CouponPlace, Making, NewCoupon, QUANTITY_MAX, next_serial};
use usher::coupon::tagged::SERIALS;

fn issue(shards: u32, changes: &Value) -> Result<NewCoupon, Refusal> {
    let mut written = json!({
        "codes": { "kind": "named", "code": "spring" },
        "benefit": { "kind": "percent", "percent": "10" },
    });
    for (key, value) in changes.as_object().unwrap() {
        written[key] = value.clone();
    }
    let place = CouponPlace { id: "c1".into(), group: "g1".into(), shards };
    NewCoupon::from_json(written.to_string().as_bytes(), place, &offset_ms, |text| text)
}

fn refused(shards: u32, changes: &Value, code: Code, field: &str) {
    let refusal = issue(shards, changes).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{changes}");
}

#[test]
fn a_named_coupon_makes_no_codes() {
    let NewCoupon { coupon, making } = issue(1, &json!({})).unwrap();
    assert_eq!((coupon.codes, making), (Codes::Named { code: "SPRING".into() }, None));
    assert_eq!((coupon.id.as_str(), coupon.group.as_str(), coupon.version), ("c1", "g1", 1));
}

#[test]
fn what_is_to_be_made_stays_with_the_coupon_for_further_codes() {
    let codes = json!({ "kind": "generated", "quantity": 5, "pattern": "VIP-####" });
    let making = issue(1, &json!({ "codes": codes })).unwrap().making.unwrap();
    let pattern = Some("VIP-####".to_owned());
    let expected = Making { quantity: 5, pattern, exact: true, ..Making::default() };
    assert_eq!(making, expected);
    let again = making.clone().again(br#"{"quantity":9}"#, 5).unwrap();
    assert_eq!(again, Making { quantity: 9, ..expected });
    assert_eq!(making.clone().again(b"{}", 5).unwrap_err().code, Code::MissingField);
    // Half of 32^4.
    let most = 524_288;
    let order = |quantity: u64| {
        making.clone().again(json!({ "quantity": quantity }).to_string().as_bytes(), 5)
    };
    assert!(order(most - 5).is_ok());
    assert_eq!(order(most - 4).unwrap_err().code, Code::SpaceTooSmall);
    let none = issue(1, &json!({ "codes": { "kind": "generated" } })).unwrap().making.unwrap();
    assert_eq!(none, Making::default());
}

#[test]
fn a_quantity_is_at_least_one_and_no_more_than_a_job_makes() {
    let order = |quantity: u64| json!({ "codes": { "kind": "generated", "quantity": quantity } });
    for quantity in [1, QUANTITY_MAX] {
        assert_eq!(issue(1, &order(quantity)).unwrap().making.unwrap().quantity, quantity);
    }
    refused(1, &order(0), Code::InvalidValue, "codes.quantity");
    refused(1, &order(QUANTITY_MAX + 1), Code::TooMany, "codes.quantity");
    refused(1, &order(1_000_000_000), Code::TooMany, "codes.quantity");
}

#[test]
fn a_shape_that_codes_cannot_have_is_refused_also_without_a_quantity() {
    let shape = |more: Value| {
        let mut codes = json!({ "kind": "generated" });
        for (key, value) in more.as_object().unwrap() {
            codes[key] = value.clone();
        }
        json!({ "codes": codes })
    };
    refused(1, &shape(json!({ "alphabet": "é" })), Code::InvalidValue, "codes.alphabet");
    refused(1, &shape(json!({ "pattern": "" })), Code::LengthOutOfRange, "codes.pattern");
    let tagged = json!({ "tagged": true, "pattern": "A####" });
    refused(1, &shape(tagged), Code::InvalidValue, "codes.pattern");
    let tagged = json!({ "tagged": true, "alphabet": "AB" });
    refused(1, &shape(tagged), Code::InvalidValue, "codes.alphabet");
    assert!(issue(1, &shape(json!({ "tagged": true, "quantity": 5 }))).is_ok());
}

#[test]
fn a_group_with_shards_takes_nothing_that_they_would_count_apart() {
    let made = |limits: Value| json!({ "codes": { "kind": "generated" }, "limits": limits });
    refused(2, &json!({}), Code::InvalidValue, "codes.kind");
    for (field, limits) in [
        ("limits.max_redemptions", json!({ "max_redemptions": 5 })),
        ("limits.per_customer", json!({ "per_customer": 5 })),
        ("limits.budget_minor", json!({ "budget_minor": 5, "budget_currency": "EUR" })),
    ] {
        refused(2, &made(limits.clone()), Code::InvalidValue, field);
        assert!(issue(1, &made(limits)).is_ok());
    }
    assert!(issue(16, &made(json!({ "min_quantity": 2 }))).is_ok());
}

#[test]
fn serial_numbers_follow_each_other_until_the_key_has_none_left() {
    let all = u64::from(SERIALS);
    assert_eq!(next_serial(0, 5), Ok(0));
    assert_eq!(next_serial(5, 1), Ok(5));
    assert_eq!(next_serial(0, all), Ok(0));
    for (used, quantity) in [(0, all + 1), (all, 1), (5, 0)] {
        assert_eq!(next_serial(used, quantity).unwrap_err().code, Code::SpaceTooSmall);
    }
    let message = next_serial(all - 3, 4).unwrap_err().message;
    assert!(message.contains("`4` tagged codes, of this key at most 3 are possible"), "{message}");
}

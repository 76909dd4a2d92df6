use serde_json::json;
use usher::coupon::purchase::{Counts, Customer, Purchase};

#[test]
fn what_is_left_out_of_a_purchase_is_nothing() {
    let purchase: Purchase = serde_json::from_value(json!({})).unwrap();
    assert_eq!(purchase, Purchase::default());
    let named: Purchase = serde_json::from_value(json!({ "customer": { "id": "anna" } })).unwrap();
    assert_eq!(named.customer, Some(Customer { id: "anna".into(), ..Customer::default() }));
    assert_eq!(serde_json::from_value::<Counts>(json!({})).unwrap(), Counts::default());
}

#[test]
fn a_line_names_its_price_and_its_quantity_and_nothing_else() {
    let of = |line| serde_json::from_value::<Purchase>(json!({ "lines": [line] }));
    assert!(of(json!({ "id": "l1", "unit_minor": 5, "quantity": 1 })).is_ok());
    for line in [
        json!({ "id": "l1", "unit_minor": 5 }),
        json!({ "id": "l1", "quantity": 1 }),
        json!({ "id": "l1", "unit_minor": 0.5, "quantity": 1 }),
        json!({ "id": "l1", "unit_minor": 5, "quantity": -1 }),
        json!({ "id": "l1", "unit_minor": 5, "quantity": 1, "tax": 1 }),
    ] {
        assert!(of(line.clone()).is_err(), "{line}");
    }
}

#[test]
fn a_currency_that_is_none_is_refused() {
    for currency in ["usd", "US", "dollar"] {
        let refused =
            serde_json::from_value::<Purchase>(json!({ "currency": currency })).unwrap_err();
        assert!(refused.to_string().contains("three capitals"), "{refused}");
    }
}

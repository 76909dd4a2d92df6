use super::shop::{ask, counts, coupon, purchase};
use serde_json::json;
use usher::coupon::decision::Decision;

#[test]
fn a_decision_is_plain_data() {
    let decision = ask(&coupon(json!({})), &purchase(json!({})), &counts(json!({}))).unwrap();
    let written = serde_json::to_value(&decision).unwrap();
    let expected = json!({
        "valid": true, "reason": null, "parameters": [], "consumes": true,
        "discount_minor": 100, "subtotal_minor": 1_000, "total_minor": 900, "currency": "USD",
        "lines": [{ "id": "l1", "discount_minor": 100 }],
        "access_until_ms": null,
        "carried": { "remaining_minor": null, "periods_remaining": null, "terminated": true },
        "provisional": false,
    });
    assert_eq!(written, expected);
    assert_eq!(serde_json::from_value::<Decision>(written).unwrap(), decision);
}

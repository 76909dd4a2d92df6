use serde_json::{Value, json};
use usher::base::refusal::{Code, Refusal};
use usher::coupon::redemption::batch::{BatchResult, RANDOM_BYTES, read};

pub fn coupon(codes: &Value, limits: &Value) -> Value {
    json!({
        "id": "c", "group": "g", "version": 1, "active": true, "codes": codes,
        "benefit": { "kind": "percent", "percent": "10" }, "limits": limits,
    })
}

fn batch(limits: &Value, operations: &[Value]) -> Value {
    let tally = json!({ "redeemed": 0, "held": 0, "reversed": 0, "budget_used_minor": 0 });
    let definition = coupon(&json!({ "kind": "named", "code": "CODE" }), limits);
    json!({
        "group": "g", "shard": 0, "now_ms": 1_000, "customers": [], "redemptions": [], "answers": [],
        "coupons": [{ "definition": definition, "tally": tally }], "operations": operations,
    })
}

fn reserve(key: &str, customer: &str) -> Value {
    let purchase = json!({
        "customer": { "id": customer }, "currency": "EUR",
        "lines": [{ "id": "l", "unit_minor": 1299, "quantity": 1 }],
    });
    let body = json!({ "code": "code", "purchase": purchase, "confirm": true }).to_string();
    json!({ "key": key, "step": "reserve", "body": body, "id": "c", "code": "CODE", "revoked": false })
}

fn run(batch: &Value) -> Result<BatchResult, Refusal> {
    let count = batch["operations"].as_array().unwrap().len();
    let random: Vec<u8> = (0..count * RANDOM_BYTES).map(|n| n as u8).collect();
    read(&batch.to_string())?.run(&random, &|_, _| None)
}

#[test]
fn operations_of_one_batch_see_each_other() {
    let asked: Vec<_> = ["1", "2", "3", "1"].iter().map(|key| reserve(key, "ann")).collect();
    let result = run(&batch(&json!({ "max_redemptions": 2 }), &asked)).unwrap();
    let statuses: Vec<_> = result.answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [201, 201, 409, 201]);
    assert_eq!(result.answers[0], result.answers[3]);
    assert_eq!(result.redemptions.len(), 2);
    assert_eq!(result.tallies[0].tally.redeemed, 2);
    assert_eq!(result.remembered.len(), 2);
    assert_eq!(result.remembered[0].body, result.answers[0].body);
}

#[test]
fn each_redemption_has_an_id_of_its_own_random_bytes() {
    let result = run(&batch(&json!({}), &[reserve("1", "ann"), reserve("2", "bob")])).unwrap();
    let mut ids: Vec<_> = result.redemptions.iter().map(|one| one.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["0123456789abcdef", "ghjkmnpqrstvwxyz"]);
}

#[test]
fn one_body_that_cannot_be_read_does_not_stop_the_others() {
    let mut broken = reserve("1", "ann");
    broken["body"] = json!("{");
    let mut revoked = reserve("2", "ann");
    revoked["revoked"] = json!(true);
    let mut unknown = reserve("3", "ann");
    unknown["id"] = json!("nobody");
    let asked = [broken, revoked, unknown, reserve("4", "ann")];
    let result = run(&batch(&json!({}), &asked)).unwrap();
    let statuses: Vec<_> = result.answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [400, 409, 503, 201]);
    assert!(result.answers[1].body.contains("INACTIVE"));
}

#[test]
fn a_redemption_is_settled_by_its_id() {
    let reserved = run(&batch(&json!({}), &[reserve("1", "ann")])).unwrap();
    let step = |key: &str, step: &str, body: &str| json!({ "key": key, "step": step, "body": body, "id": "0123456789abcdef", "code": "", "revoked": false });
    let asked = [step("2", "confirm", ""), step("3", "reverse", "{\"reason\":\"refund\"}")];
    let mut next = batch(&json!({}), &asked);
    next["redemptions"] = serde_json::to_value(&reserved.redemptions).unwrap();
    next["customers"] = serde_json::to_value(&reserved.customers).unwrap();
    next["coupons"][0]["tally"] = serde_json::to_value(reserved.tallies[0].tally).unwrap();
    let result = run(&next).unwrap();
    let statuses: Vec<_> = result.answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [409, 200]);
    assert_eq!(result.redemptions[0].reason.as_deref(), Some("refund"));
}

#[test]
fn rows_that_do_not_belong_together_are_written_by_nobody() {
    let reserved = run(&batch(&json!({}), &[reserve("1", "ann")])).unwrap();
    let reverse = json!({
        "key": "2", "step": "reverse", "body": "", "id": "0123456789abcdef", "code": "", "revoked": false,
    });
    let mut next = batch(&json!({}), &[reverse]);
    next["redemptions"] = serde_json::to_value(&reserved.redemptions).unwrap();
    assert_eq!(run(&next).unwrap_err().code, Code::Internal);
}

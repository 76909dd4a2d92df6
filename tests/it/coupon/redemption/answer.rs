use super::held;
use serde_json::{Value, json};
use usher::base::refusal::{Code, Refusal};
use usher::coupon::redemption::answer::{Answer, Place, Problem};
use usher::coupon::redemption::operation::{CouponRefusal, RefusalParameter};
use usher::coupon::redemption::record::{RedemptionState, WrongState};

fn told(answer: &Answer) -> (u16, Value) {
    let body = answer.body(Place { group: "g", shard: 3 }).unwrap();
    (answer.status(), serde_json::from_str(&body).unwrap())
}

#[test]
fn a_redemption_is_told_with_its_place_and_its_decision() {
    let redemption = Box::new(held());
    let (status, body) = told(&Answer::Done { redemption: redemption.clone(), is_new: true });
    assert_eq!(status, 201);
    let expected = json!({
        "id": "g.3.r", "group": "g", "coupon": "c", "code": "CODE", "customer": "ann", "basket": "b",
        "scope": "plan:premium", "state": "held", "reason": null, "held_until_ms": 1000,
        "reserved_ms": 100, "settled_ms": null, "reversed_ms": null, "decision": {},
    });
    assert_eq!(body, expected);
    assert_eq!(told(&Answer::Done { redemption, is_new: false }).0, 200);
}

#[test]
fn each_refusal_has_its_status_and_code() {
    let wrong = WrongState { state: RedemptionState::Expired, expected: RedemptionState::Held };
    for (problem, status, code) in [
        (Problem::KeyTaken, 409, "idempotency_conflict"),
        (Problem::Unknown, 404, "redemption_unknown"),
        (Problem::State(wrong), 409, "redemption_state"),
        (Problem::Request(Refusal::of(Code::WrongType, "")), 400, "wrong_type"),
        (Problem::Request(Refusal::of(Code::BodyTooLarge, "")), 413, "body_too_large"),
        (Problem::Request(Refusal::of(Code::Unavailable, "")), 503, "unavailable"),
        (Problem::Request(Refusal::of(Code::Internal, "")), 500, "internal"),
    ] {
        let (given, body) = told(&problem.into());
        assert_eq!((given, body["code"].as_str()), (status, Some(code)));
    }
}

#[test]
fn a_refused_coupon_says_why_beside_the_three_fields() {
    let parameters = vec![RefusalParameter { name: "limit".to_owned(), value: "3".to_owned() }];
    let reason = "LIMIT_REACHED".to_owned();
    let refused = CouponRefusal { reason, message: "m".to_owned(), parameters };
    let (status, body) = told(&Problem::Coupon(refused).into());
    let expected = json!({
        "code": "coupon_refused", "message": "m", "field": null, "reason": "LIMIT_REACHED",
        "parameters": [{ "name": "limit", "value": "3" }],
    });
    assert_eq!((status, body), (409, expected));
}

#[test]
fn what_was_answered_before_is_answered_again_byte_by_byte() {
    let again = Answer::Again { status: 201, body: "{ }".to_owned() };
    assert_eq!(again.status(), 201);
    assert_eq!(again.body(Place { group: "g", shard: 0 }).unwrap(), "{ }");
}

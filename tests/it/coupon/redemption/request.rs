use usher::base::refusal::Code;
use usher::coupon::redemption::request::{
    REASON_BYTES_MAX, RESERVE_BYTES_MAX, ReserveRequest, SETTLE_BYTES_MAX, SettleRequest,
};

fn body(more: &str) -> String {
    format!("{{\"code\":\"C\",\"purchase\":{{\"customer\":{{\"id\":\"ann\"}}}}{more}}}")
}

#[test]
fn a_hold_lasts_a_quarter_of_an_hour_unless_the_body_says_otherwise() {
    for (more, ms) in
        [("", 900_000), (",\"hold_seconds\":1", 1_000), (",\"hold_seconds\":86400", 86_400_000)]
    {
        let request = ReserveRequest::read(&body(more)).unwrap();
        assert_eq!((request.hold_ms(), request.customer().unwrap()), (ms, "ann"));
    }
}

#[test]
fn what_is_out_of_range_is_refused_and_named() {
    let refused = |body: &str| ReserveRequest::read(body).unwrap_err();
    for (more, code, field) in [
        (",\"hold_seconds\":0", Code::InvalidValue, Some("hold_seconds")),
        (",\"hold_seconds\":86401", Code::InvalidValue, Some("hold_seconds")),
        (",\"confirm\":1", Code::WrongType, Some("confirm")),
        (",\"other\":1", Code::UnknownField, Some("other")),
    ] {
        let refusal = refused(&body(more));
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{more}");
    }
    let refusal = refused("{\"code\":\"C\",\"purchase\":{}}");
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (Code::MissingField, Some("purchase.customer"))
    );
    let long = body(&" ".repeat(RESERVE_BYTES_MAX));
    assert_eq!(refused(&long).code, Code::BodyTooLarge);
}

#[test]
fn a_step_may_say_why_or_nothing() {
    assert_eq!(SettleRequest::read("").unwrap().reason, None);
    let of = |reason: &str| SettleRequest::read(&format!("{{\"reason\":\"{reason}\"}}"));
    assert_eq!(of("refunded").unwrap().reason.as_deref(), Some("refunded"));
    assert!(of(&"x".repeat(REASON_BYTES_MAX)).is_ok());
    assert_eq!(of(&"x".repeat(REASON_BYTES_MAX + 1)).unwrap_err().code, Code::InvalidValue);
    assert_eq!(of(&"x".repeat(SETTLE_BYTES_MAX)).unwrap_err().code, Code::BodyTooLarge);
    assert_eq!(SettleRequest::read("[]").unwrap_err().code, Code::WrongType);
}

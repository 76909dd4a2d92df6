use usher::base::refusal::{Code, Refusal};
use usher::token::fault::{Fault, Step};

#[test]
fn a_refusal_names_the_step_and_says_what_was_expected() {
    let check = |step, code, field: &str| {
        let refusal = Refusal::from(Fault { step, expected: "another one" });
        assert_eq!(refusal.code, code);
        assert_eq!(refusal.field.as_deref(), Some(field));
        assert_eq!(refusal.message, "expected another one");
    };
    check(Step::Malformed, Code::TokenInvalid, "malformed");
    check(Step::Header, Code::TokenInvalid, "header");
    check(Step::Key, Code::TokenInvalid, "key");
    check(Step::Signature, Code::TokenInvalid, "signature");
    check(Step::Claims, Code::TokenInvalid, "claims");
    check(Step::Early, Code::TokenInvalid, "time");
    check(Step::Expired, Code::TokenExpired, "time");
    check(Step::Scope, Code::TokenScope, "scope");
    check(Step::Revoked, Code::TokenRevoked, "revoked");
}

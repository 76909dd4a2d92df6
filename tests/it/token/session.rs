use super::{NOW, ring};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::base::refusal::Code;
use usher::token::claims::{LIFETIME_SECONDS_MAX, TITLES_MAX, TOKEN_BYTES_MAX, Token};
use usher::token::session::{BODY_BYTES_MAX, LIFETIME_SECONDS, issue};

fn token(body: &Value) -> Token {
    let session = issue(body.to_string().as_bytes(), &ring(), "demo", NOW).unwrap();
    let token = Token::read(&session.token, &ring(), "demo", NOW).unwrap();
    assert_eq!(session.expires_ms, token.expires_seconds() * 1000);
    token
}

#[test]
fn a_token_that_was_issued_is_taken() {
    let token = token(&json!({ "viewer": "anna" }));
    assert_eq!((token.viewer(), token.issued_seconds()), ("anna", NOW));
    assert_eq!(token.expires_seconds(), NOW + LIFETIME_SECONDS);
    assert!(token.allows("anything"));
}

#[test]
fn a_backend_chooses_titles_and_lifetime() {
    let token =
        token(&json!({ "viewer": "a\"ä\\", "titles": ["x\"y", "z"], "lifetime_seconds": 60 }));
    assert_eq!((token.viewer(), token.expires_seconds()), ("a\"ä\\", NOW + 60));
    assert!(token.allows("x\"y") && token.allows("z") && !token.allows("x"));
}

#[test]
fn no_titles_are_none_of_them() {
    assert!(!token(&json!({ "viewer": "anna", "titles": [] })).allows("plan-9"));
    assert!(token(&json!({ "viewer": "anna", "titles": null })).allows("plan-9"));
}

#[test]
fn what_is_wrong_is_named_by_code_and_path() {
    let check = |body: Value, code: Code, field: Option<&str>| {
        let refusal = issue(body.to_string().as_bytes(), &ring(), "demo", NOW).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{refusal:?}");
    };
    check(json!({}), Code::MissingField, None);
    check(json!([]), Code::WrongType, None);
    check(json!({ "viewer": "" }), Code::InvalidValue, Some("viewer"));
    check(json!({ "viewer": "a", "more": 1 }), Code::UnknownField, Some("more"));
    check(json!({ "viewer": "a", "titles": ["t", ""] }), Code::InvalidValue, Some("titles[1]"));
    let titles = vec!["t"; TITLES_MAX + 1];
    check(json!({ "viewer": "a", "titles": titles }), Code::TooMany, Some("titles"));
    let titles: Vec<String> = (0..TITLES_MAX).map(|_| "t".repeat(200)).collect();
    check(json!({ "viewer": "a", "titles": titles }), Code::TooMany, Some("titles"));
    let seconds = Some("lifetime_seconds");
    check(json!({ "viewer": "a", "lifetime_seconds": 0 }), Code::InvalidValue, seconds);
    check(json!({ "viewer": "a", "lifetime_seconds": -1 }), Code::InvalidValue, seconds);
    let long = LIFETIME_SECONDS_MAX + 1;
    check(json!({ "viewer": "a", "lifetime_seconds": long }), Code::InvalidValue, seconds);
    let huge = vec![b' '; BODY_BYTES_MAX + 1];
    assert_eq!(issue(&huge, &ring(), "demo", NOW).unwrap_err().code, Code::BodyTooLarge);
    let twice = br#"{"viewer":"a"}{"viewer":"b"}"#;
    assert_eq!(issue(twice, &ring(), "demo", NOW).unwrap_err().code, Code::MalformedJson);
}

proptest! {
    #[test]
    fn every_token_that_is_issued_is_taken_and_says_the_same(
        viewer in "[^\\x00-\\x1f\\x7f]{1,40}",
        titles in prop::option::of(prop::collection::vec("[^\\x00-\\x1f\\x7f]{1,20}", 0..=TITLES_MAX)),
        lifetime_seconds in 1..=LIFETIME_SECONDS_MAX,
    ) {
        let body = json!({ "viewer": viewer, "titles": titles, "lifetime_seconds": lifetime_seconds });
        let Ok(session) = issue(body.to_string().as_bytes(), &ring(), "demo", NOW) else {
            // Only for their length.
            prop_assert!(body.to_string().len() * 4 / 3 > TOKEN_BYTES_MAX / 2);
            return Ok(());
        };
        let token = Token::read(&session.token, &ring(), "demo", NOW).unwrap();
        prop_assert_eq!(token.viewer(), viewer);
        prop_assert_eq!(token.expires_seconds(), NOW + lifetime_seconds);
        prop_assert!(titles.iter().flatten().all(|title| token.allows(title)));
    }
}

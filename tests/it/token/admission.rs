use super::{NOW, changed, keys};
use usher::base::refusal::{Code, Refusal};
use usher::token::admission::Access;
use usher::token::claims::Token;

fn admit(
    unsigned: bool,
    session_keys: Option<&str>,
    token: Option<&str>,
) -> Result<Option<Token>, Refusal> {
    let access = Access { session_keys, tenant: "demo", unsigned, now_ms: NOW * 1000 + 999 };
    access.admit(token, "anna", ["plan-9", "robot"].into_iter())
}

#[test]
fn views_come_with_a_token_unless_they_need_none() {
    let (good, ring) = (changed(|_| ()), keys("k1", 1));
    let code = |unsigned, keys, token| admit(unsigned, keys, token).err().map(|r| r.code);
    let is_signed = |unsigned, keys, token| admit(unsigned, keys, token).unwrap().is_some();
    let ring = Some(ring.as_str());
    assert!(is_signed(false, ring, Some(&good)));
    assert_eq!(code(false, ring, None), Some(Code::TokenMissing));
    assert_eq!(code(false, None, Some(&good)), Some(Code::NotConfigured));
    assert_eq!(code(false, Some(" "), None), Some(Code::NotConfigured));
    assert_eq!(code(false, Some("k1:short"), Some(&good)), Some(Code::NotConfigured));
    assert!(!is_signed(true, None, None));
    assert!(!is_signed(true, Some(""), Some("nonsense")));
    assert!(!is_signed(true, ring, None));
    assert!(is_signed(true, ring, Some(&good)));
    assert_eq!(code(true, ring, Some("nonsense")), Some(Code::TokenInvalid));
}

#[test]
fn a_token_is_for_its_viewer_and_its_titles() {
    let ring = keys("k1", 1);
    let check = |token: &str, expected: Option<(Code, &str)>| {
        let refusal = admit(false, Some(&ring), Some(token)).err();
        let found = refusal.as_ref().map(|r| (r.code, r.field.as_deref().unwrap()));
        assert_eq!(found, expected);
    };
    check(&changed(|c| c["titles"] = vec!["robot", "plan-9"].into()), None);
    check(&changed(|c| c["sub"] = "bert".into()), Some((Code::TokenScope, "viewer")));
    check(
        &changed(|c| c["titles"] = vec!["plan-9"].into()),
        Some((Code::TokenScope, "views[1].title")),
    );
    check(&changed(|c| c["exp"] = (NOW - 60).into()), Some((Code::TokenInvalid, "token")));
    let over = changed(|c| {
        c["iat"] = (NOW - 3600).into();
        c["exp"] = (NOW - 60).into();
    });
    check(&over, Some((Code::TokenExpired, "token")));
}

#[test]
fn what_is_wrong_with_a_token_is_told_in_the_house_form() {
    let ring = keys("k1", 1);
    for token in [
        "",
        "a.b",
        "a.b.c.d",
        "e30.e30.e30",
        &"x".repeat(5000),
        &changed(|c| c["iss"] = "x".into()),
    ] {
        let refusal = admit(false, Some(&ring), Some(token)).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::TokenInvalid, Some("token")));
        assert!(!refusal.message.ends_with('.') && !refusal.message.is_empty());
    }
}

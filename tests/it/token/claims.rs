use super::{HEADER, NOW, changed, claims, keys, part, ring, signed};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::token::claims::{
    ClaimsError, LEEWAY_SECONDS, LIFETIME_SECONDS_MAX, ParseError, SignatureError, TITLES_MAX,
    TOKEN_BYTES_MAX, Token, TokenError, UntrustedToken,
};
use usher::token::keyring::Keyring;

fn read(text: &str) -> Result<Token, TokenError> {
    Token::read(text, &ring(), "demo", NOW)
}

fn good() -> String {
    changed(|_| ())
}

#[test]
fn a_signed_token_says_whose_views_may_be_sent() {
    let token = read(&good()).unwrap();
    assert_eq!(token.viewer(), "anna");
    assert_eq!((token.issued_seconds(), token.expires_seconds()), (NOW, NOW + 3600));
    assert!(token.allows("anything"));
}

#[test]
fn what_is_no_token_is_told_by_its_fault() {
    let check = |text: &str, expected| {
        assert_eq!(UntrustedToken::parse(text).err(), Some(expected), "{text}");
    };
    let with = |header: &str| signed(header, &claims().to_string(), &ring());
    check("", ParseError::Parts);
    check("a.b", ParseError::Parts);
    check("a.b.c.d", ParseError::Parts);
    check(&format!("{}=.e30.AA", part(HEADER)), ParseError::Parts);
    check("..", ParseError::Header);
    check(&with("[]"), ParseError::Header);
    check(&with("{}"), ParseError::Header);
    check(&with("{\"alg\":\"HS256\"}"), ParseError::Header);
    check(&with("{\"kid\":\"k1\"}"), ParseError::Header);
    check(&with(&format!("{HEADER}{HEADER}")), ParseError::Header);
    check(&with(r#"{"alg":"none","alg":"HS256","kid":"k1"}"#), ParseError::Header);
    for alg in ["none", "None", "nOnE", "HS384", "HS512", "RS256", "hs256", "", "HS256 "] {
        check(&with(&json!({ "alg": alg, "kid": "k1" }).to_string()), ParseError::Algorithm);
    }
    check(&with(r#"{"alg":"HS256","kid":"k1","crit":["exp"]}"#), ParseError::Critical);
    check(&with(&format!("{HEADER}\u{0}")), ParseError::Header);
}

#[test]
fn a_token_without_a_signature_is_none_whatever_it_says_of_itself() {
    let unsigned =
        format!("{}.{}.", part(r#"{"alg":"none","kid":"k1"}"#), part(&claims().to_string()));
    assert_eq!(read(&unsigned), Err(ParseError::Algorithm.into()));
    let unsigned = format!("{}.{}.", part(HEADER), part(&claims().to_string()));
    assert_eq!(read(&unsigned), Err(SignatureError::Mismatch.into()));
}

#[test]
fn a_token_has_at_most_4_kb() {
    let of_length = |length: usize| {
        let empty = changed(|c| c["more"] = "".into());
        // Four letters of base64 are three bytes.
        let text = changed(|c| c["more"] = "x".repeat((length - empty.len()) * 3 / 4).into());
        text.len()
    };
    let longest = (TOKEN_BYTES_MAX - 8..=TOKEN_BYTES_MAX)
        .rev()
        .map(of_length)
        .find(|l| *l <= TOKEN_BYTES_MAX);
    assert!(longest.unwrap() > TOKEN_BYTES_MAX - 8);
    let huge = changed(|c| c["more"] = "x".repeat(TOKEN_BYTES_MAX).into());
    assert_eq!(read(&huge), Err(ParseError::Long.into()));
    let filled = "a".repeat(TOKEN_BYTES_MAX);
    assert_eq!(UntrustedToken::parse(&filled).err(), Some(ParseError::Parts));
    assert_eq!(UntrustedToken::parse(&format!("{filled}a")).err(), Some(ParseError::Long));
    assert_eq!(UntrustedToken::parse(&"é".repeat(10_000_000)).err(), Some(ParseError::Long));
}

#[test]
fn a_payload_that_was_changed_is_not_ours() {
    let good = good();
    let [header, _, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let mut other = claims();
    other["sub"] = "bert".into();
    let forged = format!("{header}.{}.{signature}", part(&other.to_string()));
    assert_eq!(read(&forged), Err(SignatureError::Mismatch.into()));
    let other_ring = Keyring::parse(&keys("k1", 2)).unwrap();
    let foreign = signed(HEADER, &claims().to_string(), &other_ring);
    assert_eq!(read(&foreign), Err(SignatureError::Mismatch.into()));
    let unknown = signed(r#"{"alg":"HS256","kid":"k2"}"#, &claims().to_string(), &ring());
    assert_eq!(read(&unknown), Err(SignatureError::Key.into()));
}

#[test]
fn claims_that_do_not_hold_are_told_by_their_fault() {
    let check = |change: &dyn Fn(&mut Value), expected: ClaimsError| {
        assert_eq!(read(&changed(change)), Err(expected.into()), "{expected:?}");
    };
    for key in ["iss", "sub", "iat", "exp"] {
        check(&|c| drop(c.as_object_mut().unwrap().remove(key)), ClaimsError::Claims);
        check(&|c| c[key] = json!([]), ClaimsError::Claims);
        check(&|c| c[key] = Value::Null, ClaimsError::Claims);
    }
    check(&|c| c["sub"] = "".into(), ClaimsError::Claims);
    check(&|c| c["sub"] = "a\u{7}".into(), ClaimsError::Claims);
    check(&|c| c["sub"] = "a".repeat(201).into(), ClaimsError::Claims);
    check(&|c| c["iat"] = (-1).into(), ClaimsError::Claims);
    check(&|c| c["exp"] = json!(1.5), ClaimsError::Claims);
    check(&|c| c["exp"] = "soon".into(), ClaimsError::Claims);
    check(&|c| c["titles"] = "all".into(), ClaimsError::Claims);
    check(&|c| c["titles"] = json!([""]), ClaimsError::Claims);
    check(&|c| c["titles"] = vec!["t"; TITLES_MAX + 1].into(), ClaimsError::Claims);
    check(&|c| c["iss"] = "other".into(), ClaimsError::Issuer);
    check(&|c| c["iss"] = "Demo".into(), ClaimsError::Issuer);
    check(&|c| c["exp"] = NOW.into(), ClaimsError::Lifetime);
    check(&|c| c["exp"] = (NOW - 1).into(), ClaimsError::Lifetime);
    check(&|c| c["exp"] = (NOW + LIFETIME_SECONDS_MAX + 1).into(), ClaimsError::Lifetime);
    check(&|c| c["exp"] = u64::MAX.into(), ClaimsError::Lifetime);
    check(&|c| c["nbf"] = (NOW + LEEWAY_SECONDS + 1).into(), ClaimsError::Early);
}

#[test]
fn a_token_holds_from_its_first_to_its_last_second_with_a_minute_of_leeway() {
    let token = good();
    let check = |now: u64, expected: Option<ClaimsError>| {
        let error = Token::read(&token, &ring(), "demo", now).err();
        assert_eq!(error, expected.map(TokenError::Claims), "{now}");
    };
    check(NOW - LEEWAY_SECONDS - 1, Some(ClaimsError::Early));
    check(NOW - LEEWAY_SECONDS, None);
    check(NOW + 3600 + LEEWAY_SECONDS - 1, None);
    check(NOW + 3600 + LEEWAY_SECONDS, Some(ClaimsError::Expired));
    check(u64::MAX, Some(ClaimsError::Expired));
    check(0, Some(ClaimsError::Early));
}

#[test]
fn a_token_may_name_the_titles() {
    let token = read(&changed(|c| c["titles"] = json!(["plan-9", "日本語"]))).unwrap();
    assert!(token.allows("plan-9") && token.allows("日本語"));
    assert!(!token.allows("plan-90") && !token.allows(""));
    assert!(!read(&changed(|c| c["titles"] = json!([]))).unwrap().allows("plan-9"));
}

#[test]
fn a_viewer_may_have_any_letters() {
    for viewer in ["ä", "日本語", "👩‍👧", "a\"b\\c", "e\u{301}", "\u{202e}x"] {
        assert_eq!(read(&changed(|c| c["sub"] = viewer.into())).unwrap().viewer(), viewer);
    }
    // Two ways to write one letter are two viewers.
    let token = read(&changed(|c| c["sub"] = "é".into())).unwrap();
    assert_ne!(token.viewer(), "e\u{301}");
}

#[test]
fn a_claim_that_is_not_known_is_passed_over() {
    assert!(read(&changed(|c| c["aud"] = json!({ "deep": [1, 2] }))).is_ok());
}

proptest! {
    #[test]
    fn no_text_is_a_token(text in "\\PC{0,200}") {
        prop_assert!(read(&text).is_err());
    }

    #[test]
    fn a_token_with_one_letter_changed_is_none(at: prop::sample::Index, letter in "[A-Za-z0-9_.-]") {
        let good = good();
        let at = at.index(good.len());
        let changed = format!("{}{letter}{}", &good[..at], &good[at + 1..]);
        prop_assert!(changed == good || read(&changed).is_err());
    }

    #[test]
    fn a_token_cut_anywhere_is_none(at: prop::sample::Index) {
        let good = good();
        prop_assert!(read(&good[..at.index(good.len())]).is_err());
    }

    #[test]
    fn signed_claims_never_panic(text in "\\PC{0,200}") {
        prop_assert!(read(&signed(HEADER, &text, &ring())).is_err());
    }
}

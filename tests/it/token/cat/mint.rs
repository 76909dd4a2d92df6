use super::{NOW, Request, Step, judged, keyset, request};
use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::base::refusal::{Code, Refusal};
use usher::token::algorithm::Algorithm;
use usher::token::cat::mint::{CAT_BYTES_MAX, Draft, mint};
use usher::token::cose::{self, CwtTag};
use usher::token::keyset::Keyset;

fn minted(claims: &Value) -> Result<Vec<u8>, Refusal> {
    let token = mint(claims.to_string().as_bytes(), &keyset(), NOW)?;
    Ok(Base64UrlUnpadded::decode_vec(&token).unwrap())
}

fn claims() -> Value {
    json!({
        "exp": NOW + 120, "iat": NOW, "catv": 1, "cti": "stream-1", "sub": "object",
        "catu": { "path": { "prefix": "/vod/t1/" } },
        "catm": ["GET", "HEAD"], "catgeoiso3166": ["SE"],
        "catr": { "type": 0, "expadd": 120, "deadline": 30 },
    })
}

#[test]
fn a_token_opens_what_it_was_made_for_and_nothing_else() {
    let token = minted(&claims()).unwrap();
    assert!(token.starts_with(&[0xd8, 0x3d, 0xd1, 0x84]));
    let check = |request: Request<'_>, expected| assert_eq!(judged(&token, &request), expected);
    check(request(), Ok(()));
    check(Request { method: Some("HEAD"), ..request() }, Ok(()));
    check(Request { url: Some("https://other.example/vod/t1/"), ..request() }, Ok(()));
    check(
        Request { url: Some("https://cdn.example/vod/t2/seg.m4s"), ..request() },
        Err(Step::Scope),
    );
    check(Request { url: Some("https://cdn.example/vod/t1"), ..request() }, Err(Step::Scope));
    check(Request { method: Some("PUT"), ..request() }, Err(Step::Scope));
    check(Request { country: Some("NO"), ..request() }, Err(Step::Scope));
    check(Request { now: NOW + 120, ..request() }, Err(Step::Expired));
}

/// Source: the order and the heads of RFC 8949, section 4.2.
#[test]
fn a_token_is_written_in_one_form_whatever_the_order_of_its_claims() {
    let one = mint(
        br#"{"exp":1,"cti":"a","catv":1,"catu":{"host":{"suffix":"b","exact":"a"},"scheme":{}}}"#,
        &keyset(),
        0,
    );
    let other = mint(
        br#"{"catu":{"scheme":{},"host":{"exact":"a","suffix":"b"}},"catv":1,"cti":"a","exp":1}"#,
        &keyset(),
        0,
    );
    assert_eq!(one.unwrap(), other.unwrap());
}

#[test]
fn what_is_no_claim_set_is_refused_where_it_is_wrong() {
    let check = |change: Value, code, field: &str| {
        let mut claims = claims();
        for (key, value) in change.as_object().unwrap() {
            claims[key] = value.clone();
        }
        let refusal = minted(&claims).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{change}");
    };
    check(json!({ "exp": -1 }), Code::InvalidValue, "exp");
    check(json!({ "exp": 1.5 }), Code::WrongType, "exp");
    check(json!({ "exp": null }), Code::WrongType, "exp");
    check(json!({ "cti": 1 }), Code::WrongType, "cti");
    check(json!({ "aud": ["a"] }), Code::WrongType, "aud");
    check(json!({ "catm": "GET" }), Code::WrongType, "catm");
    check(json!({ "catm": [1] }), Code::WrongType, "catm[0]");
    check(json!({ "cath": {} }), Code::UnknownField, "cath");
    check(json!({ "catu": "/vod/" }), Code::WrongType, "catu");
    check(json!({ "catu": { "paths": {} } }), Code::UnknownField, "catu.paths");
    check(json!({ "catu": { "path": { "regex": ".*" } } }), Code::UnknownField, "catu.path.regex");
    check(json!({ "catu": { "path": { "prefix": 1 } } }), Code::WrongType, "catu.path.prefix");
    check(json!({ "catr": { "type": 0 } }), Code::MissingField, "catr");
    check(json!({ "catr": { "type": 0, "expadd": "x" } }), Code::WrongType, "catr.expadd");
    let refusal = mint(br#"{"iat":1}"#, &keyset(), NOW).unwrap_err();
    assert_eq!(refusal.code, Code::MissingField);
    let public = Keyset::parse(&super::keyset_of("e", "EdDSA", &[1; 32])).unwrap();
    assert_eq!(mint(br#"{"exp":1}"#, &public, NOW).unwrap_err().code, Code::NotConfigured);
}

#[test]
fn a_token_that_would_not_fit_into_a_cookie_is_not_made() {
    let sized = |length| minted(&json!({ "exp": 1, "cti": "x".repeat(length) }));
    let rest = CAT_BYTES_MAX - sized(300).unwrap().len() + 300;
    assert_eq!(sized(rest).unwrap().len(), CAT_BYTES_MAX);
    let refusal = sized(rest + 1).unwrap_err();
    assert_eq!(refusal.code, Code::TooMany);
}

#[test]
fn a_public_key_signs_what_the_host_is_given_to_sign() {
    let draft = Draft::read(claims().to_string().as_bytes(), Algorithm::Es256, "p1").unwrap();
    let message = draft.to_be_signed();
    let token = Base64UrlUnpadded::decode_vec(&draft.sealed(&[7; 64]).unwrap()).unwrap();
    let opened = cose::parse(&token, CwtTag::Required, &[]).unwrap();
    assert_eq!((opened.message.clone(), opened.signature.clone()), (message, vec![7; 64]));
    let keys = Keyset::parse(&super::keyset_of("p1", "ES256", &[4; 65])).unwrap();
    let key = opened.key(&keys, NOW).unwrap();
    assert!(opened.verify(key, true).unwrap().check_cat(&request()).is_ok());
}

fn any_claims() -> impl Strategy<Value = Value> {
    let texts = || proptest::option::of("[a-z/.-]{0,20}");
    (
        (NOW + 1..u64::from(u32::MAX), 0..NOW, proptest::option::of(0..NOW)),
        (texts(), texts(), texts()),
        proptest::collection::vec("[A-Z]{3,6}", 0..3),
        (proptest::option::of("/(vod/)?"), proptest::option::of(0_u64..4)),
    )
        .prop_map(|((exp, iat, nbf), (iss, sub, cti), mut methods, (prefix, kind))| {
            methods.push("GET".to_owned());
            let mut claims = json!({ "exp": exp, "iat": iat, "catm": methods });
            for (key, value) in [("iss", iss), ("sub", sub), ("cti", cti)] {
                if let Some(value) = value {
                    claims[key] = json!(value);
                }
            }
            if let Some(nbf) = nbf {
                claims["nbf"] = json!(nbf);
            }
            if let Some(prefix) = prefix {
                claims["catu"] =
                    json!({ "path": { "prefix": prefix }, "scheme": { "exact": "https" } });
            }
            if let Some(kind) = kind {
                claims["catr"] = json!({ "type": kind, "expadd": 60, "cookie_name": "c" });
            }
            claims
        })
}

proptest! {
    #[test]
    fn what_is_made_holds_for_every_claim_set(claims in any_claims()) {
        let token = minted(&claims).unwrap();
        prop_assert_eq!(judged(&token, &request()), Ok(()));
        let keys = keyset();
        let opened = cose::parse(&token, CwtTag::Required, &[]).unwrap();
        let key = opened.key(&keys, NOW).unwrap();
        let opened = opened.verify(key, false).unwrap();
        let cat = opened.check_cat(&request()).unwrap();
        prop_assert_eq!(cat.issuer, claims["iss"].as_str());
        prop_assert_eq!(cat.subject, claims["sub"].as_str());
        prop_assert_eq!(cat.id, claims["cti"].as_str().map(str::as_bytes));
        prop_assert_eq!(cat.expires, claims["exp"].as_u64().unwrap() as f64);
        prop_assert_eq!(cat.renewal.is_some(), claims["catr"].is_object());
    }

    #[test]
    fn a_flipped_bit_is_refused_wherever_it_is(claims in any_claims(), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut token = minted(&claims).unwrap();
        let place = place.index(token.len());
        token[place] ^= 1 << bit;
        prop_assert!(judged(&token, &request()).is_err());
    }

    #[test]
    fn what_is_cut_off_or_added_is_refused(claims in any_claims(), cut in any::<prop::sample::Index>(), more in proptest::collection::vec(any::<u8>(), 1..9)) {
        let token = minted(&claims).unwrap();
        prop_assert!(judged(&token[..cut.index(token.len())], &request()).is_err());
        prop_assert!(judged(&[token, more].concat(), &request()).is_err());
    }

    #[test]
    fn no_json_is_too_much(text in "[\\[\\]{}:,\"a-z0-9.-]{0,80}") {
        let _ = mint(text.as_bytes(), &keyset(), NOW);
    }
}

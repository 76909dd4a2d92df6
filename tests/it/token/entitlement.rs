use super::{NOW, ring, signed};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::token::fault::Step;
use usher::token::jws;
use usher::token::keyset::Keyset;
use usher::token::request::Request;

fn claims() -> Value {
    json!({
        "iss": "demo", "aud": "usher", "sub": "anna", "jti": "t1", "iat": NOW, "exp": NOW + 3600, "epoch": 2,
        "ent": {
            "account": { "status": "active" },
            "max_rating": null,
            "grants": [{ "id": "g1", "kind": "plan", "plan": "p", "from": 0, "to": 1 }],
            "devices": ["d1"],
        },
    })
}

fn request() -> Request<'static> {
    Request { issuer: Some("demo"), audience: Some("usher"), now: NOW, ..Request::default() }
}

fn judged(header: &str, claims: &str, request: &Request<'_>) -> Result<String, Step> {
    let keys = Keyset::parse(&super::keys("k1", 1)).unwrap();
    let text = signed(header, claims, &ring());
    let token = jws::parse(&text).map_err(|fault| fault.step)?;
    let key = token.key(&keys, request.now).map_err(|fault| fault.step)?;
    let token = token.verify(key, false).map_err(|fault| fault.step)?;
    token.check(request).map_err(|fault| fault.step)
}

fn check(claims: &str, request: &Request<'_>, expected: Result<(), Step>) {
    let got = judged(super::HEADER, claims, request).map(|_| ());
    assert_eq!(got, expected, "{claims} {request:?}");
}

/// The claims with one of them set; null takes it away.
fn with(path: &str, value: Value) -> String {
    let mut claims = claims();
    let (place, key) = path.rsplit_once('/').unwrap();
    let object = claims.pointer_mut(place).unwrap().as_object_mut().unwrap();
    if value == "gone" {
        object.remove(key);
    } else {
        object.insert(key.to_owned(), value);
    }
    claims.to_string()
}

#[test]
fn the_claims_are_told_as_they_were_signed() {
    let text = claims().to_string();
    assert_eq!(judged(super::HEADER, &text, &request()).unwrap(), text);
}

#[test]
fn a_claim_of_another_type_is_refused_and_never_absent() {
    for (path, values) in [
        ("/iss", json!(["gone", null, 1, ["demo"], "", "other"])),
        ("/aud", json!(["gone", null, ["usher"], "other", "usher "])),
        ("/sub", json!(["gone", null, 1, "", "a\u{0}b"])),
        ("/jti", json!(["gone", null, 1, ""])),
        ("/iat", json!(["gone", null, "1", -1, 1.5, true])),
        ("/exp", json!(["gone", null, "9999999999", -1, 1.5, 1e300])),
        ("/epoch", json!(["gone", null, "1", -1, 0.5])),
        ("/ent", json!(["gone", null, [], "x"])),
        ("/ent/account", json!(["gone", null, [], "active"])),
        ("/ent/max_rating", json!(["18", -1, 1.5, []])),
        ("/ent/grants", json!(["gone", null, {}, [1], ["g1"], [null]])),
        ("/ent/devices", json!(["gone", null, {}, [1], [null], "d1"])),
        // A claim that is not known may restrict.
        ("/nbf", json!([0, null])),
        ("/cnf", json!([{}])),
        ("/ent/countries", json!([["SE"]])),
    ] {
        for value in values.as_array().unwrap() {
            check(&with(path, value.clone()), &request(), Err(Step::Claims));
        }
    }
    for value in [json!("gone"), json!(18)] {
        check(&with("/ent/max_rating", value), &request(), Ok(()));
    }
}

#[test]
fn a_key_that_comes_twice_is_refused_however_deep_it_is() {
    let text = claims().to_string();
    for (one, two) in [
        (r#""sub":"anna""#, r#""sub":"anna","sub":"anna""#),
        (r#""status":"active""#, r#""status":"closed","status":"active""#),
        (r#""id":"g1""#, r#""id":"g1","x":[{"y":1,"\u0079":2}]"#),
    ] {
        assert!(text.contains(one), "{text}");
        check(&text.replace(one, two), &request(), Err(Step::Claims));
    }
    check(&format!("{text} {{}}"), &request(), Err(Step::Claims));
    check(&text[..text.len() - 1], &request(), Err(Step::Claims));
}

#[test]
fn grants_and_devices_have_their_limits() {
    let grants = |count| with("/ent/grants", json!(vec![json!({}); count]));
    let devices = |count| with("/ent/devices", json!(vec!["d"; count]));
    check(&grants(64), &request(), Ok(()));
    check(&grants(65), &request(), Err(Step::Claims));
    check(&devices(64), &request(), Ok(()));
    check(&devices(65), &request(), Err(Step::Claims));
}

#[test]
fn a_token_lasts_from_its_making_until_before_its_end_and_a_day_at_most() {
    let text = claims().to_string();
    let at = |now, skew, expected| check(&text, &Request { now, skew, ..request() }, expected);
    at(NOW - 1, 0, Err(Step::Early));
    at(NOW, 0, Ok(()));
    at(NOW + 3599, 0, Ok(()));
    at(NOW + 3600, 0, Err(Step::Expired));
    at(NOW - 5, 5, Ok(()));
    at(NOW - 6, 5, Err(Step::Early));
    at(NOW + 3604, 5, Ok(()));
    at(NOW + 3605, 5, Err(Step::Expired));
    // More than five seconds of doubt are never given.
    at(NOW + 3605, 60, Err(Step::Expired));
    at(u64::MAX - 1, 5, Err(Step::Expired));
    let lasting = |seconds| with("/exp", json!(NOW + seconds));
    check(&lasting(24 * 3600), &request(), Ok(()));
    check(&lasting(24 * 3600 + 1), &request(), Err(Step::Claims));
    check(&lasting(0), &request(), Err(Step::Claims));
    check(&with("/exp", json!(u64::MAX)), &request(), Err(Step::Claims));
}

#[test]
fn who_asks_has_to_say_whose_token_it_is_to_be() {
    let text = claims().to_string();
    check(&text, &Request { issuer: None, ..request() }, Err(Step::Claims));
    check(&text, &Request { audience: None, ..request() }, Err(Step::Claims));
    check(&text, &Request { issuer: Some("Demo"), ..request() }, Err(Step::Claims));
}

#[test]
fn the_header_names_a_key_and_says_that_it_is_a_jwt() {
    let text = claims().to_string();
    for header in [
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"HS256","kid":"k1"}"#,
        r#"{"alg":"HS256","kid":"k1","typ":"jwt"}"#,
        r#"{"alg":"HS256","kid":"k1","typ":"usher-offer+jwt"}"#,
    ] {
        assert_eq!(judged(header, &text, &request()).unwrap_err(), Step::Header, "{header}");
    }
}

proptest! {
    #[test]
    fn every_claim_set_that_is_signed_is_taken_and_says_the_same(
        sub in "[^\\x00-\\x1f\\x7f]{1,60}", jti in "[a-z0-9-]{1,36}", lasting in 1_u64..86_400, epoch in 0_u64..1000,
        rating in proptest::option::of(0_u64..22), devices in proptest::collection::vec(".{0,12}", 0..8),
    ) {
        let mut claims = claims();
        claims["sub"] = json!(sub);
        claims["jti"] = json!(jti);
        claims["exp"] = json!(NOW + lasting);
        claims["epoch"] = json!(epoch);
        claims["ent"]["max_rating"] = json!(rating);
        claims["ent"]["devices"] = json!(devices);
        let told = judged(super::HEADER, &claims.to_string(), &request()).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&told).unwrap(), claims);
    }

    #[test]
    fn no_json_is_too_much(text in "[\\[\\]{}:,\"a-z0-9.eE+-]{0,120}") {
        prop_assert!(judged(super::HEADER, &text, &request()).is_err());
    }
}

use super::{keys, keyset_of, unhex, vectors};
use serde_json::json;
use usher::base::refusal::Code;
use usher::token::algorithm::Algorithm;
use usher::token::fault::Step;
use usher::token::keyset::{KEYSET_KEYS_MAX, Keyset};

const A: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn step(text: &str, kid: Option<&str>, algorithm: Algorithm, now: u64) -> Option<Step> {
    let set = Keyset::parse(text).unwrap();
    set.key(kid.map(str::as_bytes), algorithm, now).err().map(|fault| fault.step)
}

#[test]
fn a_kid_names_exactly_one_key_of_its_algorithm() {
    let text = json!({ "version": 3, "keys": [
        { "kid": "e", "alg": "EdDSA", "key": A },
        { "kid": "h", "alg": "HS256", "key": A },
    ] })
    .to_string();
    let check = |kid, algorithm, expected| {
        assert_eq!(step(&text, kid, algorithm, 0), expected, "{kid:?} {algorithm:?}");
    };
    check(Some("e"), Algorithm::EdDsa, None);
    check(Some("h"), Algorithm::Hs256, None);
    // The algorithm is the key's: a public key is no secret.
    check(Some("e"), Algorithm::Hs256, Some(Step::Key));
    check(Some("h"), Algorithm::EdDsa, Some(Step::Key));
    check(Some("E"), Algorithm::EdDsa, Some(Step::Key));
    check(Some(""), Algorithm::EdDsa, Some(Step::Key));
    // Of two keys, none is the one that no name is meant to name.
    check(None, Algorithm::EdDsa, Some(Step::Key));
    assert_eq!(step(&keyset_of("e", "EdDSA", &[1; 32]), None, Algorithm::EdDsa, 0), None);
    assert_eq!(step(r#"{"keys":[]}"#, None, Algorithm::EdDsa, 0), Some(Step::Key));
}

#[test]
fn a_key_is_valid_from_its_beginning_until_before_its_end() {
    let text = json!({ "keys": [
        { "kid": "old", "alg": "EdDSA", "key": A, "to": 200 },
        { "kid": "new", "alg": "EdDSA", "key": A, "from": 100 },
        { "kid": "none", "alg": "EdDSA", "key": A, "from": null, "to": null },
    ] })
    .to_string();
    let check = |kid, now, is_valid: bool| {
        let expected = (!is_valid).then_some(Step::Key);
        assert_eq!(step(&text, Some(kid), Algorithm::EdDsa, now), expected, "{kid} {now}");
    };
    check("old", 0, true);
    check("new", 99, false);
    // Between them both are.
    check("old", 100, true);
    check("new", 100, true);
    check("old", 199, true);
    check("old", 200, false);
    check("new", 200, true);
    check("none", u64::MAX - 1, true);
}

#[test]
fn the_first_secret_that_is_valid_now_makes_tokens() {
    let text = json!({ "keys": [
        { "kid": "e", "alg": "EdDSA", "key": A },
        { "kid": "next", "alg": "HS256", "key": A, "from": 100 },
        { "kid": "now", "alg": "HS256", "key": A, "to": 300 },
    ] })
    .to_string();
    let set = Keyset::parse(&text).unwrap();
    let kid = |now| set.secret(now).map(|key| key.kid.clone());
    assert_eq!(kid(99).as_deref(), Some("now"));
    assert_eq!(kid(100).as_deref(), Some("next"));
    assert_eq!(kid(300).as_deref(), Some("next"));
    assert_eq!(
        Keyset::parse(&keyset_of("e", "EdDSA", &[1; 32])).unwrap().secret(0).map(|k| &k.kid),
        None
    );
}

#[test]
fn secrets_alone_are_a_keyset_of_hs256() {
    let text = format!("{},{}", keys("k2", 2), keys("k1", 1));
    assert_eq!(step(&text, Some("k1"), Algorithm::Hs256, 0), None);
    assert_eq!(step(&text, Some("k2"), Algorithm::EdDsa, 0), Some(Step::Key));
    let set = Keyset::parse(&text).unwrap();
    assert_eq!(set.secret(0).unwrap().kid, "k2");
    for wrong in ["", "k1", "k1:AAAA", "[]", " {\"keys\":[]}"] {
        let refusal = Keyset::parse(wrong).map(|_| ()).unwrap_err();
        assert_eq!(refusal.code, Code::NotConfigured, "{wrong}");
    }
}

#[test]
fn what_is_no_keyset_is_refused_where_it_is_wrong_without_a_part_of_a_key() {
    let check = |keys: serde_json::Value, code, field: Option<&str>| {
        let text = json!({ "keys": keys }).to_string();
        let refusal = Keyset::parse(&text).map(|_| ()).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{text}");
        assert!(!refusal.message.contains("AAAA"), "{}", refusal.message);
    };
    let key = |kid: &str, alg: &str, key: &str| json!({ "kid": kid, "alg": alg, "key": key });
    let padded = format!("{A}=");
    let bits = format!("{}B", &A[..42]);
    check(json!("x"), Code::WrongType, Some("keys"));
    check(json!([key("", "EdDSA", A)]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key(&"k".repeat(65), "EdDSA", A)]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key("k", "none", A)]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key("k", "ES256", A)]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key("k", "EdDSA", &A[..40])]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key("k", "EdDSA", &padded)]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key("k", "EdDSA", &bits)]), Code::InvalidValue, Some("keys[0]"));
    check(json!([key("k", "EdDSA", A), key("k", "HS256", A)]), Code::InvalidValue, Some("keys[1]"));
    let ends = json!({ "kid": "k", "alg": "EdDSA", "key": A, "from": 5, "to": 5 });
    check(json!([ends]), Code::InvalidValue, Some("keys[0]"));
    let early = json!({ "kid": "k", "alg": "EdDSA", "key": A, "from": "soon" });
    check(json!([early]), Code::WrongType, Some("keys[0].from"));
    let other = json!({ "kid": "k", "alg": "EdDSA", "key": A, "use": "sig" });
    check(json!([other]), Code::UnknownField, Some("keys[0].use"));
    check(json!([{ "kid": "k", "alg": "EdDSA" }]), Code::MissingField, Some("keys[0]"));
    let many =
        |count: usize| (0..count).map(|n| key(&n.to_string(), "EdDSA", A)).collect::<Vec<_>>();
    check(json!(many(KEYSET_KEYS_MAX + 1)), Code::InvalidValue, Some("keys[32]"));
    let text = json!({ "keys": many(KEYSET_KEYS_MAX) }).to_string();
    assert!(Keyset::parse(&text).is_ok());
    let twice = r#"{"keys":[],"keys":[]}"#;
    assert_eq!(Keyset::parse(twice).map(|_| ()).unwrap_err().code, Code::DuplicateField);
    let missing = Keyset::parse("{}").map(|_| ()).unwrap_err();
    assert_eq!(missing.code, Code::MissingField);
}

/// Of the keys that a keyset takes: those of 16 bytes are too short to be secrets.
#[test]
fn macs_are_those_of_wycheproof() {
    let mut judged = 0;
    for group in vectors("wycheproof/hmac_sha256_test.json")["testGroups"].as_array().unwrap() {
        if group["tagSize"] != 256 || group["keySize"].as_u64().unwrap() < 256 {
            continue;
        }
        for test in group["tests"].as_array().unwrap() {
            let bytes = |name: &str| unhex(test[name].as_str().unwrap());
            let set = Keyset::parse(&keyset_of("k", "HS256", &bytes("key"))).unwrap();
            let mac = set.secret(0).unwrap().mac_of(&bytes("msg")).unwrap();
            let is_valid = mac.as_slice() == bytes("tag");
            assert_eq!(is_valid, test["result"] == "valid", "{}", test["tcId"]);
            judged += 1;
        }
    }
    assert_eq!(judged, 84);
}

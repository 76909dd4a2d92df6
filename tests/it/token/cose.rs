use super::{keyset_of, unhex, vectors};
use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use serde_json::Value;
use usher::token::algorithm::Algorithm;
use usher::token::cbor::writer::Writer;
use usher::token::cose::{self, CwtTag, to_be_signed};
use usher::token::fault::Step;
use usher::token::keyset::Keyset;

fn keyset() -> Keyset {
    Keyset::parse(&keyset_of("k", "HS256", &[1; 32])).unwrap()
}

fn read(bytes: &[u8], tag: CwtTag) -> Result<Vec<u8>, Step> {
    let keys = keyset();
    let token = cose::parse(bytes, tag, &[]).map_err(|fault| fault.step)?;
    let key = token.key(&keys, 0).map_err(|fault| fault.step)?;
    token.verify(key, false).map(|token| token.payload).map_err(|fault| fault.step)
}

/// A token of these headers, signed whatever they say.
fn signed(before: &str, protected: &str, open: &str, payload: &[u8]) -> Vec<u8> {
    let protected = unhex(protected);
    let message = to_be_signed(Algorithm::Hs256, &protected, &[], payload);
    let mac = keyset().secret(0).unwrap().mac_of(&message).unwrap();
    let mut parts = Writer(unhex(before));
    parts.head(4, 4);
    parts.bytes(&protected);
    parts.0.extend(unhex(open));
    parts.bytes(payload);
    parts.bytes(&mac);
    parts.0
}

const MAC0: &str = "d83dd1";
const HS256: &str = "a10105";

#[test]
fn the_tag_of_a_cwt_may_be_there_and_the_one_of_the_structure_behind_it_has_to() {
    let check = |before: &str, optional: Result<(), Step>, required: Result<(), Step>| {
        let token = signed(before, HS256, "a0", b"x");
        assert_eq!(read(&token, CwtTag::Optional).map(|_| ()), optional, "{before}");
        assert_eq!(read(&token, CwtTag::Required).map(|_| ()), required, "{before}");
    };
    check("d83dd1", Ok(()), Ok(()));
    check("d1", Ok(()), Err(Step::Malformed));
    check("", Ok(()), Err(Step::Malformed));
    check("d83d", Err(Step::Malformed), Err(Step::Malformed));
    check("d83dd83dd1", Err(Step::Malformed), Err(Step::Malformed));
    check("d1d1", Err(Step::Malformed), Err(Step::Malformed));
    check("d1d83d", Err(Step::Malformed), Err(Step::Malformed));
    check("d2", Err(Step::Header), Err(Step::Malformed));
    check("d83dd2", Err(Step::Header), Err(Step::Header));
    check("d861", Err(Step::Malformed), Err(Step::Malformed));
    check("d903e0", Err(Step::Malformed), Err(Step::Malformed));
}

#[test]
fn a_header_says_its_algorithm_where_it_is_protected_and_nothing_that_is_not_understood() {
    let check = |protected: &str, open: &str, expected: Result<(), Step>| {
        let token = signed(MAC0, protected, open, b"x");
        assert_eq!(read(&token, CwtTag::Optional).map(|_| ()), expected, "{protected} {open}");
    };
    check("a10105", "a0", Ok(()));
    // The name of the key in either header, but in one only.
    check("a201050441 6b".replace(' ', "").as_str(), "a0", Ok(()));
    check("a10105", "a104416b", Ok(()));
    check("a2010504416b", "a104416b", Err(Step::Header));
    check("a10105", "a104416c", Err(Step::Key));
    check("a10105", "a10461 6b".replace(' ', "").as_str(), Err(Step::Header));
    // A type, and labels that nobody needs.
    check("a201051063434154", "a2186301616102", Ok(()));
    check("", "a10105", Err(Step::Header));
    check("a0", "a10105", Err(Step::Header));
    check("a10105", "a10105", Err(Step::Header));
    check("a10104", "a0", Err(Step::Header));
    check("a10126", "a0", Err(Step::Header));
    check("a1013903e6", "a0", Err(Step::Header));
    check("a1016548533 23536".replace(' ', "").as_str(), "a0", Err(Step::Header));
    check("a201050105", "a0", Err(Step::Header));
    check("a1010500", "a0", Err(Step::Header));
    check("bf0105ff", "a0", Err(Step::Header));
    check("8105", "a0", Err(Step::Header));
    // What is demanded: the algorithm, the name of the key, anything else, nothing.
    check("a20105028101", "a0", Ok(()));
    check("a301050281040441 6b".replace(' ', "").as_str(), "a0", Ok(()));
    check("a20105028104", "a0", Err(Step::Header));
    check("a3010502811863186301", "a0", Err(Step::Header));
    check("a20105028161 61".replace(' ', "").as_str(), "a0", Err(Step::Header));
    check("a201050280", "a0", Err(Step::Header));
    check("a201050201", "a0", Err(Step::Header));
    check("a10105", "a1028101", Err(Step::Header));
    // Keys that come along, in either header.
    for label in ["1820", "1821", "1822", "1823"] {
        check("a10105", &format!("a1{label}4100"), Err(Step::Header));
        check(&format!("a20105{label}4100"), "a0", Err(Step::Header));
    }
}

#[test]
fn a_structure_of_another_form_is_no_token() {
    let good = signed(MAC0, HS256, "a0", b"x");
    assert_eq!(read(&good, CwtTag::Optional).unwrap(), b"x");
    let check = |hex: &str| {
        assert_eq!(read(&unhex(hex), CwtTag::Optional), Err(Step::Malformed), "{hex}");
    };
    check("");
    check("d83d");
    check("a0");
    // Three parts, five, a detached payload, a text, a list of indefinite length.
    check("d18343a10105a04178");
    check("d18543a10105a0417841784178");
    check("d18443a10105a0f64178");
    check("d18443a10105a061784178");
    check("d19f43a10105a041784178ff");
    check("d18443a10105a041 7841".replace(' ', "").as_str());
    assert_eq!(read(&[good.clone(), vec![0]].concat(), CwtTag::Optional), Err(Step::Malformed));
    let long = |length: usize| signed(MAC0, HS256, "a0", &vec![0; length]);
    let rest = 4096 - long(1000).len() + 1000;
    assert!(read(&long(rest), CwtTag::Optional).is_ok());
    assert_eq!(read(&long(rest + 1), CwtTag::Optional), Err(Step::Malformed));
}

#[test]
fn a_signature_of_another_structure_is_none() {
    let protected = unhex(HS256);
    let message = to_be_signed(Algorithm::Es256, &protected, &[], b"x");
    assert!(message.starts_with(b"\x84\x6aSignature1"));
    let mac = keyset().secret(0).unwrap().mac_of(&message).unwrap();
    let token = cose::sealed(Algorithm::Hs256, &protected, b"x", &mac);
    assert_eq!(read(&token, CwtTag::Optional), Err(Step::Signature));
}

/// The key of an example, as a keyset.
fn keys_of(message: &Value, key: &Value, alg: &str) -> Option<String> {
    let decoded = |name: &str| match key[format!("{name}_hex")].as_str() {
        Some(hex) => unhex(hex),
        None => Base64UrlUnpadded::decode_vec(key[name].as_str().unwrap()).unwrap(),
    };
    let kid = key["kid"].as_str().unwrap_or("k");
    match (alg, key["crv"].as_str()) {
        ("HS256", None) => Some(keyset_of(kid, alg, &decoded("k"))),
        ("ES256", Some("P-256")) => {
            Some(keyset_of(kid, alg, &[vec![4], decoded("x"), decoded("y")].concat()))
        }
        ("EdDSA", Some("Ed25519")) => Some(keyset_of(kid, alg, &decoded("x"))),
        _ => {
            assert!(message.is_object());
            None
        }
    }
}

/// What is signed is compared byte by byte for all; whether it is, for secrets. WebCrypto judges the rest in
/// `tests/conformance`.
#[test]
fn examples_of_the_working_group_are_signed_over_the_same_bytes() {
    let mut judged = [0; 3];
    for file in [
        "CWT/A_3",
        "mac0-tests/HMac-01",
        "mac0-tests/mac-fail-01",
        "mac0-tests/mac-fail-02",
        "mac0-tests/mac-fail-03",
        "mac0-tests/mac-fail-04",
        "mac0-tests/mac-fail-06",
        "mac0-tests/mac-fail-07",
        "hmac-examples/HMac-enc-01",
        "hmac-examples/HMac-enc-04",
        "sign1-tests/sign-pass-02",
        "sign1-tests/sign-pass-03",
        "sign1-tests/sign-fail-01",
        "sign1-tests/sign-fail-03",
        "sign1-tests/sign-fail-04",
        "ecdsa-examples/ecdsa-sig-01",
        "eddsa-examples/eddsa-sig-01",
    ] {
        let example = vectors(&format!("cose/{file}.json"));
        let input = &example["input"];
        let (message, key) = match input["mac0"].as_object() {
            Some(_) => (&input["mac0"], &input["mac0"]["recipients"][0]["key"]),
            None => (&input["sign0"], &input["sign0"]["key"]),
        };
        let keys = keys_of(message, key, message["alg"].as_str().unwrap()).unwrap();
        let keys = Keyset::parse(&keys).unwrap();
        let bytes = unhex(example["output"]["cbor"].as_str().unwrap());
        let external = unhex(message["external"].as_str().unwrap_or(""));
        let token = cose::parse(&bytes, CwtTag::Optional, &external);
        let Ok(token) = token else {
            assert_eq!(example["fail"], true, "{file}");
            judged[0] += 1;
            continue;
        };
        let signed =
            ["ToMac_hex", "ToBeSign_hex"].map(|name| example["intermediates"][name].as_str());
        let signed = unhex(signed[0].or(signed[1]).unwrap());
        let is_told =
            file.contains("fail-06") || file.contains("fail-07") || file.contains("fail-02");
        assert_eq!(token.message == signed, !is_told || file == "mac0-tests/mac-fail-02", "{file}");
        let key = token.key(&keys, 0).unwrap();
        if key.algorithm == Algorithm::Hs256 {
            let payload = token.verify(key, false).map(|token| token.payload);
            assert_eq!(payload.is_err(), example["fail"] == true, "{file}");
            judged[1] += 1;
        } else {
            judged[2] += 1;
        }
    }
    assert_eq!(judged, [6, 6, 5]);
}

proptest! {
    #[test]
    fn a_flipped_bit_is_refused_wherever_it_is(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        // As tokens are made here: what a header says that is not protected, anybody may change.
        let mut token = signed(MAC0, "a2010504416b", "a0", b"some claims");
        let place = place.index(token.len());
        token[place] ^= 1 << bit;
        prop_assert!(read(&token, CwtTag::Required).is_err());
    }

    #[test]
    fn what_is_cut_off_or_added_is_refused(cut in 1_usize..50, more in proptest::collection::vec(any::<u8>(), 1..9)) {
        let token = signed(MAC0, HS256, "a0", b"some claims");
        prop_assert!(read(&token[..token.len() - cut], CwtTag::Optional).is_err());
        prop_assert!(read(&[token.clone(), more.clone()].concat(), CwtTag::Optional).is_err());
        prop_assert!(read(&[more, token].concat(), CwtTag::Optional).is_err());
    }

    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(read(&bytes, CwtTag::Optional).is_err());
        prop_assert!(read(&[unhex("d83dd18443a10105"), bytes].concat(), CwtTag::Optional).is_err());
    }
}

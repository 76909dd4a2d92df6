use super::super::{keyset_of, unhex, vectors};
use super::{NOW, Request, Step, check, judged, request, signed, text};
use proptest::prelude::*;
use usher::token::cose::{self, CwtTag};
use usher::token::keyset::Keyset;
use usher::token::signed::Verified;

/// What a fail-closed verifier takes and refuses, judged by the core; `tests/conformance` judges it through the package.
#[test]
fn every_case_of_strictness_holds() {
    let file = vectors("cat/strictness.json");
    let keys =
        keyset_of("key", file["alg"].as_str().unwrap(), &unhex(file["key_hex"].as_str().unwrap()));
    let keys = Keyset::parse(&keys).unwrap();
    let verifier = &file["verifier"];
    let vectors = file["vectors"].as_array().unwrap();
    for vector in vectors {
        let asked = &vector["request"];
        let request = Request {
            url: asked["url"].as_str(),
            method: asked["method"].as_str(),
            ip: asked["ip"].as_str(),
            country: asked["country"].as_str(),
            issuer: verifier["issuer"].as_str(),
            audience: verifier["audience"].as_str(),
            now: file["now"].as_u64().unwrap(),
            skew: verifier["clock_skew"].as_u64().unwrap(),
            is_replayed: None,
        };
        let bytes = unhex(vector["token_hex"].as_str().unwrap());
        let token = cose::parse(&bytes, CwtTag::Optional, &[]);
        let token = token.and_then(|token| {
            let key = token.key(&keys, request.now)?;
            token.verify(key, false)
        });
        let taken = token.and_then(|token| token.check_cat(&request).map(|_| ())).is_ok();
        let expect = vector["expect"].as_str().unwrap();
        assert!(expect == "either" || taken == (expect == "accept"), "{}", vector["id"]);
    }
    assert_eq!(vectors.len(), 27);
}

#[test]
fn what_a_token_says_is_told() {
    let payload = "a6 01 61 69 02 61 73 04 1a 6553f1a0 06 1a 6553f100 07 42 6964 19 0143 a3 00 01 01 18 78 02 18 1e";
    let token = verified(&unhex(&payload.replace(' ', "")));
    let cat = token.check_cat(&request()).unwrap();
    assert_eq!((cat.issuer, cat.subject), (Some("i"), Some("s")));
    assert_eq!((cat.expires, cat.issued), (1_700_000_160.0, Some(1_700_000_000.0)));
    assert_eq!(cat.id, Some(&b"id"[..]));
    let renewal = cat.renewal.unwrap();
    assert_eq!((renewal.kind, renewal.expadd, renewal.deadline), (1.0, Some(120.0), Some(30.0)));
}

/// Something that a secret has signed.
fn verified(payload: &[u8]) -> Verified {
    let keys = super::keyset();
    let token = signed(payload);
    let token = cose::parse(&token, CwtTag::Optional, &[]).unwrap();
    let key = token.key(&keys, 0).unwrap();
    token.verify(key, false).unwrap()
}

#[test]
fn a_token_lasts_until_before_its_end_and_begins_when_it_says() {
    let at = |hex: &str, now, skew, expected| {
        let token = signed(&unhex(&hex.replace(' ', "")));
        assert_eq!(
            judged(&token, &Request { now, skew, ..request() }),
            expected,
            "{hex} {now} {skew}"
        );
    };
    let ends = "a1 04 1a 6553f164";
    at(ends, NOW - 1, 0, Ok(()));
    at(ends, NOW, 0, Err(Step::Expired));
    at(ends, NOW + 4, 5, Ok(()));
    at(ends, NOW + 5, 5, Err(Step::Expired));
    // More than five seconds of doubt are never given.
    at(ends, NOW + 5, 60, Err(Step::Expired));
    let begins = "a2 04 1b ffffffffffffffff 05 1a 6553f164";
    at(begins, NOW - 1, 0, Err(Step::Early));
    at(begins, NOW, 0, Ok(()));
    at(begins, NOW - 5, 5, Ok(()));
    at(begins, NOW - 6, 5, Err(Step::Early));
    // Half a second later.
    at("a1 04 fb 41d954fc59200000", NOW, 0, Ok(()));
    at("a1 04 fb 41d954fc59200000", NOW + 1, 0, Err(Step::Expired));
    at("a1 04 20", 0, 0, Err(Step::Expired));
    at("a1 04 3b ffffffffffffffff", 0, 0, Err(Step::Expired));
    at("a2 04 1a 7fffffff 05 3b ffffffffffffffff", NOW, 0, Ok(()));
    at("a0", NOW, 0, Err(Step::Claims));
}

#[test]
fn a_claim_of_another_type_is_refused_and_never_absent() {
    for label in [1, 2] {
        for hex in ["f6", "01", "41 78", "80", "81 61 78", "62 7800"] {
            check(label, hex, &request(), Err(Step::Claims));
        }
    }
    for hex in ["f6", "01", "a0", "81 01", "81 f6", "41 78"] {
        check(3, hex, &Request { audience: Some("x"), ..request() }, Err(Step::Claims));
    }
    for label in [5, 6] {
        for hex in [
            "f6",
            "61 31",
            "41 31",
            "80",
            "f9 3c00",
            "f9 7e00",
            "fb 7ff0000000000000",
            "c1 01",
            "c2 41 01",
        ] {
            check(label, hex, &request(), Err(Step::Claims));
        }
    }
    for (label, wrong) in [
        (7, "61 78"),
        (310, "61 31"),
        (313, "63 474554"),
        (316, "62 5345"),
        (308, "f4"),
        (323, "80"),
    ] {
        check(label, wrong, &request(), Err(Step::Claims));
        check(label, "f6", &request(), Err(Step::Claims));
    }
    for hex in [
        "a1 00 04",
        "a1 00 20",
        "a1 00 61 31",
        "a1 01 61 31",
        "a1 08 00",
        "a1 61 30 00",
        "a2 00 01 00 01",
        "a1 05 61 78",
        "a1 03 01",
        "a1 07 61 78",
    ] {
        check(323, hex, &request(), Err(Step::Claims));
    }
}

#[test]
fn claims_are_a_map_with_nothing_behind_it_and_each_once() {
    let check = |hex: &str| {
        let token = signed(&unhex(&hex.replace(' ', "")));
        assert_eq!(judged(&token, &request()), Err(Step::Claims), "{hex}");
    };
    check("");
    check("80");
    check("1a 7fffffff");
    check("a1 04 1a 7fffffff 00");
    check("a2 04 1a 7fffffff 04 1a 7fffffff");
    // The same label, longer than needed.
    check("a2 04 1a 7fffffff 1804 1a 7fffffff");
    check("a2 04 1a 7fffffff 61 34 00");
    check("bf 04 1a 7fffffff ff");
    check("d83d a1 04 1a 7fffffff");
    check("d901 04 a1 04 1a 7fffffff");
    let tagged = signed(&unhex("d90103a1041a7fffffff"));
    assert_eq!(judged(&tagged, &request()), Ok(()));
}

#[test]
fn the_issuer_and_the_audience_are_those_that_are_expected() {
    let us = Request { issuer: Some("us"), audience: None, ..request() };
    check(1, &text("us"), &us, Ok(()));
    check(1, &text("them"), &us, Err(Step::Claims));
    check(2, &text("us"), &us, Err(Step::Claims));
    check(1, &text("anybody"), &request(), Ok(()));
    let edge = Request { audience: Some("edge"), ..request() };
    check(3, &text("edge"), &edge, Ok(()));
    check(3, &text("edges"), &edge, Err(Step::Claims));
    check(3, &format!("82 {} {}", text("other"), text("edge")), &edge, Ok(()));
    check(3, &format!("81 {}", text("other")), &edge, Err(Step::Claims));
    check(3, "80", &edge, Err(Step::Claims));
    check(2, &text("x"), &edge, Err(Step::Claims));
    // A token that is for somebody is not for whoever does not say who they are.
    check(3, &text("edge"), &request(), Err(Step::Claims));
}

#[test]
fn a_restriction_is_met_or_refused() {
    let get = format!("82 {} {}", text("GET"), text("HEAD"));
    let method = |method, expected| check(313, &get, &Request { method, ..request() }, expected);
    method(Some("GET"), Ok(()));
    method(Some("HEAD"), Ok(()));
    method(Some("POST"), Err(Step::Scope));
    method(Some("get"), Err(Step::Scope));
    method(None, Err(Step::Scope));
    check(313, "80", &request(), Err(Step::Scope));
    let countries = format!("82 {} {}", text("NO"), text("SE"));
    let country =
        |country, expected| check(316, &countries, &Request { country, ..request() }, expected);
    country(Some("SE"), Ok(()));
    country(Some("DK"), Err(Step::Scope));
    country(Some("se"), Err(Step::Scope));
    country(None, Err(Step::Scope));
    // A region of a country is not the country.
    check(316, &format!("81 {}", text("SE-AB")), &request(), Err(Step::Scope));
    check(310, "01", &request(), Ok(()));
    check(310, "02", &request(), Err(Step::Claims));
    check(310, "00", &request(), Err(Step::Claims));
}

#[test]
fn a_token_that_may_be_used_once_needs_somebody_who_keeps_account() {
    let used = |hex, is_replayed, expected| {
        check(308, hex, &Request { is_replayed, ..request() }, expected)
    };
    used("00", None, Ok(()));
    used("00", Some(true), Ok(()));
    for hex in ["01", "02"] {
        used(hex, None, Err(Step::Scope));
        used(hex, Some(false), Ok(()));
        used(hex, Some(true), Err(Step::Scope));
    }
    used("03", Some(false), Err(Step::Claims));
}

#[test]
fn a_claim_that_is_not_known_may_restrict() {
    // cnf, geohash, catpor, catalpn, cath, catgeocoord, catgeoalt, cattpk, catifdata, catdpop, catif, cattprint, others.
    for label in [8, 282, 309, 314, 315, 317, 318, 319, 320, 321, 322, 324, 327, 0, -1, 70_000] {
        check(label, "a0", &request(), Err(Step::Claims));
        check(label, "00", &request(), Err(Step::Claims));
    }
}

proptest! {
    #[test]
    fn no_claims_are_too_much(payload in proptest::collection::vec(any::<u8>(), 0..120)) {
        prop_assert!(judged(&signed(&payload), &request()).is_err());
        // With an end, so that more is looked at.
        let payload = [unhex("a5041a7fffffff"), payload].concat();
        let _ = judged(&signed(&payload), &request());
    }
}

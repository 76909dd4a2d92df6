use super::{Request, Step, check, request, text};
use proptest::prelude::*;
use usher::token::cat::uri::{MATCHES, PARTS, is_allowed};
use usher::token::cbor::reader::Reader;
use usher::token::url::Url;

const CATU: i64 = 312;

/// A claim of one part, compared in one way.
fn rule(part: usize, label: &str, value: &str) -> String {
    format!("a1 {part:02x} a1 {label} {value}")
}

fn at(url: &str, hex: &str, expected: Result<(), Step>) {
    check(CATU, hex, &Request { url: Some(url), ..request() }, expected);
}

const URL: &str = "https://cdn.example:8443/vod/t1/seg.1.m4s?a=b";

#[test]
fn every_part_of_an_address_may_be_restricted() {
    for (part, value) in [
        "https",
        "cdn.example",
        "8443",
        "/vod/t1/seg.1.m4s",
        "a=b",
        "/vod/t1",
        "seg.1.m4s",
        "seg.1",
        ".m4s",
    ]
    .into_iter()
    .enumerate()
    {
        at(URL, &rule(part, "00", &text(value)), Ok(()));
        at(URL, &rule(part, "00", &text(&format!("{value}x"))), Err(Step::Scope));
        assert_eq!(PARTS.len(), 9);
    }
    at("https://cdn.example/vod/name", &rule(8, "00", &text("")), Ok(()));
    at("https://cdn.example/vod/name", &rule(7, "00", &text("name")), Ok(()));
    at("https://cdn.example/vod/", &rule(6, "00", &text("")), Ok(()));
    at("https://cdn.example/", &rule(2, "00", &text("443")), Ok(()));
    at("http://cdn.example/", &rule(2, "00", &text("80")), Ok(()));
}

#[test]
fn a_part_is_compared_exactly_or_by_its_beginning_its_end_or_anything_in_it() {
    let path = |label: &str, value: &str| rule(3, label, &text(value));
    assert_eq!(MATCHES, ["exact", "prefix", "suffix", "contains"]);
    at(URL, &path("01", "/vod/t1/"), Ok(()));
    at(URL, &path("01", "/vod/t1/seg.1.m4s"), Ok(()));
    at(URL, &path("01", "/vod/t2/"), Err(Step::Scope));
    at(URL, &path("01", "vod"), Err(Step::Scope));
    at(URL, &path("01", "/vod/t1/seg.1.m4s/"), Err(Step::Scope));
    at(URL, &path("02", ".m4s"), Ok(()));
    at(URL, &path("02", "m4"), Err(Step::Scope));
    at(URL, &path("03", "t1/s"), Ok(()));
    at(URL, &path("03", "t1s"), Err(Step::Scope));
    at(URL, &path("00", "/vod/t1/"), Err(Step::Scope));
    for label in ["01", "02", "03"] {
        at(URL, &path(label, ""), Ok(()));
    }
    at(URL, &path("00", ""), Err(Step::Scope));
}

#[test]
fn every_part_and_every_way_that_is_named_has_to_agree() {
    let (https, other) = (text("https"), text("http"));
    let path = format!("03 a2 01 {} 02 {}", text("/vod/"), text(".m4s"));
    at(URL, &format!("a2 00 a1 00 {https} {path}"), Ok(()));
    at(URL, &format!("a2 00 a1 00 {other} {path}"), Err(Step::Scope));
    at(URL, &format!("a2 {path} 00 a1 00 {other}"), Err(Step::Scope));
    at(URL, &format!("a1 03 a2 01 {} 02 {}", text("/vod/"), text(".mp4")), Err(Step::Scope));
    at(URL, "a0", Ok(()));
    at(URL, "a1 03 a0", Ok(()));
}

/// Source: the digests are those of `cat/strictness.json`.
#[test]
fn a_part_may_be_named_by_its_digest() {
    let url = "https://cdn.example.com/v/t1/seg.m4s";
    let sha_512_256 = "5820 b901f761fb5ebbf1982e2dcef1070e23282ea8064bcdbf0bd69d7d3950b31991";
    at(url, &rule(3, "21", sha_512_256), Ok(()));
    at(URL, &rule(3, "21", sha_512_256), Err(Step::Scope));
    at(url, &rule(3, "20", sha_512_256), Err(Step::Scope));
    // SHA-256 of `https`.
    let sha_256 = "5820 12b3cd3b3ad8a7da2ba47c4c2d10e7d6d5c6a6d0ac8d0ab0ed0e1fd8a0f3f1cd";
    at(url, &rule(0, "20", sha_256), Err(Step::Scope));
    let own: String =
        usher::token::digest::sha_256(b"https").iter().map(|byte| format!("{byte:02x}")).collect();
    at(url, &rule(0, "20", &format!("5820 {own}")), Ok(()));
    at(url, &rule(0, "20", "40"), Err(Step::Scope));
}

#[test]
fn what_cannot_be_judged_is_refused_for_every_address() {
    for hex in [
        "61 78",
        "80",
        "a1 09 a1 00 61 78",
        "a1 184d a1 00 61 78",
        "a1 20 a1 00 61 78",
        "a1 61 33 a1 00 61 78",
        "a1 03 61 78",
        "a1 03 a1 00 41 78",
        "a1 03 a1 00 f6",
        "a1 03 a1 05 61 78",
        "a1 03 a1 61 30 61 78",
        // A regular expression.
        "a1 03 a1 04 81 62 2e2a",
        "a1 03 a1 22 41 78",
        "a1 03 a1 20 61 78",
        "a1 03 a1 21 f6",
        "a2 03 a0 03 a0",
        "a1 03 a2 01 60 01 60",
        "bf 03 a0 ff",
    ] {
        at(URL, hex, Err(Step::Claims));
    }
}

#[test]
fn an_address_that_is_none_or_is_not_told_meets_no_restriction() {
    check(CATU, "a0", &Request { url: None, ..request() }, Err(Step::Scope));
    let rule = rule(3, "01", &text("/vod/t1/"));
    for url in [
        "https://cdn.example/vod/t1/../t2/seg.m4s",
        "https://cdn.example/vod/t1/%2e%2e/t2/seg.m4s",
        "https://cdn.example/vod/t1/%2E./t2/seg.m4s",
        "https://cdn.example/vod/t1/..%2ft2/seg.m4s",
        "https://cdn.example/vod/t1/..\\t2/seg.m4s",
        "https://cdn.example/vod/t1%2Fseg.m4s",
        "https://cdn.example@evil.example/vod/t1/seg.m4s",
        "https://cdn.example/VOD/t1/seg.m4s",
        "/vod/t1/seg.m4s",
        "",
    ] {
        at(url, &rule, Err(Step::Scope));
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let url = Url::parse(URL);
        let _ = is_allowed(&mut Reader::of(&bytes), url.as_ref());
    }

    #[test]
    fn a_match_is_that_of_the_library(part in "[ab/]{0,8}", value in "[ab/]{0,5}") {
        let url = format!("https://cdn.example/{part}");
        let path = format!("/{part}");
        let expected = [path == value, path.starts_with(&value), path.ends_with(&value), path.contains(&value)];
        for (label, expected) in expected.into_iter().enumerate() {
            let hex = rule(3, &format!("{label:02x}"), &text(&value));
            at(&url, &hex, if expected { Ok(()) } else { Err(Step::Scope) });
        }
    }
}

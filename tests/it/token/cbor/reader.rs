use super::super::unhex;
use proptest::prelude::*;
use usher::token::cbor::reader::{Item, Label, Reader};

/// Source: RFC 8949, appendix A.
#[test]
fn items_are_those_of_the_rfc() {
    let check = |hex: &str, expected: Item<'_>| {
        let bytes = unhex(hex);
        let mut reader = Reader::of(&bytes);
        assert_eq!(reader.item(), Some(expected), "{hex}");
    };
    check("00", Item::Whole(0));
    check("17", Item::Whole(23));
    check("1818", Item::Whole(24));
    check("1903e8", Item::Whole(1000));
    check("1b000000e8d4a51000", Item::Whole(1_000_000_000_000));
    check("1bffffffffffffffff", Item::Whole(u64::MAX));
    check("20", Item::Negative(0));
    check("3903e7", Item::Negative(999));
    check("4401020304", Item::Bytes(&[1, 2, 3, 4]));
    check("6449455446", Item::Text("IETF"));
    check("62c3bc", Item::Text("ü"));
    check("83010203", Item::List(3));
    check("a201020304", Item::Map(2));
    check("c11a514b67b0", Item::Tag(1));
    check("d818456449455446", Item::Tag(24));
    check("fa47c35000", Item::Fraction(100_000.0));
    check("fb3ff199999999999a", Item::Fraction(1.1));
    // Longer than needed: the digest is of the bytes, so nothing is gained by it.
    check("1800", Item::Whole(0));
    check("1b0000000000000001", Item::Whole(1));
    // What nobody asks for.
    for hex in [
        "f4",
        "f6",
        "f7",
        "f0",
        "f8ff",
        "f93e00",
        "f97e00",
        "f97c00",
        "fa7fc00000",
        "fb7ff0000000000000",
    ] {
        check(hex, Item::Other);
    }
}

#[test]
fn what_is_cut_off_or_of_indefinite_length_is_nothing() {
    for hex in [
        "", "18", "19", "1900", "1a000000", "1b", "41", "4401", "61", "7818", "5f", "7f", "9f",
        "bf", "ff", "1c", "1d", "1e", "3f", "fc",
    ] {
        assert_eq!(Reader::of(&unhex(hex)).item(), None, "{hex}");
    }
    // Not UTF-8.
    assert_eq!(Reader::of(&unhex("61ff")).item(), None);
    // As long as no memory is.
    assert_eq!(Reader::of(&unhex("5bffffffffffffffff")).item(), None);
}

#[test]
fn a_value_of_another_type_is_refused_by_each_method() {
    let other = unhex("f6");
    let reader = Reader::of(&other);
    assert_eq!(reader.clone().text(), None);
    assert_eq!(reader.clone().bytes(), None);
    assert_eq!(reader.clone().whole(), None);
    assert_eq!(reader.clone().signed(), None);
    assert_eq!(reader.clone().number(), None);
    assert_eq!(reader.clone().list(), None);
    assert_eq!(reader.clone().has_text(None, true), None);
    assert!(reader.clone().map().is_none());
    assert_eq!(Reader::of(&unhex("20")).whole(), None);
    assert_eq!(Reader::of(&unhex("1b8000000000000000")).signed(), None);
    assert_eq!(Reader::of(&unhex("3b7fffffffffffffff")).signed(), Some(i64::MIN));
    assert_eq!(Reader::of(&unhex("3b8000000000000000")).signed(), None);
    assert_eq!(Reader::of(&unhex("20")).number(), Some(-1.0));
}

#[test]
fn a_list_of_texts_has_a_text_or_not() {
    let check = |hex: &str, wanted, may_be_one, expected| {
        assert_eq!(Reader::of(&unhex(hex)).has_text(wanted, may_be_one), expected, "{hex}");
    };
    check("8263474554644845414 4".replace(' ', "").as_str(), Some("GET"), false, Some(true));
    check("80", Some("GET"), false, Some(false));
    check("8163474554", Some("get"), false, Some(false));
    check("8163474554", None, false, Some(false));
    check("63474554", Some("GET"), false, None);
    check("63474554", Some("GET"), true, Some(true));
    // Of another type behind the one that is wanted.
    check("82634745541864", Some("GET"), false, None);
    check("8263474554", Some("GET"), false, None);
}

fn labels(hex: &str) -> Option<Vec<i64>> {
    let bytes = unhex(hex);
    let mut reader = Reader::of(&bytes);
    let mut pairs = reader.map()?;
    let mut labels = Vec::new();
    loop {
        match reader.key(&mut pairs)? {
            Label::Number(label) => labels.push(label),
            Label::Text(text) => labels.push(1000 + text.len() as i64),
            Label::End => return Some(labels),
        }
        reader.skip()?;
    }
}

#[test]
fn a_map_has_each_key_once() {
    assert_eq!(labels("a0"), Some(vec![]));
    assert_eq!(labels("a301022003616104"), Some(vec![1, -1, 1001]));
    // With the tag of a map of more than texts.
    assert_eq!(labels("d90103a10102"), Some(vec![1]));
    assert_eq!(labels("d90102a10102"), None);
    assert_eq!(labels("a201020103"), None);
    // The same key, longer than needed.
    assert_eq!(labels("a20102180103"), None);
    assert_eq!(labels("a2616102616103"), None);
    assert_eq!(labels("a20102"), None);
    assert_eq!(labels("a1410102"), None);
    assert_eq!(labels("a1f500"), None);
    assert_eq!(labels("bf0102ff"), None);
}

#[test]
fn an_item_is_passed_over_with_all_that_is_in_it() {
    let check = |hex: &str, expected: Option<bool>| {
        let bytes = unhex(hex);
        let mut reader = Reader::of(&bytes);
        assert_eq!(reader.skip().map(|()| reader.is_over()), expected, "{hex}");
    };
    check("00", Some(true));
    check("82a101820203d818410000", Some(false));
    check("82a101820203d8184100", Some(true));
    check("8200", None);
    check("bbffffffffffffffff", None);
    check("9b7fffffffffffffff", None);
    // A thousand lists inside one another, and nothing in the last.
    check(&"81".repeat(1000), None);
    check(&format!("{}00", "81".repeat(1000)), Some(true));
}

proptest! {
    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut reader = Reader::of(&bytes);
        while reader.item().is_some() {}
        let _ = Reader::of(&bytes).skip();
        if let Some(mut pairs) = Reader::of(&bytes).map() {
            let mut reader = Reader::of(&bytes);
            while !matches!(reader.key(&mut pairs), None | Some(Label::End)) {}
        }
    }
}

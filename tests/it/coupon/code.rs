use proptest::prelude::*;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use usher::coupon::check_symbol::check_value;
use usher::coupon::code::{
    ALPHABET, Code, CodeError, Kind, SYMBOLS_MAX, TEXT_BYTES_MAX, TEXT_UNITS_MAX, symbol_of,
};

/// As a host reads what was typed.
fn typed(text: &str) -> Result<Code, CodeError> {
    if text.encode_utf16().count() > TEXT_UNITS_MAX as usize {
        return Err(CodeError::Malformed { at: None });
    }
    Code::parse(text.nfkc().collect::<String>())
}

#[test]
fn the_shared_cases_hold() {
    let cases: Value =
        serde_json::from_str(include_str!("../../vectors/coupon-codes.json")).unwrap();
    for case in cases["cases"].as_array().unwrap() {
        let Some(text) = case["text"].as_str() else { continue };
        let text = text.repeat(case["times"].as_u64().unwrap_or(1) as usize);
        let (kind, reason) = match typed(&text) {
            Ok(code) => {
                assert_eq!(code.as_str(), case["code"], "{case}");
                assert_eq!(code.lookups().named, case["code"], "{case}");
                assert_eq!(code.lookups().generated, case["generated"], "{case}");
                (Some(code.kind()), None)
            }
            Err(error) => (None, Some(error)),
        };
        let kind = kind.map(|kind| match kind {
            Kind::Named => "named",
            Kind::Generated => "generated",
            Kind::Tagged => "tagged",
        });
        let reason = reason.map(|reason| match reason {
            CodeError::Malformed { .. } => "malformed",
            CodeError::WrongCheckSymbol => "wrong_check_symbol",
        });
        assert_eq!(kind, case["kind"].as_str(), "{case}");
        assert_eq!(reason, case["reason"].as_str(), "{case}");
    }
}

#[test]
fn what_can_belong_to_no_code_is_pointed_at() {
    assert_eq!(Code::parse("CA\u{420}O10"), Err(CodeError::Malformed { at: Some(2) }));
    assert_eq!(Code::parse("A\u{200b}-\u{2014}B!"), Err(CodeError::Malformed { at: Some(9) }));
    assert_eq!(Code::parse(" -- "), Err(CodeError::Malformed { at: None }));
    assert_eq!(Code::parse(""), Err(CodeError::Malformed { at: None }));
}

#[test]
fn a_code_has_at_most_64_symbols() {
    let most = "A".repeat(SYMBOLS_MAX);
    assert_eq!(Code::parse(&most).unwrap().as_str(), most);
    let at = Some(SYMBOLS_MAX);
    assert_eq!(Code::parse(format!("{most}A")), Err(CodeError::Malformed { at }));
}

#[test]
fn a_text_that_is_too_long_is_not_read() {
    let padded = |bytes: usize| format!("A{}", " ".repeat(bytes - 1));
    assert_eq!(Code::parse(padded(TEXT_BYTES_MAX)).unwrap().as_str(), "A");
    let none = Err(CodeError::Malformed { at: None });
    assert_eq!(Code::parse(padded(TEXT_BYTES_MAX + 1)), none);
}

#[test]
fn what_looks_generated_needs_its_check_symbol() {
    let check = |text: &str, expected| assert_eq!(Code::parse(text).map(|c| c.kind()), expected);
    check("0000-0000-0000-0", Ok(Kind::Generated));
    check("OOOO-0000-0000-1", Err(CodeError::WrongCheckSymbol));
    check("0000-0000-0000-00", Ok(Kind::Tagged));
    check("0000-0000-0000-01", Err(CodeError::WrongCheckSymbol));
    // Of another length, or with a symbol that generated codes do not have, it is a name.
    check("0000-0000-0001", Ok(Kind::Named));
    check("0000-0000-0000-001", Ok(Kind::Named));
    check("SUMMERHOLIDAY", Ok(Kind::Named));
    check("0000_0000_001", Ok(Kind::Named));
}

#[test]
fn bytes_that_are_no_utf_8_are_malformed() {
    for broken in
        [&b"A\x80"[..], b"A\xe2\x80", b"A\xff", b"A\xc1\x81", b"\xf0A", b"\xe2\x80\x8b\x8b"]
    {
        assert!(matches!(Code::parse(broken), Err(CodeError::Malformed { .. })), "{broken:?}");
    }
}

proptest! {
    #[test]
    fn reading_a_code_again_changes_nothing(text in "[A-Za-z0-9_\\- \u{200b}\u{3000}\u{2014}]{1,40}") {
        if let Ok(code) = typed(&text) {
            prop_assert_eq!(typed(code.as_str()).unwrap(), code.clone());
            let generated = code.lookups().generated;
            let folded = Code::parse(&generated).unwrap();
            prop_assert_eq!(folded.kind(), code.kind());
            prop_assert_eq!(folded.lookups().generated, generated);
        }
    }

    #[test]
    fn case_spaces_and_dashes_do_not_matter(text in "[A-Z0-9_]{1,20}") {
        let spread: String = text.chars().flat_map(|c| [c.to_ascii_lowercase(), '-', ' ']).collect();
        prop_assert_eq!(typed(&spread), typed(&text));
    }

    #[test]
    fn no_text_panics(text in any::<String>(), bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(code) = typed(&text) {
            prop_assert!(code.as_str().bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
        }
        if let Err(CodeError::Malformed { at: Some(at) }) = Code::parse(&bytes) {
            prop_assert!(at < bytes.len());
        }
    }

    #[test]
    fn any_wrong_symbol_and_any_swap_is_told(values in proptest::collection::vec(0_u8..32, 12), at in 0_usize..13, other in 0_usize..32) {
        let mut symbols: Vec<u8> = values.iter().map(|value| symbol_of(*value)).collect();
        symbols.push(symbol_of(check_value(values)));
        prop_assert_eq!(Code::parse(&symbols).unwrap().kind(), Kind::Generated);
        let mut wrong = symbols.clone();
        wrong[at] = ALPHABET[other];
        prop_assert_eq!(Code::parse(&wrong).is_ok(), wrong == symbols);
        let mut swapped = symbols.clone();
        swapped.swap(at.min(11), at.min(11) + 1);
        prop_assert_eq!(Code::parse(&swapped).is_ok(), swapped == symbols);
    }
}

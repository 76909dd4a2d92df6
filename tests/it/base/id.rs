use proptest::prelude::*;
use usher::base::id::{Id, IdError, ViewId, check_name};
use usher::base::limits::NAME_BYTES_MAX;

#[test]
fn an_id_is_32_lower_case_hexadecimal_digits_and_nothing_else() {
    let check = |text: &str, expected: Option<[u8; 16]>| {
        assert_eq!(Id::parse(text).ok().map(|id| id.0), expected, "{text}");
    };
    check(
        "000102030405060708090a0b0c0d0eff",
        Some([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]),
    );
    check("000102030405060708090a0b0c0d0e0", None);
    check("000102030405060708090a0b0c0d0e0f0", None);
    check("000102030405060708090A0B0C0D0E0F", None);
    check("000102030405060708090a0b0c0d0e0g", None);
    check("", None);
    check("éééééééééééééééé", None);
}

#[test]
fn a_view_id_belongs_to_the_viewer_it_was_made_for() {
    let id = ViewId::new("anna", [7; 16]);
    assert!(id.belongs_to("anna"));
    assert!(!id.belongs_to("annb"));
    assert!(!id.belongs_to(""));
}

#[test]
fn a_view_id_keeps_96_random_bits() {
    let id = ViewId::new("anna", [7; 16]);
    assert_eq!(id.0.0[4..], [7; 12]);
}

#[test]
fn the_tag_of_a_viewer_is_fnv_1a() {
    // The published vector of RFC 9923 for "foobar", 32 bits.
    assert_eq!(ViewId::new("foobar", [0; 16]).0.0[..4], [0xbf, 0x9c, 0xf9, 0x68]);
}

#[test]
fn a_name_has_1_to_200_bytes_without_control_characters() {
    let check = |name: &str, expected: Result<(), IdError>| {
        assert_eq!(check_name(name), expected, "{name:?}")
    };
    check("a", Ok(()));
    check(&"a".repeat(NAME_BYTES_MAX), Ok(()));
    check("Ünïcødé 映画 🎬", Ok(()));
    check("", Err(IdError::Empty));
    check(&"a".repeat(NAME_BYTES_MAX + 1), Err(IdError::Long));
    check(&"é".repeat(NAME_BYTES_MAX / 2 + 1), Err(IdError::Long));
    check("a\nb", Err(IdError::Control));
    check("a\u{7f}", Err(IdError::Control));
}

proptest! {
    #[test]
    fn an_id_survives_its_digits(bytes: [u8; 16]) {
        prop_assert_eq!(Id::parse(&Id(bytes).to_hex()), Ok(Id(bytes)));
    }
}

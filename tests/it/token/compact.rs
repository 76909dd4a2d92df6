use proptest::prelude::*;
use usher::token::compact::Compact;

#[test]
fn three_parts_are_decoded_and_the_message_is_what_is_signed() {
    let compact = Compact::split("YWI.Yw.ZGU").unwrap();
    assert_eq!(compact.message, "YWI.Yw");
    assert_eq!(
        (&compact.header[..], &compact.claims[..], &compact.signature[..]),
        (&b"ab"[..], &b"c"[..], &b"de"[..])
    );
    assert!(Compact::split("..").unwrap().signature.is_empty());
}

#[test]
fn bytes_have_one_form_only() {
    for text in [
        "",
        "YWI",
        "YWI.Yw",
        "YWI.Yw.ZGU.",
        ".YWI.Yw.ZGU",
        "YWI.Yw.ZGU=",
        "YWI.Yw==.ZGU",
        // The last letter has bits that no byte has.
        "YWJ.Yw.ZGU",
        "YWI.Yx.ZGU",
        "YWI.Yw.ZGV",
        "YWI.Y.ZGU",
        "YWI.Yw.ZG U",
        "YWI.Yw.ZGU\n",
        "YWI.Yw.+/+/",
        " YWI.Yw.ZGU",
    ] {
        assert_eq!(Compact::split(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_two_texts_have_the_same_parts(text in "[A-Za-z0-9_-]{0,6}\\.[A-Za-z0-9_-]{0,6}\\.[A-Za-z0-9_-]{0,6}") {
        use base64ct::{Base64UrlUnpadded, Encoding};
        if let Some(compact) = Compact::split(&text) {
            let parts = [compact.header, compact.claims, compact.signature];
            let again = parts.map(|part| Base64UrlUnpadded::encode_string(&part)).join(".");
            prop_assert_eq!(again, text);
        }
    }
}

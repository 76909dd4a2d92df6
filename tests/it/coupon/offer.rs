use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::coupon::offer::{
    HEADER, LEEWAY_SECONDS, LIFETIME_SECONDS_MAX, OFFER_BYTES_MAX, Offer, OfferError,
    UntrustedOffer,
};

/// 2026-11-22, in seconds.
const NOW: u64 = 1_795_305_600;

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn header(kid: &str) -> String {
    format!("{}{kid}{}", HEADER.0, HEADER.1)
}

/// The form of an offer; what a signature is of is the host's to say, so that any 64 bytes do here.
fn offer(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()), encode(&[7; 64]))
}

fn claims() -> Value {
    json!({ "iss": "demo", "iat": NOW, "exp": NOW + 3600, "coupon": { "id": "c" }, "code": "SUMMER" })
}

fn read(text: &str) -> Result<Offer, OfferError> {
    UntrustedOffer::parse(text)?.verify(true)?.check("demo", NOW)
}

#[test]
fn an_offer_names_its_key_and_what_is_signed() {
    let text = offer(&header("k-1"), &claims().to_string());
    let untrusted = UntrustedOffer::parse(&text).unwrap();
    assert_eq!(untrusted.kid(), "k-1");
    assert_eq!(untrusted.message(), text.rsplit_once('.').unwrap().0);
    assert_eq!(untrusted.signature(), [7; 64]);
    assert_eq!(untrusted.verify(false).unwrap_err(), OfferError::Signature);
    let offer = read(&text).unwrap();
    assert_eq!(offer.expires_seconds(), NOW + 3600);
    assert_eq!(serde_json::from_str::<Value>(offer.json()).unwrap(), claims());
}

#[test]
fn every_other_header_is_refused_before_its_signature_is_looked_at() {
    let good = header("k1");
    for header in [
        r#"{"alg":"none","typ":"usher-offer+jwt","kid":"k1"}"#,
        r#"{"alg":"nOnE","typ":"usher-offer+jwt","kid":"k1"}"#,
        r#"{"alg":"HS256","typ":"usher-offer+jwt","kid":"k1"}"#,
        r#"{"alg":"Ed25519","typ":"usher-offer+jwt","kid":"k1"}"#,
        r#"{"alg":"EdDSA","typ":"JWT","kid":"k1"}"#,
        r#"{"alg":"EdDSA","typ":"usher-offer+jwt"}"#,
        r#"{"alg":"EdDSA","typ":"usher-offer+jwt","kid":"k1","jwk":{"kty":"OKP"}}"#,
        r#"{"alg":"EdDSA","typ":"usher-offer+jwt","kid":"k1","crit":["exp"]}"#,
        r#"{"alg":"EdDSA","typ":"usher-offer+jwt","kid":"k1","kid":"k2"}"#,
        r#"{"alg":"none","alg":"EdDSA","typ":"usher-offer+jwt","kid":"k1"}"#,
        r#"{"typ":"usher-offer+jwt","alg":"EdDSA","kid":"k1"}"#,
        r#"{"alg":"EdDSA","typ":"usher-offer+jwt","kid":"k1","b64":false}"#,
        r#"{"alg":"EdDSA","typ":"usher-offer+jwt","kid":["k1"]}"#,
        "{}",
        "[]",
        "",
        &format!("{good} "),
        &format!(" {good}"),
        &format!("{good}{good}"),
        &format!("{good}\u{0}"),
    ] {
        let text = offer(header, &claims().to_string());
        assert_eq!(UntrustedOffer::parse(&text).unwrap_err(), OfferError::Header, "{header}");
    }
    let bytes = format!("{}.e30.{}", encode(&[0xff, 0xfe]), encode(&[7; 64]));
    assert_eq!(UntrustedOffer::parse(&bytes).unwrap_err(), OfferError::Header);
}

#[test]
fn another_form_is_refused_before_its_signature_is_looked_at() {
    let good = offer(&header("k1"), &claims().to_string());
    let (message, signature) = good.rsplit_once('.').unwrap();
    let check = |text: &str, expected| {
        assert_eq!(UntrustedOffer::parse(text).unwrap_err(), expected, "{text}");
    };
    for text in
        ["", ".", "..", "...", message, &good[1..], &format!("{good}."), &format!("{good}=")]
    {
        check(text, OfferError::Parts);
    }
    check(&format!("{message}."), OfferError::Parts);
    check(&format!("{message}.{}", encode(&[7; 63])), OfferError::Parts);
    check(&format!("{message}.{}", encode(&[7; 65])), OfferError::Parts);
    check(&format!("{good}\n"), OfferError::Parts);
    check(&format!("{good}A"), OfferError::Parts);
    // The same bytes with other bits behind the last one.
    let last = signature.chars().last().unwrap();
    let other = char::from(u32::from(last).to_le_bytes()[0] + 1);
    check(&format!("{}{other}", &good[..good.len() - 1]), OfferError::Parts);
    let long = "A".repeat(OFFER_BYTES_MAX + 1);
    check(&long, OfferError::Long);
    check(&long[1..], OfferError::Parts);
}

#[test]
fn claims_that_do_not_hold_are_told_by_their_fault() {
    let check = |change: &dyn Fn(&mut Value), expected: OfferError| {
        let mut claims = claims();
        change(&mut claims);
        let text = offer(&header("k1"), &claims.to_string());
        assert_eq!(read(&text).err(), Some(expected), "{claims}");
    };
    for key in ["iss", "iat", "exp", "coupon"] {
        check(&|c| drop(c.as_object_mut().unwrap().remove(key)), OfferError::Claims);
        check(&|c| c[key] = Value::Null, OfferError::Claims);
    }
    check(&|c| c["iss"] = json!(["demo"]), OfferError::Claims);
    check(&|c| c["exp"] = json!(1.5), OfferError::Claims);
    check(&|c| c["iat"] = json!(-1), OfferError::Claims);
    check(&|c| c["iss"] = "Demo".into(), OfferError::Audience);
    check(&|c| c["exp"] = NOW.into(), OfferError::Lifetime);
    check(&|c| c["exp"] = (NOW + LIFETIME_SECONDS_MAX + 1).into(), OfferError::Lifetime);
    check(&|c| c["exp"] = u64::MAX.into(), OfferError::Lifetime);
    for json in ["", "null", "[]", r#"{"iss":"demo","iss":"demo"}"#] {
        assert_eq!(read(&offer(&header("k1"), json)).err(), Some(OfferError::Claims), "{json}");
    }
}

#[test]
fn an_offer_holds_from_its_first_to_its_last_second_with_a_minute_of_leeway() {
    let text = offer(&header("k1"), &claims().to_string());
    let check = |now: u64, expected: Option<OfferError>| {
        let signed = UntrustedOffer::parse(&text).unwrap().verify(true).unwrap();
        assert_eq!(signed.check("demo", now).err(), expected, "{now}");
    };
    check(0, Some(OfferError::Early));
    check(NOW - LEEWAY_SECONDS - 1, Some(OfferError::Early));
    check(NOW - LEEWAY_SECONDS, None);
    check(NOW + 3600 + LEEWAY_SECONDS - 1, None);
    check(NOW + 3600 + LEEWAY_SECONDS, Some(OfferError::Expired));
    check(u64::MAX, Some(OfferError::Expired));
}

proptest! {
    #[test]
    fn no_text_is_an_offer(text in "\\PC{0,200}") {
        prop_assert!(UntrustedOffer::parse(&text).is_err());
    }

    #[test]
    fn no_two_texts_are_one_offer(at: prop::sample::Index, letter in "[A-Za-z0-9_.=-]") {
        let good = offer(&header("k1"), &claims().to_string());
        let at = at.index(good.len());
        let changed = format!("{}{letter}{}", &good[..at], &good[at + 1..]);
        // What is parsed of another text is another message or signature: the host refuses it.
        if let Ok(parsed) = UntrustedOffer::parse(&changed) {
            let same = UntrustedOffer::parse(&good).unwrap();
            let is_same = (parsed.message(), parsed.signature()) == (same.message(), same.signature());
            prop_assert_eq!(is_same, changed == good);
        }
    }

    #[test]
    fn signed_claims_never_panic(claims in "\\PC{0,200}") {
        prop_assert!(read(&offer(&header("k1"), &claims)).is_err());
    }
}

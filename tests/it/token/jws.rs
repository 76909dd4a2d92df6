use super::{keyset_of, part, ring, signed, vectors};
use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use usher::token::fault::Step;
use usher::token::jws;
use usher::token::keyset::Keyset;
use usher::token::signed::Verified;

fn keyset() -> Keyset {
    Keyset::parse(&keyset_of("k1", "HS256", &[1; 32])).unwrap()
}

fn read(text: &str) -> Result<Verified, Step> {
    let keys = keyset();
    let token = jws::parse(text).map_err(|fault| fault.step)?;
    let key = token.key(&keys, 0).map_err(|fault| fault.step)?;
    token.verify(key, false).map_err(|fault| fault.step)
}

fn check(header: &str, expected: Result<(), Step>) {
    let text = signed(header, r#"{"a":1}"#, &ring());
    assert_eq!(read(&text).map(|_| ()), expected, "{header}");
}

#[test]
fn what_is_signed_is_told_as_it_is() {
    let text = signed(super::HEADER, r#"{"a":1}"#, &ring());
    assert_eq!(read(&text).unwrap().payload, br#"{"a":1}"#);
    // No claims at all may be signed too.
    assert_eq!(read(&signed(super::HEADER, "", &ring())).unwrap().payload, b"");
}

#[test]
fn a_header_that_says_anything_else_is_refused() {
    check(r#"{"alg":"HS256"}"#, Ok(()));
    check(r#"{"kid":"k1","alg":"HS256","cty":"x","typ":"at+jwt"}"#, Ok(()));
    check("{ \"alg\" : \"HS256\",\r\n\t\"kid\":\"k1\" }", Ok(()));
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"nOnE"}"#,
        r#"{"alg":""}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":null}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"kid":"k1"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","\u0061lg":"HS256"}"#,
        r#"{"alg":"HS256","kid":null}"#,
        r#"{"alg":"HS256","kid":1}"#,
        r#"{"alg":"HS256","kid":"k1","kid":"k1"}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","jwk":{}}"#,
        r#"{"alg":"HS256","jku":"https://evil.example"}"#,
        r#"{"alg":"HS256","x5u":"https://evil.example"}"#,
        r#"{"alg":"HS256","x5c":[]}"#,
        r#"{"alg":"HS256","x5t":"x"}"#,
        r#"{"alg":"HS256","b64":false}"#,
        r#"{"alg":"HS256","zip":"DEF"}"#,
        r#"{"alg":"HS256","enc":"A128GCM"}"#,
        r#"{"alg":"HS256"} {}"#,
        r#"{"alg":"HS256""#,
        r#"["HS256"]"#,
        "\u{feff}{\"alg\":\"HS256\"}",
        "",
    ] {
        check(header, Err(Step::Header));
    }
    check(r#"{"alg":"HS256","kid":"k2"}"#, Err(Step::Key));
    check(r#"{"alg":"EdDSA","kid":"k1"}"#, Err(Step::Key));
    check(r#"{"alg":"ES256"}"#, Err(Step::Key));
}

#[test]
fn what_is_no_compact_form_is_refused_before_it_is_read() {
    let good = signed(super::HEADER, r#"{"a":1}"#, &ring());
    let check = |text: &str, expected| assert_eq!(read(text).unwrap_err(), expected, "{text}");
    for text in ["", ".", "..", "a.b", "a.b.c.d", &format!("{good}."), &format!(".{good}")] {
        let step = if text == ".." { Step::Header } else { Step::Malformed };
        check(text, step);
    }
    check(&format!("{good}="), Step::Malformed);
    check(&format!("{good} "), Step::Malformed);
    check(&good.replacen('e', "+", 1), Step::Malformed);
    let header = part(super::HEADER);
    check(&good.replacen(&header, &format!("{header}=="), 1), Step::Malformed);
    // A byte more than a token may have, and exactly as many.
    let long = |length: usize| {
        let rest = 4096 - header.len() - 45;
        signed(super::HEADER, &"x".repeat(rest / 4 * 3 + length), &ring())
    };
    let (fits, over) = (long(0), long(3));
    assert!(fits.len() <= 4096 && over.len() > 4096);
    assert!(read(&fits).is_ok());
    check(&over, Step::Malformed);
}

#[test]
fn every_attack_is_refused_whatever_the_host_says_of_its_key() {
    for vector in vectors("jose/attacks.json")["vectors"].as_array().unwrap() {
        let jwk = &vector["jwk"];
        let decoded =
            |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str().unwrap()).unwrap();
        let keys = if jwk["kty"] == "EC" {
            keyset_of("k", "ES256", &[vec![4], decoded("x"), decoded("y")].concat())
        } else {
            keyset_of("k", "EdDSA", &decoded("x"))
        };
        let keys = Keyset::parse(&keys).unwrap();
        let text = vector["jws"].as_str().unwrap();
        let read = jws::parse(text).and_then(|token| token.key(&keys, 0).map(|_| ()));
        assert!(read.is_err(), "{}", vector["comment"]);
    }
}

#[test]
fn a_public_key_has_signed_only_if_the_host_says_so() {
    let keys = Keyset::parse(&keyset_of("k1", "EdDSA", &[1; 32])).unwrap();
    let signature = Base64UrlUnpadded::encode_string(&[7; 64]);
    let message = format!("{}.{}", part(r#"{"alg":"EdDSA","kid":"k1"}"#), part("x"));
    let text = format!("{message}.{signature}");
    for by_host in [false, true] {
        let token = jws::parse(&text).unwrap();
        assert_eq!((token.message.as_slice(), token.signature.len()), (message.as_bytes(), 64));
        let key = token.key(&keys, 0).unwrap();
        assert_eq!(token.verify(key, by_host).is_ok(), by_host);
    }
    // What the host says of a secret is nothing.
    let forged = format!(
        "{}.{}.{}",
        part(super::HEADER),
        part("x"),
        part("not the signature of 32 bytes....")
    );
    let secrets = keyset();
    let token = jws::parse(&forged).unwrap();
    assert_eq!(token.key(&secrets, 0).map(|_| ()).unwrap_err().step, Step::Signature);
    let short = format!(
        "{}.{}.{}",
        part(super::HEADER),
        part("x"),
        part("not the signature, of 32 bytes..")
    );
    let token = jws::parse(&short).unwrap();
    let key = token.key(&secrets, 0).unwrap();
    assert_eq!(token.verify(key, true).unwrap_err().step, Step::Signature);
}

proptest! {
    #[test]
    fn a_flipped_bit_is_refused_wherever_it_is(place in 0_usize..97, bit in 0_u8..8) {
        let good = signed(super::HEADER, r#"{"a":"some claims"}"#, &ring());
        let mut bytes = good.clone().into_bytes();
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert!(read(&text).is_err(), "{}", text);
        }
    }

    #[test]
    fn what_is_cut_off_or_added_is_refused(cut in 1_usize..60, more in "[A-Za-z0-9_.=-]{1,8}") {
        let good = signed(super::HEADER, r#"{"a":"some claims"}"#, &ring());
        prop_assert!(read(&good[..good.len() - cut]).is_err());
        prop_assert!(read(&good[cut..]).is_err());
        let (behind, before) = (format!("{good}{more}"), format!("{more}{good}"));
        prop_assert!(read(&behind).is_err());
        prop_assert!(read(&before).is_err());
    }

    #[test]
    fn no_text_is_too_much(text in ".{0,300}") {
        prop_assert!(read(&text).is_err());
    }
}

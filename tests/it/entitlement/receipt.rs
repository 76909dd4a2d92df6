use base64ct::{Base64UrlUnpadded, Encoding};
use usher::base::refusal::Code;
use usher::entitlement::receipt::{CLAIMS_BYTES_MAX, check, make};
use usher::token::keyring::Keyring;

/// 32 bytes of `a`, and of `b`.
const KEYS: &str = "new:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE,old:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI";

fn part(text: &str, place: usize) -> String {
    let part = text.split('.').nth(place).unwrap();
    String::from_utf8(Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

#[test]
fn a_receipt_holds_the_claims_as_they_were_given_signed_by_the_first_key() {
    let claims = r#"{"previous":null,"decision":{"allow":true}}"#;
    let receipt = make(KEYS, claims).unwrap().receipt;
    assert_eq!(part(&receipt, 0), r#"{"alg":"HS256","typ":"receipt","kid":"new"}"#);
    assert_eq!(part(&receipt, 1), claims);
    let (message, signature) = receipt.rsplit_once('.').unwrap();
    let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let keys = Keyring::parse(KEYS).unwrap();
    assert_eq!(keys.verify("new", message.as_bytes(), &signature), Some(true));
    assert_eq!(keys.verify("old", message.as_bytes(), &signature), Some(false));
}

#[test]
fn the_digest_is_that_of_the_whole_receipt() {
    let [one, other] = ["{}", "[]"].map(|claims| make(KEYS, claims).unwrap());
    assert_eq!(one, make(KEYS, "{}").unwrap());
    assert_ne!(one.digest, other.digest);
    assert_eq!(Base64UrlUnpadded::decode_vec(&one.digest).unwrap().len(), 32);
}

#[test]
fn what_cannot_be_signed_is_refused() {
    for keys in ["", "new", "new:c2hvcnQ"] {
        let refusal = make(keys, "{}").unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::NotConfigured, Some("RECEIPT_KEYS"))
        );
    }
    let longest = " ".repeat(CLAIMS_BYTES_MAX);
    assert!(make(KEYS, &longest).unwrap().receipt.len() <= 4096);
    let refusal = make(KEYS, &format!("{longest} ")).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (Code::TooMany, Some("claims")));
}

#[test]
fn a_receipt_is_checked_by_any_key_of_the_ring() {
    let claims = r#"{"previous":null,"decision":{"allow":true}}"#;
    let (new, old) = KEYS.split_once(',').unwrap();
    for keys in [KEYS, old] {
        let made = make(keys, claims).unwrap();
        assert_eq!(check(KEYS, &made.receipt), Ok((claims.to_owned(), made.digest)));
    }
    let made = make(old, claims).unwrap().receipt;
    assert_eq!(check(new, &made).unwrap_err().code, Code::TokenInvalid);
    assert_eq!(check("", &made).unwrap_err().code, Code::NotConfigured);
}

#[test]
fn nothing_but_what_was_signed_as_a_receipt_is_one() {
    let keys = Keyring::parse(KEYS).unwrap();
    let made = make(KEYS, "{}").unwrap().receipt;
    let session = usher::token::session::compact(&keys, "JWT", "{}").unwrap();
    let (message, signature) = made.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let other = Base64UrlUnpadded::encode_string(b"{\"a\":1}");
    let wrong = [
        String::new(),
        session,
        message.to_owned(),
        format!("{message}."),
        format!("{header}.{other}.{signature}"),
        format!("{made}A"),
        format!("{made}="),
        format!(" {made}"),
    ];
    for receipt in wrong {
        let refusal = check(KEYS, &receipt).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::TokenInvalid, Some("receipt")));
    }
    for place in 0..made.len() {
        let mut bytes = made.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        assert!(check(KEYS, &String::from_utf8(bytes).unwrap()).is_err(), "{place}");
    }
}

use super::keys;
use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use usher::token::keyring::{KEYS_MAX, Keyring, KeyringError};

/// RFC 7515, appendix A.1.
const RFC_KEY: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
const RFC_MESSAGE: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RFC_SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[test]
fn the_signature_of_rfc_7515_is_ours() {
    let ring = Keyring::parse(&format!("rfc:{RFC_KEY}")).unwrap();
    let signature = Base64UrlUnpadded::decode_vec(RFC_SIGNATURE).unwrap();
    assert_eq!(ring.sign(RFC_MESSAGE.as_bytes()).unwrap().as_slice(), signature);
    assert_eq!(ring.verify("rfc", RFC_MESSAGE.as_bytes(), &signature), Some(true));
}

#[test]
fn a_signature_that_is_cut_or_changed_is_none() {
    let ring = Keyring::parse(&format!("rfc:{RFC_KEY}")).unwrap();
    let signature = Base64UrlUnpadded::decode_vec(RFC_SIGNATURE).unwrap();
    let check = |signature: &[u8]| ring.verify("rfc", RFC_MESSAGE.as_bytes(), signature);
    assert_eq!(check(&signature[..31]), Some(false));
    assert_eq!(check(&[]), Some(false));
    assert_eq!(check(&[signature.clone(), vec![0]].concat()), Some(false));
    for index in 0..signature.len() {
        let mut changed = signature.clone();
        changed[index] ^= 1;
        assert_eq!(check(&changed), Some(false));
    }
    assert_eq!(ring.verify("other", RFC_MESSAGE.as_bytes(), &signature), None);
}

#[test]
fn the_first_key_signs_and_all_verify() {
    let (old, new) = (keys("old", 1), keys("new", 2));
    let before = Keyring::parse(&old).unwrap();
    let both = Keyring::parse(&format!(" {new} , {old} ")).unwrap();
    let after = Keyring::parse(&new).unwrap();
    let signature = before.sign(b"message").unwrap();
    assert_eq!(both.signing_kid(), "new");
    assert_eq!(both.verify("old", b"message", &signature), Some(true));
    assert_eq!(both.verify("new", b"message", &signature), Some(false));
    assert_eq!(after.verify("old", b"message", &signature), None);
}

#[test]
fn what_is_no_keyring_is_told_by_its_fault() {
    let check = |text: &str, expected| {
        assert_eq!(Keyring::parse(text).err(), Some(expected), "{text}");
    };
    let short = Base64UrlUnpadded::encode_string(&[1; 31]);
    check("", KeyringError::Empty);
    check("  ", KeyringError::Empty);
    check("key", KeyringError::Name);
    check(&format!("{},", keys("a", 1)), KeyringError::Name);
    check(&keys("", 1), KeyringError::Name);
    check(&keys("a\"b", 1), KeyringError::Name);
    check(&keys(&"a".repeat(65), 1), KeyringError::Name);
    check(&format!("{},{}", keys("a", 1), keys("a", 2)), KeyringError::Twice);
    check(&format!("a:{short}"), KeyringError::Key);
    check("a:not base64!", KeyringError::Key);
    check(&format!("a:{}=", &keys("", 1)[1..]), KeyringError::Key);
    let many = |count: usize| {
        (0..count).map(|index| keys(&index.to_string(), 1)).collect::<Vec<_>>().join(",")
    };
    assert!(Keyring::parse(&many(KEYS_MAX)).is_ok());
    check(&many(KEYS_MAX + 1), KeyringError::Many);
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a-z:,_=-]{0,90}") {
        let _ = Keyring::parse(&text);
    }
}

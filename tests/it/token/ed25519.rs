use super::keys;
use usher::base::refusal::Code;
use usher::token::ed25519::{public_key, signing_key};

#[test]
fn the_first_key_signs_in_the_form_of_rfc_8410() {
    let key = signing_key(Some(&format!("{},{}", keys("k2", 7), keys("k1", 1)))).unwrap();
    assert_eq!(key.kid, "k2");
    assert_eq!(key.pkcs8.len(), 48);
    assert_eq!(key.pkcs8[..2], [0x30, 0x2e]);
    assert_eq!(key.pkcs8[16..], [7; 32]);
}

#[test]
fn a_signing_key_that_is_none_is_told_without_a_part_of_it() {
    let long = keys("k", 9).replace("k:", "k:AAAA");
    for setting in [None, Some(""), Some(" "), Some("k1"), Some("k1:AAAA"), Some(long.as_str())] {
        let refusal = signing_key(setting).unwrap_err();
        assert_eq!(refusal.code, Code::NotConfigured, "{setting:?}");
        assert!(!refusal.message.contains("AAAA"));
    }
}

#[test]
fn a_name_has_exactly_one_public_key() {
    let list = format!("{},{}", keys("k1", 1), keys("k2", 2));
    assert_eq!(public_key(Some(&list), "k1").unwrap(), [1; 32]);
    assert_eq!(public_key(Some(&list), "k2").unwrap(), [2; 32]);
    let check = |setting: Option<&str>, kid: &str, expected| {
        assert_eq!(public_key(setting, kid).unwrap_err().code, expected, "{setting:?} {kid}");
    };
    check(Some(&list), "k3", Code::TokenInvalid);
    check(Some(&list), "", Code::TokenInvalid);
    check(None, "k1", Code::NotConfigured);
    check(Some(&format!("{list},{}", keys("k1", 3))), "k1", Code::NotConfigured);
    // Longer than a public key is.
    check(Some(&keys("k1", 9).replace("k1:", "k1:AAAA")), "k1", Code::TokenInvalid);
}

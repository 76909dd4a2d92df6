use super::keys;
use usher::base::refusal::Code;
use usher::token::signing::{SigningAlgorithm, signing_keys};

#[test]
fn keys_are_told_in_order_in_the_form_of_rfc_8410() {
    let setting = format!("{},{}", keys("k2", 7), keys("k1", 1));
    let keys = signing_keys("KEYS", Some(&setting)).unwrap();
    assert_eq!(keys.iter().map(|key| key.kid.as_str()).collect::<Vec<_>>(), ["k2", "k1"]);
    assert_eq!(keys[0].alg, SigningAlgorithm::EdDsa);
    assert_eq!(keys[0].pkcs8.len(), 48);
    assert_eq!(keys[0].pkcs8[..2], [0x30, 0x2e]);
    assert_eq!(keys[0].pkcs8[16..], [7; 32]);
}

#[test]
fn a_key_of_p_256_says_so_and_is_taken_as_it_is() {
    let marked = keys("k1", 1).replace("k1:", "k1:ES256:");
    let keys = signing_keys("KEYS", Some(&format!("{},{marked}", keys("k2", 7)))).unwrap();
    let algorithms: Vec<_> = keys.iter().map(|key| key.alg).collect();
    assert_eq!(algorithms, [SigningAlgorithm::EdDsa, SigningAlgorithm::Es256]);
    assert_eq!(keys[1].pkcs8, [1; 32]);
}

#[test]
fn a_key_that_is_none_is_told_without_a_part_of_it() {
    let long = keys("k", 9).replace("k:", "k:AAAA");
    let other = keys("k", 9).replace("k:", "k:RS256:");
    let twice = format!("{},{}", keys("k", 1), keys("k", 2).replace("k:", "k:ES256:"));
    for setting in [
        None,
        Some(""),
        Some(" "),
        Some("k1"),
        Some("k1:AAAA"),
        Some("k1:ES256:AAAA"),
        Some(long.as_str()),
        Some(other.as_str()),
        Some(twice.as_str()),
    ] {
        let refusal = signing_keys("KEYS", setting).unwrap_err();
        assert_eq!(refusal.code, Code::NotConfigured, "{setting:?}");
        assert!(refusal.message.contains("`KEYS`") && !refusal.message.contains("AAAA"));
    }
}

use super::keys;
use usher::base::refusal::Code;
use usher::token::ed25519::public_key;

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

use usher::base::refusal::Code;
use usher::token::operator::check;

const KEY: &str = "0123456789abcdef";

#[test]
fn only_the_operators_key_opens() {
    let code = |header: Option<&str>, key| check(header, key).err().map(|refusal| refusal.code);
    assert_eq!(code(Some("Bearer 0123456789abcdef"), Some(KEY)), None);
    assert_eq!(code(Some("bearer  0123456789abcdef "), Some(KEY)), None);
    let missing = Some(Code::OperatorKeyMissing);
    assert_eq!(code(None, Some(KEY)), missing);
    assert_eq!(code(Some(""), Some(KEY)), missing);
    assert_eq!(code(Some(KEY), Some(KEY)), missing);
    assert_eq!(code(Some("Basic 0123456789abcdef"), Some(KEY)), missing);
    let invalid = Some(Code::OperatorKeyInvalid);
    for given in ["", "0123456789abcde", "0123456789abcdeg", "0123456789abcdef0", "\u{0}", "ключ"]
    {
        assert_eq!(code(Some(&format!("Bearer {given}")), Some(KEY)), invalid, "{given}");
    }
    let unset = Some(Code::NotConfigured);
    assert_eq!(code(Some("Bearer x"), None), unset);
    assert_eq!(code(Some("Bearer "), Some("")), unset);
    assert_eq!(code(Some("Bearer 0123456789abcde"), Some("0123456789abcde")), unset);
}

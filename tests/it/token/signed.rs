use super::{keyset_of, ring, signed};
use usher::token::fault::Step;
use usher::token::jws;
use usher::token::keyset::Keyset;

#[test]
fn a_key_that_is_not_valid_now_has_signed_nothing() {
    let text = serde_json::json!({ "keys": [
        { "kid": "k1", "alg": "HS256", "key": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "from": 10, "to": 20 },
    ] });
    let keys = Keyset::parse(&text.to_string()).unwrap();
    let text = signed(super::HEADER, "{}", &ring());
    let check = |now, expected: Option<Step>| {
        let token = jws::parse(&text).unwrap();
        assert_eq!(token.key(&keys, now).err().map(|fault| fault.step), expected, "{now}");
    };
    check(9, Some(Step::Key));
    check(10, None);
    check(19, None);
    check(20, Some(Step::Key));
}

#[test]
fn another_secret_of_the_same_name_has_signed_nothing() {
    let keys = Keyset::parse(&keyset_of("k1", "HS256", &[2; 32])).unwrap();
    let text = signed(super::HEADER, "{}", &ring());
    let token = jws::parse(&text).unwrap();
    let key = token.key(&keys, 0).unwrap();
    assert_eq!(token.verify(key, true).unwrap_err().step, Step::Signature);
}

use usher::base::refusal::Code;
use usher::token::sender::check;

const BATCH: Option<&str> = Some("key-of-the-senders");
const OPERATOR: Option<&str> = Some("key-of-the-operator");

#[test]
fn a_sender_shows_its_key_or_the_operators() {
    for header in
        ["Bearer key-of-the-senders", "bearer  key-of-the-senders ", "Bearer key-of-the-operator"]
    {
        assert_eq!(check(Some(header), BATCH, OPERATOR), Ok(()), "{header}");
    }
}

#[test]
fn anybody_may_send_where_no_key_is_set() {
    for key in [None, Some("")] {
        assert_eq!(check(None, key, OPERATOR), Ok(()));
        assert_eq!(check(Some("Bearer x"), key, OPERATOR), Ok(()));
    }
}

#[test]
fn another_header_is_refused() {
    let code = |header: Option<&str>, operator: Option<&str>| {
        let refusal = check(header, BATCH, operator).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some("Authorization"));
        refusal.code
    };
    for header in [None, Some(""), Some("key-of-the-senders"), Some("Basic key-of-the-senders")] {
        assert_eq!(code(header, OPERATOR), Code::BatchKeyMissing, "{header:?}");
    }
    for header in ["Bearer ", "Bearer x", "Bearer key-of-the-sender", "Bearer key-of-the-senders2"]
    {
        assert_eq!(code(Some(header), OPERATOR), Code::BatchKeyInvalid, "{header}");
    }
    for operator in [None, Some("")] {
        assert_eq!(code(Some("Bearer "), operator), Code::BatchKeyInvalid);
        assert_eq!(code(Some("Bearer key-of-the-operator"), operator), Code::BatchKeyInvalid);
    }
}

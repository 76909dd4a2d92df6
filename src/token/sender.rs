//! The key of those who send batches.

use super::operator::is_same;
use crate::base::refusal::{Code, Refusal};

/// Checks an `Authorization` header of a batch against the key of its senders; the operator's own programs
/// may send batches too. Without a key of the senders anybody may send.
///
/// # Errors
/// [`Code::BatchKeyMissing`] without a `Bearer` header, [`Code::BatchKeyInvalid`] for another key.
pub fn check(
    authorization: Option<&str>,
    batch_key: Option<&str>,
    operator_key: Option<&str>,
) -> Result<(), Refusal> {
    let Some(batch_key) = batch_key.filter(|key| !key.is_empty()) else { return Ok(()) };
    let refuse = |code, message| Err(Refusal::at(code, "Authorization", message));
    let bearer = authorization
        .and_then(|header| header.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, given)) = bearer else {
        return refuse(Code::BatchKeyMissing, "expected `Bearer` and the key of the sender");
    };
    let given = given.trim().as_bytes();
    let is_operator = operator_key
        .filter(|key| !key.is_empty())
        .is_some_and(|key| is_same(key.as_bytes(), given));
    if is_same(batch_key.as_bytes(), given) || is_operator {
        Ok(())
    } else {
        refuse(Code::BatchKeyInvalid, "expected the key of the sender")
    }
}

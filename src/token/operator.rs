//! The key of an operator's own programs.

use super::keyring::KeyedMac;
use crate::base::refusal::{Code, Refusal};

/// Fewest bytes of an operator key.
pub const OPERATOR_KEY_BYTES_MIN: usize = 16;

/// Checks an `Authorization` header against the operator key.
///
/// # Errors
/// [`Code::NotConfigured`] without a key of [`OPERATOR_KEY_BYTES_MIN`] bytes or more,
/// [`Code::OperatorKeyMissing`] without a `Bearer` header, [`Code::OperatorKeyInvalid`] for another key.
pub fn check(authorization: Option<&str>, key: Option<&str>) -> Result<(), Refusal> {
    let refuse = |code, message| Err(Refusal::at(code, "Authorization", message));
    let Some(key) = key.filter(|key| key.len() >= OPERATOR_KEY_BYTES_MIN) else {
        let message = "`OPERATOR_KEY` is not set, expected 16 bytes or more";
        return Err(Refusal::of(Code::NotConfigured, message));
    };
    let Some((scheme, given)) = authorization.and_then(|header| header.split_once(' ')) else {
        return refuse(Code::OperatorKeyMissing, "expected `Bearer` and the operator key");
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return refuse(Code::OperatorKeyMissing, "expected `Bearer` and the operator key");
    }
    if is_same(key.as_bytes(), given.trim().as_bytes()) {
        Ok(())
    } else {
        refuse(Code::OperatorKeyInvalid, "expected the operator key")
    }
}

/// Compares in a time that tells nothing of where they differ, nor how long the key is.
pub(super) fn is_same(key: &[u8], given: &[u8]) -> bool {
    let Some(mac) = KeyedMac::new(key) else { return false };
    // Nobody can choose a text of which the HMAC agrees in its first bytes.
    mac.of(key) == mac.of(given)
}

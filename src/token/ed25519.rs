//! The public keys of Ed25519 signatures. The host's WebCrypto verifies: a curve would be a third of the edge
//! build. See [`super::signing`] for those that sign.

use super::keyring::secrets;
use crate::base::refusal::{Code, Refusal};

/// Bytes of a public key, and of the seed that a private one is made of.
pub const KEY_BYTES: usize = 32;

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// The key of a name, out of `COUPON_PUBLIC_KEYS`: `kid:base64url[,kid:base64url...]`. To rotate, the public
/// key of the next is added here before it signs, and the old one is taken away when nothing that it has
/// signed is in use any more.
///
/// # Errors
/// [`Code::NotConfigured`] if it is not such a list, [`Code::TokenInvalid`] if no key has the name.
pub fn public_key(setting: Option<&str>, kid: &str) -> Result<Vec<u8>, Refusal> {
    let keys = secrets(setting.unwrap_or("")).map_err(|_| {
        let message = "`COUPON_PUBLIC_KEYS` is not `kid:base64url[,kid:base64url...]` of 32 bytes";
        Refusal::of(Code::NotConfigured, message)
    })?;
    let named = |(known, key): &(String, Vec<u8>)| known == kid && key.len() == KEY_BYTES;
    keys.into_iter()
        .find(named)
        .map(|(_, key)| key)
        .ok_or_else(|| Refusal::at(Code::TokenInvalid, "kid", "no key has the `kid`"))
}

//! The keys of Ed25519 signatures. The host's WebCrypto signs and verifies: a curve would be a third of the
//! edge build.

use super::keyring::{KeyringError, secrets};
use crate::base::refusal::{Code, Refusal};
use serde::Serialize;
use tsify::Tsify;

/// Bytes of a public key, and of the seed that a private one is made of.
pub const KEY_BYTES: usize = 32;

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// What stands before the seed in the form that WebCrypto reads private keys in.
///
/// Source: RFC 8410, section 7 (`OneAsymmetricKey` of `id-Ed25519`, in DER).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key that signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct SigningKey {
    /// Its name.
    pub kid: String,
    /// The key, as WebCrypto reads it.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub pkcs8: Vec<u8>,
}

/// The key that signs, out of `COUPON_SIGNING_KEY`: the first of `kid:base64url(seed)[,...]`.
///
/// # Errors
/// [`Code::NotConfigured`]; the message holds no part of a key.
pub fn signing_key(setting: Option<&str>) -> Result<SigningKey, Refusal> {
    let refuse = |message| Refusal::of(Code::NotConfigured, message);
    let keys = secrets(setting.unwrap_or("")).map_err(|error| {
        refuse(match error {
            KeyringError::Empty => "`COUPON_SIGNING_KEY` is not set",
            KeyringError::Many | KeyringError::Name | KeyringError::Twice | KeyringError::Key => {
                "`COUPON_SIGNING_KEY` is not `kid:base64url` of 32 bytes"
            }
        })
    })?;
    let first = keys.into_iter().next().filter(|(_, seed)| seed.len() == KEY_BYTES);
    let (kid, seed) =
        first.ok_or_else(|| refuse("a seed of `COUPON_SIGNING_KEY` is not of 32 bytes"))?;
    Ok(SigningKey { kid, pkcs8: [&PKCS8_PREFIX[..], &seed].concat() })
}

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

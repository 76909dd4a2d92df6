//! The private keys that sign what browsers and edges verify. The host's WebCrypto signs.

use super::ed25519::KEY_BYTES;
use super::keyring::secrets;
use crate::base::refusal::{Code, Refusal};
use serde::Serialize;
use tsify::Tsify;

/// What stands before the seed in the form that WebCrypto reads private keys in.
///
/// Source: RFC 8410, section 7 (`OneAsymmetricKey` of `id-Ed25519`, in DER).
const PKCS8_PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What stands between the name and the key of one that is not of Ed25519.
const ES256_MARK: &str = ":ES256:";

/// By what a key signs. It belongs to the key; nothing that comes with a message can choose another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Tsify)]
pub enum SigningAlgorithm {
    /// Ed25519 (RFC 8037).
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4).
    #[serde(rename = "ES256")]
    Es256,
}

/// A key that signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct SigningKey {
    /// Its name.
    pub kid: String,
    /// By what it signs.
    pub alg: SigningAlgorithm,
    /// The key, as WebCrypto reads it.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub pkcs8: Vec<u8>,
}

/// The keys of a setting, at least one, in order: the first signs. Each is `kid:base64url` of a seed of Ed25519, or
/// `kid:ES256:base64url` of a key of P-256 in PKCS #8.
///
/// # Errors
/// [`Code::NotConfigured`], with the name of the setting; the message holds no part of a key.
pub fn signing_keys(name: &str, setting: Option<&str>) -> Result<Vec<SigningKey>, Refusal> {
    let refuse = |what: &str| Refusal::of(Code::NotConfigured, format!("`{name}` is {what}"));
    let setting = setting.unwrap_or("");
    if setting.trim().is_empty() {
        return Err(refuse("not set"));
    }
    // Neither a name nor base64url has a colon.
    let keys = secrets(&setting.replace(ES256_MARK, ":"))
        .map_err(|_| refuse("not `kid:base64url[,...]` of 32 bytes each"))?;
    let key = |((kid, secret), part): ((String, Vec<u8>), &str)| {
        if part.contains(ES256_MARK) {
            return Ok(SigningKey { kid, alg: SigningAlgorithm::Es256, pkcs8: secret });
        }
        if secret.len() != KEY_BYTES {
            return Err(refuse("not `kid:base64url[,...]` of 32 bytes each"));
        }
        let pkcs8 = [&PKCS8_PREFIX[..], &secret].concat();
        Ok(SigningKey { kid, alg: SigningAlgorithm::EdDsa, pkcs8 })
    };
    keys.into_iter().zip(setting.split(',')).map(key).collect()
}

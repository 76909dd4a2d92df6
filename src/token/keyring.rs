//! The keys that sign and verify session tokens.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Fewest bytes of a key: as many as the hash has (RFC 7518, section 3.2).
pub const KEY_BYTES_MIN: usize = 32;

/// Keys at a time: a rotation needs two.
pub const KEYS_MAX: usize = 8;

/// Bytes of a key's name.
pub const KID_BYTES_MAX: usize = 64;

/// Why a text is no keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyringError {
    /// It names no key.
    Empty,
    /// It names more than [`KEYS_MAX`].
    Many,
    /// A part is not `kid:key`, with a name of 1 to [`KID_BYTES_MAX`] letters, digits, `-`, `_` or `.`.
    Name,
    /// Two keys have one name.
    Twice,
    /// A key is not base64url without padding of [`KEY_BYTES_MIN`] bytes or more.
    Key,
}

struct Key {
    kid: String,
    /// Has taken the secret, which is half the work on a short message.
    mac: KeyedMac,
}

/// A key that has been taken in, for any number of messages.
#[derive(Clone)]
pub struct KeyedMac(Hmac<Sha256>);

impl KeyedMac {
    /// Takes in a key of any length.
    #[inline(never)]
    pub(super) fn new(secret: &[u8]) -> Option<Self> {
        Hmac::<Sha256>::new_from_slice(secret).ok().map(Self)
    }

    /// The HMAC-SHA-256 of a message.
    // Inlined, it would be at every place a kilobyte and a half of copied states.
    #[inline(never)]
    #[must_use]
    pub fn of(&self, message: &[u8]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// Whether a signature is the HMAC-SHA-256 of a message. Takes the same time wherever it differs.
    #[must_use]
    pub fn has_made(&self, signature: &[u8], message: &[u8]) -> bool {
        let right = self.of(message);
        let differing =
            right.iter().zip(signature).fold(0, |bits, (one, other)| bits | (one ^ other));
        signature.len() == right.len() && differing == 0
    }
}

/// Keys by their names; the first signs, all verify. To rotate, a new one is put in front, and the old one
/// is taken away when the last token that it has signed is over.
pub struct Keyring {
    // INVARIANT (a key that signs): at least one.
    keys: Vec<Key>,
}

impl Keyring {
    /// Reads `kid:base64url[,kid:base64url...]`.
    ///
    /// # Errors
    /// [`KeyringError`]; none of them holds a part of a key.
    pub fn parse(text: &str) -> Result<Self, KeyringError> {
        let mut keys = Vec::new();
        for (kid, secret) in secrets(text)? {
            keys.push(Key { kid, mac: KeyedMac::new(&secret).ok_or(KeyringError::Key)? });
        }
        Ok(Self { keys })
    }

    /// The name of the key that signs.
    #[must_use]
    pub fn signing_kid(&self) -> &str {
        self.keys.first().map_or("", |key| &key.kid)
    }

    /// The keys by their names, in order, each taken in for any number of messages.
    pub fn macs(&self) -> impl Iterator<Item = (&str, KeyedMac)> {
        self.keys.iter().map(|key| (key.kid.as_str(), key.mac.clone()))
    }

    /// The signature of a message, by the first key.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Option<[u8; 32]> {
        Some(self.keys.first()?.mac.of(message))
    }

    /// Whether the key of this name has signed the message; none if there is no such key. Takes the same
    /// time wherever a signature differs.
    #[must_use]
    pub fn verify(&self, kid: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let key = self.keys.iter().find(|key| key.kid == kid)?;
        Some(key.mac.has_made(signature, message))
    }
}

/// The keys of a text by their names, each once, in order.
///
/// # Errors
/// [`KeyringError`]; none of them holds a part of a key.
pub(super) fn secrets(text: &str) -> Result<Vec<(String, Vec<u8>)>, KeyringError> {
    let mut keys: Vec<(String, Vec<u8>)> = Vec::new();
    if text.trim().is_empty() {
        return Err(KeyringError::Empty);
    }
    for part in text.split(',') {
        let (kid, secret) = part.trim().split_once(':').ok_or(KeyringError::Name)?;
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if kid.is_empty() || kid.len() > KID_BYTES_MAX || !kid.bytes().all(is_name) {
            return Err(KeyringError::Name);
        }
        if keys.iter().any(|(known, _)| known == kid) {
            return Err(KeyringError::Twice);
        }
        let secret = Base64UrlUnpadded::decode_vec(secret).map_err(|_| KeyringError::Key)?;
        if secret.len() < KEY_BYTES_MIN {
            return Err(KeyringError::Key);
        }
        keys.push((kid.to_owned(), secret));
    }
    if keys.len() > KEYS_MAX { Err(KeyringError::Many) } else { Ok(keys) }
}

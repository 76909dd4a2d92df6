//! The keys that verify tokens: public ones, and secrets where only the edge has them.

use super::algorithm::Algorithm;
use super::fault::{Fault, Step};
use super::keyring::{KID_BYTES_MAX, KeyedMac, secrets};
use crate::base::plain::failure::Failure;
use crate::base::plain::json;
use crate::base::plain::reader::Reader;
use crate::base::plain::values::Keys;
use crate::base::refusal::{Code, Refusal};
use base64ct::{Base64UrlUnpadded, Encoding};

/// Keys of a keyset: as many as a few years of rotation leave behind.
pub const KEYSET_KEYS_MAX: usize = 32;

/// A key, with the only algorithm that it is for.
#[derive(Clone)]
pub struct Key {
    /// Its name.
    pub kid: String,
    /// What it verifies.
    pub algorithm: Algorithm,
    /// As [`Algorithm::takes_key`] says.
    pub bytes: Vec<u8>,
    /// A secret that has been taken in.
    mac: Option<KeyedMac>,
    /// When it begins to verify, in seconds, UTC.
    from: u64,
    /// When it does so no longer.
    to: u64,
}

/// Keys by their names. To rotate, the next one is added before it signs, and the old one is given an end behind that
/// of the last token that it has signed.
#[derive(Clone)]
pub struct Keyset {
    // INVARIANT (one key a name): no two keys have the same `kid`.
    keys: Vec<Key>,
}

impl Keyset {
    /// Reads a keyset: `{ "keys": [{ "kid", "alg", "key", "from"?, "to"? }] }`, or secrets for HS256 as
    /// `kid:base64url[,kid:base64url...]`.
    ///
    /// # Errors
    /// A [`Refusal`] with the path of what is wrong; none of them holds a part of a key.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if !text.starts_with('{') {
            let message = "expected a keyset, or `kid:base64url[,...]` of 32 bytes or more";
            let secrets = secrets(text).map_err(|_| Refusal::of(Code::NotConfigured, message))?;
            let mut keys = Vec::new();
            for (kid, bytes) in secrets {
                let (from, to) = (0, u64::MAX);
                keys.push(Key::of(Key {
                    kid,
                    algorithm: Algorithm::Hs256,
                    bytes,
                    mac: None,
                    from,
                    to,
                }));
            }
            return Ok(Self { keys });
        }
        let mut set = Self { keys: Vec::new() };
        json::read_by(text.as_bytes(), &mut |reader| {
            reader.fields(&KEYSET, &mut |reader, _| reader.items(&mut |reader| set.push(reader)))
        })?;
        Ok(set)
    }

    #[inline(never)]
    fn push(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        let key = Key::read(reader)?;
        // INVARIANT (one key a name)
        let is_known = self.keys.iter().any(|known| known.kid == key.kid);
        if is_known || self.keys.len() >= KEYSET_KEYS_MAX {
            return Err(invalid("expected at most 32 keys, each with its own `kid`"));
        }
        self.keys.push(key);
        Ok(())
    }

    /// The one key that a token names, if it is for the algorithm that the token names. A token without a name has the
    /// only key that there is.
    ///
    /// # Errors
    /// A [`Fault`] of the step `key`.
    pub fn key(&self, kid: Option<&[u8]>, algorithm: Algorithm, now: u64) -> Result<&Key, Fault> {
        let key = match kid {
            Some(kid) => self.keys.iter().find(|key| key.kid.as_bytes() == kid),
            None if self.keys.len() == 1 => self.keys.first(),
            None => None,
        };
        match key {
            None => Fault::at(Step::Key, "a `kid` of the keyset"),
            Some(key) if key.algorithm != algorithm => {
                Fault::at(Step::Key, "the algorithm of the key")
            }
            Some(key) if now < key.from || now >= key.to => {
                Fault::at(Step::Key, "a key that is valid now")
            }
            Some(key) => Ok(key),
        }
    }

    /// The first secret that is valid now: it makes tokens.
    #[must_use]
    pub fn secret(&self, now: u64) -> Option<&Key> {
        self.keys.iter().find(|key| key.mac.is_some() && (key.from..key.to).contains(&now))
    }
}

impl Key {
    fn of(mut self) -> Self {
        if self.algorithm == Algorithm::Hs256 {
            self.mac = KeyedMac::new(&self.bytes);
        }
        self
    }

    #[inline(never)]
    fn read(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let mut parts = Parts::default();
        reader.fields(&KEY, &mut |reader, place| parts.read(reader, place))?;
        let Parts { texts: [kid, algorithm, key], times: [from, to] } = parts;
        let (from, to) = (from.unwrap_or(0), to.unwrap_or(u64::MAX));
        let bytes = Base64UrlUnpadded::decode_vec(&key).unwrap_or_default();
        match Algorithm::of_name(&algorithm).filter(|algorithm| algorithm.takes_key(&bytes)) {
            Some(algorithm) if !kid.is_empty() && kid.len() <= KID_BYTES_MAX && from < to => {
                Ok(Self::of(Self { kid, algorithm, bytes, mac: None, from, to }))
            }
            _ => {
                Err(invalid("expected a `kid`, a known `alg`, a `key` for it, `from` before `to`"))
            }
        }
    }

    /// The HMAC-SHA-256 of a message; none of a key that is not for that.
    #[must_use]
    pub fn mac_of(&self, message: &[u8]) -> Option<[u8; 32]> {
        Some(self.mac.as_ref()?.of(message))
    }

    /// Whether a secret has signed a message; none of a public key, which the host judges.
    pub(super) fn has_signed(&self, signature: &[u8], message: &[u8]) -> Option<bool> {
        Some(self.mac.as_ref()?.has_made(signature, message))
    }
}

/// A key as it is read, in the order of [`KEY`].
#[derive(Default)]
struct Parts {
    texts: [String; 3],
    times: [Option<u64>; 2],
}

impl Parts {
    #[inline(never)]
    fn read(&mut self, reader: &mut Reader<'_>, place: usize) -> Result<(), Failure> {
        if let Some(text) = self.texts.get_mut(place) {
            *text = reader.string()?;
        } else if let Some(time) = self.times.get_mut(place.wrapping_sub(3)) {
            *time = reader.optional_whole()?;
        }
        Ok(())
    }
}

#[inline(never)]
fn invalid(message: &str) -> Failure {
    Failure::of(Code::InvalidValue, message)
}

const KEYSET: Keys = Keys { known: &["keys"], needed: 1, is_closed: false };

/// In the order of [`Key::read`].
const KEY: Keys = Keys { known: &["kid", "alg", "key", "from", "to"], needed: 3, is_closed: true };

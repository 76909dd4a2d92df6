//! Tokens between the parser and the judge: from what anybody may have written to what a key has signed.

use super::algorithm::Algorithm;
use super::fault::{Fault, Step};
use super::keyset::{Key, Keyset};

/// Bytes of a token.
pub const TOKEN_BYTES_MAX: usize = 4 * 1024;

/// A token as it came: nothing of it is believed yet.
#[derive(Debug)]
pub struct Untrusted {
    /// How it says it is signed; the key has to say the same.
    pub(super) algorithm: Algorithm,
    /// The key that it names.
    pub(super) kid: Option<Vec<u8>>,
    /// Whether it says that it is a JWT.
    pub(super) is_jwt: bool,
    /// What is signed.
    pub message: Vec<u8>,
    /// By this.
    pub signature: Vec<u8>,
    pub(super) payload: Vec<u8>,
}

/// What one of the keys has signed; whether it holds here and now is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What is signed.
    pub payload: Vec<u8>,
    /// Whether it is a JWT that names its key.
    pub(super) is_jwt: bool,
}

impl Untrusted {
    /// The one key that may have signed it.
    ///
    /// # Errors
    /// A [`Fault`] of the steps `key` and `signature`.
    #[inline(never)]
    pub fn key<'k>(&self, keys: &'k Keyset, now: u64) -> Result<&'k Key, Fault> {
        let key = keys.key(self.kid.as_deref(), self.algorithm, now)?;
        if self.algorithm.has_signatures_of(self.signature.len()) {
            return Ok(key);
        }
        Fault::at(Step::Signature, "another signature")
    }

    /// What is signed, if it is by [`Self::key`]: by a secret, or by a public key as the host says.
    ///
    /// # Errors
    /// A [`Fault`] of the step `signature`.
    #[inline(never)]
    pub fn verify(self, key: &Key, by_host: bool) -> Result<Verified, Fault> {
        if key.has_signed(&self.signature, &self.message).unwrap_or(by_host) {
            let is_jwt = self.is_jwt && self.kid.is_some();
            return Ok(Verified { payload: self.payload, is_jwt });
        }
        Fault::at(Step::Signature, "another signature")
    }
}

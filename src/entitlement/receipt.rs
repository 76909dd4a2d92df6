//! The receipt of a decision: who looks at it later sees that nobody has changed it, nor left one out before it.

use crate::base::refusal::{Code, Refusal};
use crate::token::compact::Compact;
use crate::token::digest::sha_256;
use crate::token::keyring::Keyring;
use crate::token::session::{compact, header};
use base64ct::{Base64UrlUnpadded, Encoding};

/// Bytes of the claims of a receipt, of which the audit takes 4 kB as a whole.
pub const CLAIMS_BYTES_MAX: usize = 2816;

/// A decision, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// A compact JWS of the type `receipt`.
    pub receipt: String,
    /// SHA-256 of it, as base64url: what the next receipt names as `previous`.
    pub digest: String,
}

/// Signs what was decided: claims in JSON, with `previous` among them.
///
/// # Errors
/// [`Code::NotConfigured`] without keys, [`Code::TooMany`] for claims beyond [`CLAIMS_BYTES_MAX`].
///
/// Source: RFC 7515.
pub fn make(keys: &str, claims: &str) -> Result<Receipt, Refusal> {
    let keys = keyring(keys)?;
    if claims.len() > CLAIMS_BYTES_MAX {
        let message = format!("`{}` bytes, expected at most {CLAIMS_BYTES_MAX}", claims.len());
        return Err(Refusal::at(Code::TooMany, "claims", message));
    }
    let receipt = compact(&keys, "receipt", claims).ok_or_else(no_keys)?;
    let digest = digest_of(&receipt);
    Ok(Receipt { receipt, digest })
}

/// What a receipt says, if one of the keys has signed it: its claims in JSON and its digest. Who checks a chain finds
/// the digest of each as `previous` of the next.
///
/// # Errors
/// [`Code::NotConfigured`] without keys, [`Code::TokenInvalid`] for what none of them has signed as a receipt.
pub fn check(keys: &str, receipt: &str) -> Result<(String, String), Refusal> {
    let keys = keyring(keys)?;
    let signed = Compact::split(receipt).filter(|parts| {
        keys.macs().any(|(kid, mac)| {
            // To the byte: nothing in a header is read before the signature holds.
            parts.header == header("receipt", kid).as_bytes()
                && mac.has_made(&parts.signature, parts.message.as_bytes())
        })
    });
    let claims = signed.and_then(|parts| String::from_utf8(parts.claims).ok());
    let refusal = || {
        Refusal::at(
            Code::TokenInvalid,
            "receipt",
            "expected a receipt that a key of ours has signed",
        )
    };
    Ok((claims.ok_or_else(refusal)?, digest_of(receipt)))
}

fn keyring(keys: &str) -> Result<Keyring, Refusal> {
    Keyring::parse(keys).map_err(|_| no_keys())
}

#[cold]
#[inline(never)]
fn no_keys() -> Refusal {
    let expected = "expected `kid:key[,kid:key...]` with keys of 32 bytes or more as base64url";
    Refusal::at(Code::NotConfigured, "RECEIPT_KEYS", expected)
}

fn digest_of(receipt: &str) -> String {
    Base64UrlUnpadded::encode_string(&sha_256(receipt.as_bytes()))
}

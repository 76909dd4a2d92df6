//! Offers: a coupon in a link or a QR code, signed, so that a player can show its price without asking
//! anybody. Who consumes judges it again.
//!
//! An [`UntrustedOffer`] is parsed, then the host verifies its signature, then its claims are checked; only
//! then is there an [`Offer`]. [`compose`](super::offer_draft) makes one.

use crate::base::refusal::{Code, Refusal};
use crate::token::compact::{Compact, Part};
use crate::token::ed25519::SIGNATURE_BYTES;

/// Bytes of an offer: what a QR code of the usual size holds.
pub const OFFER_BYTES_MAX: usize = 2 * 1024;

/// Longest life of an offer.
pub const LIFETIME_SECONDS_MAX: u64 = 366 * 24 * 3600;

/// How far the clocks of who signs and who reads may be apart.
pub const LEEWAY_SECONDS: u64 = 60;

/// All of a header but the name of the key. Offers are ours alone, so this is the one way to write it:
/// no other algorithm, no key that comes along, no `crit`, nothing twice.
pub const HEADER: (&str, &str) = (r#"{"alg":"EdDSA","typ":"usher-offer+jwt","kid":""#, r#""}"#);

/// Why a text is not an offer, by the step that found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferError {
    /// More than [`OFFER_BYTES_MAX`] bytes.
    Long,
    /// Not three parts of base64url without padding, the last of a signature's length.
    Parts,
    /// Not the [`HEADER`].
    Header,
    /// Somebody else signed it, or nobody.
    Signature,
    /// What is signed is no offer.
    Claims,
    /// It is another tenant's.
    Audience,
    /// Longer valid than [`LIFETIME_SECONDS_MAX`], or not at all.
    Lifetime,
    /// It was signed in the future.
    Early,
    /// It is over.
    Expired,
}

/// An offer as it came: nothing of it is believed yet.
#[derive(Debug)]
pub struct UntrustedOffer<'a> {
    kid: String,
    compact: Compact<'a>,
}

/// Claims that were signed with the key that is named; whether they hold here and now is not known yet.
#[derive(Debug)]
pub struct SignedOffer(Vec<u8>);

/// A coupon that is offered, as it was signed. What the coupon gives is read where it is checked: its types
/// would cost a dozen kilobytes here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    json: Vec<u8>,
    expires_seconds: u64,
}

impl<'a> UntrustedOffer<'a> {
    /// Reads the compact form of a JSON Web Signature.
    ///
    /// # Errors
    /// [`OfferError::Long`], [`OfferError::Parts`] or [`OfferError::Header`]: nothing of that depends on a key.
    ///
    /// Source: RFC 7515, section 5.2; RFC 8037; RFC 8725, section 3.
    // Two calls of the border need it; inlined it would be there twice.
    #[inline(never)]
    pub fn parse(text: &'a str) -> Result<Self, OfferError> {
        if text.len() > OFFER_BYTES_MAX {
            return Err(OfferError::Long);
        }
        let compact = Compact::split(text).ok_or(OfferError::Parts)?;
        if compact.signature.len() != SIGNATURE_BYTES {
            return Err(OfferError::Parts);
        }
        let kid = core::str::from_utf8(&compact.header)
            .ok()
            .and_then(|header| header.strip_prefix(HEADER.0)?.strip_suffix(HEADER.1))
            // A name that is no name of a key, such as `a","jwk":{..`, is the name of none.
            .filter(|kid| !kid.contains('"'))
            .ok_or(OfferError::Header)?
            .to_owned();
        Ok(Self { kid, compact })
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What is signed.
    #[must_use]
    pub fn message(&self) -> &str {
        self.compact.message
    }

    /// By this.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.compact.signature
    }

    /// The claims, if `is_signed` says that the signature is one of the message by the named key.
    ///
    /// # Errors
    /// [`OfferError::Signature`].
    pub fn verify(self, is_signed: bool) -> Result<SignedOffer, OfferError> {
        if is_signed { Ok(SignedOffer(self.compact.claims)) } else { Err(OfferError::Signature) }
    }
}

impl SignedOffer {
    /// The offer, if it holds for this tenant now. Claims that are not known are passed over.
    ///
    /// # Errors
    /// The other variants of [`OfferError`].
    pub fn check(self, audience: &str, now_seconds: u64) -> Result<Offer, OfferError> {
        let claims = Part::read(&self.0).map_err(|_| OfferError::Claims)?;
        // By reference: what is taken out would leave the rest to be given back piece by piece.
        let (Some(issuer), Some(iat), Some(exp), Some(_)) =
            (&claims.iss, claims.iat, claims.exp, &claims.coupon)
        else {
            return Err(OfferError::Claims);
        };
        if issuer != audience {
            return Err(OfferError::Audience);
        }
        if exp <= iat || exp - iat > LIFETIME_SECONDS_MAX {
            return Err(OfferError::Lifetime);
        }
        if now_seconds.saturating_add(LEEWAY_SECONDS) < iat {
            return Err(OfferError::Early);
        }
        if now_seconds >= exp.saturating_add(LEEWAY_SECONDS) {
            return Err(OfferError::Expired);
        }
        Ok(Offer { json: self.0, expires_seconds: exp })
    }
}

impl Offer {
    /// The claims: a JSON object with `iss`, `iat`, `exp`, `coupon`, and `sub` and `code` if there are any.
    #[must_use]
    pub fn json(&self) -> &str {
        // It was read as JSON.
        core::str::from_utf8(&self.json).unwrap_or("null")
    }

    /// When it ends, in seconds, UTC.
    #[must_use]
    pub fn expires_seconds(&self) -> u64 {
        self.expires_seconds
    }
}

impl From<OfferError> for Refusal {
    fn from(error: OfferError) -> Self {
        let (code, message) = match error {
            OfferError::Long | OfferError::Parts | OfferError::Header => {
                (Code::TokenInvalid, "expected an offer")
            }
            OfferError::Signature => (Code::TokenInvalid, "expected another signature"),
            OfferError::Claims | OfferError::Lifetime | OfferError::Early => {
                (Code::TokenInvalid, "expected claims that hold")
            }
            OfferError::Audience => (Code::TokenScope, "the offer is another tenant's"),
            OfferError::Expired => (Code::TokenExpired, "the offer is over"),
        };
        Self::at(code, "token", message)
    }
}

//! The compact form of signed claims: three parts of base64url with a dot between them.

use crate::base::plain::json;
use crate::base::plain::values::Keys;
use crate::base::refusal::Refusal;
use base64ct::{Base64UrlUnpadded, Encoding};

/// The parts as they came: nothing of them is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compact<'a> {
    /// Header and claims with the dot between them: what is signed.
    pub message: &'a str,
    /// How it is said to be signed.
    pub header: Vec<u8>,
    /// What is claimed.
    pub claims: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// The JSON of a header or of claims, of which each has its keys, those that are not known passed over; one
/// type for all tokens, because each would be code of its own.
#[derive(Debug, Default)]
#[expect(
    missing_docs,
    reason = "the names of RFC 7515 and RFC 7519, and what they are called in an offer"
)]
pub struct Part {
    pub alg: Option<String>,
    pub kid: Option<String>,
    pub crit: Option<()>,
    pub iss: Option<String>,
    pub sub: Option<String>,
    pub iat: Option<u64>,
    pub nbf: Option<u64>,
    pub exp: Option<u64>,
    pub titles: Option<Vec<String>>,
    pub coupon: Option<()>,
}

impl Part {
    /// Reads the JSON of a part.
    ///
    /// # Errors
    /// A [`Refusal`] of what is no object, has a key twice, or a value of another type.
    pub fn read(json: &[u8]) -> Result<Self, Refusal> {
        let mut part = Self::default();
        json::read_by(json, &mut |reader| {
            reader.fields(&PART, &mut |reader, place| {
                let text = match place {
                    0 => &mut part.alg,
                    1 => &mut part.kid,
                    2 => &mut part.iss,
                    3 => &mut part.sub,
                    4..7 => {
                        let seconds = match place {
                            4 => &mut part.iat,
                            5 => &mut part.nbf,
                            _ => &mut part.exp,
                        };
                        *seconds = reader.optional_whole()?;
                        return Ok(());
                    }
                    7 => {
                        part.titles = reader.optional_strings()?;
                        return Ok(());
                    }
                    _ => {
                        let is_there = if place == 8 { &mut part.crit } else { &mut part.coupon };
                        *is_there = reader.is_something()?.then_some(());
                        return Ok(());
                    }
                };
                *text = reader.optional_string()?;
                Ok(())
            })
        })?;
        Ok(part)
    }
}

/// In the order of [`Part::read`].
const PART: Keys = Keys {
    known: &["alg", "kid", "iss", "sub", "iat", "nbf", "exp", "titles", "crit", "coupon"],
    needed: 0,
    is_closed: false,
};

impl<'a> Compact<'a> {
    /// Splits a text; none unless it has three parts, each of base64url without padding in the one form
    /// that its bytes have.
    ///
    /// Source: RFC 7515, section 5.2.
    #[must_use]
    pub fn split(text: &'a str) -> Option<Self> {
        let (message, signature) = text.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let [header, claims, signature] =
            [header, claims, signature].map(|part| Base64UrlUnpadded::decode_vec(part).ok());
        Some(Self { message, header: header?, claims: claims?, signature: signature? })
    }
}

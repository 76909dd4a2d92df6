//! Making a common access token.

use super::claims::label;
use super::uri::{MATCHES, PARTS};
use crate::base::plain::failure::Failure;
use crate::base::plain::json;
use crate::base::plain::reader::Reader;
use crate::base::plain::values::Keys;
use crate::base::refusal::{Code, Refusal};
use crate::token::algorithm::Algorithm;
use crate::token::cbor::writer::Writer;
use crate::token::cose;
use crate::token::keyset::Keyset;
use base64ct::{Base64UrlUnpadded, Encoding};

/// Bytes of a token that is made, so that it fits into a cookie and an address.
pub const CAT_BYTES_MAX: usize = 1024;

/// How a value is written.
enum Kind {
    Whole,
    Text,
    /// The UTF-8 of a text.
    Bytes,
    Texts,
    Map(&'static Table),
}

/// The keys of an object, with their labels in a token and what they hold.
struct Table {
    keys: Keys,
    /// Empty if they are the places of the keys.
    labels: &'static [i64],
    /// The last is that of all further keys.
    kinds: &'static [Kind],
}

const CLAIMS: Kind = Kind::Map(&Table {
    keys: Keys {
        known: &[
            "exp",
            "iat",
            "nbf",
            "catreplay",
            "catv",
            "catr",
            "catu",
            "cti",
            "catm",
            "catgeoiso3166",
            "iss",
            "sub",
            "aud",
        ],
        needed: 1,
        is_closed: true,
    },
    labels: &[
        label::EXP,
        label::IAT,
        label::NBF,
        label::CATREPLAY,
        label::CATV,
        label::CATR,
        label::CATU,
        label::CTI,
        label::CATM,
        label::CATGEOISO3166,
        label::ISS,
        label::SUB,
        label::AUD,
    ],
    kinds: &[
        Kind::Whole,
        Kind::Whole,
        Kind::Whole,
        Kind::Whole,
        Kind::Whole,
        RENEWAL,
        URI,
        Kind::Bytes,
        Kind::Texts,
        Kind::Texts,
        Kind::Text,
    ],
});

const URI: Kind = Kind::Map(&Table {
    keys: Keys { known: &PARTS, needed: 0, is_closed: true },
    labels: &[],
    kinds: &[Kind::Map(&Table {
        keys: Keys { known: &MATCHES, needed: 0, is_closed: true },
        labels: &[],
        kinds: &[Kind::Text],
    })],
});

const RENEWAL: Kind = Kind::Map(&Table {
    keys: Keys {
        known: &["type", "expadd", "deadline", "cookie_name"],
        needed: 2,
        is_closed: true,
    },
    labels: &[],
    kinds: &[Kind::Whole, Kind::Whole, Kind::Whole, Kind::Text],
});

/// A token before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    algorithm: Algorithm,
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl Draft {
    /// Reads claims as JSON: `exp`, `iat`, `nbf` (seconds, UTC), `catreplay`, `catv`, `iss`, `sub`, `aud`, `cti` (text,
    /// of which the token has the UTF-8), `catm`, `catgeoiso3166` (lists of texts), `catu`
    /// (`{ path: { prefix: "/a/" } }`), `catr` (`{ type, expadd, deadline?, cookie_name? }`).
    ///
    /// # Errors
    /// A [`Refusal`] with the path of what is wrong.
    #[inline(never)]
    pub fn read(json: &[u8], algorithm: Algorithm, kid: &str) -> Result<Self, Refusal> {
        let mut payload = Writer::default();
        json::read_by(json, &mut |reader| write(reader, &CLAIMS, &mut payload))?;
        Ok(Self { algorithm, protected: cose::header_of(algorithm, kid), payload: payload.0 })
    }

    /// What a signature has to be of.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        cose::to_be_signed(self.algorithm, &self.protected, &[], &self.payload)
    }

    /// The token as base64url.
    ///
    /// # Errors
    /// [`Code::TooMany`] of one with more than [`CAT_BYTES_MAX`] bytes.
    #[inline(never)]
    pub fn sealed(&self, signature: &[u8]) -> Result<String, Refusal> {
        let bytes = cose::sealed(self.algorithm, &self.protected, &self.payload, signature);
        if bytes.len() > CAT_BYTES_MAX {
            let message = "expected claims that make a token of at most 1024 bytes";
            return Err(Refusal::of(Code::TooMany, message));
        }
        Ok(Base64UrlUnpadded::encode_string(&bytes))
    }
}

/// A token that the first secret of a keyset protects.
///
/// # Errors
/// A [`Refusal`] of claims that are none, or [`Code::NotConfigured`] without a secret that is valid now.
#[inline(never)]
pub fn mint(json: &[u8], keys: &Keyset, now: u64) -> Result<String, Refusal> {
    let key = keys.secret(now);
    let draft = Draft::read(json, Algorithm::Hs256, key.map_or("", |key| &key.kid))?;
    match key.and_then(|key| key.mac_of(&draft.to_be_signed())) {
        Some(mac) => draft.sealed(&mac),
        None => Err(Refusal::of(Code::NotConfigured, "expected a secret that is valid now")),
    }
}

#[inline(never)]
fn write(reader: &mut Reader<'_>, kind: &Kind, writer: &mut Writer) -> Result<(), Failure> {
    match kind {
        Kind::Whole => writer.head(0, reader.whole()?),
        Kind::Text => writer.text(&reader.string()?),
        Kind::Bytes => writer.bytes(reader.string()?.as_bytes()),
        Kind::Texts => writer.texts(&reader.optional_strings()?.unwrap_or_default()),
        Kind::Map(table) => {
            let mut pairs = Vec::new();
            reader.fields(&table.keys, &mut |reader, place| {
                write_pair(reader, table, place, &mut pairs)
            })?;
            writer.map(&pairs);
        }
    }
    Ok(())
}

#[inline(never)]
fn write_pair(
    reader: &mut Reader<'_>,
    table: &Table,
    place: usize,
    pairs: &mut Vec<(u64, Writer)>,
) -> Result<(), Failure> {
    let mut value = Writer::default();
    let label = table.labels.get(place).map_or(place as u64, |label| label.unsigned_abs());
    if let Some(kind) = table.kinds.get(place).or(table.kinds.last()) {
        write(reader, kind, &mut value)?;
    }
    pairs.push((label, value));
    Ok(())
}

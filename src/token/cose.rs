//! COSE_Mac0 and COSE_Sign1, tagged as a CWT or not.

use super::algorithm::Algorithm;
use super::cbor::reader::{Item, Label, Reader};
use super::cbor::writer::Writer;
use super::fault::{Fault, Step};
use super::signed::{TOKEN_BYTES_MAX, Untrusted};

/// Source: RFC 8392, section 6.
const CWT_TAG: u64 = 61;

/// Source: RFC 9052, section 2.
const MAC0_TAG: u64 = 17;
const SIGN1_TAG: u64 = 18;

/// Labels of header parameters. Source: IANA, COSE header parameters.
const ALGORITHM: i64 = 1;
const CRITICAL: i64 = 2;
const KEY_ID: i64 = 4;

/// Whether a token has to have the tag of a CWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CwtTag {
    /// It may.
    Optional,
    /// It has to.
    Required,
}

#[derive(Default)]
struct Header<'a> {
    algorithm: Option<i64>,
    kid: Option<&'a [u8]>,
}

/// Reads the four parts. `external` is signed without being in the token.
///
/// # Errors
/// A [`Fault`] of the steps `malformed` and `header`: nothing of that depends on a key.
///
/// Source: RFC 9052, sections 3, 4.2 and 6.2; RFC 8392, section 7.2.
#[inline(never)]
pub fn parse(bytes: &[u8], tag: CwtTag, external: &[u8]) -> Result<Untrusted, Fault> {
    let parts = if bytes.len() > TOKEN_BYTES_MAX { None } else { read_parts(bytes, tag) };
    let Some((tagged, (protected, open, payload, signature))) = parts else {
        return Fault::at(Step::Malformed, "a COSE_Mac0 or COSE_Sign1, at most 4096 bytes");
    };
    match read_headers(protected, open) {
        Some((algorithm, kid)) if tagged.is_none_or(|tag| tag == tag_of(algorithm)) => {
            Ok(Untrusted {
                algorithm,
                kid: kid.map(<[u8]>::to_vec),
                is_jwt: false,
                message: to_be_signed(algorithm, protected, external, payload),
                signature: signature.to_vec(),
                payload: payload.to_vec(),
            })
        }
        _ => Fault::at(
            Step::Header,
            "a protected algorithm of the structure, and no label that is not understood",
        ),
    }
}

type Parts<'a> = (&'a [u8], Reader<'a>, &'a [u8], &'a [u8]);

/// The tag of the structure, if there is one, and its parts.
fn read_parts(bytes: &[u8], tag: CwtTag) -> Option<(Option<u64>, Parts<'_>)> {
    let mut reader = Reader::of(bytes);
    let mut head = reader.item()?;
    let is_cwt = head == Item::Tag(CWT_TAG);
    if is_cwt {
        head = reader.item()?;
    } else if tag == CwtTag::Required {
        return None;
    }
    let tagged = match head {
        Item::Tag(tag @ (MAC0_TAG | SIGN1_TAG)) => {
            head = reader.item()?;
            Some(tag)
        }
        // The tag of a CWT says nothing of how it is protected.
        _ if is_cwt => return None,
        _ => None,
    };
    if head != Item::List(4) {
        return None;
    }
    let protected = reader.bytes()?;
    let unprotected = reader.clone();
    reader.skip()?;
    let (payload, signature) = (reader.bytes()?, reader.bytes()?);
    reader.is_over().then_some((tagged, (protected, unprotected, payload, signature)))
}

/// The algorithm, which has to be protected, and the name of the key, which stands in one header only.
#[inline(never)]
fn read_headers<'a>(
    protected: &'a [u8],
    mut open: Reader<'a>,
) -> Option<(Algorithm, Option<&'a [u8]>)> {
    let mut closed = Reader::of(protected);
    // No bytes stand for an empty map, in which there is no algorithm either.
    let first = read_header(&mut closed, true)?;
    let second = read_header(&mut open, false)?;
    let is_clear = closed.is_over() && second.algorithm.is_none();
    let kid = match (first.kid, second.kid) {
        (Some(_), Some(_)) => return None,
        (kid, None) | (None, kid) => kid,
    };
    Some((Algorithm::of_number(first.algorithm.filter(|_| is_clear)?)?, kid))
}

#[inline(never)]
fn read_header<'a>(reader: &mut Reader<'a>, is_protected: bool) -> Option<Header<'a>> {
    let mut header = Header::default();
    let mut has_critical_kid = false;
    let mut pairs = reader.map()?;
    loop {
        match reader.key(&mut pairs)? {
            Label::Number(ALGORITHM) => header.algorithm = Some(reader.signed()?),
            Label::Number(KEY_ID) => header.kid = Some(reader.bytes()?),
            // What is demanded has to be one of the two that are understood; not to demand anything is not allowed.
            Label::Number(CRITICAL) if is_protected => {
                let mut left = reader.list().filter(|count| *count > 0)?;
                while left > 0 {
                    match reader.signed()? {
                        ALGORITHM => {}
                        KEY_ID => has_critical_kid = true,
                        _ => return None,
                    }
                    left = left.wrapping_sub(1);
                }
            }
            // x5bag, x5chain, x5t, x5u: keys that come along.
            Label::Number(CRITICAL | 32..=35) => return None,
            Label::Number(_) | Label::Text(_) => reader.skip()?,
            Label::End => break,
        }
    }
    (header.kid.is_some() || !has_critical_kid).then_some(header)
}

const fn tag_of(algorithm: Algorithm) -> u64 {
    match algorithm {
        Algorithm::Hs256 => MAC0_TAG,
        Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256 => SIGN1_TAG,
    }
}

/// What a signature is of: with its own first words for each structure, so that one is never taken for the other.
///
/// Source: RFC 9052, sections 4.4 and 6.3.
#[inline(never)]
#[must_use]
pub fn to_be_signed(
    algorithm: Algorithm,
    protected: &[u8],
    external: &[u8],
    payload: &[u8],
) -> Vec<u8> {
    let mut writer = Writer(Vec::with_capacity(payload.len().saturating_add(64)));
    writer.head(4, 4);
    writer.text(if tag_of(algorithm) == MAC0_TAG { "MAC0" } else { "Signature1" });
    for part in [protected, external, payload] {
        writer.bytes(part);
    }
    writer.0
}

/// The protected header of a token that is made here.
#[must_use]
pub fn header_of(algorithm: Algorithm, kid: &str) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.head(5, 2);
    writer.number(ALGORITHM);
    writer.number(algorithm.number().unwrap_or(0));
    writer.number(KEY_ID);
    writer.bytes(kid.as_bytes());
    writer.0
}

/// A token, tagged as a CWT.
#[must_use]
pub fn sealed(algorithm: Algorithm, protected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.head(6, CWT_TAG);
    writer.head(6, tag_of(algorithm));
    writer.head(4, 4);
    writer.bytes(protected);
    writer.head(5, 0);
    writer.bytes(payload);
    writer.bytes(signature);
    writer.0
}

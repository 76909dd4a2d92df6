//! `catu`: which addresses a token is for.

use crate::token::cbor::reader::{Label, Reader};
use crate::token::digest::{sha_256, sha_512_256};
use crate::token::url::Url;

/// The parts of an address by their labels.
pub const PARTS: [&str; 9] =
    ["scheme", "host", "port", "path", "query", "parent-path", "filename", "stem", "extension"];

/// How a part is compared, by labels from 0 on. Regular expressions have the label 4: they cannot be judged here, as
/// nobody may choose how long a request takes.
pub const MATCHES: [&str; 4] = ["exact", "prefix", "suffix", "contains"];

/// The labels of digests.
const SHA_256: i64 = -1;
const SHA_512_256: i64 = -2;

/// Whether an address is one of those that are named; each part that is named has to agree in every way that is named.
/// None if that cannot be judged.
#[inline(never)]
pub fn is_allowed(reader: &mut Reader<'_>, url: Option<&Url<'_>>) -> Option<bool> {
    let mut is_allowed = url.is_some();
    let mut parts = reader.map()?;
    loop {
        let part = match reader.key(&mut parts)? {
            Label::Number(label @ 0..9) => url.map_or(&b""[..], |url| part_of(url, label)),
            Label::Number(_) | Label::Text(_) => return None,
            Label::End => return Some(is_allowed),
        };
        let mut matches = reader.map()?;
        loop {
            is_allowed &= match reader.key(&mut matches)? {
                Label::Number(label @ 0..4) => is_match(part, label, reader.text()?.as_bytes()),
                Label::Number(SHA_256) => reader.bytes()? == sha_256(part),
                Label::Number(SHA_512_256) => reader.bytes()? == sha_512_256(part),
                Label::Number(_) | Label::Text(_) => return None,
                Label::End => break,
            };
        }
    }
}

/// By a label of [`MATCHES`].
#[inline(never)]
fn is_match(part: &[u8], label: i64, text: &[u8]) -> bool {
    let mut rest = part;
    loop {
        let is_here = rest.starts_with(text);
        match label {
            0 => return part == text,
            1 => return is_here,
            2 => {
                if rest == text {
                    return true;
                }
            }
            _ => {
                if is_here {
                    return true;
                }
            }
        }
        let Some((_, behind)) = rest.split_first() else { return false };
        rest = behind;
    }
}

/// The part of a label of [`PARTS`].
#[inline(never)]
fn part_of<'u>(url: &Url<'u>, label: i64) -> &'u [u8] {
    let (parent, name) = halves(url.path, b'/', 0);
    let name = name.strip_prefix(b"/").unwrap_or(name);
    let (stem, extension) = halves(name, b'.', name.len());
    match label {
        0 => url.scheme,
        1 => url.host,
        2 => url.port,
        3 => url.path,
        4 => url.query,
        5 => parent,
        6 => name,
        7 => stem,
        _ => extension,
    }
}

/// What stands before the last byte of a kind, and the rest with it.
fn halves(bytes: &[u8], at: u8, absent: usize) -> (&[u8], &[u8]) {
    let place = bytes.iter().rposition(|byte| *byte == at).unwrap_or(absent);
    bytes.split_at_checked(place).unwrap_or((bytes, b""))
}

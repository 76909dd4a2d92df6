//! JSON Web Signatures in their compact form.

use super::algorithm::Algorithm;
use super::compact::Compact;
use super::fault::{Fault, Step};
use super::signed::{TOKEN_BYTES_MAX, Untrusted};
use crate::base::plain::failure::Failure;
use crate::base::plain::json;
use crate::base::plain::reader::Reader;
use crate::base::plain::values::Keys;

/// All that a header may say, in this order. What else there is would choose a key, change what is signed or restrict
/// the token: `jwk`, `jku`, `x5u`, `x5c`, `crit`, `b64` and the rest are refused alike, and so is a key that comes twice.
const HEADER: Keys = Keys { known: &["alg", "kid", "typ", "cty"], needed: 1, is_closed: true };

/// Reads the compact form.
///
/// # Errors
/// A [`Fault`] of the steps `malformed` and `header`: nothing of that depends on a key.
///
/// Source: RFC 7515, section 5.2; RFC 8725, section 3.
#[inline(never)]
pub fn parse(text: &str) -> Result<Untrusted, Fault> {
    let compact = if text.len() > TOKEN_BYTES_MAX { None } else { Compact::split(text) };
    let Some(Compact { message, header, claims, signature }) = compact else {
        return Fault::at(Step::Malformed, "three parts of base64url, at most 4096 bytes");
    };
    let mut texts: [Option<String>; 4] = Default::default();
    let read = json::read_by(&header, &mut |reader| {
        reader.fields(&HEADER, &mut |reader, place| put(reader, texts.get_mut(place)))
    });
    let [algorithm, kid, typ, _] = texts;
    let algorithm = algorithm.and_then(|name| Algorithm::of_name(&name));
    let Some(algorithm) = algorithm.filter(|_| read.is_ok()) else {
        return Fault::at(Step::Header, "a known `alg`, `kid`, `typ` and nothing else");
    };
    Ok(Untrusted {
        algorithm,
        kid: kid.map(String::into_bytes),
        is_jwt: typ.as_deref() == Some("JWT"),
        message: message.as_bytes().to_vec(),
        signature,
        payload: claims,
    })
}

#[inline(never)]
fn put(reader: &mut Reader<'_>, place: Option<&mut Option<String>>) -> Result<(), Failure> {
    let text = reader.string()?;
    if let Some(place) = place {
        *place = Some(text);
    }
    Ok(())
}

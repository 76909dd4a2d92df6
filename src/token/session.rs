//! `POST /v1/sessions`: an operator's backend asks for a token of one viewer.

use super::claims::{LIFETIME_SECONDS_MAX, TITLES_MAX, TOKEN_BYTES_MAX};
use super::keyring::Keyring;
use crate::base::id::check_name;
use crate::base::plain::{json, values::Keys, writer::write_json};
use crate::base::refusal::{Code, Refusal};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use tsify::Tsify;

/// Life of a token, if the backend does not say.
pub const LIFETIME_SECONDS: u64 = 4 * 3600;

/// Bytes of the body.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

#[derive(Default)]
struct UntrustedRequest {
    viewer: String,
    titles: Option<Vec<String>>,
    lifetime_seconds: Option<u64>,
}

impl UntrustedRequest {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let mut request = Self::default();
        json::read_by(body, &mut |reader| {
            reader.fields(&REQUEST, &mut |reader, place| {
                match place {
                    0 => request.viewer = reader.string()?,
                    1 => request.titles = reader.optional_strings()?,
                    _ => request.lifetime_seconds = reader.optional_whole()?,
                }
                Ok(())
            })
        })?;
        Ok(request)
    }
}

/// In the order of [`UntrustedRequest`].
const REQUEST: Keys =
    Keys { known: &["viewer", "titles", "lifetime_seconds"], needed: 1, is_closed: true };

/// A session, for the page to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct Session {
    /// The token.
    pub token: String,
    /// When it ends, UTC.
    pub expires_ms: u64,
}

/// Reads the body of `POST /v1/sessions` and issues the token.
///
/// # Errors
/// A [`Refusal`] that names the field.
pub fn issue(
    body: &[u8],
    keys: &Keyring,
    tenant: &str,
    now_seconds: u64,
) -> Result<Session, Refusal> {
    if body.len() > BODY_BYTES_MAX {
        let message = format!("`{}` bytes, expected at most {BODY_BYTES_MAX}", body.len());
        return Err(Refusal::of(Code::BodyTooLarge, message));
    }
    let request = UntrustedRequest::read(body)?;
    check_name(&request.viewer).map_err(|e| Refusal::of_id(e, "viewer"))?;
    for (index, title) in request.titles.iter().flatten().enumerate() {
        check_name(title).map_err(|e| Refusal::of_id(e, format!("titles[{index}]")))?;
    }
    if request.titles.as_ref().is_some_and(|titles| titles.len() > TITLES_MAX) {
        let message = format!("expected at most {TITLES_MAX} titles");
        return Err(Refusal::at(Code::TooMany, "titles", message));
    }
    let lifetime_seconds = request.lifetime_seconds.unwrap_or(LIFETIME_SECONDS);
    if !(1..=LIFETIME_SECONDS_MAX).contains(&lifetime_seconds) {
        let message = format!("`{lifetime_seconds}`, expected 1 to {LIFETIME_SECONDS_MAX}");
        return Err(Refusal::at(Code::InvalidValue, "lifetime_seconds", message));
    }
    let exp = now_seconds.saturating_add(lifetime_seconds);
    let token = sign(&request, keys, tenant, now_seconds, exp)
        .ok_or_else(|| Refusal::of(Code::Internal, "the token could not be signed"))?;
    if token.len() > TOKEN_BYTES_MAX {
        let message = format!("their names make a token above {TOKEN_BYTES_MAX} bytes");
        return Err(Refusal::at(Code::TooMany, "titles", message));
    }
    Ok(Session { token, expires_ms: exp.saturating_mul(1000) })
}

fn sign(
    request: &UntrustedRequest,
    keys: &Keyring,
    tenant: &str,
    iat: u64,
    exp: u64,
) -> Option<String> {
    let (iss, sub) = (quoted(tenant)?, quoted(&request.viewer)?);
    let mut titles = String::new();
    if let Some(named) = &request.titles {
        titles.push_str(r#","titles":["#);
        for (index, title) in named.iter().enumerate() {
            titles.push_str(if index > 0 { "," } else { "" });
            titles.push_str(&quoted(title)?);
        }
        titles.push(']');
    }
    let claims = format!(r#"{{"iss":{iss},"sub":{sub},"iat":{iat},"exp":{exp}{titles}}}"#);
    compact(keys, "JWT", &claims)
}

/// The header of what a key of a name has signed with HMAC-SHA-256.
#[must_use]
pub fn header(kind: &str, kid: &str) -> String {
    // INVARIANT (a name needs no escape): of letters, digits, `-`, `_` and `.`.
    [r#"{"alg":"HS256","typ":""#, kind, r#"","kid":""#, kid, r#""}"#].concat()
}

/// Claims in JSON as a compact JWS of some type, signed with HMAC-SHA-256 by the first key.
///
/// Source: RFC 7515, section 7.1.
#[must_use]
pub fn compact(keys: &Keyring, kind: &str, claims: &str) -> Option<String> {
    let mut message = encode(header(kind, keys.signing_kid()).as_bytes());
    message.push('.');
    message.push_str(&encode(claims.as_bytes()));
    let signature = keys.sign(message.as_bytes())?;
    message.push('.');
    message.push_str(&encode(&signature));
    Some(message)
}

#[inline(never)]
fn quoted(text: &str) -> Option<String> {
    write_json(text).ok()
}

#[inline(never)]
fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

//! The border of entitlement tokens and common access tokens. What is signed with a public key is verified by the host's
//! WebCrypto between two calls: a promise in Rust would cost more than all of this.
//!
//! Texts cross it in one: a text each, or nothing for what is absent, with NUL between them. `pkg/token.js` is the only
//! caller.

use super::error::of_refusal;
use crate::base::refusal::{Code, Refusal};
use crate::token::algorithm::Algorithm;
use crate::token::cat::claims::{Cat, Renewal};
use crate::token::cat::mint::{self, Draft};
use crate::token::cose::{self, CwtTag};
use crate::token::deny_list::{DenyList, Named};
use crate::token::digest::sha_256;
use crate::token::fault::{Fault, Step};
use crate::token::jws;
use crate::token::keyset::{Key, Keyset};
use crate::token::request::{Request, SKEW_SECONDS_MAX};
use crate::token::signed::Untrusted;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::cell::Cell;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// What is wanted of a token, out of the flags of [`judge_token`]: its claims, if they hold, or what is signed.
const ENTITLEMENT: u32 = 1;
const CAT: u32 = 2;
/// The tag of a CWT has to be there.
const TAGGED: u32 = 4;
/// Somebody keeps account of what was used before, and has seen the token.
const KNOWN_USE: u32 = 8;
const USED: u32 = 16;
/// The host has been asked for the signature, and has found it right.
const ASKED: u32 = 32;
const SIGNED: u32 = 64;

/// Judges a token: a text with dots is a JSON Web Signature, another one base64url of a COSE structure, which may come as
/// bytes too. `texts`: address, method, network address, country, issuer, audience.
///
/// Before the host was asked it gives what it has to verify: a digest of key, signature and message (32 bytes), the place
/// of the algorithm in `HS256, EdDSA, ES256, RS256`, the lengths of key and signature (2 bytes each), and those three.
/// Then it gives the claims, as a text, or what is signed. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = judgeToken, unchecked_return_type = "any")]
pub fn judge_token(
    token: &JsValue,
    keys: &str,
    texts: &str,
    now: f64,
    skew: f64,
    flags: u32,
    external: &JsValue,
) -> Result<JsValue, JsValue> {
    let mut parts = texts.split('\0').map(|part| part.strip_prefix('='));
    let mut next = || parts.next().unwrap_or(None);
    let request = Request {
        url: next(),
        method: next(),
        ip: next(),
        country: next(),
        issuer: next(),
        audience: next(),
        is_replayed: (flags & KNOWN_USE != 0).then_some(flags & USED != 0),
        now: seconds(now),
        skew: seconds(skew),
    };
    let is_time = now >= 0.0 && skew >= 0.0 && request.skew <= SKEW_SECONDS_MAX;
    let judged = if is_time && parts.next().is_none() {
        judge(token, keys, &request, flags, external)
    } else {
        refused("now", "expected seconds, and `skew` of 0 to 5")
    };
    given(judged)
}

/// A common access token of claims as JSON: as base64url, if the first secret of `keys` protects it; without keys
/// the bytes that the host has to sign by `alg` with the key `kid`; with that signature, as base64url. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = composeCat, unchecked_return_type = "any")]
pub fn compose_cat(
    claims: &str,
    keys: &str,
    now: f64,
    alg: &str,
    kid: &str,
    signature: &JsValue,
) -> Result<JsValue, JsValue> {
    given(compose(
        claims.as_bytes(),
        keys,
        seconds(now),
        (alg, kid),
        bytes_of(signature).as_deref(),
    ))
}

/// Takes in a deny list, as JSON; `stamp` names it from then on. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = loadDenyList)]
pub fn load_deny_list(json: &[u8], stamp: f64) -> Result<(), JsValue> {
    match DenyList::parse(json) {
        Ok(list) => {
            hold(stamp, list);
            Ok(())
        }
        Err(refusal) => Err(of_refusal(&refusal)),
    }
}

/// Passes what a deny list does not deny: 1 if it was made more than `age_seconds_max` ago, which is refused unless
/// `is_open`, else 0; -1 if the list of this stamp is not the one that was taken in last. `texts`: id, subject. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = checkDenyList)]
pub fn check_deny_list(
    stamp: f64,
    texts: &str,
    epoch: f64,
    now: f64,
    age_seconds_max: f64,
    is_open: bool,
) -> Result<f64, JsValue> {
    let Some((known, list)) = DENIED.take() else { return Ok(-1.0) };
    let mut judged = Ok(-1.0);
    if known.total_cmp(&stamp).is_eq() {
        let (id, subject) = texts.split_once('\0').unwrap_or_default();
        let named = Named { id, subject, epoch: seconds(epoch) };
        judged = list.check(named, seconds(now), seconds(age_seconds_max), is_open);
    }
    hold(known, list);
    judged.map_err(|refusal| of_refusal(&refusal))
}

thread_local! {
    static KEYSETS: Cell<Vec<Keys>> = const { Cell::new(Vec::new()) };
    static DENIED: Cell<Option<(f64, DenyList)>> = const { Cell::new(None) };
}

#[inline(never)]
fn hold(stamp: f64, list: DenyList) {
    DENIED.set(Some((stamp, list)));
}

/// Keysets that stay read: the secrets of the edge, the published one, and each of them while it changes.
const KEYSETS_MAX: usize = 4;

/// A keyset, and the text that it was read from.
struct Keys {
    text: String,
    set: Keyset,
}

/// The keyset of a text, which is read only the first time; to be given back by [`keep`].
#[inline(never)]
fn keyset(text: &str) -> Result<Keys, Refusal> {
    let mut known = KEYSETS.take();
    let place = known.iter().position(|keys| keys.text == text);
    let keys = place.map(|place| known.swap_remove(place));
    KEYSETS.set(known);
    match keys {
        Some(keys) => Ok(keys),
        None => Ok(Keys { set: Keyset::parse(text)?, text: text.to_owned() }),
    }
}

#[inline(never)]
fn keep(keys: Keys) {
    let mut known = KEYSETS.take();
    if known.len() >= KEYSETS_MAX {
        known.clear();
    }
    known.push(keys);
    KEYSETS.set(known);
}

/// What goes back: bytes, or a text.
enum Judged {
    Bytes(Vec<u8>),
    Text(String),
}

#[inline(never)]
fn given(judged: Result<Judged, Refusal>) -> Result<JsValue, JsValue> {
    match judged {
        Ok(Judged::Bytes(bytes)) => Ok(Uint8Array::from(bytes.as_slice()).into()),
        Ok(Judged::Text(text)) => Ok(text.into()),
        Err(refusal) => Err(of_refusal(&refusal)),
    }
}

#[cold]
#[inline(never)]
fn refused(field: &str, message: &str) -> Result<Judged, Refusal> {
    Err(Refusal::at(Code::InvalidValue, field, message))
}

#[inline(never)]
fn bytes_of(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref().map(Uint8Array::to_vec)
}

#[inline(never)]
fn judge(
    token: &JsValue,
    keys: &str,
    request: &Request<'_>,
    flags: u32,
    external: &JsValue,
) -> Result<Judged, Refusal> {
    let opened = opened(token, flags, external)?;
    let keys = keyset(keys)?;
    let judged = match opened.key(&keys.set, request.now) {
        Ok(key) if flags & ASKED == 0 => Ok(packed(&opened, key)),
        Ok(key) => match opened.verify(key, flags & SIGNED != 0) {
            Ok(token) if flags & ENTITLEMENT != 0 => token.check(request).map(Judged::Text),
            Ok(token) if flags & CAT != 0 => token.check_cat(request).map(|cat| told(&cat)),
            Ok(token) => Ok(Judged::Bytes(token.payload)),
            Err(fault) => Err(fault),
        },
        Err(fault) => Err(fault),
    };
    keep(keys);
    judged.map_err(Refusal::from)
}

#[inline(never)]
fn opened(token: &JsValue, flags: u32, external: &JsValue) -> Result<Untrusted, Fault> {
    let bytes = match token.as_string() {
        Some(text) if text.contains('.') => return jws::parse(&text),
        Some(text) => Base64UrlUnpadded::decode_vec(&text).ok(),
        None => bytes_of(token),
    };
    let Some(bytes) = bytes else { return Fault::at(Step::Malformed, "base64url or bytes") };
    let tag = if flags & TAGGED != 0 { CwtTag::Required } else { CwtTag::Optional };
    cose::parse(&bytes, tag, &bytes_of(external).unwrap_or_default())
}

/// With the key in the digest, so that what one has signed is not taken for what another one of its name has.
#[inline(never)]
fn packed(opened: &Untrusted, key: &Key) -> Judged {
    let mut parts = Vec::new();
    for part in [&key.bytes, &opened.signature] {
        parts.extend_from_slice(&u16::try_from(part.len()).unwrap_or(0).to_be_bytes());
    }
    for part in [&key.bytes, &opened.signature, &opened.message] {
        parts.extend_from_slice(part);
    }
    let mut packed = sha_256(&parts);
    packed.push(key.algorithm as u8);
    // A secret stays here.
    if key.algorithm != Algorithm::Hs256 {
        packed.extend_from_slice(&parts);
    }
    Judged::Bytes(packed)
}

/// The claims of a common access token, with NUL between them: `exp`, `iat`, type of renewal, `expadd`, `deadline`,
/// `iss`, `sub`, `cti`, which is the text that its bytes are, or the bytes as base64url if they are none. What is absent is
/// empty, and a text has `=` in front.
#[inline(never)]
fn told(cat: &Cat<'_>) -> Judged {
    let mut text = seconds(cat.expires).to_string();
    let Renewal { kind, expadd, deadline } = cat.renewal.unwrap_or_default();
    put_number(&mut text, cat.issued);
    put_number(&mut text, cat.renewal.map(|_| kind));
    put_number(&mut text, expadd);
    put_number(&mut text, deadline);
    put_text(&mut text, cat.issuer);
    put_text(&mut text, cat.subject);
    let encoded = cat.id.map(Base64UrlUnpadded::encode_string);
    let id = cat.id.and_then(|id| core::str::from_utf8(id).ok()).filter(|id| !id.contains('\0'));
    put_text(&mut text, id.or(encoded.as_deref()));
    Judged::Text(text)
}

#[inline(never)]
fn put_number(text: &mut String, number: Option<f64>) {
    text.push('\0');
    if let Some(number) = number {
        text.push_str(&seconds(number).to_string());
    }
}

#[inline(never)]
fn put_text(text: &mut String, value: Option<&str>) {
    text.push('\0');
    if let Some(value) = value {
        text.push('=');
        text.push_str(value);
    }
}

#[inline(never)]
fn compose(
    claims: &[u8],
    keys: &str,
    now: u64,
    (alg, kid): (&str, &str),
    signature: Option<&[u8]>,
) -> Result<Judged, Refusal> {
    if !keys.is_empty() {
        let keys = keyset(keys)?;
        let minted = mint::mint(claims, &keys.set, now);
        keep(keys);
        return minted.map(Judged::Text);
    }
    let Some(algorithm) = Algorithm::of_name(alg) else {
        return refused("alg", "expected `ES256` or `EdDSA`");
    };
    let draft = Draft::read(claims, algorithm, kid)?;
    match signature {
        None => Ok(Judged::Bytes(draft.to_be_signed())),
        Some(signature) => draft.sealed(signature).map(Judged::Text),
    }
}

/// Seconds, cut to what an integer holds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "as it says")]
fn seconds(seconds: f64) -> u64 {
    seconds as u64
}

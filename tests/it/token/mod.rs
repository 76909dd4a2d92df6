mod admission;
mod algorithm;
mod cat;
mod cbor;
mod claims;
mod compact;
mod cose;
mod deny_list;
mod digest;
mod ed25519;
mod entitlement;
mod fault;
mod jws;
mod keyring;
mod keyset;
mod operator;
mod request;
mod sender;
mod session;
mod signed;
#[cfg(feature = "office")]
mod signing;
mod url;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use std::fs;
use std::path::Path;
use usher::token::keyring::Keyring;

/// 2026-11-22, in seconds.
const NOW: u64 = 1_795_305_600;

/// `SESSION_KEYS` of one key.
fn keys(kid: &str, fill: u8) -> String {
    format!("{kid}:{}", Base64UrlUnpadded::encode_string(&[fill; 32]))
}

fn ring() -> Keyring {
    Keyring::parse(&keys("k1", 1)).unwrap()
}

fn part(json: &str) -> String {
    Base64UrlUnpadded::encode_string(json.as_bytes())
}

/// A token with this header and these claims, signed by the first of the keys.
fn signed(header: &str, claims: &str, ring: &Keyring) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = Base64UrlUnpadded::encode_string(&ring.sign(message.as_bytes()).unwrap());
    format!("{message}.{signature}")
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#;

fn claims() -> Value {
    serde_json::json!({ "iss": "demo", "sub": "anna", "iat": NOW, "exp": NOW + 3600 })
}

/// A token of claims that were changed.
fn changed(change: impl Fn(&mut Value)) -> String {
    let mut claims = claims();
    change(&mut claims);
    signed(HEADER, &claims.to_string(), &ring())
}

/// A file of `tests/vectors/tokens`.
fn vectors(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/tokens").join(file);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The bytes of a text of hexadecimal digits.
fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0, "{text}");
    let pair = |place| u8::from_str_radix(&text[place..place + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(pair).collect()
}

/// A keyset of one key.
fn keyset_of(kid: &str, alg: &str, key: &[u8]) -> String {
    let key = Base64UrlUnpadded::encode_string(key);
    serde_json::json!({ "keys": [{ "kid": kid, "alg": alg, "key": key }] }).to_string()
}

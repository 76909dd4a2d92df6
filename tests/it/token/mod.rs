mod admission;
mod claims;
mod compact;
mod ed25519;
mod keyring;
mod operator;
mod sender;
mod session;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
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

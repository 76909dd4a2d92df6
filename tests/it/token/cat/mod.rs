mod claims;
mod mint;
mod network;
mod uri;

use super::keyset_of;
use usher::token::algorithm::Algorithm;
use usher::token::cbor::writer::Writer;
use usher::token::cose::{self, CwtTag, header_of, to_be_signed};
use usher::token::fault::Step;
use usher::token::keyset::Keyset;
use usher::token::request::Request;

const NOW: u64 = 1_700_000_100;

fn keyset() -> Keyset {
    Keyset::parse(&keyset_of("k", "HS256", &[1; 32])).unwrap()
}

fn request() -> Request<'static> {
    Request {
        url: Some("https://cdn.example/vod/t1/seg.m4s"),
        method: Some("GET"),
        ip: Some("10.1.2.3"),
        country: Some("SE"),
        now: NOW,
        ..Request::default()
    }
}

/// A token of this payload, whatever it is.
fn signed(payload: &[u8]) -> Vec<u8> {
    let protected = header_of(Algorithm::Hs256, "k");
    let message = to_be_signed(Algorithm::Hs256, &protected, &[], payload);
    let mac = keyset().secret(0).unwrap().mac_of(&message).unwrap();
    cose::sealed(Algorithm::Hs256, &protected, payload, &mac)
}

fn judged(token: &[u8], request: &Request<'_>) -> Result<(), Step> {
    let keys = keyset();
    let token = cose::parse(token, CwtTag::Optional, &[]).map_err(|fault| fault.step)?;
    let key = token.key(&keys, request.now).map_err(|fault| fault.step)?;
    let token = token.verify(key, false).map_err(|fault| fault.step)?;
    token.check_cat(request).map(|_| ()).map_err(|fault| fault.step)
}

/// Claims that hold for [`request`], and one more that was written already.
fn with(label: i64, hex: &str) -> Vec<u8> {
    let mut payload = Writer::default();
    payload.head(5, 2);
    payload.number(4);
    payload.number(NOW as i64 + 60);
    payload.number(label);
    payload.0.extend(super::unhex(&hex.replace(' ', "")));
    signed(&payload.0)
}

/// What becomes of claims with one more, for a request.
fn check(label: i64, hex: &str, request: &Request<'_>, expected: Result<(), Step>) {
    assert_eq!(judged(&with(label, hex), request), expected, "{label} {hex} {request:?}");
}

/// The CBOR of a text, as hexadecimal digits.
fn text(text: &str) -> String {
    let mut writer = Writer::default();
    writer.text(text);
    writer.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

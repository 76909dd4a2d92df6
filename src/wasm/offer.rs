//! The border of what is signed with Ed25519. The host's WebCrypto verifies between two calls: a promise in
//! Rust would cost more than all of this.

use super::error::of_refusal;
use super::plain;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::coupon::Coupon;
use crate::coupon::offer::{OfferError, UntrustedOffer};
use crate::playback::reading::milliseconds;
use crate::token::ed25519;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

/// A coupon that is offered: the claims of a token.
#[derive(Debug, Tsify)]
#[expect(dead_code, reason = "only its type crosses the border")]
pub struct Offer {
    /// Whose it is: the tenant.
    iss: String,
    /// When it was signed, in seconds, UTC.
    iat: u64,
    /// When it ends, in seconds, UTC.
    exp: u64,
    /// For whom, if not for everybody.
    #[tsify(optional)]
    sub: Option<String>,
    /// What to use it by.
    #[tsify(optional)]
    code: Option<String>,
    /// What is offered, without what is only the operator's.
    coupon: Coupon,
}

/// The public key of a name, 32 bytes, out of `kid:base64url[,kid:base64url...]`. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = publicKey)]
pub fn public_key(
    #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] keys: &JsValue,
    kid: &str,
) -> Result<Vec<u8>, JsValue> {
    ed25519::public_key(keys.as_string().as_deref(), kid).map_err(|e| of_refusal(&e))
}

/// Parses an offer: the public key that it names (32 bytes), its signature (64), and what it is to be of.
/// Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readOffer)]
pub fn read_offer(
    token: &str,
    #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] keys: &JsValue,
) -> Result<Vec<u8>, JsValue> {
    let offer = UntrustedOffer::parse(token).map_err(of_offer)?;
    let key = public_key(keys, offer.kid())?;
    Ok([&key, offer.signature(), offer.message().as_bytes()].concat())
}

/// The offer, if `is_signed` says that the host has verified what [`read_offer`] gave, and if it holds for
/// the audience now. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = checkOffer, unchecked_return_type = "Offer")]
pub fn check_offer(
    token: &str,
    is_signed: bool,
    audience: &str,
    now_ms: f64,
) -> Result<JsValue, JsValue> {
    let now_ms = milliseconds(now_ms).ok_or_else(|| {
        of_refusal(&Refusal::at(Code::InvalidValue, "now_ms", "expected milliseconds"))
    })?;
    let offer = UntrustedOffer::parse(token)
        .and_then(|offer| offer.verify(is_signed))
        .and_then(|offer| offer.check(audience, now_ms / 1000))
        .map_err(of_offer)?;
    Ok(plain::of_json(offer.json()))
}

fn of_offer(error: OfferError) -> JsValue {
    of_refusal(&error.into())
}

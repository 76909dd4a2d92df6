//! The border of what the coupons worker tells the edge and signs; the host's WebCrypto signs.

use super::coupon::normalized;
use super::error::of_refusal;
use super::plain;
use crate::coupon::coupon::{Coupon, Limits};
use crate::coupon::near_end;
use crate::coupon::offer_draft::{OfferRequest, Signer};
use crate::coupon::purchase::Counts;
use crate::token::signing::{self, SigningKey};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What is offered, and who signs.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct OfferInput {
    /// What was asked for.
    request: OfferRequest,
    /// The coupon as it is.
    coupon: Coupon,
    /// The name of the key.
    kid: String,
    /// The tenant.
    audience: String,
    /// Now, UTC.
    now_ms: u64,
}

/// How far a coupon is used.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct UseInput {
    /// Of the coupon.
    limits: Limits,
    /// What is taken of it.
    counts: Counts,
}

/// Whether a coupon will soon be used up, so that an edge has to ask. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = isNearEnd)]
pub fn is_near_end(input: Ts<UseInput>) -> Result<bool, JsValue> {
    let UseInput { limits, counts } = plain::read(&input)?;
    Ok(near_end::is_near_end(&limits, &counts))
}

/// Keys that sign.
#[derive(Debug, Serialize, Tsify)]
pub struct SigningKeys {
    /// At least one; the first signs.
    keys: Vec<SigningKey>,
}

/// The keys that sign, out of the setting of this name. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = signingKeys)]
pub fn signing_keys(
    name: &str,
    #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] setting: &JsValue,
) -> Result<Ts<SigningKeys>, JsValue> {
    let keys = signing::signing_keys(name, setting.as_string().as_deref());
    plain::write(&SigningKeys { keys: keys.map_err(|e| of_refusal(&e))? })
}

/// Reads the body of `POST /v1/coupon-offers`. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readOfferRequest)]
pub fn read_offer_request(body: &[u8]) -> Result<Ts<OfferRequest>, JsValue> {
    let request = OfferRequest::from_json(body).map_err(|e| of_refusal(&e))?;
    plain::write(&request)
}

/// Header and claims of an offer, to be signed, with its code as it was typed. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = composeOffer)]
pub fn compose_offer(input: Ts<OfferInput>) -> Result<String, JsValue> {
    let OfferInput { mut request, coupon, kid, audience, now_ms } = plain::read(&input)?;
    request.code = request.code.map(normalized);
    let signer = Signer { kid: &kid, audience: &audience, now_seconds: now_ms / 1000 };
    request.compose(coupon, signer).map_err(|e| of_refusal(&e))
}

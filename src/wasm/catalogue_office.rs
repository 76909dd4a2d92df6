//! The border of the operator's catalogue: the states of assets, and what redeemed coupons give.

use super::error::of_refusal;
use super::fields;
use super::plain;
use crate::entitlement::asset_state;
use crate::entitlement::coupon_grant::{self, Granted, Redeemed};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// A grant that a coupon gives: of a plan or of a title.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct CouponGrant {
    /// The plan.
    plan: Option<String>,
    /// The title.
    title: Option<String>,
    /// In seconds, UTC.
    from: f64,
    /// In seconds, UTC, exclusive; none for ever.
    to: Option<f64>,
}

/// Checks a move of a title from one state to another; none is that of a new one. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = checkAssetMove)]
pub fn check_asset_move(
    #[wasm_bindgen(unchecked_param_type = "string | null")] from: &JsValue,
    to: &str,
) -> Result<(), JsValue> {
    asset_state::check_move(from.as_string().as_deref(), to).map_err(|e| of_refusal(&e))
}

/// The grant that a redemption, as its group tells it, gives to a viewer. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = couponGrant)]
#[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^53")]
pub fn coupon_grant(
    viewer: &str,
    #[wasm_bindgen(unchecked_param_type = "object")] redemption: JsValue,
) -> Result<Ts<CouponGrant>, JsValue> {
    let redeemed = fields::read(redemption, |of| {
        let decision = of.inside("decision");
        Redeemed {
            customer: of.text("customer"),
            state: of.text("state"),
            scope: of.optional_text("scope"),
            settled_ms: of.optional_whole("settled_ms"),
            access_until_ms: decision.optional_signed("access_until_ms"),
            subtotal_minor: decision.signed("subtotal_minor"),
            total_minor: decision.signed("total_minor"),
        }
    })?;
    let grant = coupon_grant::coupon_grant(viewer, &redeemed).map_err(|e| of_refusal(&e))?;
    let (plan, title) = match grant.to {
        Granted::Plan(plan) => (Some(plan), None),
        Granted::Title(title) => (None, Some(title)),
    };
    let (from, to) = (grant.from as f64, grant.until.map(|until| until as f64));
    plain::write(&CouponGrant { plan, title, from, to })
}

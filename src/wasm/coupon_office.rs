//! The border of coupons at the centre: what operators write, reversals, and reasons in words.

use super::coupon::normalized;
use super::error::of_refusal;
use super::plain;
use super::zone::offset_ms;
use crate::coupon::coupon::Coupon;
use crate::coupon::decision::{CarriedOver, Parameter};
use crate::coupon::duration;
use crate::coupon::purchase::Carried;
use crate::coupon::reason::Reason;
use crate::coupon::reason_text::{Language, customer_text, operator_text};
use crate::coupon::written::{CouponDraft, WrittenCodes};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// Makes a coupon of what an operator wrote: local days become instants, the code its one spelling. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = resolveCoupon)]
pub fn resolve_coupon(draft: Ts<CouponDraft>) -> Result<Ts<Coupon>, JsValue> {
    let mut draft = plain::read(&draft)?;
    if let WrittenCodes::Named { code } = &mut draft.written.codes {
        *code = normalized(core::mem::take(code));
    }
    plain::write(&draft.resolve(&offset_ms).map_err(|e| of_refusal(&e))?)
}

/// A redemption that is reversed.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct ReversalInput {
    /// What was redeemed.
    coupon: Coupon,
    /// What was left of it.
    #[tsify(optional, type = "Carried | null")]
    carried: Option<Carried>,
    /// What it took off; all of it if that is not known.
    #[tsify(optional, type = "number | null")]
    discount_minor: Option<i64>,
}

/// What a reversal leaves of a coupon for later bills. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = reverseCoupon)]
pub fn reverse_coupon(input: Ts<ReversalInput>) -> Result<Ts<CarriedOver>, JsValue> {
    let ReversalInput { coupon, carried, discount_minor } = plain::read(&input)?;
    plain::write(&duration::reverse(&coupon, carried, discount_minor))
}

/// A reason to be put into words.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ReasonInput {
    /// Of a decision.
    reason: Reason,
    /// Of the same decision.
    parameters: Vec<Parameter>,
    /// Of both texts.
    language: Language,
}

/// A reason in words.
#[derive(Debug, Serialize, Tsify)]
pub struct ReasonText {
    /// For the customer: the same for every reason.
    customer: &'static str,
    /// For the operator.
    operator: String,
}

/// A reason in words. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = reasonText)]
pub fn reason_text(input: Ts<ReasonInput>) -> Result<Ts<ReasonText>, JsValue> {
    let ReasonInput { reason, parameters, language } = plain::read(&input)?;
    let operator = operator_text(reason, &parameters, language);
    plain::write(&ReasonText { customer: customer_text(language), operator })
}

//! The border of coupon codes, for who makes them: many at once, as lines of ASCII with a newline between
//! them. A million strings over the border would take longer than all else.

use super::code::with_keys;
use super::error::of_refusal;
use super::plain;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::code_shape::{CodeShape, Shape};
use crate::coupon::filter::FILTER_CODES_MAX;
use crate::coupon::filter_builder::{self, BuildError};
use crate::coupon::generator::{CODES_PER_CALL_MAX, Spelling, generate};
use crate::coupon::tagged::{MINTED_PER_CALL_MAX, MintError, SERIALS};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// Codes to be made.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct CodeOrder {
    /// What they look like.
    shape: CodeShape,
    /// How many.
    quantity: u64,
    /// How many of this shape there are already.
    existing: u64,
    /// `true` writes them as people read them, with dashes; `false` as they are stored.
    shown: bool,
}

/// What an order comes to.
#[derive(Debug, Serialize, Tsify)]
pub struct CodePlan {
    /// Symbols of a code.
    symbols: usize,
    /// The largest quantity that is possible beside the codes that exist.
    quantity_max: u64,
    /// Codes that one call makes.
    quantity_per_call_max: u64,
}

/// Checks an order, of whatever quantity, without making a code. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = planCodes)]
pub fn plan_codes(order: Ts<CodeOrder>) -> Result<Ts<CodePlan>, JsValue> {
    let order = plain::read(&order)?;
    let shape = Shape::new(&order.shape).map_err(|e| of_refusal(&e))?;
    shape.check_quantity(order.quantity, order.existing).map_err(|e| of_refusal(&e))?;
    plain::write(&CodePlan {
        symbols: shape.symbols(),
        quantity_max: shape.quantity_max(order.existing),
        quantity_per_call_max: CODES_PER_CALL_MAX,
    })
}

/// Makes different codes of the host's randomness. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = generateCodes)]
pub fn generate_codes(order: Ts<CodeOrder>) -> Result<Vec<u8>, JsValue> {
    let CodeOrder { shape, quantity, existing, shown } = plain::read(&order)?;
    let spelling = if shown { Spelling::Shown } else { Spelling::Stored };
    let random = |bytes: &mut [u8]| getrandom::fill(bytes).is_ok();
    Shape::new(&shape)
        .and_then(|shape| generate(&shape, quantity, existing, spelling, random))
        .map_err(|e| of_refusal(&e))
}

/// Tagged codes to be made.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct MintOrder {
    /// `slot:base64url[,slot:base64url...]`: the first mints.
    keys: String,
    /// The first serial number.
    first: u32,
    /// How many.
    count: u32,
}

/// Makes the tagged codes of a range of serial numbers, in their order. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = mintTaggedCodes)]
pub fn mint_tagged_codes(order: Ts<MintOrder>) -> Result<Vec<u8>, JsValue> {
    let MintOrder { keys, first, count } = plain::read(&order)?;
    with_keys(&keys, |keys| keys.mint(first, count))?.map_err(|error| {
        of_refusal(&match error {
            MintError::Count => {
                let message =
                    format!("`{count}` codes, expected 1 to {MINTED_PER_CALL_MAX} a call");
                Refusal::at(Code::TooMany, "count", message)
            }
            MintError::Serial => {
                let message =
                    format!("`{count}` codes from `{first}`, expected at most {SERIALS} a key");
                Refusal::at(Code::SpaceTooSmall, "first", message)
            }
        })
    })
}

/// The slot of the key that mints tagged codes. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = mintingSlot)]
pub fn minting_slot(keys: &str) -> Result<u8, JsValue> {
    with_keys(keys, |keys| keys.minting_slot())
}

/// Builds the filter of used and revoked codes, as they are stored, which stand in lines. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = buildCodeFilter)]
pub fn build_code_filter(codes: &[u8]) -> Result<Vec<u8>, JsValue> {
    filter_builder::build(codes).map_err(|error| {
        of_refusal(&match error {
            BuildError::Many => {
                let message = format!("expected at most {FILTER_CODES_MAX} codes a filter");
                Refusal::of(Code::TooMany, message)
            }
            BuildError::Construction => {
                Refusal::of(Code::Internal, "no filter of these codes was found")
            }
        })
    })
}

//! The border of the filter of used and revoked codes, for who asks it.

use super::error::of_refusal;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::filter::CodeFilter;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

/// Whether a code may be used or revoked, as it is stored, by what `buildCodeFilter` made; false is certain.
/// The bytes stay in JavaScript: a question needs thirty of some millions. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = mayContain)]
pub fn may_contain(filter: &Uint8Array, code: &str) -> Result<bool, JsValue> {
    #[expect(clippy::cast_possible_truncation, reason = "at most FILTER_BYTES_MAX")]
    let byte = |at: usize| filter.get_index(at as u32);
    match CodeFilter::decode(filter.length() as usize, byte) {
        Ok(decoded) => Ok(decoded.may_contain(code.as_bytes(), byte)),
        Err(_) => {
            Err(of_refusal(&Refusal::of(Code::InvalidValue, "expected the bytes of a code filter")))
        }
    }
}

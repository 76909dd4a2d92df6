//! The border of the operator's coupons: groups, jobs, codes in files.

use super::coupon::normalized;
use super::error::of_refusal;
use super::plain;
use super::zone::offset_ms;
use crate::coupon::code_state::CodeUse;
use crate::coupon::coupon::Coupon;
use crate::coupon::group::GroupDraft;
use crate::coupon::import::{CodeImport, IMPORT_PIECE_BYTES_MAX, RefusedRow};
use crate::coupon::issue::{self, CouponPlace, Making, NewCoupon};
use crate::coupon::job::{Job, JobStep};
use crate::coupon::{change, export};
use js_sys::JsString;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// Reads and checks the JSON of a new coupon group. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readCouponGroup)]
pub fn read_coupon_group(body: &[u8]) -> Result<Ts<GroupDraft>, JsValue> {
    let draft = GroupDraft::from_json(body).map_err(|e| of_refusal(&e))?;
    plain::write(&draft)
}

/// Reads and checks the JSON of a new coupon of a group. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readCoupon)]
pub fn read_coupon(body: &[u8], place: Ts<CouponPlace>) -> Result<Ts<NewCoupon>, JsValue> {
    let place = plain::read(&place)?;
    let coupon = NewCoupon::from_json(body, place, &offset_ms, normalized);
    plain::write(&coupon.map_err(|e| of_refusal(&e))?)
}

/// The coupon after a change, with the next version if anything changes. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = changeCoupon)]
pub fn change_coupon(coupon: Ts<Coupon>, body: &[u8]) -> Result<Ts<Coupon>, JsValue> {
    let coupon = plain::read(&coupon)?;
    let changed = change::change(&coupon, body, &offset_ms).map_err(|e| of_refusal(&e))?;
    plain::write(&changed)
}

/// Reads and checks an order of further codes of a coupon, beside the existing ones. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = orderCodes)]
pub fn order_codes(making: Ts<Making>, existing: f64, body: &[u8]) -> Result<Ts<Making>, JsValue> {
    let making = plain::read(&making)?.again(body, count(existing));
    plain::write(&making.map_err(|e| of_refusal(&e))?)
}

/// The first of the next serial numbers of a key, of which so many were used. Throws
/// `{ code, message, field }` if there are not as many.
#[wasm_bindgen(js_name = nextSerial)]
#[expect(clippy::cast_precision_loss, reason = "at most SERIALS")]
pub fn next_serial(used: f64, quantity: f64) -> Result<f64, JsValue> {
    let first = issue::next_serial(count(used), count(quantity)).map_err(|e| of_refusal(&e))?;
    Ok(first as f64)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of ours; the conversion saturates"
)]
fn count(of: f64) -> u64 {
    of as u64
}

/// Where a code stands, for the operator.
#[wasm_bindgen(js_name = codeState)]
#[must_use]
pub fn code_state(revoked: bool, confirmed: bool, held: bool, reversed: bool) -> String {
    CodeUse { revoked, confirmed, held, reversed }.state().name().into()
}

/// What a job does when none of its slices waits. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = nextJobStep)]
pub fn next_job_step(job: Ts<Job>) -> Result<Ts<JobStep>, JsValue> {
    plain::write(&plain::read(&job)?.next())
}

/// CSV of codes, from the JSON of a list of `CodeLine`s; with `is_first`, the names of the columns before them.
/// Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = exportCodes)]
pub fn export_codes(lines: &[u8], is_first: bool) -> Result<String, JsValue> {
    export::codes(lines, is_first).map_err(|e| of_refusal(&e))
}

/// CSV of rows that were not taken, from the JSON of a list of `RefusedRow`s; with `is_first`, the names of the
/// columns before them. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = exportReport)]
pub fn export_report(rows: &[u8], is_first: bool) -> Result<String, JsValue> {
    export::report(rows, is_first).map_err(|e| of_refusal(&e))
}

/// What pieces of a file held.
#[derive(Debug, Serialize, Tsify)]
pub struct CodeRows {
    /// How many codes.
    codes: f64,
    /// JSON: a list of `[line, code, 1 if it is only found as it is spelled]`.
    rows: String,
    /// Rows that were not taken.
    refused: Vec<RefusedRow>,
}

/// The end of a file.
#[derive(Debug, Serialize, Tsify)]
pub struct CodeImportEnd {
    /// Of the last row, if its line has no end.
    last: CodeRows,
    /// Rows of the file, without the first one.
    rows: f64,
    /// Columns that were not looked at.
    ignored: Vec<String>,
}

/// An import of one file of codes. Call `free()` when it is over.
#[wasm_bindgen(js_name = CodeImport)]
pub struct CodeImportHandle {
    import: CodeImport,
}

#[wasm_bindgen(js_class = CodeImport)]
impl CodeImportHandle {
    /// Begins an import.
    #[wasm_bindgen(constructor)]
    pub fn new() -> CodeImportHandle {
        Self { import: CodeImport::default() }
    }

    /// Most bytes of a piece.
    #[wasm_bindgen(js_name = pieceBytesMax)]
    pub fn piece_bytes_max() -> usize {
        IMPORT_PIECE_BYTES_MAX
    }

    /// Reads the next piece.
    ///
    /// Throws `{ code, message, field }` if the whole file is refused: `missing_field`, `body_too_large` or
    /// `too_many`.
    pub fn push(&mut self, piece: &[u8]) -> Result<Ts<CodeRows>, JsValue> {
        let codes = self.import.push(piece, &mut to_nfkc).map_err(|e| of_refusal(&e))?;
        plain::write(&CodeRows::of(codes))
    }

    /// Reads the last row. Throws as `push` does, and `invalid_value` for an empty file.
    pub fn finish(&mut self) -> Result<Ts<CodeImportEnd>, JsValue> {
        let last = self.import.finish(&mut to_nfkc).map_err(|e| of_refusal(&e))?;
        let import = &self.import;
        #[expect(clippy::cast_precision_loss, reason = "at most IMPORT_ROWS_MAX")]
        let rows = import.rows() as f64;
        let ignored = import.ignored().to_vec();
        plain::write(&CodeImportEnd { last: CodeRows::of(last), rows, ignored })
    }
}

impl CodeRows {
    fn of(codes: crate::coupon::import::ImportedCodes) -> Self {
        let rows: Vec<String> = codes
            .rows
            .iter()
            // A code has nothing in it that JSON would escape.
            .map(|(line, code, exact)| format!("[{line},\"{code}\",{exact}]"))
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "at most IMPORT_ROWS_MAX")]
        let count = rows.len() as f64;
        Self { codes: count, rows: format!("[{}]", rows.join(",")), refused: codes.refused }
    }
}

fn to_nfkc(text: &str) -> String {
    // It throws for an unknown form only.
    JsString::from(text).normalize("NFKC").into()
}

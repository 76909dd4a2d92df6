//! The central API's border: plain data in, plain data out, decoding inside the function.

use super::error::of_refusal;
use super::plain;
use crate::outbox::batch;
use crate::playback::record::ViewRecord;
use crate::token::{operator, sender};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// The records of one batch.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct BatchRecords {
    /// In the order of the lines.
    records: Vec<ViewRecord>,
}

/// Reads and checks a batch: NDJSON of `rows` records. Throws `{ code, message, field }`, with the
/// line in `field`.
#[wasm_bindgen(js_name = readBatch)]
pub fn read_batch(body: &[u8], rows: f64) -> Result<Ts<BatchRecords>, JsValue> {
    let lines = batch::lines(body, rows).map_err(|e| of_refusal(&e))?;
    let read = |(index, line): (usize, &[u8])| {
        ViewRecord::from_json(line).map_err(|e| of_refusal(&batch::on_line(e, index)))
    };
    let records = lines.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    plain::write(&BatchRecords { records })
}

/// Checks an `Authorization` header against the operator key. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = checkOperatorKey)]
pub fn check_operator_key(
    #[wasm_bindgen(unchecked_param_type = "string | null")] authorization: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] key: &JsValue,
) -> Result<(), JsValue> {
    operator::check(authorization.as_string().as_deref(), key.as_string().as_deref())
        .map_err(|e| of_refusal(&e))
}

/// Checks an `Authorization` header of a batch against the key of its senders, and the operator's; without
/// a key of the senders anybody may send. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = checkSenderKey)]
pub fn check_sender_key(
    #[wasm_bindgen(unchecked_param_type = "string | null")] authorization: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | null | undefined")] batch_key: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] operator_key: &JsValue,
) -> Result<(), JsValue> {
    let [authorization, batch_key, operator_key] =
        [authorization, batch_key, operator_key].map(JsValue::as_string);
    sender::check(authorization.as_deref(), batch_key.as_deref(), operator_key.as_deref())
        .map_err(|e| of_refusal(&e))
}

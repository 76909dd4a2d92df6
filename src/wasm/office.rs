//! The central API's border: plain data in, plain data out, decoding inside the function.

use super::error::{of_border, of_refusal};
use crate::outbox::batch;
use crate::playback::record::ViewRecord;
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
    Ts::from_rust(&BatchRecords { records }).map_err(|e| of_border(&e))
}

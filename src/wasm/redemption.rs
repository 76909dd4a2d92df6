//! The border of redemptions. JSON text both ways, because rows come from SQLite and go there: as objects they
//! take several times as long.

use super::error::of_refusal;
use super::zone::offset_ms;
use crate::base::plain::json;
use crate::base::plain::writer::write_json;
use crate::coupon::redemption::answer::{Place, body_of};
use crate::coupon::redemption::batch;
use crate::coupon::redemption::record::Redemption;
use wasm_bindgen::prelude::*;

/// Does some operations: JSON of a `Batch` in, of a `BatchResult` out. `random` has 16 bytes for each operation.
/// Throws `{ code, message, field }` if the rows do not belong together: then nothing may be written.
#[wasm_bindgen(js_name = redeem)]
pub fn redeem(batch: &str, random: &[u8]) -> Result<String, JsValue> {
    let done = batch::read(batch).and_then(|batch| batch.run(random, &offset_ms));
    done.and_then(|result| write_json(&result)).map_err(|e| of_refusal(&e))
}

/// Redemptions as callers are told of them: JSON of a list of `Redemption` in, of a list out. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = tellRedemptions)]
pub fn tell_redemptions(group: &str, shard: u16, rows: &str) -> Result<String, JsValue> {
    let place = Place { group, shard: u32::from(shard) };
    let rows: Vec<Redemption> = json::read(rows.as_bytes()).map_err(|e| of_refusal(&e))?;
    let told = rows.iter().map(|one| body_of(one, place)).collect::<Result<Vec<_>, _>>();
    told.map(|told| format!("[{}]", told.join(","))).map_err(|e| of_refusal(&e))
}

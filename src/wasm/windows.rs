//! The border of the windows at the centre: batches of their sums read, added, their viewers estimated.

use super::error::of_refusal;
use super::plain;
use crate::audience::distinct::Sketch;
use crate::audience::window::WindowRecord;
use crate::audience::window_sums::{WindowSum, add_rows};
use crate::outbox::batch;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// The rows of one batch.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct BatchWindows {
    /// In the order of the lines.
    records: Vec<WindowRecord>,
}

/// Reads and checks a batch of windows: NDJSON of `rows` rows. Throws `{ code, message, field }`, with
/// the line in `field`.
#[wasm_bindgen(js_name = readWindows)]
pub fn read_windows(body: &[u8], rows: f64) -> Result<Ts<BatchWindows>, JsValue> {
    let lines = batch::lines(body, rows).map_err(|e| of_refusal(&e))?;
    let read = |(index, line): (usize, &[u8])| {
        WindowRecord::from_json(line).map_err(|e| of_refusal(&batch::on_line(e, index)))
    };
    let records = lines.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    plain::write(&BatchWindows { records })
}

/// The rows of a batch, and what is known of their cells.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct AddWindowsInput {
    /// The sums of every cell that is known.
    stored: Vec<WindowSum>,
    /// In the order of the lines.
    rows: Vec<WindowRecord>,
}

/// What the rows change.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct AddedWindows {
    /// The new sums of every cell that a row belongs to, each once.
    windows: Vec<WindowSum>,
    /// How many of the rows are corrections.
    corrections: u64,
}

/// Adds the rows of a batch to the sums of their cells. Throws `{ code, message, field }`, with the line
/// in `field`, for a sum beyond 2^53 - 1.
#[wasm_bindgen(js_name = addWindows)]
pub fn add_windows(input: Ts<AddWindowsInput>) -> Result<Ts<AddedWindows>, JsValue> {
    let AddWindowsInput { stored, rows } = plain::read(&input)?;
    let added = add_rows(stored, rows).map_err(|e| of_refusal(&e))?;
    let added = AddedWindows { windows: added.windows, corrections: added.corrections };
    plain::write(&added)
}

/// Sketches of viewers.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct SketchesInput {
    /// In any order.
    sketches: Vec<Sketch>,
}

/// All viewers of some sketches.
#[derive(Debug, Serialize, Tsify)]
pub struct UnitedViewers {
    /// The sketch of all of them.
    viewers: Sketch,
    /// How many they are, roughly, rounded to a whole number: the standard error is 1.6 %.
    estimate: f64,
}

/// Unites sketches of viewers. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = uniteViewers)]
pub fn unite_viewers(input: Ts<SketchesInput>) -> Result<Ts<UnitedViewers>, JsValue> {
    let input = plain::read(&input)?;
    let mut viewers = Sketch::default();
    for sketch in &input.sketches {
        viewers.merge(sketch);
    }
    let estimate = viewers.estimate().round();
    plain::write(&UnitedViewers { viewers, estimate })
}

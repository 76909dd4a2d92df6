//! The border of an import: a handle that takes a viewing-activity export piece by piece.

use super::error::of_refusal;
use super::plain;
use crate::base::refusal::{Code, Refusal};
use crate::outbox::batch;
use crate::playback::activity::import;
use crate::playback::activity::play::ImportedView;
use crate::playback::activity::report::{ActivityDay, ActivityReport};
use js_sys::{Array, Function, Object, Reflect};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// How a file is imported.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ActivityOptions {
    /// The clock, UTC: a play that begins later is skipped.
    now_ms: f64,
    /// Whether `push` and `finish` give the plays, or only count them.
    gives_plays: bool,
}

/// The plays of one piece.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct ActivityPlays {
    /// In the order of their rows.
    plays: Vec<ImportedView>,
}

/// The end of an import.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct ActivityEnd {
    /// The play of a last row whose line has no end.
    plays: Vec<ImportedView>,
    /// What was taken, what was skipped and why.
    report: ActivityReport,
}

/// Plays by day.
#[derive(Debug, Serialize, Tsify)]
pub struct ActivityDays {
    /// Days with plays, in their order.
    days: Vec<ActivityDay>,
}

/// Imported views that are to go to the central API.
#[derive(Debug, Deserialize, Tsify)]
#[tsify(missing_as_null)]
pub struct PlaysInput {
    /// In the order in which they came; a batch holds at most 1,000.
    plays: Vec<ImportedView>,
}

/// The body of a batch of imported views.
#[derive(Debug, Serialize, Tsify)]
pub struct PlaysBatch {
    /// How many plays, from the front, are in it.
    rows: f64,
    /// NDJSON, a record a line.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    body: Vec<u8>,
}

/// Freezes imported views into the body of one batch to the central API: the same plays give the same
/// bytes. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = freezePlays)]
pub fn freeze_plays(input: Ts<PlaysInput>) -> Result<Ts<PlaysBatch>, JsValue> {
    let input = plain::read(&input)?;
    let lines = input.plays.iter().map(|play| serde_json::to_string(&play.record()));
    let lines = lines
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| of_refusal(&Refusal::of(Code::Internal, e.to_string())))?;
    let frozen = batch::freeze(lines).map_err(|e| of_refusal(&e))?;
    #[expect(clippy::cast_precision_loss, reason = "at most BATCH_ROWS_MAX")]
    let rows = frozen.rows as f64;
    plain::write(&PlaysBatch { rows, body: frozen.body })
}

/// An import of one viewing-activity export. Call `free()` when it is over.
#[wasm_bindgen]
pub struct ActivityImport {
    import: import::ActivityImport,
}

#[wasm_bindgen]
impl ActivityImport {
    /// Begins an import. Throws `{ code, message, field }`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Ts<ActivityOptions>) -> Result<ActivityImport, JsValue> {
        let options = plain::read(&options)?;
        let import = import::ActivityImport::new(options.now_ms, options.gives_plays)
            .map_err(|e| of_refusal(&e))?;
        Ok(Self { import })
    }

    /// Reads the next piece, of at most 1 MiB, and gives the plays whose rows end in it.
    ///
    /// Throws `{ code, message, field }` if the whole file is refused: `missing_field` or
    /// `duplicate_field` for a column, `body_too_large`, `too_many`, `invalid_value`.
    pub fn push(&mut self, piece: &[u8]) -> Result<Ts<ActivityPlays>, JsValue> {
        let plays = self.import.push(piece).map_err(|e| of_refusal(&e))?;
        plain::write(&ActivityPlays { plays })
    }

    /// Reads the last row and gives the report. Throws as `push` does.
    pub fn finish(&mut self) -> Result<Ts<ActivityEnd>, JsValue> {
        let (plays, report) = self.import.finish().map_err(|e| of_refusal(&e))?;
        plain::write(&ActivityEnd { plays, report })
    }

    /// The plays so far by the day on which they began in an IANA zone such as `Europe/Berlin`.
    ///
    /// Throws `invalid_value` for a zone that the host does not know.
    pub fn days(&self, zone: &str) -> Result<Ts<ActivityDays>, JsValue> {
        let calendar = Calendar::new(zone)?;
        let days = self.import.days(|utc_ms| calendar.day_of(utc_ms))?;
        plain::write(&ActivityDays { days })
    }
}

/// The host's calendar in one zone.
struct Calendar {
    format: Function,
}

impl Calendar {
    // Through Reflect, because the constructor throws for an unknown zone and the binding of js-sys
    // would let that pass through this frame, with everything in it leaked.
    fn new(zone: &str) -> Result<Self, JsValue> {
        let options = Object::new();
        for (key, value) in [
            ("timeZone", zone),
            ("year", "numeric"),
            ("month", "2-digit"),
            ("day", "2-digit"),
            ("calendar", "gregory"),
            ("numberingSystem", "latn"),
        ] {
            Reflect::set(&options, &JsValue::from_str(key), &JsValue::from_str(value))?;
        }
        let get = |target: &JsValue, key: &str| Reflect::get(target, &JsValue::from_str(key));
        let class = get(&get(&js_sys::global(), "Intl")?, "DateTimeFormat")?;
        let class: Function = class.dyn_into()?;
        let arguments = Array::of2(&JsValue::from_str("en-US"), &options);
        let calendar = Reflect::construct(&class, &arguments).map_err(|_| {
            let message = format!("`{zone}` is no time zone that this host knows");
            of_refusal(&Refusal::at(Code::InvalidValue, "zone", message))
        })?;
        Ok(Self { format: get(&calendar, "format")?.dyn_into()? })
    }

    /// `YYYY-MM-DD` of a moment.
    fn day_of(&self, utc_ms: u64) -> Result<String, JsValue> {
        #[expect(clippy::cast_precision_loss, reason = "a moment before the year 10000")]
        let moment = JsValue::from_f64(utc_ms as f64);
        let text = self.format.call1(&JsValue::UNDEFINED, &moment)?;
        let text = text.as_string().unwrap_or_default();
        // The English of the United States writes `06/16/2024`.
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(month), Some(day), Some(year)) => Ok(format!("{year}-{month}-{day}")),
            _ => Err(of_refusal(&Refusal::of(Code::Internal, format!("`{text}` is no date")))),
        }
    }
}

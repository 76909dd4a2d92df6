//! What a `Viewer` object keeps, laid open for whoever has a right to see it.

use super::error::of_refusal;
use super::plain;
use crate::base::refusal::{Code, Refusal};
use crate::playback::clock::Clocks;
use crate::playback::device::Device;
use crate::playback::provenance::Provenance;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What is noted of a view beside its state.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct OpenProvenance {
    /// Where its first record came from: ISO 3166-1 alpha-2.
    country: Option<String>,
    /// What it came from.
    device: Device,
    /// The producers that were heard live.
    anchors: Vec<OpenAnchor>,
}

/// What is noted of a producer in a view.
#[derive(Debug, Serialize, Tsify)]
pub struct OpenAnchor {
    /// Who measures: 32 lower-case hexadecimal digits.
    producer: String,
    /// When it would have begun to play, had it played without a pause, UTC.
    began_ms: u64,
    /// When it was last measured, UTC.
    measured_ms: u64,
    /// The version of that.
    version: u64,
}

/// The clocks of a viewer's pages.
#[derive(Debug, Serialize, Tsify)]
pub struct OpenClocks {
    /// From when on the viewer is known, UTC; 0 for never.
    known_ms: u64,
    /// The page loads that are known.
    loads: Vec<OpenLoad>,
}

/// A page load.
#[derive(Debug, Serialize, Tsify)]
pub struct OpenLoad {
    /// Who measures: 32 lower-case hexadecimal digits.
    producer: String,
    /// When the page was loaded, UTC.
    loaded_ms: u64,
    /// When it was last heard, UTC.
    heard_ms: u64,
}

/// Lays open what is noted of a view. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readProvenance)]
pub fn read_provenance(bytes: &[u8]) -> Result<Ts<OpenProvenance>, JsValue> {
    let known = Provenance::decode(bytes).map_err(|_| invalid("provenance"))?;
    let anchors = known.anchors.into_iter().map(|anchor| OpenAnchor {
        producer: anchor.producer.0.to_hex(),
        began_ms: anchor.began_ms,
        measured_ms: anchor.measured_ms,
        version: anchor.version,
    });
    let open = OpenProvenance {
        country: known.country.map(String::from),
        device: known.device,
        anchors: anchors.collect(),
    };
    plain::write(&open)
}

/// Lays open what is known of a viewer's clocks. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readClocks)]
pub fn read_clocks(bytes: &[u8]) -> Result<Ts<OpenClocks>, JsValue> {
    let clocks = Clocks::decode(bytes).map_err(|_| invalid("clocks"))?;
    let loads = clocks.loads().map(|(producer, loaded_ms, heard_ms)| OpenLoad {
        producer: producer.0.to_hex(),
        loaded_ms,
        heard_ms,
    });
    let open = OpenClocks { known_ms: clocks.known_ms(), loads: loads.collect() };
    plain::write(&open)
}

fn invalid(field: &str) -> JsValue {
    of_refusal(&Refusal::at(Code::InvalidValue, field, "expected the bytes that were given before"))
}

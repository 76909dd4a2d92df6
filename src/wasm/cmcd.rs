//! The border of Common Media Client Data: what players report about themselves.

use super::error::of_refusal;
use super::fields::{self, Fields};
use super::plain;
use crate::base::refusal::{Code, Refusal};
use crate::playback::cmcd::body::{self, CmcdBody, Target};
use crate::playback::cmcd::media_request::{self, MediaRequest};
use crate::playback::cmcd::viewer_sessions::{self, CmcdOutput, ReportsInput};
use crate::playback::views_body::ViewEntry;
use tsify::Ts;
use wasm_bindgen::prelude::*;

/// Reads and checks the body of `POST /v1/cmcd`; `viewer`, `title` and `player` are what the address
/// of the target says. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readCmcd)]
pub fn read_cmcd(
    body: &[u8],
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] viewer: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] title: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] player: &JsValue,
) -> Result<Ts<CmcdBody>, JsValue> {
    let (viewer, title) = (said(viewer, "viewer")?, said(title, "title")?);
    let player = said(player, "player")?;
    let target =
        Target { viewer: viewer.as_deref(), title: title.as_deref(), player: player.as_deref() };
    let body = body::read(body, target).map_err(|e| of_refusal(&e))?;
    plain::write(&body)
}

/// Takes one viewer's reports into the stored sessions. In `stored` and `incoming` a session stands
/// where a view does: `view` is its key. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = mergeCmcd)]
pub fn merge_cmcd(input: Ts<ReportsInput>) -> Result<Ts<CmcdOutput>, JsValue> {
    let read = |of: &Fields<'_>| ReportsInput {
        viewer: of.text("viewer"),
        now_ms: of.fraction("now_ms"),
        stored: of.list("stored", session),
        incoming: of.list("incoming", session),
    };
    let input = fields::read(input.js_value(), read)?;
    let output = viewer_sessions::merge(input).map_err(|e| of_refusal(&e))?;
    plain::write(&output)
}

/// Reads what came with a request for media, in the query or in headers (joined by commas). Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = readMediaRequest)]
pub fn read_media_request(
    #[wasm_bindgen(unchecked_param_type = "string")] cmcd: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] title: &JsValue,
) -> Result<Ts<MediaRequest>, JsValue> {
    let (cmcd, title) = (said(cmcd, "cmcd")?, said(title, "title")?);
    let (cmcd, title) = (cmcd.unwrap_or_default(), title.unwrap_or_default());
    let request = media_request::read(&cmcd, &title).map_err(|e| of_refusal(&e))?;
    plain::write(&request)
}

fn session(of: &Fields<'_>) -> ViewEntry {
    ViewEntry { view: of.text("view"), title: of.text("title"), state: of.bytes("state") }
}

/// A string, if it is given. Not `Option<String>`: the glue writes whatever has a `length` into the
/// module's memory, and traps.
fn said(value: &JsValue, field: &str) -> Result<Option<String>, JsValue> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let wrong = || of_refusal(&Refusal::at(Code::WrongType, field, "expected a string"));
    value.as_string().map(Some).ok_or_else(wrong)
}

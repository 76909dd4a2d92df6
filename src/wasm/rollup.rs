//! The border of the `Rollup` object: windows of time, and what an answer means for what was sent.

use super::error::thrown;
use super::fields::{self, Fields};
use super::plain;
use crate::audience::distinct::Sketch;
use crate::audience::rollup::{
    self, KnownView, LatestRecord, OpenWindow, RollUpInput, RollUpOutput,
};
use crate::audience::usage::ViewerClass;
use crate::audience::window::{ClassCounts, WindowRecord};
use crate::outbox::sender::Sender;
use crate::outbox::void::{self, Content, Step};
use crate::playback::device::Device;
use crate::playback::reading::milliseconds;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// Rows that get additions.
#[derive(Debug, Tsify)]
pub struct AddWindowsInput {
    /// What is stored of the cells that change.
    stored: Vec<OpenWindow>,
    /// What is added, each cell once.
    changes: Vec<OpenWindow>,
}

/// Rows to be written.
#[derive(Debug, Serialize, Tsify)]
pub struct AddWindowsOutput {
    /// Each cell once.
    windows: Vec<OpenWindow>,
}

/// An answer to a request.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
pub struct SenderAnswer {
    /// The sender until now; null for one that has sent nothing.
    sender: Option<Sender>,
    /// Most rows of a request.
    items_max: u32,
    /// What was in this one.
    sent: Sent,
    /// Rows of this one.
    items: u32,
    /// HTTP status; 0 for no answer.
    status: u16,
    /// The edge's clock, UTC.
    now_ms: f64,
    /// From 0 to 1.
    random: f64,
    /// What the receiver asked for.
    retry_after_ms: Option<f64>,
}

/// What is to be done with a batch.
#[derive(Debug, Serialize, Tsify)]
pub struct BatchStep {
    /// The sender from now on.
    sender: Sender,
    /// What comes next.
    step: Step,
}

/// What is in a request.
#[derive(Debug, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// Rows under a number: all or none.
    Rows,
    /// A void under a number.
    Void,
    /// Rows that the receiver tells apart.
    Apart,
}

/// Takes the latest records of some views: what is newer, and what it adds to which window. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = rollUp)]
pub fn roll_up(input: Ts<RollUpInput>) -> Result<Ts<RollUpOutput>, JsValue> {
    let input = fields::read(input.js_value(), roll_up_input)?;
    let output = rollup::roll_up(input).map_err(thrown)?;
    plain::write(&output)
}

/// Adds changes to the rows of the same cells. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = addWindows)]
pub fn add_windows(input: Ts<AddWindowsInput>) -> Result<Ts<AddWindowsOutput>, JsValue> {
    let read = |of: &Fields<'_>| AddWindowsInput {
        stored: of.list("stored", open_window),
        changes: of.list("changes", open_window),
    };
    let AddWindowsInput { stored, changes } = fields::read(input.js_value(), read)?;
    let windows = rollup::add_windows(stored, changes).map_err(thrown)?;
    plain::write(&AddWindowsOutput { windows })
}

/// What an answer to a request means for what was in it. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = answerBatch)]
pub fn answer_batch(answer: Ts<SenderAnswer>) -> Result<Ts<BatchStep>, JsValue> {
    let answer = fields::read(answer.js_value(), sender_answer)?;
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let rows = count(answer.items);
    let content = match answer.sent {
        Sent::Rows => Content::Rows(rows),
        Sent::Void => Content::Void,
        Sent::Apart => Content::Apart(rows),
    };
    let mut sender = answer.sender.unwrap_or_else(|| Sender::new(count(answer.items_max)));
    // A clock that shows no time shows the beginning of it.
    let now_ms = milliseconds(answer.now_ms).unwrap_or(0);
    let wait_ms = answer.retry_after_ms.and_then(milliseconds);
    let step = void::next_step(&mut sender, content, answer.status, now_ms, answer.random, wait_ms);
    plain::write(&BatchStep { sender, step })
}

fn sender_answer(of: &Fields<'_>) -> SenderAnswer {
    let count = |key| u32::try_from(of.whole(key)).unwrap_or(u32::MAX);
    SenderAnswer {
        sender: (!of.is_null("sender")).then(|| sender(&of.inside("sender"))),
        items_max: count("items_max"),
        sent: match of.word("sent", &["void", "rows", "apart"]) {
            1 => Sent::Rows,
            2 => Sent::Apart,
            _ => Sent::Void,
        },
        items: count("items"),
        status: u16::try_from(of.whole("status")).unwrap_or(0),
        now_ms: of.fraction("now_ms"),
        random: of.fraction("random"),
        retry_after_ms: (!of.is_null("retry_after_ms")).then(|| of.fraction("retry_after_ms")),
    }
}

fn roll_up_input(of: &Fields<'_>) -> RollUpInput {
    RollUpInput {
        now_ms: of.whole("now_ms"),
        window_ms: of.whole("window_ms"),
        grace_ms: of.whole("grace_ms"),
        closed_until_ms: of.whole("closed_until_ms"),
        class: class(of, "class"),
        known: of.list("known", known_view),
        records: of.list("records", latest_record),
    }
}

pub(super) fn class(of: &Fields<'_>, key: &'static str) -> ViewerClass {
    ViewerClass::from_code(of.word(key, &ViewerClass::NAMES) as u64)
}

fn latest_record(of: &Fields<'_>) -> LatestRecord {
    LatestRecord {
        view: of.text("view"),
        viewer: of.text("viewer"),
        title: of.text("title"),
        version: of.whole("version"),
        unique_ms: of.whole("unique_ms"),
        played_ms: of.whole("played_ms"),
        completed: of.flag("completed"),
        stalls: of.whole("stalls"),
        stalled_ms: of.whole("stalled_ms"),
        country: of.optional_text("country"),
        device: device(of),
        watched_ms: if of.is_null("watched_ms") { 0 } else { of.whole("watched_ms") },
        first_seen_ms: of.whole("first_seen_ms"),
    }
}

fn known_view(of: &Fields<'_>) -> KnownView {
    KnownView {
        view: of.text("view"),
        viewer: of.text("viewer"),
        title: of.text("title"),
        country: of.optional_text("country"),
        device: device(of),
        version: of.whole("version"),
        unique_ms: of.signed("unique_ms"),
        played_ms: of.signed("played_ms"),
        completed: of.signed("completed"),
        stalls: of.signed("stalls"),
        stalled_ms: of.signed("stalled_ms"),
    }
}

fn open_window(of: &Fields<'_>) -> OpenWindow {
    let row = of.inside("record");
    let classes = row.inside("classes");
    let record = WindowRecord {
        window_start_ms: row.whole("window_start_ms"),
        window_ms: row.whole("window_ms"),
        title: row.text("title"),
        country: row.optional_text("country"),
        device: device(&row),
        correction: row.flag("correction"),
        views: row.signed("views"),
        unique_ms: row.signed("unique_ms"),
        played_ms: row.signed("played_ms"),
        completed: row.signed("completed"),
        stalls: row.signed("stalls"),
        stalled_ms: row.signed("stalled_ms"),
        classes: ClassCounts {
            unknown: classes.signed("unknown"),
            light: classes.signed("light"),
            standard: classes.signed("standard"),
            heavy: classes.signed("heavy"),
        },
        viewers: viewers(&row),
    };
    OpenWindow { cell: of.text("cell"), due_ms: of.whole("due_ms"), record }
}

fn viewers(of: &Fields<'_>) -> Sketch {
    let viewers = Sketch::try_from(of.text("viewers")).ok();
    of.expected("viewers", "the text of a sketch", viewers).unwrap_or_default()
}

fn sender(of: &Fields<'_>) -> Sender {
    let [items_max, items, failures, next_try_ms, silent_until_ms] =
        ["items_max", "items", "failures", "next_try_ms", "silent_until_ms"]
            .map(|key| of.whole(key));
    Sender::restored(items_max, items, failures, next_try_ms, silent_until_ms)
}

/// An edge of earlier did not say.
fn device(of: &Fields<'_>) -> Device {
    if of.is_null("device") {
        return Device::Unknown;
    }
    Device::of_code(of.word("device", &Device::NAMES) as u64)
}

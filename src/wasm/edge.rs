//! The edge's border: plain data in, plain data out, decoding inside the function.

use super::error::thrown;
use super::fields::{self, Fields};
use super::plain;
use super::rollup::class;
use crate::audience::usage::{Thresholds, ViewerClass, WINDOW_MS};
use crate::base::id::check_name;
use crate::base::refusal::{Code, Refusal};
use crate::base::throttle::{self, Pace};
use crate::outbox::{backoff, batch};
use crate::playback::reading::milliseconds;
use crate::playback::record::ViewRecord;
use crate::playback::state::ViewState;
use crate::playback::viewer_views::{self, KeptView, MergeInput, MergeOutput};
use crate::playback::views_body::{self, Circumstances, UntrustedBody, ViewEntry, ViewsBody};
use crate::token::admission::Access;
use crate::token::operator;
use crate::token::session::{self, Session};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What the edge is set up with, and what a request says beside its body.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
#[expect(dead_code, reason = "only its type crosses the border; see `Given`")]
pub struct Arrival {
    /// `kid:base64url[,kid:base64url...]`: the first signs session tokens, all verify.
    #[tsify(optional, type = "string | null")]
    session_keys: Option<String>,
    /// Who runs the edge.
    tenant: String,
    /// `allowed` takes views without a token.
    #[tsify(optional, type = "string | null")]
    unsigned_views: Option<String>,
    /// The edge's clock, UTC.
    now_ms: f64,
    /// What the network in front says of where a request comes from.
    #[tsify(optional, type = "string | null")]
    country: Option<String>,
    /// The header of this name.
    #[tsify(optional, type = "string | null")]
    user_agent: Option<String>,
}

/// An [`Arrival`] as it is given. Read by name, because decoding it with serde costs a kilobyte more.
struct Given<'a>(&'a JsValue);

impl Given<'_> {
    #[inline(never)]
    fn get(&self, name: &'static str) -> JsValue {
        if self.0.is_object() { plain::field(self.0, name) } else { JsValue::UNDEFINED }
    }

    #[inline(never)]
    fn text(&self, name: &'static str) -> Option<String> {
        self.get(name).as_string()
    }

    #[inline(never)]
    fn access<'a>(
        &self,
        session_keys: Option<&'a str>,
        tenant: Option<&'a str>,
    ) -> Result<Access<'a>, JsValue> {
        let refuse =
            |field| thrown(Refusal::at(Code::InvalidValue, field, "expected another value"));
        let now_ms = self.get("now_ms").as_f64().and_then(milliseconds);
        Ok(Access {
            session_keys,
            tenant: tenant.ok_or_else(|| refuse("tenant"))?,
            unsigned: self.text("unsigned_views").as_deref() == Some("allowed"),
            now_ms: now_ms.ok_or_else(|| refuse("now_ms"))?,
        })
    }
}

/// Records that are to go to the central API.
#[derive(Debug, Tsify)]
pub struct FreezeInput {
    /// The rollup shard.
    shard: String,
    /// Random, once for the life of the shard's storage.
    epoch: f64,
    /// Counts the shard's batches from 1.
    sequence: f64,
    /// The records, oldest first, each as the JSON that will be its line: they pass through unread.
    records: Vec<String>,
}

/// A batch with frozen bounds.
#[derive(Debug, Serialize, Tsify)]
pub struct FrozenBatch {
    /// `shard.epoch.sequence`, the `Idempotency-Key`.
    batch: String,
    /// How many records, from the front, are in it.
    rows: f64,
    /// NDJSON.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    body: Vec<u8>,
}

/// A failed try.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
pub struct RetryInput {
    /// Failures so far, from 1.
    attempt: f64,
    /// From 0 to 1.
    random: f64,
    /// What the server asked for.
    retry_after_ms: Option<f64>,
}

/// What a `Viewer` object knows of a viewer's use.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
pub struct UsageInput {
    /// The edge's clock, UTC.
    now_ms: f64,
    /// When the viewer was first seen, UTC; null for one who is new.
    first_seen_ms: Option<f64>,
    /// Unique content of the views of the last 28 days that are not running.
    unique_ms: f64,
    /// Unique content of those that are.
    running_ms: f64,
    /// The class until now.
    before: ViewerClass,
}

/// A viewer's use of the last 28 days, for the player to add its running view to.
#[derive(Debug, Serialize, Tsify)]
pub struct Usage {
    /// Unique content of the views that are not running.
    unique_ms: f64,
    /// How long the viewer is known, at most 28 days.
    span_ms: f64,
    /// The class now, running views included.
    class: ViewerClass,
}

/// A state laid open for whoever looks at a payload.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct OpenState {
    /// Unique content, `[start_ms, end_ms)`.
    intervals: Vec<(u64, u64)>,
    /// The figures; names and times, which a state does not hold, are empty or 0.
    record: ViewRecord,
    /// Who measured, with the version of each.
    producers: Vec<(String, u64)>,
}

/// Reads and checks the body of `POST /v1/views`: who may send it, then every byte. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = readViews)]
pub fn read_views(
    body: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Arrival")] arrival: &JsValue,
) -> Result<Ts<ViewsBody>, JsValue> {
    let arrival = Given(arrival);
    let body = UntrustedBody::parse(body).map_err(thrown)?;
    let (keys, tenant) = (arrival.text("session_keys"), arrival.text("tenant"));
    let token = arrival
        .access(keys.as_deref(), tenant.as_deref())?
        .admit(body.token(), body.viewer(), body.titles())
        .map_err(thrown)?;
    let (country, user_agent) = (arrival.text("country"), arrival.text("user_agent"));
    let circumstances = Circumstances {
        country: country.as_deref(),
        user_agent: user_agent.as_deref(),
        issued_ms: token.map(|token| token.issued_seconds().saturating_mul(1000)),
    };
    let body = body.check(circumstances).map_err(thrown)?;
    plain::write(&body)
}

/// Checks who asks about a coupon: the session of the viewer, who is the customer if there is one, as in
/// [`read_views`]. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = admitSession)]
pub fn admit_session(
    #[wasm_bindgen(
        unchecked_param_type = "{ viewer: string, token?: string | null, purchase: unknown }"
    )]
    asked: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Arrival")] arrival: &JsValue,
) -> Result<(), JsValue> {
    let (asked, arrival) = (Given(asked), Given(arrival));
    let viewer = asked.text("viewer").unwrap_or_default();
    check_name(&viewer).map_err(|e| thrown(Refusal::of_id(e, "viewer")))?;
    let customer = Given(&Given(&asked.get("purchase")).get("customer")).text("id");
    if customer.is_some_and(|customer| customer != viewer) {
        let message = "the customer is another viewer";
        return Err(thrown(Refusal::at(Code::TokenScope, "purchase.customer.id", message)));
    }
    let (keys, tenant) = (arrival.text("session_keys"), arrival.text("tenant"));
    arrival
        .access(keys.as_deref(), tenant.as_deref())?
        .admit_viewer(asked.text("token").as_deref(), &viewer)
        .map_err(thrown)?;
    Ok(())
}

/// Reads the body of `POST /v1/sessions` and issues a session token. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = issueSession)]
pub fn issue_session(
    body: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Arrival")] arrival: &JsValue,
) -> Result<Ts<Session>, JsValue> {
    let arrival = Given(arrival);
    let (keys, tenant) = (arrival.text("session_keys"), arrival.text("tenant"));
    let access = arrival.access(keys.as_deref(), tenant.as_deref())?;
    let session = access
        .keyring()
        .and_then(|keys| session::issue(body, &keys, access.tenant, access.now_ms / 1000))
        .map_err(thrown)?;
    plain::write(&session)
}

/// Checks an `Authorization` header against the operator key. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = checkOperator)]
pub fn check_operator(
    #[wasm_bindgen(unchecked_param_type = "string | null")] authorization: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "string | null")] key: &JsValue,
) -> Result<(), JsValue> {
    operator::check(authorization.as_string().as_deref(), key.as_string().as_deref())
        .map_err(thrown)
}

/// Takes one more request, of which `per_second` may come for long and `burst` at once: when what was
/// taken so far is used up, from when it was before (0 at first). Too early, the milliseconds to wait
/// below 0.
#[wasm_bindgen(js_name = admitRequest)]
#[must_use]
pub fn admit_request(used_ms: f64, now_ms: f64, per_second: f64, burst: f64) -> f64 {
    throttle::admit(used_ms, now_ms, Pace { per_second, burst }).unwrap_or_else(|wait_ms| -wait_ms)
}

/// Merges one viewer's incoming states into the stored ones. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = mergeViews)]
pub fn merge_views(input: Ts<MergeInput>) -> Result<Ts<MergeOutput>, JsValue> {
    let input = fields::read(input.js_value(), merge_input)?;
    let output = viewer_views::merge(input).map_err(thrown)?;
    plain::write(&output)
}

/// The usage window and class of a viewer. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = viewerUsage)]
pub fn viewer_usage(input: Ts<UsageInput>) -> Result<Ts<Usage>, JsValue> {
    let read = |of: &Fields<'_>| UsageInput {
        now_ms: of.fraction("now_ms"),
        first_seen_ms: of.optional_fraction("first_seen_ms"),
        unique_ms: of.fraction("unique_ms"),
        running_ms: of.fraction("running_ms"),
        before: class(of, "before"),
    };
    let input = fields::read(input.js_value(), read)?;
    let now_ms = whole("now_ms", input.now_ms)?;
    let first_seen_ms = whole("first_seen_ms", input.first_seen_ms.unwrap_or(input.now_ms))?;
    let (other_ms, running_ms) =
        (whole("unique_ms", input.unique_ms)?, whole("running_ms", input.running_ms)?);
    let span_ms = now_ms.saturating_sub(first_seen_ms).min(WINDOW_MS);
    let class =
        Thresholds::default().classify(other_ms.saturating_add(running_ms), span_ms, input.before);
    #[expect(clippy::cast_precision_loss, reason = "at most WINDOW_MS")]
    let usage = Usage { unique_ms: input.unique_ms, span_ms: span_ms as f64, class };
    plain::write(&usage)
}

#[inline(never)]
fn whole(field: &'static str, value: f64) -> Result<u64, JsValue> {
    let refusal = || Refusal::at(Code::InvalidValue, field, "expected milliseconds");
    milliseconds(value).ok_or_else(|| thrown(refusal()))
}

/// Lays a state open. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readState)]
pub fn read_state(state: &[u8]) -> Result<Ts<OpenState>, JsValue> {
    let state = ViewState::decode(state)
        .map_err(|e| thrown(Refusal::of(Code::InvalidState, views_body::describe(e))))?;
    let open = OpenState {
        intervals: state.content.as_slice().iter().map(|i| (i.start_ms(), i.end_ms())).collect(),
        record: ViewRecord::new("", "", "", &state),
        producers: state
            .tallies()
            .iter()
            .map(|(producer, t)| (producer.0.to_hex(), t.version))
            .collect(),
    };
    plain::write(&open)
}

/// Freezes records into one batch within its limits. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = freezeBatch)]
pub fn freeze_batch(input: Ts<FreezeInput>) -> Result<Ts<FrozenBatch>, JsValue> {
    let read = |of: &Fields<'_>| FreezeInput {
        shard: of.text("shard"),
        epoch: of.fraction("epoch"),
        sequence: of.fraction("sequence"),
        records: of.needed_texts("records"),
    };
    let input = fields::read(input.js_value(), read)?;
    let frozen = batch::freeze(input.records).map_err(thrown)?;
    let id = batch::id(&input.shard, input.epoch, input.sequence).map_err(thrown)?;
    #[expect(clippy::cast_precision_loss, reason = "at most BATCH_ROWS_MAX")]
    let rows = frozen.rows as f64;
    plain::write(&FrozenBatch { batch: id, rows, body: frozen.body })
}

/// Milliseconds to wait before the next try. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = retryDelayMs)]
pub fn retry_delay_ms(input: Ts<RetryInput>) -> Result<f64, JsValue> {
    let read = |of: &Fields<'_>| RetryInput {
        attempt: of.fraction("attempt"),
        random: of.fraction("random"),
        retry_after_ms: of.optional_fraction("retry_after_ms"),
    };
    let input = fields::read(input.js_value(), read)?;
    let attempt =
        milliseconds(input.attempt).and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX);
    let delay_ms =
        backoff::retry_delay_ms(attempt, input.random, input.retry_after_ms.and_then(milliseconds));
    #[expect(clippy::cast_precision_loss, reason = "at most five minutes")]
    Ok(delay_ms as f64)
}

fn merge_input(of: &Fields<'_>) -> MergeInput {
    MergeInput {
        viewer: of.text("viewer"),
        now_ms: of.fraction("now_ms"),
        stored: of.list("stored", kept_view),
        incoming: of.list("incoming", view_entry),
        said: of.optional_bytes("said"),
        clocks: of.optional_bytes("clocks"),
        released: of.optional_flag("released", false),
    }
}

fn kept_view(of: &Fields<'_>) -> KeptView {
    let ViewEntry { view, title, state } = view_entry(of);
    KeptView { view, title, state, provenance: of.optional_bytes("provenance") }
}

fn view_entry(of: &Fields<'_>) -> ViewEntry {
    ViewEntry { view: of.text("view"), title: of.text("title"), state: of.bytes("state") }
}

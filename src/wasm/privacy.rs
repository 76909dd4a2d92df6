//! The border of what is kept of a person: records sealed and opened, the audit log written and checked.

use super::error::{of_refusal, refusal};
use super::plain;
use crate::base::plain::writer::write_json;
use crate::outbox::batch;
use crate::playback::record::ViewRecord;
use crate::privacy::audit::{self, AuditCheck, AuditEntry, AuditHead, AuditRequest, AuditRow};
use crate::privacy::retention::{KeptData, KeptFor};
use crate::privacy::sealed_view;
use crate::privacy::tenant_key::{Purpose, TENANT_KEY_BYTES_MIN, TenantKey};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// Reads and checks a batch of records, NDJSON of `rows` rows, and seals them, so that neither viewer nor
/// view can be read where they are stored: JSON, an array of SealedView. Text, because it goes into SQLite
/// as it is: as objects, twice over the border, a batch takes three times as long. Throws
/// `{ code, message, field }`, with the line in `field`.
#[wasm_bindgen(js_name = sealBatch)]
pub fn seal_batch(key: &str, body: &[u8], rows: f64) -> Result<String, JsValue> {
    let key = tenant_key(key)?;
    let lines = batch::lines(body, rows).map_err(|e| of_refusal(&e))?;
    let seal = |(index, line): (usize, &[u8])| {
        ViewRecord::from_json(line)
            .and_then(|record| sealed_view::seal(&key, record))
            .map_err(|e| of_refusal(&batch::on_line(e, index)))
    };
    let views = lines.into_iter().enumerate().map(seal).collect::<Result<Vec<_>, _>>()?;
    write_json(&views).map_err(|e| of_refusal(&e))
}

/// A viewer and a view by their names.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct NamesInput {
    /// At least 16 bytes, as text.
    tenant_key: String,
    /// The name of a viewer, the id of a view or a key of the operator's.
    name: String,
    /// What of these it is.
    kind: NameKind,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A viewer.
    Viewer,
    /// A view.
    View,
    /// A secret that is told apart from others and not told.
    Fingerprint,
}

/// A name under the tenant's key: 32 hexadecimal digits, always the same ones. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = keyedName)]
pub fn keyed_name(input: Ts<NamesInput>) -> Result<String, JsValue> {
    let input = plain::read(&input)?;
    let purpose = match input.kind {
        NameKind::Viewer => Purpose::Viewer,
        NameKind::View => Purpose::View,
        NameKind::Fingerprint => Purpose::Fingerprint,
    };
    Ok(tenant_key(&input.tenant_key)?.name(purpose, &input.name))
}

/// A stored record, and the view whose it is.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct OpenViewInput {
    /// At least 16 bytes, as text.
    tenant_key: String,
    /// The id of the view.
    view: String,
    /// See [`sealed_view::SealedView`].
    viewer_sealed: String,
    /// See [`sealed_view::SealedView`].
    record: String,
}

/// One record.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct OpenedView {
    /// As it was sealed.
    record: ViewRecord,
}

/// Opens the record of a view. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = openView)]
pub fn open_view(input: Ts<OpenViewInput>) -> Result<Ts<OpenedView>, JsValue> {
    let OpenViewInput { tenant_key: key, view, viewer_sealed, record } = plain::read(&input)?;
    let record = sealed_view::open_for_view(&tenant_key(&key)?, &view, &viewer_sealed, &record)
        .map_err(|e| of_refusal(&e))?;
    plain::write(&OpenedView { record })
}

/// Stored records, and the viewer whose they are.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct OpenViewerInput {
    /// At least 16 bytes, as text.
    tenant_key: String,
    /// The viewer.
    viewer: String,
    /// The records.
    views: Vec<StoredView>,
}

/// What is needed to open one record.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct StoredView {
    /// See [`sealed_view::SealedView`].
    view_key: String,
    /// See [`sealed_view::SealedView`].
    view_sealed: String,
    /// See [`sealed_view::SealedView`].
    record: String,
}

/// Records.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct OpenedViews {
    /// In the order of the input.
    records: Vec<ViewRecord>,
}

/// Opens the records of a viewer. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = openViewer)]
pub fn open_viewer(input: Ts<OpenViewerInput>) -> Result<Ts<OpenedViews>, JsValue> {
    let OpenViewerInput { tenant_key: key, viewer, views } = plain::read(&input)?;
    let key = tenant_key(&key)?;
    let open = |StoredView { view_key, view_sealed, record }: StoredView| {
        sealed_view::open_for_viewer(&key, &viewer, &view_key, &view_sealed, &record)
    };
    let records = views.into_iter().map(open).collect::<Result<_, _>>();
    let records = records.map_err(|e| of_refusal(&e))?;
    plain::write(&OpenedViews { records })
}

/// Stored records of erased views.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct StoredRecords {
    /// JSON, each.
    records: Vec<String>,
}

/// The same records with times cut down to the day. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = coarsenRecords)]
pub fn coarsen_records(input: Ts<StoredRecords>) -> Result<Ts<StoredRecords>, JsValue> {
    let input = plain::read(&input)?;
    let records = input.records.iter().map(|record| sealed_view::coarsen(record));
    let records = records.collect::<Result<_, _>>().map_err(|e| of_refusal(&e))?;
    plain::write(&StoredRecords { records })
}

/// Reads and checks what is to be noted in the audit log. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = readAuditRequest)]
pub fn read_audit_request(body: &[u8]) -> Result<Ts<AuditRequest>, JsValue> {
    let request = AuditRequest::from_json(body).map_err(|e| of_refusal(&e))?;
    plain::write(&request)
}

/// An entry, and where it goes.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct AppendInput {
    /// The last row; none before the first.
    head: Option<AuditHead>,
    /// The clock, UTC.
    at_ms: f64,
    /// What happened.
    entry: AuditEntry,
}

/// The row of the audit log that follows the last one. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = appendAudit)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a clock; the conversion saturates"
)]
pub fn append_audit(input: Ts<AppendInput>) -> Result<Ts<AuditRow>, JsValue> {
    let AppendInput { head, at_ms, entry } = plain::read(&input)?;
    let row = audit::append(&head.unwrap_or_default(), at_ms as u64, entry);
    plain::write(&row)
}

/// Rows of the audit log.
#[derive(Debug, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct CheckInput {
    /// The row before them; none before the first.
    head: Option<AuditHead>,
    /// The rows that should follow.
    rows: Vec<AuditRow>,
}

/// What a part of the audit log turned out to be.
#[derive(Debug, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct CheckedAudit {
    /// The last row, if every row follows from the one before.
    head: Option<AuditHead>,
    /// Otherwise the first sequence that is missing or not what was written.
    broken_at: Option<f64>,
}

/// Whether rows of the audit log follow from each other. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = checkAudit)]
#[expect(clippy::cast_precision_loss, reason = "sequences are far below 2^53")]
pub fn check_audit(input: Ts<CheckInput>) -> Result<Ts<CheckedAudit>, JsValue> {
    let CheckInput { head, rows } = plain::read(&input)?;
    let checked = match audit::check(head.unwrap_or_default(), &rows) {
        AuditCheck::Intact(head) => CheckedAudit { head: Some(head), broken_at: None },
        AuditCheck::BrokenAt(sequence) => {
            CheckedAudit { head: None, broken_at: Some(sequence as f64) }
        }
    };
    plain::write(&checked)
}

/// How long what is kept.
#[derive(Debug, Serialize, Tsify)]
pub struct Retention {
    /// Every class of data.
    kept: Vec<KeptFor>,
}

/// How long what is kept, and what is due. Throws `{ code, message, field }`.
#[wasm_bindgen]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a clock; the conversion saturates"
)]
pub fn retention(now_ms: f64) -> Result<Ts<Retention>, JsValue> {
    let kept = KeptData::ALL.iter().map(|data| data.at(now_ms as u64)).collect();
    plain::write(&Retention { kept })
}

fn tenant_key(text: &str) -> Result<TenantKey, JsValue> {
    TenantKey::new(text.as_bytes()).ok_or_else(|| {
        let message = format!("expected a tenant key of at least {TENANT_KEY_BYTES_MIN} bytes");
        refusal("not_configured", &message, None)
    })
}

//! A view's record as the centre stores it: who watched and the id of the view are in no byte of it.
//!
//! A record can be read by whoever asks with the id of the view or with the name of its viewer, and by
//! nobody else: each is sealed under a key that is derived from the other and from the tenant's key. So
//! nothing of a person is left in the pages, logs and copies of a database after an erasure.

use super::tenant_key::{Purpose, TenantKey};
use crate::base::id::Id;
use crate::base::refusal::{Code, Refusal};
use crate::playback::record::{Source, ViewRecord};
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::Serialize;

/// Times of an erased view are cut down to this: a day, UTC.
const DAY_MS: u64 = 24 * 3600 * 1000;

/// A view's record without view and viewer, the figures that are summed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealedView {
    /// The id of the view, keyed: 32 hexadecimal digits.
    pub view_key: String,
    /// The viewer, keyed: 32 hexadecimal digits.
    pub viewer_key: String,
    /// The id of the view, for whoever knows the viewer: base64url.
    pub view_sealed: String,
    /// The viewer, for whoever knows the id of the view: base64url.
    pub viewer_sealed: String,
    /// What was watched.
    pub title: String,
    /// See [`ViewRecord`].
    pub version: u64,
    /// See [`ViewRecord`].
    pub unique_ms: u64,
    /// See [`ViewRecord`].
    pub played_ms: u64,
    /// 0 or 1.
    pub completed: u8,
    /// See [`ViewRecord`].
    pub stalls: u64,
    /// 1 for an imported view, which is in no window; else 0.
    pub imported: u8,
    /// JSON, the ViewRecord with an empty view and viewer.
    pub record: String,
}

/// The viewer's key of a record, see [`SealedView::viewer_key`].
#[must_use]
pub fn viewer_key(key: &TenantKey, viewer: &str) -> String {
    key.name(Purpose::Viewer, viewer)
}

/// The view's key of a record, see [`SealedView::view_key`].
#[must_use]
pub fn view_key(key: &TenantKey, view: &str) -> String {
    key.name(Purpose::View, view)
}

/// Seals a record.
///
/// # Errors
/// [`Code::Internal`] if it could not be sealed or written.
pub fn seal(key: &TenantKey, record: ViewRecord) -> Result<SealedView, Refusal> {
    let view_key = view_key(key, &record.view);
    let viewer_sealed =
        sealed(&key.derive(Purpose::SealOfView, &record.view), &view_key, &record.viewer)?;
    let view_sealed =
        sealed(&key.derive(Purpose::SealOfViewer, &record.viewer), &view_key, &record.view)?;
    let viewer_key = viewer_key(key, &record.viewer);
    let bare = ViewRecord { view: String::new(), viewer: String::new(), ..record };
    Ok(SealedView {
        view_key,
        viewer_key,
        view_sealed,
        viewer_sealed,
        version: bare.version,
        unique_ms: bare.unique_ms,
        played_ms: bare.played_ms,
        completed: u8::from(bare.completed),
        stalls: bare.stalls,
        imported: u8::from(bare.source == Source::Import),
        record: written(&bare)?,
        title: bare.title,
    })
}

/// The record of a view whose id is known.
///
/// # Errors
/// [`Code::Internal`] if it was not sealed for this view and key.
pub fn open_for_view(
    key: &TenantKey,
    view: &str,
    sealed: &str,
    record: &str,
) -> Result<ViewRecord, Refusal> {
    let viewer = opened(&key.derive(Purpose::SealOfView, view), &view_key(key, view), sealed)?;
    Ok(ViewRecord { view: view.to_owned(), viewer, ..read(record)? })
}

/// The record of a view whose viewer is known.
///
/// # Errors
/// [`Code::Internal`] if it was not sealed for this viewer and key.
pub fn open_for_viewer(
    key: &TenantKey,
    viewer: &str,
    view_key: &str,
    sealed: &str,
    record: &str,
) -> Result<ViewRecord, Refusal> {
    let view = opened(&key.derive(Purpose::SealOfViewer, viewer), view_key, sealed)?;
    Ok(ViewRecord { view, viewer: viewer.to_owned(), ..read(record)? })
}

/// The record of an erased view: every figure stays, the times are cut down to the day.
///
/// # Errors
/// [`Code::Internal`] if the record cannot be read.
pub fn coarsen(record: &str) -> Result<String, Refusal> {
    let mut record = read(record)?;
    for time in [&mut record.watched_ms, &mut record.first_seen_ms, &mut record.last_seen_ms] {
        *time -= *time % DAY_MS;
    }
    written(&record)
}

fn sealed(key: &[u8; 32], view_key: &str, text: &str) -> Result<String, Refusal> {
    let bytes = ChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&nonce(view_key), text.as_bytes())
        .map_err(|_| internal("the record could not be sealed"))?;
    Ok(Base64UrlUnpadded::encode_string(&bytes))
}

fn opened(key: &[u8; 32], view_key: &str, sealed: &str) -> Result<String, Refusal> {
    let refusal = || internal("the record was sealed under another key");
    let bytes = Base64UrlUnpadded::decode_vec(sealed).map_err(|_| refusal())?;
    let text = ChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(&nonce(view_key), bytes.as_slice())
        .map_err(|_| refusal())?;
    String::from_utf8(text).map_err(|_| refusal())
}

/// The first 96 bits of a view's key. A pair of key and nonce only ever seals one text: the key of a view
/// its viewer, the key of a viewer with the nonce of a view that view.
fn nonce(view_key: &str) -> Nonce {
    let mut nonce = [0; 12];
    let id = Id::parse(view_key).map_or([0; 16], |id| id.0);
    for (to, from) in nonce.iter_mut().zip(id) {
        *to = from;
    }
    Nonce::from(nonce)
}

fn read(record: &str) -> Result<ViewRecord, Refusal> {
    serde_json::from_str(record).map_err(|_| internal("the record cannot be read"))
}

fn written(record: &ViewRecord) -> Result<String, Refusal> {
    serde_json::to_string(record).map_err(|_| internal("the record cannot be written"))
}

fn internal(message: &str) -> Refusal {
    Refusal::of(Code::Internal, message)
}

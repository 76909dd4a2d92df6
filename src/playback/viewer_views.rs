//! All views of one viewer: merging what comes in with what is stored.

use super::record::ViewRecord;
use super::state::{Seen, ViewState};
use super::views_body::{ViewEntry, describe};
use crate::base::id::{Id, Producer};
use crate::base::limits::{MS_MAX, PRODUCERS_MAX, STATE_MERGED_BYTES_MAX};
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tsify::Tsify;

/// What a `Viewer` object asks when views come in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    /// Who watched.
    pub viewer: String,
    /// The edge's clock, UTC.
    pub now_ms: f64,
    /// What is stored of the views that come in.
    pub stored: Vec<ViewEntry>,
    /// What comes in.
    pub incoming: Vec<ViewEntry>,
}

/// What the object writes, and then answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Tsify)]
#[tsify(missing_as_null)]
pub struct MergeOutput {
    /// For every state that came in, what is committed once `changed` is written.
    pub acks: Vec<Ack>,
    /// The views whose state is new.
    pub changed: Vec<ChangedView>,
}

/// Commits a version: a player may forget what it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct Ack {
    /// The view.
    pub view: String,
    /// Who measured: 32 lower-case hexadecimal digits.
    pub producer: String,
    /// The highest version committed.
    pub version: u64,
}

/// A view to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Tsify)]
pub struct ChangedView {
    /// The view.
    pub view: String,
    /// What was watched.
    pub title: String,
    /// The merged state.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub state: Vec<u8>,
    /// Its figures, for the centre.
    pub record: ViewRecord,
}

struct Known {
    title: String,
    state: ViewState,
    changed: bool,
}

/// Merges what comes in into what is stored. A state that says nothing new changes nothing.
///
/// # Errors
/// A [`Refusal`] that names the view; then nothing may be written.
pub fn merge(input: MergeInput) -> Result<MergeOutput, Refusal> {
    let now_ms = super::reading::milliseconds(input.now_ms)
        .filter(|ms| *ms < MS_MAX)
        .ok_or_else(|| Refusal::at(Code::InvalidValue, "now_ms", "expected UTC milliseconds"))?;
    let mut known = BTreeMap::new();
    for (index, entry) in input.stored.into_iter().enumerate() {
        let state = decode(&entry, "stored", index)?;
        known.insert(entry.view, Known { title: entry.title, state, changed: false });
    }
    let mut acks = Vec::new();
    for (index, entry) in input.incoming.into_iter().enumerate() {
        merge_one(&mut known, &mut acks, entry, index, now_ms)?;
    }
    let changed = known.into_iter().filter(|(_, known)| known.changed);
    let changed = changed
        .map(|(view, known)| changed_view(&input.viewer, view, known))
        .collect::<Result<_, _>>()?;
    Ok(MergeOutput { acks, changed })
}

fn merge_one(
    known: &mut BTreeMap<String, Known>,
    acks: &mut Vec<Ack>,
    entry: ViewEntry,
    index: usize,
    now_ms: u64,
) -> Result<(), Refusal> {
    let incoming = decode(&entry, "views", index)?;
    let at = |field: &str| format!("views[{index}].{field}");
    let held = known.get(&entry.view);
    if let Some(held) = held
        && held.title != entry.title
    {
        let message =
            format!("view `{}` is of title `{}`, not `{}`", entry.view, held.title, entry.title);
        return Err(Refusal::at(Code::TitleChanged, at("title"), message));
    }
    let merged = held.map_or_else(|| incoming.clone(), |held| held.state.merge(&incoming));
    if merged.tallies().len() > PRODUCERS_MAX {
        let message = format!("expected at most {PRODUCERS_MAX} producers of one view");
        return Err(Refusal::at(Code::TooManyProducers, at("state"), message));
    }
    acks.extend(
        incoming.tallies().iter().map(|(producer, _)| ack(&entry.view, *producer, &merged)),
    );
    let says_new = held.is_none_or(|held| held.state != merged);
    if says_new {
        let mut state = merged;
        // A view seen again at a clock that went back was not seen before it was first seen.
        let first_ms = state.seen.map_or(now_ms, |seen| seen.first_ms);
        let last_ms = state.seen.map_or(now_ms, |seen| seen.last_ms.max(now_ms));
        state.seen = Some(Seen { first_ms, last_ms: last_ms.max(first_ms) });
        known.insert(entry.view, Known { title: entry.title, state, changed: true });
    }
    Ok(())
}

fn ack(view: &str, producer: Producer, merged: &ViewState) -> Ack {
    let version =
        merged.tallies().iter().find(|(known, _)| *known == producer).map_or(0, |(_, t)| t.version);
    Ack { view: view.to_owned(), producer: producer.0.to_hex(), version }
}

fn changed_view(viewer: &str, view: String, known: Known) -> Result<ChangedView, Refusal> {
    let record = ViewRecord::new(viewer, &view, &known.title, &known.state);
    let state = known.state.encode();
    if state.len() > STATE_MERGED_BYTES_MAX {
        let message =
            format!("the merged state of `{view}` is above {STATE_MERGED_BYTES_MAX} bytes");
        return Err(Refusal::at(Code::BodyTooLarge, "views", message));
    }
    Ok(ChangedView { view, title: known.title, state, record })
}

fn decode(entry: &ViewEntry, list: &str, index: usize) -> Result<ViewState, Refusal> {
    let at = |field: &str| format!("{list}[{index}].{field}");
    Id::parse(&entry.view).map_err(|e| Refusal::of_id(e, at("view")))?;
    ViewState::decode(&entry.state)
        .map_err(|e| Refusal::at(Code::InvalidState, at("state"), describe(e)))
}

//! All views of one viewer: merging what comes in with what is stored.

use super::arrival::Said;
use super::clock::{Clocks, Measured, PageTime};
use super::plausibility::{self, Implausible, Leniency, Passage};
use super::provenance::Provenance;
use super::record::ViewRecord;
use super::state::{Seen, ViewState};
use super::views_body::{ViewEntry, describe, place};
use crate::base::id::{Id, Producer};
use crate::base::limits::{MS_MAX, PRODUCERS_MAX, STATE_MERGED_BYTES_MAX};
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What a `Viewer` object asks when views come in.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    /// Who watched.
    pub viewer: String,
    /// The edge's clock, UTC.
    pub now_ms: f64,
    /// What is stored of the views that come in.
    pub stored: Vec<KeptView>,
    /// What comes in.
    pub incoming: Vec<ViewEntry>,
    /// What the request says beside them, as `readViews` gave it; none if nothing is known.
    #[serde(default, with = "serde_bytes")]
    #[tsify(optional, type = "Uint8Array")]
    pub said: Vec<u8>,
    /// The clocks of the viewer's pages, as they were given before; none at first.
    #[serde(default, with = "serde_bytes")]
    #[tsify(optional, type = "Uint8Array")]
    pub clocks: Vec<u8>,
    /// An operator has looked at what comes in and lets it pass.
    #[serde(default)]
    #[tsify(optional)]
    pub released: bool,
}

/// A view as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
pub struct KeptView {
    /// The view: 32 lower-case hexadecimal digits.
    pub view: String,
    /// What was watched.
    pub title: String,
    /// The merged state.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub state: Vec<u8>,
    /// What is noted beside it; none for a view of which nothing is.
    #[serde(default, with = "serde_bytes")]
    #[tsify(optional, type = "Uint8Array")]
    pub provenance: Vec<u8>,
}

/// What the object writes, and then answers.
#[derive(Debug, Clone, PartialEq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct MergeOutput {
    /// For every state that came in, what is committed once all of this is written.
    pub acks: Vec<Ack>,
    /// The views whose state is new.
    pub changed: Vec<ChangedView>,
    /// The states that cannot be true: kept apart, for an operator to look at.
    pub quarantined: Vec<QuarantinedState>,
    /// The clocks of the viewer's pages, if they are new.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array | null")]
    pub clocks: Option<Vec<u8>>,
}

/// A state that cannot be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct QuarantinedState {
    /// The view.
    pub view: String,
    /// What is said to have been watched.
    pub title: String,
    /// Who is said to have measured: 32 lower-case hexadecimal digits.
    pub producer: String,
    /// The version of the state.
    pub version: u64,
    /// Which law it breaks.
    pub reason: Implausible,
    /// The state.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub state: Vec<u8>,
    /// What the request said, for a release: `said` of [`MergeInput`].
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub said: Vec<u8>,
}

/// Commits a version: a player may forget what it covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct Ack {
    /// The view.
    pub view: String,
    /// Who measured: 32 lower-case hexadecimal digits.
    pub producer: String,
    /// The highest version committed.
    pub version: u64,
}

/// A view to write.
#[derive(Debug, Clone, PartialEq, Serialize, Tsify)]
pub struct ChangedView {
    /// The view.
    pub view: String,
    /// What was watched.
    pub title: String,
    /// The merged state.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub state: Vec<u8>,
    /// What is noted beside it.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub provenance: Vec<u8>,
    /// Its figures, for the centre.
    pub record: ViewRecord,
}

struct Known {
    view: String,
    title: String,
    state: ViewState,
    provenance: Provenance,
    /// When what is new in it was measured; none if nothing is.
    changed_ms: Option<u64>,
}

/// What is gathered while the states that come in are taken one by one.
struct Merge {
    now_ms: u64,
    said: Said,
    clocks: Clocks,
    leniency: Leniency,
    released: bool,
    /// As they were stored, then as they came: a body holds few, and a map would be 2 kB.
    known: Vec<Known>,
    acks: Vec<Ack>,
    quarantined: Vec<QuarantinedState>,
}

/// Merges what comes in into what is stored. A state that says nothing new changes nothing; one that
/// cannot be true is set apart.
///
/// # Errors
/// A [`Refusal`] that names the view; then nothing may be written.
pub fn merge(input: MergeInput) -> Result<MergeOutput, Refusal> {
    merge_with(input, Leniency::default())
}

/// [`merge`], looking at time as exactly as is said.
///
/// # Errors
/// Those of [`merge`].
pub fn merge_with(input: MergeInput, leniency: Leniency) -> Result<MergeOutput, Refusal> {
    let now_ms = super::reading::milliseconds(input.now_ms)
        .filter(|ms| *ms < MS_MAX)
        .ok_or_else(|| Refusal::at(Code::InvalidValue, "now_ms", "expected UTC milliseconds"))?;
    let mut merge = Merge {
        now_ms,
        said: Said::decode(&input.said).map_err(|_| opaque("said"))?,
        clocks: Clocks::decode(&input.clocks).map_err(|_| opaque("clocks"))?,
        leniency,
        released: input.released,
        known: Vec::new(),
        acks: Vec::new(),
        quarantined: Vec::new(),
    };
    for (index, stored) in input.stored.into_iter().enumerate() {
        let state = decode(&stored.view, &stored.state, "stored", index)?;
        let provenance =
            Provenance::decode(&stored.provenance).map_err(|_| opaque("provenance"))?;
        let KeptView { view, title, .. } = stored;
        merge.known.push(Known { view, title, state, provenance, changed_ms: None });
    }
    if !merge.released {
        merge.clocks.hear(now_ms, merge.said.issued_ms);
    }
    for (index, entry) in input.incoming.into_iter().enumerate() {
        merge.take(entry, index)?;
    }
    let clocks = merge.clocks.encode();
    let mut changed = Vec::new();
    for known in merge.known {
        changed.extend(changed_view(&input.viewer, known)?);
    }
    Ok(MergeOutput {
        acks: merge.acks,
        changed,
        quarantined: merge.quarantined,
        clocks: (clocks != input.clocks && !merge.released).then_some(clocks),
    })
}

impl Merge {
    fn known(&self, view: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.view == view)
    }

    fn take(&mut self, entry: ViewEntry, index: usize) -> Result<(), Refusal> {
        let incoming = decode(&entry.view, &entry.state, "views", index)?;
        let at = |field| place("views", index, field);
        let held = self.known(&entry.view);
        if let Some(held) = held
            && held.title != entry.title
        {
            let message = format!(
                "view `{}` is of title `{}`, not `{}`",
                entry.view, held.title, entry.title
            );
            return Err(Refusal::at(Code::TitleChanged, at("title"), message));
        }
        let merged = held.map_or_else(|| incoming.clone(), |held| held.state.merge(&incoming));
        if merged.tallies().len() > PRODUCERS_MAX {
            let message = format!("expected at most {PRODUCERS_MAX} producers of one view");
            return Err(Refusal::at(Code::TooManyProducers, at("state"), message));
        }
        let is_known = held.is_some_and(|held| held.state == merged);
        // Whether it is joined or set apart, what came in is committed.
        self.acks.extend(
            incoming.tallies().iter().map(|(producer, _)| ack(&entry.view, *producer, &merged)),
        );
        let measured = self.measured(&incoming, index);
        if is_known {
            return Ok(());
        }
        if let Err(reason) = self.check(&entry.view, &incoming, index, measured.is_live) {
            self.set_apart(entry, &incoming, measured, reason);
        } else {
            self.join(entry, &incoming, merged, measured);
        }
        Ok(())
    }

    fn measured(&mut self, incoming: &ViewState, index: usize) -> Measured {
        let at = self.said.at.get(index).copied().flatten();
        match (self.released, incoming.tallies()) {
            (true, _) => {
                Measured { at_ms: at.map_or(self.now_ms, |at| at.wall_ms), is_live: false }
            }
            (false, [(producer, _)]) => {
                self.clocks.measured(*producer, at, self.said.clock, self.now_ms)
            }
            // A page measures alone: these were merged on their way.
            (false, _) => Measured { at_ms: self.now_ms, is_live: false },
        }
    }

    fn check(
        &self,
        view: &str,
        incoming: &ViewState,
        index: usize,
        is_live: bool,
    ) -> Result<(), Implausible> {
        if self.released {
            return Ok(());
        }
        // The edge was away when it was measured: what an earlier page load left, or a page that is open
        // for longer than its token holds, may be older than the first token that the edge has seen.
        let at = self.said.at.get(index).copied().flatten();
        let (clock, issued_ms) = (self.said.clock, self.said.issued_ms);
        let token_ms = self.now_ms.saturating_sub(issued_ms.unwrap_or(0));
        let renewed_ms = token_ms.saturating_add(self.leniency.slack_ms);
        let is_older = |clock: PageTime| !is_live || clock.monotonic_ms > renewed_ms;
        let may_be_older = at.is_some() && clock.is_some_and(is_older);
        let passage = Passage {
            now_ms: self.clocks.time_ms(self.now_ms),
            known_ms: self.clocks.known_ms(),
            is_signed: issued_ms.is_some() && !may_be_older,
            page_ms: at.map(|at| at.monotonic_ms),
        };
        let provenance = self.known(view).map(|known| &known.provenance);
        let anchor_of = |producer| provenance.and_then(|known| known.anchor(producer));
        plausibility::check(incoming, &passage, self.leniency, anchor_of)
    }

    fn set_apart(
        &mut self,
        entry: ViewEntry,
        incoming: &ViewState,
        measured: Measured,
        reason: Implausible,
    ) {
        let Some((producer, tally)) = incoming.tallies().first() else { return };
        let said = Said {
            at: vec![Some(PageTime { monotonic_ms: 0, wall_ms: measured.at_ms })],
            clock: None,
            ..self.said
        };
        self.quarantined.push(QuarantinedState {
            view: entry.view,
            title: entry.title,
            producer: producer.0.to_hex(),
            version: tally.version,
            reason,
            state: entry.state,
            said: said.encode(),
        });
    }

    fn join(
        &mut self,
        entry: ViewEntry,
        incoming: &ViewState,
        merged: ViewState,
        measured: Measured,
    ) {
        let held = self.known.iter().position(|known| known.view == entry.view);
        let held = held.map(|index| self.known.swap_remove(index));
        let changed_ms = held.as_ref().and_then(|held| held.changed_ms);
        let mut provenance = held.map_or_else(
            || Provenance {
                country: self.said.country,
                device: self.said.device,
                anchors: Vec::new(),
            },
            |held| held.provenance,
        );
        if let [(producer, tally)] = incoming.tallies() {
            let measured_ms = self.clocks.time_ms(measured.at_ms);
            if self.released {
                provenance.trust(*producer, measured_ms, tally.playing_ms, tally.version);
            } else if measured.is_live {
                provenance.hear(*producer, measured_ms, tally.playing_ms, tally.version);
            }
        }
        let mut state = merged;
        // A view seen again at a clock that went back was not seen before it was first seen.
        let first_ms = state.seen.map_or(self.now_ms, |seen| seen.first_ms);
        let last_ms = state.seen.map_or(self.now_ms, |seen| seen.last_ms.max(self.now_ms));
        state.seen = Some(Seen { first_ms, last_ms: last_ms.max(first_ms) });
        let changed_ms = changed_ms.max(Some(measured.at_ms));
        let ViewEntry { view, title, .. } = entry;
        self.known.push(Known { view, title, state, provenance, changed_ms });
    }
}

fn ack(view: &str, producer: Producer, merged: &ViewState) -> Ack {
    let version =
        merged.tallies().iter().find(|(known, _)| *known == producer).map_or(0, |(_, t)| t.version);
    Ack { view: view.to_owned(), producer: producer.0.to_hex(), version }
}

fn changed_view(viewer: &str, known: Known) -> Result<Option<ChangedView>, Refusal> {
    let Known { view, title, state, provenance, changed_ms } = known;
    let Some(changed_ms) = changed_ms else { return Ok(None) };
    let mut record = ViewRecord::new(viewer, &view, &title, &state);
    record.watched_ms = changed_ms;
    record.country = provenance.country.map(String::from);
    record.device = provenance.device;
    let state = state.encode();
    if state.len() > STATE_MERGED_BYTES_MAX {
        let message =
            format!("the merged state of `{view}` is above {STATE_MERGED_BYTES_MAX} bytes");
        return Err(Refusal::at(Code::BodyTooLarge, "views", message));
    }
    let provenance = provenance.encode();
    Ok(Some(ChangedView { view, title, state, provenance, record }))
}

fn decode(view: &str, state: &[u8], list: &str, index: usize) -> Result<ViewState, Refusal> {
    let at = |field| place(list, index, field);
    Id::parse(view).map_err(|e| Refusal::of_id(e, at("view")))?;
    ViewState::decode(state).map_err(|e| Refusal::at(Code::InvalidState, at("state"), describe(e)))
}

#[cold]
#[inline(never)]
fn opaque(field: &str) -> Refusal {
    Refusal::at(Code::InvalidValue, field, "expected the bytes that were given before")
}

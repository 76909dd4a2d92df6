//! A `Viewer` object: the states of one viewer, and the records that the `Rollup` object has not
//! confirmed. Each method is one transaction; a crash between two loses what is not committed.

use super::centre::CentreMessage;
use super::faults::Fault;
use super::message::{Answer, Request};
use super::rollup::RollupMessage;
use super::world::{Event, World};
use std::rc::Rc;
use usher::audience::usage::ViewerClass;
use usher::base::mutant::planted;
use usher::outbox::backoff::retry_delay_ms;
use usher::playback::record::ViewRecord;
use usher::playback::viewer_views::{self, Ack, ChangedView, KeptView, MergeInput};
use usher::playback::views_body::ViewsBody;

/// How long a crash between commit and delivery can hold a record up.
const ALARM_MS: u64 = 2_000;

const CLASSES: [ViewerClass; 4] =
    [ViewerClass::Unknown, ViewerClass::Light, ViewerClass::Standard, ViewerClass::Heavy];

/// A record on its way to the `Rollup` object.
#[derive(Debug, Clone)]
pub struct Row {
    pub record: Rc<ViewRecord>,
    pub line: Rc<str>,
}

/// Where an erasure still has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Rollup,
    Centre,
}

#[derive(Debug)]
pub enum ViewerMessage {
    /// Deliver what is there now.
    Deliver { life: u64 },
    /// The alarm that was armed for now.
    Ring { at_ms: u64 },
    /// The `Rollup` object has answered a call, or cannot be reached.
    Taken { life: u64, rows: Rc<Vec<Row>>, taken: bool },
    /// A place has erased the viewer, or cannot be reached.
    Erased { life: u64, place: Place, done: bool },
    /// The object is started again after a crash.
    Started { life: u64 },
    /// Only with a planted bug: what was acknowledged is written.
    Written { life: u64, changed: Vec<ChangedView> },
}

/// What survives a crash.
#[derive(Debug, Default)]
pub struct Committed {
    pub views: Vec<KeptView>,
    pub clocks: Vec<u8>,
    pub outgoing: Vec<Row>,
    pub erased: bool,
    pub owes: Vec<Place>,
    attempt: u32,
    alarm_ms: Option<u64>,
}

#[derive(Debug, Default)]
pub struct Viewer {
    pub name: String,
    pub shard: usize,
    pub committed: Committed,
    pub life: u64,
    pub delivering: bool,
}

impl World {
    /// Merges what a player sent into what is stored; none if the object dies over it.
    pub fn merge(&mut self, request: &Request, body: ViewsBody) -> Option<Answer> {
        let index = request.viewer;
        let now_ms = self.server_ms();
        if self.happens(Fault::ViewerCrash) {
            self.crash_viewer(index);
            return Some(Answer::of(503));
        }
        let viewer = &self.viewers[index];
        if viewer.committed.erased && !planted("viewer_tombstone_ignored") {
            // The player is to forget it; nothing changes.
            let acks = request.sent.iter().map(|one| (one.view, one.producer, one.version));
            let acks: Vec<_> = acks.collect();
            for (view, producer, version) in &acks {
                self.truth.acked(*view, *producer, *version);
            }
            return Some(Answer { acks, ..Answer::of(200) });
        }
        let ViewsBody { views: incoming, said, .. } = body;
        let is_in = |stored: &&KeptView| incoming.iter().any(|entry| entry.view == stored.view);
        let stored = viewer.committed.views.iter().filter(is_in).cloned().collect();
        let input = MergeInput {
            viewer: viewer.name.clone(),
            now_ms: now_ms as f64,
            stored,
            incoming,
            said,
            clocks: viewer.committed.clocks.clone(),
            released: false,
        };
        let output = match viewer_views::merge(input) {
            Ok(output) => output,
            Err(refusal) => {
                self.note(|| format!("viewer {index} refuses: {refusal:?}"));
                return Some(Answer::of(400));
            }
        };
        for state in &output.quarantined {
            // Everybody here is honest.
            let (view, reason) = (self.truth.view(&state.view), state.reason);
            self.broken(format!("view {view:?} v{} is quarantined: {reason:?}", state.version));
        }
        if let Some(clocks) = output.clocks {
            self.viewers[index].committed.clocks = clocks;
        }
        let acks = self.acks(&output.acks);
        if planted("ack_before_commit") {
            let (life, changed) = (self.viewers[index].life, output.changed);
            let message = ViewerMessage::Written { life, changed };
            self.after(2_000, Event::AtViewer { viewer: index, message });
        } else {
            self.write(index, output.changed);
            if self.happens(Fault::ViewerCrash) {
                // Committed, but nobody hears of it.
                self.crash_viewer(index);
                return None;
            }
        }
        for (view, producer, version) in &acks {
            self.truth.acked(*view, *producer, *version);
        }
        Some(Answer { acks, ..Answer::of(200) })
    }

    fn acks(&self, acks: &[Ack]) -> Vec<(usize, usher::base::id::Producer, u64)> {
        acks.iter()
            .filter_map(|ack| {
                let producer = usher::base::id::Id::parse(&ack.producer).ok()?;
                Some((
                    self.truth.view(&ack.view)?,
                    usher::base::id::Producer(producer),
                    ack.version,
                ))
            })
            .collect()
    }

    /// One transaction: states, and the records of them.
    fn write(&mut self, index: usize, changed: Vec<ChangedView>) {
        if changed.is_empty() {
            return;
        }
        let committed = &mut self.viewers[index].committed;
        for ChangedView { view, title, state, provenance, record } in changed {
            let line = serde_json::to_string(&record).unwrap().into();
            let row = Row { record: Rc::new(record), line };
            match committed.outgoing.iter_mut().find(|out| out.record.view == view) {
                Some(out) => *out = row,
                None => committed.outgoing.push(row),
            }
            match committed.views.iter_mut().find(|stored| stored.view == view) {
                Some(stored) => (stored.state, stored.provenance) = (state, provenance),
                None => committed.views.push(KeptView { view, title, state, provenance }),
            }
        }
        self.arm_viewer(index, ALARM_MS);
        let life = self.viewers[index].life;
        let message = ViewerMessage::Deliver { life };
        self.after(1, Event::AtViewer { viewer: index, message });
    }

    pub fn at_viewer(&mut self, index: usize, message: ViewerMessage) {
        let life = self.viewers[index].life;
        match message {
            ViewerMessage::Deliver { life: of } if of == life => self.deliver_records(index),
            ViewerMessage::Ring { at_ms }
                if self.viewers[index].committed.alarm_ms == Some(at_ms) =>
            {
                self.viewers[index].committed.alarm_ms = None;
                self.deliver_records(index);
                self.deliver_erasure(index);
            }
            ViewerMessage::Taken { life: of, rows, taken } if of == life => {
                self.viewers[index].delivering = false;
                self.records_taken(index, &rows, taken);
            }
            ViewerMessage::Erased { life: of, place, done } if of == life => {
                if done {
                    self.viewers[index].committed.owes.retain(|owed| *owed != place);
                } else {
                    self.arm_viewer(index, 5_000);
                }
            }
            ViewerMessage::Started { life: of } if of == life => self.start_viewer(index),
            ViewerMessage::Written { life: of, changed } if of == life => {
                self.write(index, changed);
            }
            // It was for an earlier life, or an alarm that was put off.
            _ => {}
        }
    }

    fn deliver_records(&mut self, index: usize) {
        let viewer = &mut self.viewers[index];
        if viewer.delivering || viewer.committed.outgoing.is_empty() {
            return;
        }
        let rows = Rc::new(viewer.committed.outgoing.clone());
        viewer.delivering = true;
        let (life, shard) = (viewer.life, viewer.shard);
        if self.happens(Fault::ViewerCrash) {
            return self.crash_viewer(index);
        }
        if self.happens(Fault::CallLost) {
            let message = ViewerMessage::Taken { life, rows, taken: false };
            return self.after(50, Event::AtViewer { viewer: index, message });
        }
        let delay_ms =
            if self.happens(Fault::CallLate) { self.random.between(100, 60_000) } else { 3 };
        let class = self.random.pick(&CLASSES);
        let message = RollupMessage::Take { viewer: index, life, rows, class };
        self.after(delay_ms, Event::AtRollup { shard, message });
    }

    fn records_taken(&mut self, index: usize, rows: &[Row], taken: bool) {
        if self.happens(Fault::ViewerCrash) {
            // What was handed on is handed on again.
            return self.crash_viewer(index);
        }
        let committed = &mut self.viewers[index].committed;
        if !taken {
            committed.attempt += 1;
            let delay_ms = retry_delay_ms(committed.attempt, 0.5, None);
            committed.alarm_ms = None;
            return self.arm_viewer(index, delay_ms);
        }
        committed.attempt = 0;
        // A version that came in the meantime is newer than the one handed on, and stays.
        committed.outgoing.retain(|out| {
            !rows.iter().any(|row| {
                row.record.view == out.record.view
                    && (row.record.version >= out.record.version
                        || planted("unversioned_outgoing_delete"))
            })
        });
        self.deliver_records(index);
    }

    fn arm_viewer(&mut self, index: usize, delay_ms: u64) {
        let at_ms = self.now_ms + delay_ms;
        let alarm_ms = &mut self.viewers[index].committed.alarm_ms;
        if alarm_ms.is_some_and(|due_ms| due_ms <= at_ms) {
            return;
        }
        *alarm_ms = Some(at_ms);
        let message = ViewerMessage::Ring { at_ms };
        self.after(delay_ms, Event::AtViewer { viewer: index, message });
    }

    fn crash_viewer(&mut self, index: usize) {
        self.note(|| format!("viewer {index} dies"));
        let viewer = &mut self.viewers[index];
        viewer.life += 1;
        viewer.delivering = false;
        let life = viewer.life;
        let message = ViewerMessage::Started { life };
        let delay_ms = self.random.between(10, 30_000);
        self.after(delay_ms, Event::AtViewer { viewer: index, message });
    }

    /// The constructor: what waits is delivered, whatever became of the alarm.
    fn start_viewer(&mut self, index: usize) {
        let committed = &self.viewers[index].committed;
        let waits = !committed.outgoing.is_empty() || !committed.owes.is_empty();
        if waits && !planted("viewer_alarm_not_rearmed") {
            self.arm_viewer(index, ALARM_MS);
        }
    }

    /// `DELETE /v1/viewers/{id}`: a tombstone in the place of all that is held.
    pub fn erase(&mut self, index: usize) {
        self.note(|| format!("viewer {index} is erased"));
        self.faults.count(Fault::Erasure);
        let committed = &mut self.viewers[index].committed;
        committed.erased = true;
        committed.views.clear();
        committed.outgoing.clear();
        committed.owes = vec![Place::Rollup, Place::Centre];
        self.arm_viewer(index, 5_000);
        if self.happens(Fault::ViewerCrash) {
            return self.crash_viewer(index);
        }
        self.deliver_erasure(index);
    }

    fn deliver_erasure(&mut self, index: usize) {
        let viewer = &self.viewers[index];
        let (life, shard) = (viewer.life, viewer.shard);
        for place in viewer.committed.owes.clone() {
            self.arm_viewer(index, 5_000);
            if self.happens(Fault::CallLost) {
                let message = ViewerMessage::Erased { life, place, done: false };
                self.after(50, Event::AtViewer { viewer: index, message });
                continue;
            }
            let event = match place {
                Place::Rollup => {
                    let message = RollupMessage::Erase { viewer: index, life };
                    Event::AtRollup { shard, message }
                }
                Place::Centre => {
                    Event::AtCentre { message: CentreMessage::Erase { viewer: index, life } }
                }
            };
            self.after(5, event);
        }
    }
}

//! All sessions of one viewer: taking what comes in, making views of it.

use super::dialect::Dialect;
use super::report::Report;
use super::session::{Session, Taken};
use crate::base::id::Id;
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use crate::base::varint::Reader;
use crate::playback::interval_set::IntervalSet;
use crate::playback::reading::milliseconds;
use crate::playback::record::{Source, ViewRecord};
use crate::playback::state::ViewState;
use crate::playback::viewer_views::ChangedView;
use crate::playback::views_body::ViewEntry;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What a `Viewer` object asks when reports come in. A session stands where a view does: `view` is its
/// key.
#[derive(Debug, Clone, PartialEq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ReportsInput {
    /// Who watches.
    pub viewer: String,
    /// The edge's clock, UTC.
    pub now_ms: f64,
    /// What is stored of the sessions that come in.
    pub stored: Vec<ViewEntry>,
    /// What comes in.
    pub incoming: Vec<ViewEntry>,
}

/// What the object writes, and then answers.
#[derive(Debug, Clone, PartialEq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct CmcdOutput {
    /// Reports that counted.
    pub taken: usize,
    /// Reports that were known.
    pub repeated: usize,
    /// Reports that came too late or contradict what is known.
    pub late: usize,
    /// The views that the reports belong to, changed or not: 32 lower-case hexadecimal digits.
    pub views: Vec<String>,
    /// The sessions whose state is new: `view` is the key of the session.
    pub sessions: Vec<ViewEntry>,
    /// Their views.
    pub changed: Vec<ChangedView>,
}

/// Takes the reports that come in, in the order of the player's clock. A report that is known changes
/// nothing. In `stored` and `incoming` a session stands where a view does: `view` is its key.
///
/// # Errors
/// A [`Refusal`] if what is stored cannot be read; then nothing may be written.
pub fn merge(input: ReportsInput) -> Result<CmcdOutput, Refusal> {
    let ReportsInput { viewer, now_ms, stored, incoming } = input;
    let state_of = |view: &str| {
        let known = stored.iter().find(|known| known.view == view);
        known.map(|known| known.state.as_slice())
    };
    let now_ms = milliseconds(now_ms)
        .filter(|ms| *ms < MS_MAX)
        .ok_or_else(|| Refusal::at(Code::InvalidValue, "now_ms", "expected UTC milliseconds"))?;
    let mut output = CmcdOutput {
        taken: 0,
        repeated: 0,
        late: 0,
        views: vec![],
        sessions: vec![],
        changed: vec![],
    };
    for mut entry in incoming {
        let key = Id::parse(&entry.view).map_err(|e| Refusal::of_id(e, "view"))?;
        let (dialect, reports) = decode(&entry.state).ok_or_else(|| invalid("incoming"))?;
        let session = match state_of(&entry.view) {
            Some(state) => Session::decode(state).map_err(|_| invalid("stored"))?,
            None => Session::new(dialect),
        };
        let view = View { viewer: &viewer, title: &entry.title, key, now_ms };
        let (session, is_changed) = view.take_all(session, reports, &mut output);
        output.views.push(view.id(&session));
        if is_changed {
            entry.state = session.encode();
            output.sessions.push(entry);
        }
    }
    Ok(output)
}

/// The names of a view that reports make.
struct View<'a> {
    viewer: &'a str,
    title: &'a str,
    key: Id,
    now_ms: u64,
}

impl View<'_> {
    /// The session with the reports in it, and whether they changed anything.
    fn take_all(
        &self,
        mut session: Session,
        reports: Vec<Report>,
        output: &mut CmcdOutput,
    ) -> (Session, bool) {
        let mut is_changed = false;
        for report in reports {
            let mut taken = session.take(report);
            if taken == Taken::Restarts {
                let next = session.next_run();
                if is_changed {
                    output.changed.push(self.view_of(&mut session));
                }
                session = next;
                taken = session.take(report);
            }
            let count = match taken {
                Taken::New => &mut output.taken,
                Taken::Repeated => &mut output.repeated,
                Taken::Late | Taken::Restarts => &mut output.late,
            };
            *count = count.saturating_add(1);
            is_changed |= taken != Taken::Repeated;
        }
        if is_changed {
            output.changed.push(self.view_of(&mut session));
        }
        (session, is_changed)
    }

    fn id(&self, session: &Session) -> String {
        session.view(self.viewer, self.key).0.to_hex()
    }

    fn view_of(&self, session: &mut Session) -> ChangedView {
        session.see(self.now_ms);
        let (tally, delivery) = session.figures();
        let producer = session.producer(self.key);
        let mut state = ViewState::of(producer, tally, IntervalSet::default());
        state.seen = session.seen();
        let view = self.id(session);
        let mut record = ViewRecord::new(self.viewer, &view, self.title, &state);
        record.source = Source::Cmcd;
        record.delivery = (delivery.requests > 0).then_some(delivery);
        ChangedView {
            view,
            title: self.title.to_owned(),
            state: state.encode(),
            provenance: Vec::new(),
            record,
        }
    }
}

/// The dialect, and the reports by the player's clock, so that those of an earlier start come first.
fn decode(bytes: &[u8]) -> Option<(Dialect, Vec<Report>)> {
    let reader = &mut Reader::new(bytes);
    let dialect = Dialect::of_code(u64::from(reader.byte().ok()?))?;
    let mut reports: Vec<Report> = Vec::new();
    while !reader.is_done() {
        let report = Report::decode(reader).ok()?;
        let is_later = |known: &&Report| (known.ts_ms, known.sn) > (report.ts_ms, report.sn);
        // Most come in their order, so the place is looked for from the end.
        let behind = reports.iter().rev().take_while(is_later).count();
        reports.insert(reports.len().saturating_sub(behind), report);
    }
    Some((dialect, reports))
}

fn invalid(field: &str) -> Refusal {
    Refusal::at(Code::InvalidState, field, "expected the state of a session")
}

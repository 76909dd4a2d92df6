//! The body of `POST /v1/cmcd`: untrusted bytes to reports by viewer and session.

use super::dialect::Dialect;
use super::field::{at_most, check, refuse};
use super::report::{self, Line};
use super::{row, session};
use crate::base::refusal::{Code, Refusal};
use crate::playback::views_body::ViewEntry;
use serde::Serialize;
use tsify::Tsify;

/// Bytes of one body. hls.js, Shaka and dash.js send a report of some 100 bytes a request, and after an
/// outage what has gathered.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// Lines of one body.
pub const LINES_MAX: usize = 2_000;

/// Sessions that may report in one body: each is an object of its own unless the target names a viewer.
pub const SESSIONS_MAX: usize = 10;

/// Errors that are told; more are only counted.
pub const ERRORS_MAX: usize = 50;

/// What the address of the target says: `?viewer=..&title=..&player=..`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Target<'a> {
    /// Who watches; otherwise `cmcd:` and the session id.
    pub viewer: Option<&'a str>,
    /// What is watched; otherwise the content id of the report.
    pub title: Option<&'a str>,
    /// Which player it is: `hls.js`, `shaka-player` or `dash.js`.
    pub player: Option<&'a str>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct CmcdBody {
    /// Lines that are not empty.
    pub lines: usize,
    /// Lines that are no report.
    pub refused: usize,
    /// What is wrong with them: the first [`ERRORS_MAX`].
    pub errors: Vec<LineError>,
    /// Keys of other vendors, which were passed over.
    pub custom_keys: u64,
    /// The reports, by viewer. A session stands where a view does: `view` is its key, `state` its
    /// reports.
    pub viewers: Vec<ViewerReports>,
}

/// What the players of one viewer report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct ViewerReports {
    /// Who watches.
    pub viewer: String,
    /// The sessions, each once.
    pub views: Vec<ViewEntry>,
}

/// A line that is no report; the rest of the body counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct LineError {
    /// From 1.
    pub line: usize,
    /// What is wrong, for programs.
    pub code: Code,
    /// What is wrong and what was expected, for people.
    pub message: String,
    /// The key.
    pub field: Option<String>,
}

/// Reads a body. A line that is no report is told by its number, and the others count.
///
/// # Errors
/// A [`Refusal`] of the whole: too large, too many lines, no report at all (then the first line's
/// error), or a target that names a viewer, title or player that cannot be one.
pub fn read(body: &[u8], target: Target<'_>) -> Result<CmcdBody, Refusal> {
    if body.len() > BODY_BYTES_MAX {
        return Err(refuse(Code::BodyTooLarge, "", &at_most(BODY_BYTES_MAX, "bytes")));
    }
    for (name, field) in [(target.viewer, "viewer"), (target.title, "title")] {
        if let Some(name) = name {
            check(name, field)?;
        }
    }
    let Some(dialect) = Dialect::of_player(target.player) else {
        let message = "expected `hls.js`, `shaka-player` or `dash.js`";
        return Err(refuse(Code::InvalidValue, "player", message));
    };
    let mut read =
        CmcdBody { lines: 0, refused: 0, errors: vec![], custom_keys: 0, viewers: vec![] };
    for (index, bytes) in body.split(|byte| *byte == b'\n').enumerate() {
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        read.lines = read.lines.saturating_add(1);
        if read.lines > LINES_MAX {
            return Err(refuse(Code::TooMany, "", &at_most(LINES_MAX, "lines")));
        }
        if let Err(refusal) = read.take(bytes, target, dialect) {
            read.refuse(index.saturating_add(1), refusal);
        }
    }
    if read.viewers.is_empty() {
        return Err(no_report(read.errors));
    }
    Ok(read)
}

impl CmcdBody {
    fn take(&mut self, line: &[u8], target: Target<'_>, dialect: Dialect) -> Result<(), Refusal> {
        let Ok(text) = core::str::from_utf8(line) else {
            return Err(refuse(Code::MalformedField, "", "expected text in UTF-8"));
        };
        let Line { sid, cid, report, custom } = report::read(text)?;
        let Some(title) = target.title.map(str::to_owned).or(cid) else {
            let message = "expected the content, here or as `title` of the target";
            return Err(refuse(Code::MissingField, "cid", message));
        };
        check(&title, "cid")?;
        let viewer = match target.viewer {
            Some(viewer) => viewer.to_owned(),
            None => ["cmcd:", &sid].concat(),
        };
        check(&viewer, "sid")?;
        let view = session::key(&sid, &title).to_hex();
        report.encode(self.reports_of(viewer, view, title, dialect)?);
        self.custom_keys = self.custom_keys.saturating_add(custom);
        Ok(())
    }

    /// Where the reports of a session gather.
    fn reports_of(
        &mut self,
        viewer: String,
        view: String,
        title: String,
        dialect: Dialect,
    ) -> Result<&mut Vec<u8>, Refusal> {
        let sessions = self.viewers.iter().map(|known| known.views.len()).sum::<usize>();
        let known = self.viewers.iter().position(|known| known.viewer == viewer);
        let known = known.unwrap_or(self.viewers.len());
        let of_viewer = self.viewers.get(known).map(|known| known.views.as_slice());
        let of_viewer = of_viewer.unwrap_or_default();
        let session = of_viewer.iter().position(|session| session.view == view);
        let session = session.unwrap_or(of_viewer.len());
        if session == of_viewer.len() {
            if sessions >= SESSIONS_MAX {
                let message = at_most(SESSIONS_MAX, "sessions in a body");
                return Err(refuse(Code::TooMany, "sid", &message));
            }
            if known == self.viewers.len() {
                self.viewers.push(ViewerReports { viewer, views: vec![] });
            }
            let mut state = vec![];
            row::write(&mut state, &[dialect.code()]);
            if let Some(known) = self.viewers.get_mut(known) {
                known.views.push(ViewEntry { view, title, state });
            }
        }
        let known = self.viewers.get_mut(known);
        // There is one: it was added if it was not found.
        known
            .and_then(|known| known.views.get_mut(session))
            .map(|session| &mut session.state)
            .ok_or_else(|| refuse(Code::Internal, "", "the session was not kept"))
    }

    fn refuse(&mut self, line: usize, refusal: Refusal) {
        self.refused = self.refused.saturating_add(1);
        if self.errors.len() < ERRORS_MAX {
            let Refusal { code, message, field } = refusal;
            self.errors.push(LineError { line, code, message, field });
        }
    }
}

fn no_report(errors: Vec<LineError>) -> Refusal {
    let Some(LineError { line, code, message, field }) = errors.into_iter().next() else {
        return refuse(Code::InvalidValue, "", "expected at least one report");
    };
    let mut place = format!("line {line}");
    for part in field.iter().flat_map(|field| [": ", field]) {
        place.push_str(part);
    }
    Refusal { code, message, field: Some(place) }
}

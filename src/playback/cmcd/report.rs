//! One event report: what a player says of itself at one moment, or of one response it received.

use super::field::{self, refuse};
use super::keys::{Fields, Mode};
use super::row::{self, or_zero, place_of};
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use crate::base::varint::{Reader, WireError};
use crate::playback::reading::RATE_PERMILLE_MAX;

/// Longest time to the first or the last byte that is believed: dash.js 5 writes an instant there.
pub const RESPONSE_MS_MAX: u64 = 10 * 60 * 1000;

/// Highest bitrate that is believed, in kbit/s.
pub const KBPS_MAX: u64 = 10_000_000;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
        }

        impl $name {
            // In the order of their codes, which are from 1.
            const ALL: &[Self] = &[$(Self::$variant,)*];
            const WORDS: &[&str] = &[$($word,)*];

            fn of_word(word: &str) -> Option<Self> {
                Self::ALL.get(place_of(Self::WORDS, word)?).copied()
            }

            fn code(self) -> u64 {
                self as u64 + 1
            }

            fn of_code(code: u64) -> Option<Self> {
                Self::ALL.get(usize::try_from(code.checked_sub(1)?).ok()?).copied()
            }
        }
    };
}

words! {
    /// What a player says it is doing. Source: CTA-5004-A, `sta`.
    State {
        /// It was asked to play and shows nothing yet.
        Starting = "s";
        /// Media is being rendered.
        Playing = "p";
        /// The viewer moves the playhead.
        Seeking = "k";
        /// Rendering has stopped because the buffer ran dry.
        Rebuffering = "r";
        /// The viewer has paused.
        Paused = "a";
        /// The player itself has paused.
        Waiting = "w";
        /// The end is reached.
        Ended = "e";
        /// An error has ended it.
        Failed = "f";
        /// The viewer has ended it.
        Quit = "q";
        /// It loads ahead of being asked.
        Preloading = "d";
    }
}

words! {
    /// Why a report was made, as far as it matters. Source: CTA-5004-A, `e`.
    Event {
        /// An error.
        Error = "e";
        /// The sound was turned off.
        Mute = "m";
        /// The sound was turned on.
        Unmute = "um";
        /// An advertisement began.
        AdStart = "as";
        /// An advertisement ended.
        AdEnd = "ae";
        /// A break for advertisements began.
        BreakStart = "abs";
        /// A break for advertisements ended.
        BreakEnd = "abe";
        /// Time, or anything else.
        Other = "t";
    }
}

/// What a player says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Why it says so.
    pub event: Event,
    /// What it is doing from then on, if it says so.
    pub state: Option<State>,
    /// Playback rate, in thousandths; 1000 unless told.
    pub rate_permille: u64,
    /// Whether it is not visible.
    pub is_hidden: bool,
    /// Whether the title is live.
    pub is_live: bool,
    /// Bitrate of what is selected, in kbit/s; 0 if not told.
    pub kbps: u64,
    /// Dropped frames so far; 0 if not told.
    pub dropped_frames: u64,
}

/// What a player says of a response to one of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// HTTP status; 0 if there was no answer.
    pub status: u64,
    /// Time to the first byte, in ms.
    pub ttfb_ms: Option<u64>,
    /// Time to the last byte, in ms.
    pub ttlb_ms: Option<u64>,
    /// Bitrate times duration of what was asked for: its size, as good as the manifest knows it.
    pub bytes: Option<u64>,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The player.
    Status(Status),
    /// A response: event `rr`.
    Response(Response),
}

/// One report, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Counts the reports of a session to one target, from 0.
    pub sn: u64,
    /// The player's clock, UTC ms. Of a response: when the request began.
    pub ts_ms: u64,
    /// Start delay in ms, told once.
    pub msd_ms: Option<u64>,
    /// What it is about.
    pub subject: Subject,
}

/// A report with the names it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The session.
    pub sid: String,
    /// The content, if it is named.
    pub cid: Option<String>,
    /// The report.
    pub report: Report,
    /// Keys that are not of the standard.
    pub custom: u64,
}

/// Reads and checks one line of a body.
///
/// # Errors
/// Those of [`field::read`] and [`Fields::check`]; [`Code::MissingField`] without `sid`, `e`, `ts` or
/// `sn`; [`Code::InvalidValue`] for a time that cannot be one. Without `sn` a report that came twice
/// could not be told from two.
pub fn read(line: &str) -> Result<Line, Refusal> {
    let fields = Fields::check(field::read(line)?, Mode::Event)?;
    let Some(sid) = fields.text("sid") else { return Err(missing("sid")) };
    if sid.is_empty() {
        return Err(refuse(Code::InvalidValue, "sid", "expected at least one character"));
    }
    let Some(event) = fields.word("e") else { return Err(missing("e")) };
    let (sn, ts_ms) = (amount(&fields, "sn")?, amount(&fields, "ts")?);
    let state = fields.word("sta").and_then(State::of_word);
    if event == "ps" && state.is_none() {
        return Err(missing("sta"));
    }
    let subject = if event == "rr" {
        Subject::Response(response(&fields))
    } else {
        Subject::Status(status(&fields, event, state)?)
    };
    let msd_ms = at_most(&fields, "msd", MS_MAX);
    let report = Report { sn, ts_ms, msd_ms, subject };
    Ok(Line { sid, cid: fields.text("cid"), report, custom: fields.custom })
}

fn status(fields: &Fields<'_>, event: &str, state: Option<State>) -> Result<Status, Refusal> {
    let rate_permille = fields.thousandths("pr").unwrap_or(1000);
    if rate_permille > u64::from(RATE_PERMILLE_MAX) {
        return Err(refuse(Code::InvalidValue, "pr", "expected a rate up to 16"));
    }
    Ok(Status {
        event: Event::of_word(event).unwrap_or(Event::Other),
        state,
        rate_permille,
        is_hidden: fields.is("bg"),
        is_live: matches!(fields.word("st"), Some("l" | "ll")),
        kbps: fields.sum("br", "").filter(|kbps| *kbps <= KBPS_MAX).unwrap_or(0),
        dropped_frames: fields.whole("df").or(fields.whole("dfa")).unwrap_or(0).min(MS_MAX),
    })
}

fn response(fields: &Fields<'_>) -> Response {
    let believed = |key: &str| at_most(fields, key, RESPONSE_MS_MAX);
    let object_type = fields.word("ot").unwrap_or("");
    let kbps = fields.sum("br", object_type).filter(|kbps| *kbps <= KBPS_MAX);
    // kbit/s times ms are bits.
    let bits = kbps.zip(believed("d"));
    Response {
        status: fields.whole("rc").unwrap_or(0).min(999),
        ttfb_ms: believed("ttfb"),
        ttlb_ms: believed("ttlb"),
        bytes: bits.map(|(kbps, ms)| kbps.saturating_mul(ms) / 8).filter(|bytes| *bytes > 0),
    }
}

/// The whole number of a key, if it is believed.
#[inline(never)]
fn at_most(fields: &Fields<'_>, key: &str, largest: u64) -> Option<u64> {
    fields.whole(key).filter(|number| *number <= largest)
}

#[inline(never)]
fn missing(key: &str) -> Refusal {
    refuse(Code::MissingField, key, "expected in a report")
}

fn amount(fields: &Fields<'_>, key: &str) -> Result<u64, Refusal> {
    let Some(number) = fields.whole(key) else { return Err(missing(key)) };
    if number > MS_MAX {
        return Err(refuse(Code::InvalidValue, key, "expected at most 2^53 - 1"));
    }
    Ok(number)
}

const HIDDEN: u64 = 1;
const LIVE: u64 = 2;
const RESPONSE: u64 = 4;

impl Report {
    /// Appends the report.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let (flags, [a, b, c, d, e]) = match self.subject {
            Subject::Status(status) => {
                let bit = |bit: u64, on: bool| if on { bit } else { 0 };
                let flags = bit(HIDDEN, status.is_hidden) | bit(LIVE, status.is_live);
                let state = status.state.map_or(0, State::code);
                let Status { event, rate_permille, kbps, dropped_frames, .. } = status;
                (flags, [event.code(), state, rate_permille, kbps, dropped_frames])
            }
            Subject::Response(Response { status, ttfb_ms, ttlb_ms, bytes }) => {
                (RESPONSE, [status, or_zero(ttfb_ms), or_zero(ttlb_ms), or_zero(bytes), 0])
            }
        };
        let row = [self.sn, self.ts_ms, or_zero(self.msd_ms), flags, a, b, c, d, e];
        let length = if flags == RESPONSE { row.len() - 1 } else { row.len() };
        row::write(bytes, row.get(..length).unwrap_or_default());
    }

    /// Reads what [`Report::encode`] wrote.
    ///
    /// # Errors
    /// [`WireError`]; [`WireError::TooLarge`] for a word that means nothing.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut row = [0; 4];
        row::read(reader, 0b100, &mut row)?;
        let [sn, ts_ms, msd_ms, flags] = row;
        let subject = if flags == RESPONSE {
            let mut row = [0; 4];
            row::read(reader, 0b1110, &mut row)?;
            let [status, ttfb_ms, ttlb_ms, bytes] = row;
            Subject::Response(Response {
                status,
                ttfb_ms: ttfb_ms.checked_sub(1),
                ttlb_ms: ttlb_ms.checked_sub(1),
                bytes: bytes.checked_sub(1),
            })
        } else if flags & !(HIDDEN | LIVE) != 0 {
            return Err(WireError::TooLarge);
        } else {
            let mut row = [0; 5];
            row::read(reader, 0, &mut row)?;
            let [event, state, rate_permille, kbps, dropped_frames] = row;
            let (event, known) = (Event::of_code(event), State::of_code(state));
            if state != 0 && known.is_none() {
                return Err(WireError::TooLarge);
            }
            Subject::Status(Status {
                event: event.ok_or(WireError::TooLarge)?,
                state: known,
                rate_permille,
                is_hidden: flags & HIDDEN != 0,
                is_live: flags & LIVE != 0,
                kbps,
                dropped_frames,
            })
        };
        Ok(Self { sn, ts_ms, msd_ms: msd_ms.checked_sub(1), subject })
    }
}

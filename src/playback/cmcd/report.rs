//! One event report: what a player says of itself at one moment, or of one response it received.

use super::field::{self, refuse};
use super::keys::{Fields, Mode};
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use crate::base::varint::{self, Reader, WireError};
use crate::playback::reading::RATE_PERMILLE_MAX;

/// Longest time to the first or the last byte that is believed: dash.js 5 writes an instant there.
pub const RESPONSE_MS_MAX: u64 = 10 * 60 * 1000;

/// Highest bitrate that is believed, in kbit/s.
pub const KBPS_MAX: u64 = 10_000_000;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal, $code:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
        }

        impl $name {
            fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn code(self) -> u64 {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            fn of_code(code: u64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// What a player says it is doing. Source: CTA-5004-A, `sta`.
    State {
        /// It was asked to play and shows nothing yet.
        Starting = "s", 1;
        /// Media is being rendered.
        Playing = "p", 2;
        /// The viewer moves the playhead.
        Seeking = "k", 3;
        /// Rendering has stopped because the buffer ran dry.
        Rebuffering = "r", 4;
        /// The viewer has paused.
        Paused = "a", 5;
        /// The player itself has paused.
        Waiting = "w", 6;
        /// The end is reached.
        Ended = "e", 7;
        /// An error has ended it.
        Failed = "f", 8;
        /// The viewer has ended it.
        Quit = "q", 9;
        /// It loads ahead of being asked.
        Preloading = "d", 10;
    }
}

words! {
    /// Why a report was made, as far as it matters. Source: CTA-5004-A, `e`.
    Event {
        /// An error.
        Error = "e", 1;
        /// The sound was turned off.
        Mute = "m", 2;
        /// The sound was turned on.
        Unmute = "um", 3;
        /// An advertisement began.
        AdStart = "as", 4;
        /// An advertisement ended.
        AdEnd = "ae", 5;
        /// A break for advertisements began.
        BreakStart = "abs", 6;
        /// A break for advertisements ended.
        BreakEnd = "abe", 7;
        /// Time, or anything else.
        Other = "t", 8;
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
    let sid = fields.text("sid").ok_or_else(|| missing("sid"))?;
    if sid.is_empty() {
        return Err(refuse(Code::InvalidValue, "sid", "expected at least one character"));
    }
    let event = fields.word("e").ok_or_else(|| missing("e"))?;
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
    let msd_ms = fields.whole("msd").filter(|ms| *ms <= MS_MAX);
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
    let believed = |key: &str| fields.whole(key).filter(|ms| *ms <= RESPONSE_MS_MAX);
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

#[inline(never)]
fn missing(key: &str) -> Refusal {
    refuse(Code::MissingField, key, "expected in a report")
}

fn amount(fields: &Fields<'_>, key: &str) -> Result<u64, Refusal> {
    let number = fields.whole(key).ok_or_else(|| missing(key))?;
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
        let or_zero = |value: Option<u64>| value.map_or(0, |value| value.saturating_add(1));
        varint::write(bytes, self.sn);
        varint::write(bytes, self.ts_ms);
        varint::write(bytes, or_zero(self.msd_ms));
        match self.subject {
            Subject::Status(status) => {
                let bit = |bit: u64, on: bool| if on { bit } else { 0 };
                varint::write(bytes, bit(HIDDEN, status.is_hidden) | bit(LIVE, status.is_live));
                varint::write(bytes, status.event.code());
                varint::write(bytes, status.state.map_or(0, State::code));
                varint::write(bytes, status.rate_permille);
                varint::write(bytes, status.kbps);
                varint::write(bytes, status.dropped_frames);
            }
            Subject::Response(response) => {
                varint::write(bytes, RESPONSE);
                varint::write(bytes, response.status);
                varint::write(bytes, or_zero(response.ttfb_ms));
                varint::write(bytes, or_zero(response.ttlb_ms));
                varint::write(bytes, or_zero(response.bytes));
            }
        }
    }

    /// Reads what [`Report::encode`] wrote.
    ///
    /// # Errors
    /// [`WireError`]; [`WireError::TooLarge`] for a word that means nothing.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let (sn, ts_ms) = (reader.amount()?, reader.amount()?);
        let msd_ms = reader.varint()?.checked_sub(1);
        let flags = reader.amount()?;
        let subject = if flags == RESPONSE {
            Subject::Response(Response {
                status: reader.amount()?,
                ttfb_ms: reader.varint()?.checked_sub(1),
                ttlb_ms: reader.varint()?.checked_sub(1),
                bytes: reader.varint()?.checked_sub(1),
            })
        } else if flags & !(HIDDEN | LIVE) != 0 {
            return Err(WireError::TooLarge);
        } else {
            let event = Event::of_code(reader.amount()?).ok_or(WireError::TooLarge)?;
            let state = match reader.amount()? {
                0 => None,
                code => Some(State::of_code(code).ok_or(WireError::TooLarge)?),
            };
            Subject::Status(Status {
                event,
                state,
                rate_permille: reader.amount()?,
                is_hidden: flags & HIDDEN != 0,
                is_live: flags & LIVE != 0,
                kbps: reader.amount()?,
                dropped_frames: reader.amount()?,
            })
        };
        Ok(Self { sn, ts_ms, msd_ms, subject })
    }
}

//! Tokens that are taken back before they are over.

use super::fault::{Fault, Step};
use crate::base::id::viewer_tag;
use crate::base::plain::failure::Failure;
use crate::base::plain::json;
use crate::base::plain::reader::Reader;
use crate::base::plain::values::Keys;
use crate::base::refusal::{Code, Refusal};

/// Entries of a list: each lives as long as the tokens that it denies, a day at most. Who has to take back more takes
/// back a key.
pub const DENY_LIST_ENTRIES_MAX: usize = 20_000;

const LIST: Keys = Keys { known: &["made_ms", "entries"], needed: 2, is_closed: false };
const ENTRY: Keys =
    Keys { known: &["kind", "value", "until", "epoch"], needed: 3, is_closed: false };

/// What an entry denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Token,
    Subject,
    Epoch,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    kind: Kind,
    value: String,
    until: u64,
    epoch: u64,
}

/// What is denied, as it was when the list was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DenyList {
    /// When it was so, UTC.
    made_ms: u64,
    entries: Vec<Entry>,
    // INVARIANT (hashes of entries): in the same order. Going through all of them takes microseconds; to sort the
    // entries, or to keep them in a map of the library, is several kilobytes.
    hashes: Vec<u32>,
}

/// What a token is asked about by.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// `jti` or `cti`.
    pub id: &'a str,
    /// `sub`.
    pub subject: &'a str,
    /// The key epoch of the subject.
    pub epoch: u64,
}

impl DenyList {
    /// Reads `{ "made_ms", "entries": [{ "kind": "token" | "subject" | "epoch", "value", "until", "epoch"? }] }`.
    ///
    /// # Errors
    /// A [`Refusal`] with the path of what is wrong.
    pub fn parse(json: &[u8]) -> Result<Self, Refusal> {
        let mut list = Self { made_ms: 0, entries: Vec::new(), hashes: Vec::new() };
        json::read_by(json, &mut |reader| {
            reader.fields(&LIST, &mut |reader, place| list.read(reader, place))
        })?;
        Ok(list)
    }

    #[inline(never)]
    fn read(&mut self, reader: &mut Reader<'_>, place: usize) -> Result<(), Failure> {
        if place == 0 {
            self.made_ms = reader.whole()?;
            return Ok(());
        }
        reader.items(&mut |reader| self.push(reader))
    }

    #[inline(never)]
    fn push(&mut self, reader: &mut Reader<'_>) -> Result<(), Failure> {
        if self.entries.len() >= DENY_LIST_ENTRIES_MAX {
            return Err(Failure::of(Code::TooMany, "expected at most 20000 entries"));
        }
        let entry = Entry::read(reader)?;
        // INVARIANT (hashes of entries)
        self.hashes.push(viewer_tag(entry.value.as_bytes()));
        self.entries.push(entry);
        Ok(())
    }

    /// Passes what no entry denies. Whether the list was made more than `age_seconds_max` ago, so that it does not know
    /// what was denied since: 1 for that if it `is_open` then, else 0.
    ///
    /// # Errors
    /// A [`Refusal`] with [`Code::TokenRevoked`], or with [`Code::Unavailable`] of a list that is too old and not open.
    #[inline(never)]
    pub fn check(
        &self,
        named: Named<'_>,
        now: u64,
        age_seconds_max: u64,
        is_open: bool,
    ) -> Result<f64, Refusal> {
        if self.has(named.id, now, None) || self.has(named.subject, now, Some(named.epoch)) {
            let fault = Fault { step: Step::Revoked, expected: "a token that was not taken back" };
            return Err(fault.into());
        }
        let is_stale = now.saturating_sub(self.made_ms / 1000) > age_seconds_max;
        if is_stale && !is_open {
            let message = "expected a deny list that is not too old";
            return Err(Refusal::at(Code::Unavailable, Step::Revoked.name(), message));
        }
        Ok(if is_stale { 1.0 } else { 0.0 })
    }

    /// Whether a token is denied, or a subject with the epoch of its token.
    #[inline(never)]
    fn has(&self, value: &str, now: u64, epoch: Option<u64>) -> bool {
        let hash = viewer_tag(value.as_bytes());
        let mut known = self.hashes.iter().zip(&self.entries);
        known.any(|(known, entry)| {
            let is_meant = match entry.kind {
                Kind::Token => epoch.is_none(),
                Kind::Subject => epoch.is_some(),
                Kind::Epoch => epoch.is_some_and(|epoch| epoch < entry.epoch),
            };
            *known == hash && is_meant && now < entry.until && entry.value == value
        })
    }
}

/// An entry as it is read, in the order of [`ENTRY`].
#[derive(Default)]
struct Parts {
    texts: [String; 2],
    numbers: [u64; 2],
}

impl Parts {
    #[inline(never)]
    fn read(&mut self, reader: &mut Reader<'_>, place: usize) -> Result<(), Failure> {
        if let Some(text) = self.texts.get_mut(place) {
            *text = reader.string()?;
        } else if let Some(number) = self.numbers.get_mut(place.wrapping_sub(2)) {
            *number = reader.whole()?;
        }
        Ok(())
    }
}

impl Entry {
    #[inline(never)]
    fn read(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        let mut parts = Parts::default();
        reader.fields(&ENTRY, &mut |reader, place| parts.read(reader, place))?;
        let Parts { texts: [kind, value], numbers: [until, epoch] } = parts;
        let kind = match kind.as_str() {
            "token" => Kind::Token,
            "subject" => Kind::Subject,
            "epoch" => Kind::Epoch,
            // Who denies in a way that is not known here must not be passed over.
            _ => {
                let message = "expected a `kind` `token`, `subject` or `epoch`";
                return Err(Failure::of(Code::InvalidValue, message));
            }
        };
        Ok(Self { kind, value, until, epoch })
    }
}

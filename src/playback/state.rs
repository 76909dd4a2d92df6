//! The mergeable state of a view and its binary form.

use super::interval_set::IntervalSet;
use super::reading::Extent;
use super::tally::Tally;
use crate::base::id::{Id, Producer};
use crate::base::limits::{INTERVALS_MERGED_MAX, MS_MAX, PRODUCERS_MAX};
use crate::base::mutant::planted;
use crate::base::varint::{self, Reader, WireError};
use alloc::{vec, vec::Vec};

/// First byte of every encoded state.
pub const FORMAT_VERSION: u8 = 1;

/// Bit of the second byte: intervals were left out, so unique content is undercounted.
const TRUNCATED: u8 = 1;

/// Why bytes are not a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateError {
    /// The first byte names a format that this build does not know.
    Format(u8),
    /// A bit is set that means nothing.
    Flags(u8),
    /// A number is cut off, overlong or too large, or intervals are not disjoint.
    Wire(WireError),
    /// Producers are missing, too many, or not in ascending order.
    Producers,
    /// The first sight is after the last.
    Seen,
    /// Bytes are left over.
    Trailing,
}

impl From<WireError> for StateError {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}

/// When the edge first and last heard of a view, in UTC ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Earliest.
    pub first_ms: u64,
    /// Latest.
    pub last_ms: u64,
}

/// All that is known of one view: a join-semilattice under [`ViewState::merge`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewState {
    /// Unique content.
    pub content: IntervalSet,
    /// Whether intervals were left out.
    pub truncated: bool,
    /// Set by the edge; a player does not know the time.
    pub seen: Option<Seen>,
    // INVARIANT (producers sorted): ascending, no producer twice.
    tallies: Vec<(Producer, Tally)>,
}

impl ViewState {
    /// The state of a view that one producer has measured.
    #[must_use]
    pub fn of(producer: Producer, tally: Tally, content: IntervalSet) -> Self {
        Self { content, tallies: vec![(producer, tally)], ..Self::default() }
    }

    /// What each producer has measured.
    #[must_use]
    pub fn tallies(&self) -> &[(Producer, Tally)] {
        &self.tallies
    }

    /// The sums over all producers.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.tallies.iter().fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally))
    }

    /// Everything that either state knows. Associative, commutative and idempotent as long as no
    /// more than [`INTERVALS_MERGED_MAX`] intervals come together; beyond, the shortest are left
    /// out and `truncated` says so.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let mut content = self.content.union(&other.content);
        if planted("last_state_wins") {
            content.clone_from(&other.content);
        }
        let cut = content.truncate(INTERVALS_MERGED_MAX);
        Self {
            content,
            truncated: self.truncated || other.truncated || cut,
            seen: merge_seen(self.seen, other.seen),
            tallies: merge_tallies(&self.tallies, &other.tallies),
        }
    }

    /// The bytes of this state; equal states have equal bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = encode_head(&self.content, self.truncated, self.seen);
        varint::write(&mut bytes, self.tallies.len() as u64);
        for (producer, tally) in &self.tallies {
            encode_tally(&mut bytes, *producer, tally);
        }
        bytes
    }

    /// Reads a state strictly: every byte is accounted for and only [`ViewState::encode`]'s own form
    /// of it is taken.
    ///
    /// # Errors
    /// [`StateError`], and nothing of the bytes is used.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateError> {
        let reader = &mut Reader::new(bytes);
        let format = reader.byte()?;
        if format != FORMAT_VERSION {
            return Err(StateError::Format(format));
        }
        let flags = reader.byte()?;
        if flags & !TRUNCATED != 0 {
            return Err(StateError::Flags(flags));
        }
        let seen = decode_seen(reader.amount()?, reader.amount()?)?;
        let content = IntervalSet::decode(reader, INTERVALS_MERGED_MAX)?;
        let tallies = decode_tallies(reader)?;
        if !reader.is_done() {
            return Err(StateError::Trailing);
        }
        Ok(Self { content, truncated: flags & TRUNCATED != 0, seen, tallies })
    }

    /// Unique content over duration, from 0 to 1; none for live or while the duration is unknown.
    #[must_use]
    pub fn completion(&self) -> Option<f64> {
        completion(&self.content, self.total().extent)
    }
}

/// The bytes of a state that one producer has measured, without copying it: what
/// `ViewState::of(..).encode()` gives.
#[must_use]
pub fn encode_one(
    content: &IntervalSet,
    truncated: bool,
    producer: Producer,
    tally: &Tally,
) -> Vec<u8> {
    let mut bytes = encode_head(content, truncated, None);
    varint::write(&mut bytes, 1);
    encode_tally(&mut bytes, producer, tally);
    bytes
}

fn encode_head(content: &IntervalSet, truncated: bool, seen: Option<Seen>) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.push(FORMAT_VERSION);
    bytes.push(if truncated { TRUNCATED } else { 0 });
    // 0 is never seen, so the first sight is written one higher.
    let first_ms = seen.map_or(0, |seen| seen.first_ms.saturating_add(1));
    let span_ms = seen.map_or(0, |seen| seen.last_ms.saturating_sub(seen.first_ms));
    varint::write(&mut bytes, first_ms);
    varint::write(&mut bytes, span_ms);
    content.encode(&mut bytes);
    bytes
}

fn encode_tally(bytes: &mut Vec<u8>, producer: Producer, tally: &Tally) {
    bytes.extend_from_slice(&producer.0.0);
    tally.encode(bytes);
}

/// Unique content within the title over its duration, from 0 to 1; none without a duration.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds are at most MS_MAX, which a float holds"
)]
pub fn completion(content: &IntervalSet, extent: Extent) -> Option<f64> {
    let duration_ms = extent.duration_ms()?;
    Some(content.total_before_ms(duration_ms) as f64 / duration_ms as f64)
}

fn merge_seen(one: Option<Seen>, other: Option<Seen>) -> Option<Seen> {
    match (one, other) {
        (Some(a), Some(b)) => {
            Some(Seen { first_ms: a.first_ms.min(b.first_ms), last_ms: a.last_ms.max(b.last_ms) })
        }
        (one, other) => one.or(other),
    }
}

fn merge_tallies(one: &[(Producer, Tally)], other: &[(Producer, Tally)]) -> Vec<(Producer, Tally)> {
    let mut merged = one.to_vec();
    for (producer, tally) in other {
        match merged.binary_search_by_key(producer, |(known, _)| *known) {
            Ok(index) => {
                if let Some((_, known)) = merged.get_mut(index) {
                    *known = known.merge(*tally);
                }
            }
            Err(index) => merged.insert(index, (*producer, *tally)),
        }
    }
    merged
}

fn decode_seen(first_ms: u64, span_ms: u64) -> Result<Option<Seen>, StateError> {
    let Some(first_ms) = first_ms.checked_sub(1) else {
        return if span_ms == 0 { Ok(None) } else { Err(StateError::Seen) };
    };
    let last_ms = first_ms.saturating_add(span_ms);
    if last_ms > MS_MAX { Err(StateError::Seen) } else { Ok(Some(Seen { first_ms, last_ms })) }
}

fn decode_tallies(reader: &mut Reader<'_>) -> Result<Vec<(Producer, Tally)>, StateError> {
    let count = reader.amount()?;
    if count == 0 || count > PRODUCERS_MAX as u64 {
        return Err(StateError::Producers);
    }
    let mut tallies: Vec<(Producer, Tally)> = Vec::new();
    for _ in 0..count {
        let producer = Producer(Id(reader.bytes()?));
        if tallies.last().is_some_and(|(last, _)| *last >= producer) {
            return Err(StateError::Producers);
        }
        tallies.push((producer, Tally::decode(reader)?));
    }
    Ok(tallies)
}

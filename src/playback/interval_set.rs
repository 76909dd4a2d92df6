//! Watched content as disjoint half-open intervals.

use crate::base::limits::MS_MAX;
use crate::base::varint::{self, Reader, WireError};
use alloc::vec::Vec;

/// Content from `start_ms` up to, not including, `end_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    start_ms: u64,
    end_ms: u64,
}

impl Interval {
    /// The interval, or none if it holds nothing or ends above [`MS_MAX`].
    #[must_use]
    pub fn new(start_ms: u64, end_ms: u64) -> Option<Self> {
        (start_ms < end_ms && end_ms <= MS_MAX).then_some(Self { start_ms, end_ms })
    }

    /// First millisecond inside.
    #[must_use]
    pub fn start_ms(self) -> u64 {
        self.start_ms
    }

    /// First millisecond behind it.
    #[must_use]
    pub fn end_ms(self) -> u64 {
        self.end_ms
    }

    /// Its length, at least 1.
    #[must_use]
    pub fn length_ms(self) -> u64 {
        self.end_ms.saturating_sub(self.start_ms)
    }
}

/// A union of intervals: a join-semilattice under [`IntervalSet::union`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntervalSet {
    // INVARIANT (intervals disjoint): sorted by start_ms; between two neighbours lies at least 1 ms.
    intervals: Vec<Interval>,
    // INVARIANT (total is measure): the sum of the lengths.
    total_ms: u64,
}

impl IntervalSet {
    /// The intervals, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Interval] {
        &self.intervals
    }

    /// The measure of the set, in milliseconds.
    #[must_use]
    pub fn total_ms(&self) -> u64 {
        self.total_ms
    }

    /// The measure of the part before `limit_ms`, in milliseconds.
    #[must_use]
    pub fn total_before_ms(&self, limit_ms: u64) -> u64 {
        let inside = |i: &Interval| i.end_ms.min(limit_ms).saturating_sub(i.start_ms);
        self.intervals.iter().map(inside).sum()
    }

    /// Whether the millisecond that starts at `at_ms` is in the set.
    #[must_use]
    pub fn contains(&self, at_ms: u64) -> bool {
        let behind = self.intervals.partition_point(|i| i.end_ms <= at_ms);
        self.intervals.get(behind).is_some_and(|i| i.start_ms <= at_ms)
    }

    /// Adds an interval; what is there already is not added twice.
    pub fn insert(&mut self, add: Interval) {
        // Playback extends the newest interval, which is nearly always the last.
        if let Some(last) = self.intervals.last_mut()
            && last.start_ms <= add.start_ms
            && add.start_ms <= last.end_ms
        {
            let grown = add.end_ms.saturating_sub(last.end_ms);
            last.end_ms = last.end_ms.max(add.end_ms);
            self.total_ms = self.total_ms.saturating_add(grown);
            return;
        }
        // INVARIANT (intervals disjoint): everything that touches `add` becomes one interval.
        let first = self.intervals.partition_point(|i| i.end_ms < add.start_ms);
        if let Some(held) = self.intervals.get(first)
            && held.start_ms <= add.start_ms
            && add.end_ms <= held.end_ms
        {
            // A player tells all it has played at every reading; nearly all of it is known.
            return;
        }
        let past = self.intervals.partition_point(|i| i.start_ms <= add.end_ms);
        let mut joined = add;
        let mut before_ms = 0_u64;
        for touched in self.intervals.iter().take(past).skip(first) {
            joined.start_ms = joined.start_ms.min(touched.start_ms);
            joined.end_ms = joined.end_ms.max(touched.end_ms);
            before_ms = before_ms.saturating_add(touched.length_ms());
        }
        self.remove(first, past);
        self.place(first, joined);
        let grown = joined.length_ms().saturating_sub(before_ms);
        self.total_ms = self.total_ms.saturating_add(grown);
    }

    /// Adds what most likely extends the interval at `near`, which then says where it is.
    #[inline]
    pub fn insert_near(&mut self, add: Interval, near: &mut usize) {
        let next_ms = self.intervals.get(near.saturating_add(1)).map_or(u64::MAX, |i| i.start_ms);
        if let Some(here) = self.intervals.get_mut(*near)
            && here.start_ms <= add.start_ms
            && add.start_ms <= here.end_ms
            && add.end_ms < next_ms
        {
            let grown = add.end_ms.saturating_sub(here.end_ms);
            here.end_ms = here.end_ms.max(add.end_ms);
            self.total_ms = self.total_ms.saturating_add(grown);
            return;
        }
        self.insert(add);
        *near = self.intervals.partition_point(|i| i.end_ms < add.end_ms);
    }

    /// Whether `piece` begins where the interval at `near` ends and reaches no other: all of it is new.
    #[must_use]
    #[inline]
    pub fn is_new_behind(&self, piece: Interval, near: usize) -> bool {
        self.intervals.get(near).is_some_and(|i| i.end_ms == piece.start_ms)
            && self.intervals.get(near.saturating_add(1)).is_none_or(|i| piece.end_ms <= i.start_ms)
    }

    /// Adds the part of `piece` that `seen` holds already: content shown again.
    pub fn insert_common(&mut self, piece: Interval, seen: &Self) {
        let first = seen.intervals.partition_point(|i| i.end_ms <= piece.start_ms);
        let touching = seen.intervals.iter().skip(first).take_while(|i| i.start_ms < piece.end_ms);
        for i in touching {
            let common = Interval::new(i.start_ms.max(piece.start_ms), i.end_ms.min(piece.end_ms));
            if let Some(common) = common {
                self.insert(common);
            }
        }
    }

    /// Removes the shortest intervals until at most `limit` are left: undercounts, never overcounts.
    /// Of equals the earliest goes. Returns whether anything was removed.
    pub fn truncate(&mut self, limit: usize) -> bool {
        let too_many = self.intervals.len() > limit;
        while self.intervals.len() > limit {
            let shortest = self.intervals.iter().enumerate().min_by_key(|(_, i)| i.length_ms());
            let (index, length_ms) = shortest.map_or((0, 0), |(index, i)| (index, i.length_ms()));
            self.remove(index, index.saturating_add(1));
            self.total_ms = self.total_ms.saturating_sub(length_ms);
        }
        too_many
    }

    /// Everything that is in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let mut united = Self::default();
        let (mut ours, mut theirs) =
            (self.intervals.iter().peekable(), other.intervals.iter().peekable());
        loop {
            let from_us = match (ours.peek(), theirs.peek()) {
                (Some(our), Some(their)) => our <= their,
                (our, _) => our.is_some(),
            };
            let next = if from_us { ours.next() } else { theirs.next() };
            let Some(next) = next else { break };
            // In order, so each one is behind the last or extends it: no search is needed.
            united.insert(*next);
        }
        united
    }

    /// Appends the set: a count, then for each interval the gap before it and its length.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        varint::write(bytes, self.intervals.len() as u64);
        let mut end_ms = 0;
        for interval in &self.intervals {
            varint::write(bytes, interval.start_ms.saturating_sub(end_ms));
            varint::write(bytes, interval.length_ms());
            end_ms = interval.end_ms;
        }
    }

    /// Reads a set of at most `limit` intervals.
    ///
    /// # Errors
    /// [`WireError`]; a set that breaks (intervals disjoint) or the limit is [`WireError::TooLarge`].
    pub fn decode(reader: &mut Reader<'_>, limit: usize) -> Result<Self, WireError> {
        let count = usize::try_from(reader.amount()?).unwrap_or(usize::MAX);
        if count > limit {
            return Err(WireError::TooLarge);
        }
        let mut set = Self::default();
        let mut end_ms = 0_u64;
        for index in 0..count {
            let gap_ms = reader.amount()?;
            let start_ms = end_ms.saturating_add(gap_ms);
            let next_end_ms = start_ms.saturating_add(reader.amount()?);
            let interval = Interval::new(start_ms, next_end_ms).ok_or(WireError::TooLarge)?;
            if gap_ms == 0 && index > 0 {
                return Err(WireError::Overlong);
            }
            set.intervals.push(interval);
            set.total_ms = set.total_ms.saturating_add(interval.length_ms());
            end_ms = next_end_ms;
        }
        Ok(set)
    }
}

// `Vec::splice`, `insert` and `remove` would do, but their panics cost the player build 1 kB.
impl IntervalSet {
    fn remove(&mut self, first: usize, past: usize) {
        let mut index = 0_usize;
        self.intervals.retain(|_| {
            let keep = index < first || index >= past;
            index = index.saturating_add(1);
            keep
        });
    }

    fn place(&mut self, index: usize, interval: Interval) {
        let mut carried = interval;
        for slot in self.intervals.iter_mut().skip(index) {
            core::mem::swap(slot, &mut carried);
        }
        self.intervals.push(carried);
    }
}

impl FromIterator<Interval> for IntervalSet {
    fn from_iter<T: IntoIterator<Item = Interval>>(intervals: T) -> Self {
        let mut set = Self::default();
        for interval in intervals {
            set.insert(interval);
        }
        set
    }
}

//! The reports of one session: each counted once, in the order in which the player made them.

use super::delivery::MediaDelivery;
use super::dialect::Dialect;
use super::report::{Report, Subject};
use super::row::{self, or_zero};
use super::timeline::Timeline;
use crate::base::id::{Id, Producer, ViewId};
use crate::base::limits::MS_MAX;
use crate::base::varint::{Reader, WireError};
use crate::playback::state::Seen;
use crate::playback::tally::Tally;

/// Reports that wait for those before them. As long as none comes later than this many, the order in
/// which they come does not matter at all.
pub const PENDING_MAX: usize = 256;

/// Gaps in what was added up that are remembered, to tell a report that is late from one that came twice.
pub const GAPS_MAX: usize = 32;

/// First byte of every encoded session.
const FORMAT_VERSION: u64 = 1;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was counted.
    New,
    /// It was known.
    Repeated,
    /// It came after what follows it was added up, or contradicts what is known; it is in `rejected`.
    Late,
    /// It begins another playback: its number is known and it is newer than all that is known. Nothing
    /// was counted; it belongs to [`Session::next_run`].
    Restarts,
}

/// One playback: the reports of a session id and a title from one start of a player to the next.
///
/// hls.js and dash.js begin again at number 0 under the same session id when they load again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Counts the starts, from 0.
    run: u64,
    /// The newest report of the starts before; what is not newer belongs to them.
    after_ms: Option<u64>,
    newest_ms: u64,
    /// Everything below this number is added up or given up.
    next_sn: Option<u64>,
    /// Numbers below `next_sn` that never came: from, up to but not including.
    gaps: Vec<(u64, u64)>,
    timeline: Timeline,
    delivery: MediaDelivery,
    /// Reports that count, added up or pending.
    counted: u64,
    late: u64,
    seen: Option<Seen>,
    // INVARIANT (pending sorted): ascending by `sn`, no number twice.
    pending: Vec<Report>,
}

impl Session {
    /// A session of which nothing is known.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            run: 0,
            after_ms: None,
            newest_ms: 0,
            next_sn: None,
            gaps: Vec::new(),
            timeline: Timeline::new(dialect),
            delivery: MediaDelivery::default(),
            counted: 0,
            late: 0,
            seen: None,
            pending: Vec::new(),
        }
    }

    /// The playback after this one, under the same session id.
    #[must_use]
    pub fn next_run(&self) -> Self {
        Self {
            run: self.run.saturating_add(1),
            after_ms: Some(self.newest_ms),
            ..Self::new(self.timeline.dialect())
        }
    }

    /// Takes one report.
    pub fn take(&mut self, report: Report) -> Taken {
        if self.after_ms.is_some_and(|ms| report.ts_ms <= ms) {
            return Taken::Repeated;
        }
        let is_newest = self.counted > 0 && report.ts_ms > self.newest_ms;
        if self.next_sn.is_some_and(|next| report.sn < next) {
            return match (is_newest, self.take_gap(report.sn)) {
                (true, false) => Taken::Restarts,
                (_, true) => self.reject(),
                (false, false) => Taken::Repeated,
            };
        }
        // Most come in their order, so the place is looked for from the end.
        let behind = self.pending.iter().rev().take_while(|known| known.sn > report.sn).count();
        let index = self.pending.len().saturating_sub(behind);
        match index.checked_sub(1).and_then(|last| self.pending.get(last)) {
            Some(known) if *known == report => return Taken::Repeated,
            Some(known) if known.sn == report.sn && is_newest => return Taken::Restarts,
            Some(known) if known.sn == report.sn => return self.reject(),
            _ => self.pending.insert(index, report),
        }
        self.newest_ms = self.newest_ms.max(report.ts_ms);
        self.counted = self.counted.saturating_add(1);
        while self.pending.len() > PENDING_MAX {
            self.add_up_first();
        }
        Taken::New
    }

    /// The edge heard of the playback at `now_ms`, UTC.
    pub fn see(&mut self, now_ms: u64) {
        let (first_ms, last_ms) = self.seen.map_or((now_ms, now_ms), |s| (s.first_ms, s.last_ms));
        self.seen = Some(Seen { first_ms, last_ms: last_ms.max(now_ms) });
    }

    /// When the edge first and last heard of the playback.
    #[must_use]
    pub fn seen(&self) -> Option<Seen> {
        self.seen
    }

    /// What the playback comes to, with all that is pending in its order.
    #[must_use]
    pub fn figures(&self) -> (Tally, MediaDelivery) {
        let (mut timeline, mut delivery) = (self.timeline.clone(), self.delivery);
        for report in &self.pending {
            count(&mut timeline, &mut delivery, report);
        }
        let mut tally = timeline.tally();
        tally.rejected = tally.rejected.saturating_add(self.late).min(MS_MAX);
        // INVARIANT (version grows): with every report that counts or is rejected.
        tally.version = self.counted.saturating_add(self.late).min(MS_MAX);
        (tally, delivery)
    }

    /// The view of this playback: the viewer's tag, then 96 bits of the hash of session and start.
    #[must_use]
    pub fn view(&self, viewer: &str, key: Id) -> ViewId {
        ViewId::new(viewer, self.hash(b"view", key).0)
    }

    /// Who measures: the hash of session and start.
    #[must_use]
    pub fn producer(&self, key: Id) -> Producer {
        Producer(self.hash(b"producer", key))
    }

    fn hash(&self, purpose: &[u8], key: Id) -> Id {
        hash(&[purpose, &key.0, &self.run.to_be_bytes()])
    }

    fn add_up_first(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let report = self.pending.remove(0);
        let expected = self.next_sn.unwrap_or(0);
        if expected < report.sn && self.gaps.len() < GAPS_MAX {
            self.gaps.push((expected, report.sn));
        }
        self.next_sn = Some(report.sn.saturating_add(1));
        count(&mut self.timeline, &mut self.delivery, &report);
    }

    /// Whether a number is one that never came; it is one no longer.
    fn take_gap(&mut self, sn: u64) -> bool {
        let Some(index) = self.gaps.iter().position(|(from, to)| (*from..*to).contains(&sn)) else {
            return false;
        };
        let (from, to) = self.gaps.swap_remove(index);
        for (from, to) in [(from, sn), (sn.saturating_add(1), to)] {
            if from < to && self.gaps.len() < GAPS_MAX {
                self.gaps.push((from, to));
            }
        }
        true
    }

    fn reject(&mut self) -> Taken {
        self.late = self.late.saturating_add(1);
        Taken::Late
    }
}

fn count(timeline: &mut Timeline, delivery: &mut MediaDelivery, report: &Report) {
    timeline.take(report);
    if let Subject::Response(response) = &report.subject {
        delivery.count(response);
    }
}

/// The key of a session: the hash of session id and title.
#[must_use]
pub fn key(sid: &str, title: &str) -> Id {
    hash(&[b"session", sid.as_bytes(), title.as_bytes()])
}

/// FNV-1a, 128 bits, of parts, each with its length in front (64 bits, big-endian). Not a secret: who
/// knows a session id and a title knows the view. Source: Fowler, Noll, Vo, RFC 9923.
fn hash(parts: &[&[u8]]) -> Id {
    let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    for part in parts {
        mix(&mut hash, &(part.len() as u64).to_be_bytes());
        mix(&mut hash, part);
    }
    Id(hash.to_be_bytes())
}

#[inline(never)]
fn mix(hash: &mut u128, bytes: &[u8]) {
    for byte in bytes {
        *hash = (*hash ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
    }
}

impl Session {
    /// The bytes of this session.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let seen = self.seen;
        let row = [
            FORMAT_VERSION,
            self.run,
            self.newest_ms,
            self.counted,
            self.late,
            or_zero(self.after_ms),
            or_zero(self.next_sn),
            or_zero(seen.map(|seen| seen.first_ms)),
            or_zero(seen.map(|seen| seen.last_ms)),
            self.gaps.len() as u64,
        ];
        let mut bytes = Vec::new();
        row::write(&mut bytes, &row);
        for (from, to) in &self.gaps {
            row::write(&mut bytes, &[*from, *to]);
        }
        self.timeline.encode(&mut bytes);
        self.delivery.encode(&mut bytes);
        row::write(&mut bytes, &[self.pending.len() as u64]);
        for report in &self.pending {
            report.encode(&mut bytes);
        }
        bytes
    }

    /// Reads what [`Session::encode`] wrote.
    ///
    /// # Errors
    /// [`WireError`]; [`WireError::TooLarge`] for what breaks a limit, another format, or bytes left over.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let reader = &mut Reader::new(bytes);
        let mut row = [0; 10];
        row::read(reader, 0b1_1110_0000, &mut row)?;
        let [version, run, newest_ms, counted, late, after_ms, next_sn, first_ms, last_ms, gaps] =
            row;
        if version != FORMAT_VERSION || (first_ms == 0) != (last_ms == 0) || gaps > GAPS_MAX as u64
        {
            return Err(WireError::TooLarge);
        }
        let mut session = Self {
            run,
            after_ms: after_ms.checked_sub(1),
            newest_ms,
            next_sn: next_sn.checked_sub(1),
            gaps: Vec::new(),
            timeline: Timeline::new(Dialect::Standard),
            delivery: MediaDelivery::default(),
            counted,
            late,
            seen: first_ms
                .checked_sub(1)
                .zip(last_ms.checked_sub(1))
                .map(|(first_ms, last_ms)| Seen { first_ms, last_ms }),
            pending: Vec::new(),
        };
        for _ in 0..gaps {
            let mut gap = [0; 2];
            row::read(reader, 0, &mut gap)?;
            session.gaps.push(gap.into());
        }
        session.timeline = Timeline::decode(reader)?;
        session.delivery = MediaDelivery::decode(reader)?;
        let pending = reader.amount()?;
        if pending > PENDING_MAX as u64 {
            return Err(WireError::TooLarge);
        }
        for _ in 0..pending {
            let report = Report::decode(reader)?;
            if session.pending.last().is_some_and(|last| last.sn >= report.sn) {
                return Err(WireError::TooLarge);
            }
            session.pending.push(report);
        }
        if reader.is_done() { Ok(session) } else { Err(WireError::TooLarge) }
    }
}

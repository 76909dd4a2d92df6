//! When something was measured, by the server's clock.
//!
//! A page tells its two clocks when it measures and when it sends. The monotonic one cannot be set, so
//! what it differs from the server's clock by is the same for the life of the page, apart from the time
//! that each request takes and from sleep. The wall clock can be anything; it only tells sleep, and it
//! stands in where a page load was never heard of.

use crate::base::id::Producer;
use crate::base::limits::MS_MAX;
use crate::base::varint::{self, Reader, WireError};

/// A page's clocks differ by the same as before, or one of them was set.
const ORIGIN_TOLERANCE_MS: u64 = 2_000;

/// From here on a jump of both clocks is sleep.
const SLEEP_MS_MIN: u64 = 5_000;

/// How much a request may take longer than the fastest and still be told from sleep.
const DELAY_MS_MAX: u64 = 30_000;

/// Older than this nothing is believed to be: players give up their backlog after as long.
pub const BACKLOG_MS_MAX: u64 = 30 * 24 * 3_600_000;

/// Page loads of one viewer that are known; beyond, the one that was not heard for longest is forgotten,
/// and what it left is dated by the wall clock.
pub const LOADS_MAX: usize = 64;

/// A page load that was not heard for so long is forgotten.
const LOAD_MS_MAX: u64 = 60 * 24 * 3_600_000;

/// When the viewer was heard is noted this exactly, so that not every body writes.
const HEARD_GRAIN_MS: u64 = 60_000;

/// The two clocks of a page at one moment: monotonic (`performance.now()`) and wall (`Date.now()`), as
/// JSON `[monotonic_ms, wall_ms]`. The first counts from the page load, the second may be set to
/// anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageTime {
    /// Since the page load.
    pub monotonic_ms: u64,
    /// UTC, if the device's clock is right.
    pub wall_ms: u64,
}

impl From<(f64, f64)> for PageTime {
    /// A clock that shows what no clock can shows the nearest that one can: it costs the view a wrong
    /// time, not its figures.
    fn from((monotonic_ms, wall_ms): (f64, f64)) -> Self {
        Self { monotonic_ms: clamped(monotonic_ms), wall_ms: clamped(wall_ms) }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and NaN becomes 0"
)]
fn clamped(ms: f64) -> u64 {
    (ms as u64).min(MS_MAX)
}

impl PageTime {
    /// What the wall clock showed, or would have shown, when the page was loaded. The server's clock gives
    /// the like.
    fn origin_ms(self) -> i64 {
        difference(self.wall_ms, self.monotonic_ms)
    }
}

/// When a state was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// By the server's clock, UTC, as well as it can be told.
    pub at_ms: u64,
    /// The page that measured it has sent it itself: then `at_ms` is wrong by no more than the time that
    /// a request takes.
    pub is_live: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Load {
    producer: Producer,
    /// Server's clock less the monotonic one, the least that was seen: the request that was fastest.
    begun_ms: i64,
    /// Wall clock less the monotonic one, as last seen.
    origin_ms: i64,
    /// When it was last heard, by the server's clock.
    heard_ms: u64,
}

/// The clocks of one viewer's pages, and the server's beside them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clocks {
    /// The earliest moment from which the viewer is known, in [`Clocks::time_ms`]; 0 for never.
    known_ms: u64,
    /// The server's clock when the viewer was last heard.
    heard_ms: u64,
    /// By how much the server's clock was put back, in all.
    behind_ms: u64,
    loads: Vec<Load>,
}

impl Clocks {
    /// The viewer is heard now, with a session token that was issued then.
    pub fn hear(&mut self, now_ms: u64, issued_ms: Option<u64>) {
        if now_ms < self.heard_ms {
            self.behind_ms = self.behind_ms.saturating_add(self.heard_ms - now_ms);
        }
        if now_ms < self.heard_ms || now_ms - self.heard_ms >= HEARD_GRAIN_MS {
            self.heard_ms = now_ms;
            self.loads.retain(|load| load.heard_ms.saturating_add(LOAD_MS_MAX) > now_ms);
        }
        let since_ms = self.time_ms(issued_ms.unwrap_or(now_ms).min(now_ms)).max(1);
        if self.known_ms == 0 || since_ms < self.known_ms {
            self.known_ms = since_ms;
        }
    }

    /// A server time that was never put back: what differences are taken of.
    #[must_use]
    pub fn time_ms(&self, server_ms: u64) -> u64 {
        server_ms.saturating_add(self.behind_ms)
    }

    /// The earliest moment from which the viewer is known, by contact or by token, in
    /// [`Clocks::time_ms`].
    #[must_use]
    pub fn known_ms(&self) -> u64 {
        self.known_ms
    }

    /// When a state of this producer was measured: `at` are its page's clocks then, `clock` those of the
    /// page that sends it, now.
    pub fn measured(
        &mut self,
        producer: Producer,
        at: Option<PageTime>,
        clock: Option<PageTime>,
        now_ms: u64,
    ) -> Measured {
        let (Some(at), Some(clock)) = (at, clock) else {
            return Measured { at_ms: now_ms, is_live: false };
        };
        let known = self.loads.iter().position(|load| load.producer == producer);
        let begun_ms = difference(now_ms, clock.monotonic_ms);
        let is_live = at.monotonic_ms <= clock.monotonic_ms
            && (is_near(at.origin_ms(), clock.origin_ms())
                || self.load(known).is_some_and(|load| load.runs(begun_ms)));
        if is_live {
            let begun_ms = self.learn(known, producer, begun_ms, clock.origin_ms(), now_ms);
            return Measured { at_ms: dated(begun_ms, at.monotonic_ms, now_ms), is_live };
        }
        let at_ms = match self.load(known) {
            Some(load) if is_near(load.origin_ms, at.origin_ms()) => {
                dated(load.begun_ms, at.monotonic_ms, now_ms)
            }
            _ => dated(difference(now_ms, clock.wall_ms), at.wall_ms, now_ms),
        };
        Measured { at_ms, is_live }
    }

    /// When each page was loaded, by the server's clock as well as it is known, in UTC ms, and when it was
    /// last heard.
    pub fn loads(&self) -> impl Iterator<Item = (Producer, u64, u64)> {
        self.loads
            .iter()
            .map(|load| (load.producer, u64::try_from(load.begun_ms).unwrap_or(0), load.heard_ms))
    }

    fn load(&self, index: Option<usize>) -> Option<Load> {
        index.and_then(|index| self.loads.get(index)).copied()
    }

    /// Takes what a live page shows, and gives the estimate of when it was loaded.
    fn learn(
        &mut self,
        known: Option<usize>,
        producer: Producer,
        begun_ms: i64,
        origin_ms: i64,
        now_ms: u64,
    ) -> i64 {
        let Some(load) = known.and_then(|index| self.loads.get_mut(index)) else {
            if self.loads.len() >= LOADS_MAX {
                let oldest = self.loads.iter().enumerate().min_by_key(|(_, load)| load.heard_ms);
                if let Some((index, _)) = oldest {
                    self.loads.swap_remove(index);
                }
            }
            self.loads.push(Load { producer, begun_ms, origin_ms, heard_ms: now_ms });
            return begun_ms;
        };
        let is_new = load.slept(begun_ms, origin_ms) || begun_ms < load.begun_ms;
        if is_new {
            load.begun_ms = begun_ms;
        }
        if is_new || !is_near(load.origin_ms, origin_ms) {
            load.origin_ms = origin_ms;
        }
        if now_ms.abs_diff(load.heard_ms) >= HEARD_GRAIN_MS {
            load.heard_ms = now_ms;
        }
        load.begun_ms
    }

    /// The bytes of it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for ms in [self.known_ms, self.heard_ms, self.behind_ms] {
            varint::write(&mut bytes, ms);
        }
        for load in &self.loads {
            bytes.extend_from_slice(&load.producer.0.0);
            for ms in [load.begun_ms, load.origin_ms] {
                varint::write(&mut bytes, zigzag(ms));
            }
            varint::write(&mut bytes, load.heard_ms);
        }
        bytes
    }

    /// Reads what [`Clocks::encode`] wrote; no bytes are clocks that never heard anything.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut clocks = Self::default();
        if bytes.is_empty() {
            return Ok(clocks);
        }
        let reader = &mut Reader::new(bytes);
        for ms in [&mut clocks.known_ms, &mut clocks.heard_ms, &mut clocks.behind_ms] {
            *ms = reader.varint()?;
        }
        while !reader.is_done() {
            clocks.loads.push(Load {
                producer: Producer(crate::base::id::Id(reader.bytes()?)),
                begun_ms: unzigzag(reader.varint()?),
                origin_ms: unzigzag(reader.varint()?),
                heard_ms: reader.amount()?,
            });
        }
        Ok(clocks)
    }
}

impl Load {
    /// A page that was loaded then, by the server's clock, is this one: the wall clock was set.
    fn runs(&self, begun_ms: i64) -> bool {
        begun_ms >= self.begun_ms.saturating_sub_unsigned(ORIGIN_TOLERANCE_MS)
            && begun_ms.abs_diff(self.begun_ms) <= DELAY_MS_MAX
    }

    /// The monotonic clock stood still while both others went on.
    fn slept(&self, begun_ms: i64, origin_ms: i64) -> bool {
        let server_ms = begun_ms.saturating_sub(self.begun_ms);
        let wall_ms = origin_ms.saturating_sub(self.origin_ms);
        let least_ms = SLEEP_MS_MIN.cast_signed();
        server_ms >= least_ms && wall_ms >= least_ms && server_ms.abs_diff(wall_ms) <= DELAY_MS_MAX
    }
}

fn is_near(one_ms: i64, other_ms: i64) -> bool {
    one_ms.abs_diff(other_ms) <= ORIGIN_TOLERANCE_MS
}

// INVARIANT (times fit): a time is at most MS_MAX, so differences of two fit in 64 bits with a sign.
fn difference(one_ms: u64, other_ms: u64) -> i64 {
    one_ms.min(MS_MAX).cast_signed().saturating_sub(other_ms.min(MS_MAX).cast_signed())
}

/// A time by another clock as the server's: never in the future, never older than any backlog.
fn dated(offset_ms: i64, at_ms: u64, now_ms: u64) -> u64 {
    at_ms.saturating_add_signed(offset_ms).clamp(now_ms.saturating_sub(BACKLOG_MS_MAX), now_ms)
}

/// A small number of either sign as a small number.
fn zigzag(ms: i64) -> u64 {
    ((ms << 1) ^ (ms >> 63)).cast_unsigned()
}

fn unzigzag(code: u64) -> i64 {
    (code >> 1).cast_signed() ^ (code & 1).cast_signed().wrapping_neg()
}

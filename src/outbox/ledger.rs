//! What a receiver knows of the batches of one shard and epoch: which came, which were announced, which
//! are missing.

use super::received::{Arrival, Received};
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use crate::base::varint::WireError;

/// Gaps that are listed one by one; beyond, only their number is told.
pub const GAPS_LISTED_MAX: usize = 100;

/// Bytes of the name of a shard.
const SHARD_BYTES_MAX: usize = 32;

/// The name of a batch, `shard.epoch.sequence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchKey {
    /// 1 to 32 letters, digits or dashes.
    pub shard: String,
    /// Which life of the shard's store, up to 2^53 - 1.
    pub epoch: u64,
    /// From 1, without gaps, up to 2^53 - 1.
    pub sequence: u64,
}

impl BatchKey {
    /// Reads `shard.epoch.sequence`.
    ///
    /// # Errors
    /// [`Code::InvalidValue`] for anything else, at `Idempotency-Key`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let refusal = || {
            let given: String = text.chars().take(80).collect();
            let message =
                format!("key `{given}`, expected `shard.epoch.sequence`, the last from 1");
            Refusal::at(Code::InvalidValue, "Idempotency-Key", message)
        };
        let mut parts = text.split('.');
        let (Some(shard), Some(epoch), Some(sequence), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refusal());
        };
        let named = (1..=SHARD_BYTES_MAX).contains(&shard.len())
            && shard.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let (Some(epoch), Some(sequence)) = (whole(epoch), whole(sequence)) else {
            return Err(refusal());
        };
        if !named || sequence == 0 {
            return Err(refusal());
        }
        Ok(Self { shard: shard.to_owned(), epoch, sequence })
    }
}

/// The batches of one shard and epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShardLedger {
    /// The sequences that came.
    pub received: Received,
    /// The highest sequence that the sender said it has frozen; 0 if it said nothing.
    pub announced: u64,
}

/// What is missing of one shard and epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The highest sequence that came; 0 if none did.
    pub highest: u64,
    /// How many sequences came.
    pub received: u64,
    /// How many are missing up to the highest that came or was announced.
    pub missing: u64,
    /// In how many gaps.
    pub gap_count: usize,
    /// The first of the gaps, ascending, each as its first and last sequence.
    pub gaps: Vec<(u64, u64)>,
}

impl ShardLedger {
    /// Reads the bytes of [`Received::encode`].
    ///
    /// # Errors
    /// [`WireError`] for anything else.
    pub fn decode(received: &[u8], announced: u64) -> Result<Self, WireError> {
        Ok(Self { received: Received::decode(received)?, announced })
    }

    /// Notes that a batch came, and what its sender said of those after it.
    pub fn arrive(&mut self, sequence: u64, frozen: Option<u64>) -> Arrival {
        self.announced = self.announced.max(frozen.unwrap_or(0));
        self.received.take(sequence)
    }

    /// What has not come.
    #[must_use]
    pub fn missing(&self) -> Missing {
        let mut gaps = self.received.gaps(self.announced, usize::MAX);
        let width = |(first, last): &(u64, u64)| last.saturating_sub(*first).saturating_add(1);
        let missing = gaps.iter().map(width).fold(0, u64::saturating_add);
        let gap_count = gaps.len();
        gaps.truncate(GAPS_LISTED_MAX);
        let (highest, received) = (self.received.highest(), self.received.count());
        Missing { highest, received, missing, gap_count, gaps }
    }
}

/// A whole number up to 2^53 - 1, written in digits only.
fn whole(text: &str) -> Option<u64> {
    let digits = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let value = if digits { text.parse().ok() } else { None };
    value.filter(|value| *value <= MS_MAX)
}

//! Which numbers of a sequence have come, so that a gap proves a loss.

use crate::base::mutant::planted;
use crate::base::varint::{self, Reader, WireError};
use alloc::vec::Vec;

/// Numbers above the high-water mark that are told apart. One that is further ahead is not taken: the
/// sender has to wait until the gap before it is closed.
pub const AHEAD_MAX: u64 = 4096;

/// First byte of every encoded `Received`.
const FORMAT_VERSION: u8 = 1;

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It came for the first time.
    New,
    /// It came before.
    Repeated,
    /// It is more than [`AHEAD_MAX`] above the first gap and was not noted.
    TooFarAhead,
}

/// The numbers of one sequence, from 1, that have come: a high-water mark and a bitmap of what came
/// beyond it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Every number up to this one has come.
    complete: u64,
    // INVARIANT (ahead trimmed): bit n is number `complete + 1 + n`; bit 0 is clear, the last word is not 0.
    ahead: Vec<u64>,
}

impl Received {
    /// Every number from 1 to this one has come.
    #[must_use]
    pub fn complete(&self) -> u64 {
        self.complete
    }

    /// The highest number that has come; 0 if none has.
    #[must_use]
    pub fn highest(&self) -> u64 {
        let Some(last) = self.ahead.last() else { return self.complete };
        let words = (self.ahead.len() as u64).saturating_mul(64);
        self.complete.saturating_add(words).saturating_sub(u64::from(last.leading_zeros()))
    }

    /// How many numbers have come.
    #[must_use]
    pub fn count(&self) -> u64 {
        let ahead: u64 = self.ahead.iter().map(|word| u64::from(word.count_ones())).sum();
        self.complete.saturating_add(ahead)
    }

    /// Whether `number` has come; 0 never does.
    #[must_use]
    pub fn has(&self, number: u64) -> bool {
        number != 0 && (number <= self.complete || self.bit(number))
    }

    /// Notes that `number`, from 1, has come.
    pub fn take(&mut self, number: u64) -> Arrival {
        if number == 0 || self.has(number) {
            return Arrival::Repeated;
        }
        let ahead = number.saturating_sub(self.complete).saturating_sub(1);
        if ahead >= AHEAD_MAX {
            return Arrival::TooFarAhead;
        }
        if planted("gap_jumped") {
            self.complete = number;
            return Arrival::New;
        }
        let (word, bit) = position(ahead);
        if self.ahead.len() <= word {
            self.ahead.resize(word.saturating_add(1), 0);
        }
        if let Some(word) = self.ahead.get_mut(word) {
            *word |= 1 << bit;
        }
        self.advance();
        Arrival::New
    }

    /// The gaps up to and including `announced`, ascending, each as its first and last number; at most
    /// `gaps_max` of them.
    #[must_use]
    pub fn gaps(&self, announced: u64, gaps_max: usize) -> Vec<(u64, u64)> {
        let mut gaps: Vec<(u64, u64)> = Vec::new();
        let highest = self.highest();
        let mut number = self.complete;
        while number < highest {
            number = number.saturating_add(1);
            if self.has(number) {
                continue;
            }
            let full = gaps.len() >= gaps_max;
            match gaps.last_mut() {
                Some((_, last)) if *last == number.saturating_sub(1) => *last = number,
                _ if full => return gaps,
                _ => gaps.push((number, number)),
            }
        }
        if announced > highest && gaps.len() < gaps_max {
            gaps.push((highest.saturating_add(1), announced));
        }
        gaps
    }

    /// The bytes of this state; equal states have equal bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.push(FORMAT_VERSION);
        varint::write(&mut bytes, self.complete);
        varint::write(&mut bytes, self.ahead.len() as u64);
        for word in &self.ahead {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// Reads what [`Received::encode`] wrote; no bytes are nothing received.
    ///
    /// # Errors
    /// [`WireError`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let reader = &mut Reader::new(bytes);
        let format = reader.byte()?;
        let complete = reader.amount()?;
        let words = reader.amount()?;
        if format != FORMAT_VERSION || words > AHEAD_MAX / 64 {
            return Err(WireError::TooLarge);
        }
        let mut ahead = Vec::new();
        for _ in 0..words {
            ahead.push(u64::from_le_bytes(reader.bytes()?));
        }
        let trimmed = ahead.last() != Some(&0) && ahead.first().is_none_or(|word| word & 1 == 0);
        if !trimmed || !reader.is_done() {
            return Err(WireError::TooLarge);
        }
        Ok(Self { complete, ahead })
    }

    fn bit(&self, number: u64) -> bool {
        let (word, bit) = position(number.saturating_sub(self.complete).saturating_sub(1));
        self.ahead.get(word).is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Moves the mark over what has come in a row, and keeps the bitmap trimmed.
    fn advance(&mut self) {
        while let Some(first) = self.ahead.first_mut() {
            let run = first.trailing_ones();
            if run == 64 {
                self.ahead.remove(0);
                self.complete = self.complete.saturating_add(64);
                continue;
            }
            if run > 0 {
                self.complete = self.complete.saturating_add(u64::from(run));
                self.shift(run);
            }
            break;
        }
        while self.ahead.last() == Some(&0) {
            self.ahead.pop();
        }
    }

    fn shift(&mut self, bits: u32) {
        let mut carry = 0;
        for word in self.ahead.iter_mut().rev() {
            let low = *word;
            *word = (low >> bits) | carry;
            carry = low << (64_u32.saturating_sub(bits));
        }
    }
}

/// Word and bit of a place in the bitmap.
fn position(ahead: u64) -> (usize, u32) {
    ((ahead / 64).min(AHEAD_MAX) as usize, (ahead % 64) as u32)
}

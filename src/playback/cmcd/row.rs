//! Numbers that stand in the bytes of a session one behind the other, written and read by one loop.

use crate::base::limits::MS_MAX;
use crate::base::varint::{self, Reader, WireError};

/// Appends a row.
#[inline(never)]
pub fn write(bytes: &mut Vec<u8>, row: &[u64]) {
    for number in row {
        varint::write(bytes, *number);
    }
}

/// Reads a row. A number is a count, unless its bit in `options` says that it is [`or_zero`].
///
/// # Errors
/// Those of [`Reader::varint`], and [`WireError::TooLarge`] for a count above [`MS_MAX`].
#[inline(never)]
pub fn read(reader: &mut Reader<'_>, options: u32, row: &mut [u64]) -> Result<(), WireError> {
    let mut is_option = options;
    for number in row {
        *number = reader.varint()?;
        if is_option & 1 == 0 && *number > MS_MAX {
            return Err(WireError::TooLarge);
        }
        is_option >>= 1;
    }
    Ok(())
}

/// A number that may be missing: 0 without it, else one more.
#[must_use]
pub const fn or_zero(value: Option<u64>) -> u64 {
    match value {
        None => 0,
        Some(value) => value.saturating_add(1),
    }
}

/// Adds to a sum.
// INVARIANT (sums fit): a sum stops at what every reader of it can hold.
#[inline(never)]
pub fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more).min(MS_MAX);
}

/// The place of a word in a list.
#[inline(never)]
#[must_use]
pub fn place_of(words: &[&str], word: &str) -> Option<usize> {
    words.iter().position(|known| *known == word)
}

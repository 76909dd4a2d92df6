//! Unsigned varints (LEB128), the wire of a binary state. One value has exactly one encoding.

use crate::base::limits::MS_MAX;
use alloc::vec::Vec;

/// Appends `value` in groups of seven bits, lowest first.
pub fn write(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes().first().copied().unwrap_or(0) | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes().first().copied().unwrap_or(0));
}

/// Why bytes do not hold what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireError {
    /// The bytes end before the value does.
    Truncated,
    /// A varint that is longer than it need be, or above 64 bits.
    Overlong,
    /// A number above [`MS_MAX`].
    TooLarge,
}

/// Reads bytes from the front, never past their end.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether every byte was read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte.
    ///
    /// # Errors
    /// [`WireError::Truncated`] at the end.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        let (first, rest) = self.rest.split_first().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// [`WireError::Truncated`] when fewer are left.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (first, rest) = self.rest.split_first_chunk::<N>().ok_or(WireError::Truncated)?;
        self.rest = rest;
        Ok(*first)
    }

    /// The next varint.
    ///
    /// # Errors
    /// [`WireError::Truncated`] or [`WireError::Overlong`].
    pub fn varint(&mut self) -> Result<u64, WireError> {
        let mut value = 0_u64;
        for group in 0..10_u32 {
            let byte = self.byte()?;
            if (group == 9 && byte > 1) || (group > 0 && byte == 0) {
                return Err(WireError::Overlong);
            }
            value |= u64::from(byte & 0x7f) << (7 * group);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(WireError::Overlong)
    }

    /// The next varint, which is a count of milliseconds or events.
    ///
    /// # Errors
    /// Those of [`Reader::varint`], and [`WireError::TooLarge`] above [`MS_MAX`].
    pub fn amount(&mut self) -> Result<u64, WireError> {
        let value = self.varint()?;
        if value > MS_MAX { Err(WireError::TooLarge) } else { Ok(value) }
    }
}

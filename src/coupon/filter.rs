//! Which codes may be used or revoked: a binary fuse filter of 16 bits, some 2.26 MB for a million codes.
//!
//! What is not in it is surely unused; what is in it may be, and one in 2^16 of those that are not seems to
//! be: a hit means to ask the one who knows, never to refuse.
//!
//! The bytes, little-endian: `UCF1` (which names this layout, the hash and the filter), the number of codes
//! as 4 bytes, the seed as 8, the length of a segment as 4, the length of all segments in which the first of
//! the three fingerprints of a code lies as 4, then the fingerprints, 2 bytes each: two segments more. A
//! code is FNV-1a of 64 bits of its text as it is stored, which [`key_of`] mixes with the seed.
//!
//! Source: T. M. Graf, D. Lemire, Binary Fuse Filters, 2022; the crate `xorf` builds it. It is read here,
//! because the crate reads bytes only where they are aligned, and trusts them.

/// Codes of one filter; it takes some 100 MB to build. More go into several filters.
pub const FILTER_CODES_MAX: usize = 2_000_000;

/// Bytes of a filter: a little more than the fingerprints of so many codes.
pub const FILTER_BYTES_MAX: usize = 8 * 1024 * 1024;

pub(super) const LAYOUT: u32 = u32::from_le_bytes(*b"UCF1");

/// Bytes before the fingerprints.
const HEADER_BYTES: usize = 24;

/// Bytes that are no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterError;

/// What the header of a filter says. The fingerprints stay where they are: millions of bytes, of which a
/// question needs six.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeFilter {
    // INVARIANT (three fingerprints): behind the header are as many as the two lengths say, and a segment's
    // length is a power of two, so that every code has three.
    codes: u32,
    seed: u64,
    segment: u32,
    segments: u32,
}

impl CodeFilter {
    /// Reads the header of a filter of `length` bytes; `byte` gives the one at a place.
    ///
    /// # Errors
    /// [`FilterError`] if it is of another layout, or the filter is cut off or longer than it says.
    pub fn decode(length: usize, byte: impl Fn(usize) -> u8) -> Result<Self, FilterError> {
        let word = |at| word(&byte, at);
        if !(HEADER_BYTES..=FILTER_BYTES_MAX).contains(&length) || word(0) != LAYOUT {
            return Err(FilterError);
        }
        let seed = u64::from(word(8)) | u64::from(word(12)) << 32;
        let (segment, segments) = (word(16), word(20));
        let fingerprints = u64::from(segments) + 2 * u64::from(segment);
        let is_whole = length as u64 == HEADER_BYTES as u64 + 2 * fingerprints;
        if !is_whole || !segment.is_power_of_two() || segments == 0 || segments & (segment - 1) != 0
        {
            return Err(FilterError);
        }
        Ok(Self { codes: word(4), seed, segment, segments })
    }

    /// How many codes are in it.
    #[must_use]
    pub const fn codes(&self) -> u32 {
        self.codes
    }

    /// Whether a code may be in it, as it is stored. False is certain. `byte` gives the byte of the filter
    /// at a place.
    #[must_use]
    pub fn may_contain(&self, code: &[u8], byte: impl Fn(usize) -> u8) -> bool {
        let hash = mixed(key_of(code), self.seed);
        let (first, mask) = (times(hash, self.segments), u64::from(self.segment - 1));
        let segment = u64::from(self.segment);
        let second = (first + segment) ^ ((hash >> 18) & mask);
        let third = (first + 2 * segment) ^ (hash & mask);
        let mut left = hash ^ (hash >> 32);
        for place in [first, second, third] {
            let at = usize::try_from(place).unwrap_or(0) * 2 + HEADER_BYTES;
            left ^= u64::from(u16::from_le_bytes([byte(at), byte(at + 1)]));
        }
        left & 0xffff == 0
    }
}

// Of a closure that is passed by reference, so that it is compiled once.
#[inline(never)]
fn word(byte: &dyn Fn(usize) -> u8, at: usize) -> u32 {
    (at..at + 4).rev().fold(0, |word, at| (word << 8) | u32::from(byte(at)))
}

/// A code as a filter knows it: FNV-1a, 64 bits. Source: Fowler, Noll, Vo, RFC 9923.
#[must_use]
pub fn key_of(code: &[u8]) -> u64 {
    code.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finalizer of MurmurHash3, as `xorf` has it. Source: A. Appleby, MurmurHash3.
const fn mixed(key: u64, seed: u64) -> u64 {
    let mut hash = key.wrapping_add(seed);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// The highest 64 bits of a product: a place below `count`.
fn times(hash: u64, count: u32) -> u64 {
    let (high, low, count) = (hash >> 32, hash & 0xffff_ffff, u64::from(count));
    (high * count + ((low * count) >> 32)) >> 32
}

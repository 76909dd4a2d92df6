//! Sets of up to 256 numbered things: packs, territories.

/// Members that a set may have.
pub const MEMBERS_MAX: usize = 256;

/// A set of numbers below [`MEMBERS_MAX`], as 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BitSet(pub [u8; 32]);

impl BitSet {
    /// Adds a number.
    pub fn insert(&mut self, member: u8) {
        if let Some(byte) = self.0.get_mut(usize::from(member >> 3)) {
            *byte |= 1 << (member & 7);
        }
    }

    /// Whether a number is in the set that some bytes are.
    #[must_use]
    pub fn contains(set: &[u8], member: u8) -> bool {
        set.get(usize::from(member >> 3)).is_some_and(|byte| byte >> (member & 7) & 1 == 1)
    }

    /// Whether the sets that some bytes are share a number.
    #[must_use]
    pub fn meet(one: &[u8], other: &[u8]) -> bool {
        let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
        let pairs = one.as_chunks().0.iter().zip(other.as_chunks().0);
        pairs.fold(0, |shared, (one, other)| shared | word(one) & word(other)) != 0
    }
}

//! The plays that came before, so that each counts once.

use crate::base::id::Id;
use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// Ids of plays: 17 bytes a slot, and at most [`ROWS_MAX`](super::import::ROWS_MAX) of them.
#[derive(Debug, Default)]
pub struct PlayIds(HashSet<u128, BuildHasherDefault<Fold>>);

impl PlayIds {
    /// Adds an id; false if it was there.
    pub fn insert(&mut self, id: Id) -> bool {
        self.0.insert(u128::from_be_bytes(id.0))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An id is a hash already: it is folded to 64 bits and stirred once more, because the low bits of
/// FNV see little of what came last.
#[derive(Debug, Default)]
struct Fold(u64);

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u128(u128::from(*byte));
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
    fn write_u128(&mut self, id: u128) {
        let folded = self.0 ^ (id >> 64) as u64 ^ id as u64;
        let stirred = (folded ^ (folded >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = stirred ^ (stirred >> 29);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

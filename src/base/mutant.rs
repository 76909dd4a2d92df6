//! Bugs that are planted on purpose, to show that the simulator of delivery catches each of them.
//!
//! Without the feature `mutants`, [`planted`] is false wherever it is asked, and the compiler drops
//! both the question and the bug.

/// Whether the bug of this name is planted in this thread.
#[cfg(not(feature = "mutants"))]
#[must_use]
#[inline(always)]
pub const fn planted(_name: &str) -> bool {
    false
}

#[cfg(feature = "mutants")]
pub use selection::{plant, planted};

#[cfg(feature = "mutants")]
mod selection {
    use core::cell::Cell;

    std::thread_local! {
        static PLANTED: Cell<&'static str> = const { Cell::new("") };
    }

    /// Whether the bug of this name is planted in this thread.
    #[must_use]
    #[inline]
    pub fn planted(name: &str) -> bool {
        let found = PLANTED.get();
        !found.is_empty() && found == name
    }

    /// Plants one bug in this thread; an empty name plants none.
    pub fn plant(name: &'static str) {
        PLANTED.set(name);
    }
}

//! Sums and counts of one producer: they only grow, so that merging is taking the larger.

use super::reading::Extent;
use crate::base::limits::MS_MAX;
use crate::base::varint::{self, Reader, WireError};
use alloc::vec::Vec;

macro_rules! tally {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What one producer has measured of a view.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Tally {
            /// Grows with every snapshot that says something new.
            pub version: u64,
            /// How long the title is, as this producer last saw it.
            pub extent: Extent,
            $($(#[$doc])* pub $name: u64,)*
        }

        impl Tally {
            /// The names of the sums, in their order, each with a comma behind it.
            pub const NAMES: &str = concat!($(stringify!($name), ",",)*);

            /// How many sums there are.
            pub const COUNT: usize = [$(stringify!($name),)*].len();

            /// Takes the sums, in the order of [`Tally::NAMES`].
            pub fn each(&self, mut take: impl FnMut(u64)) {
                $(take(self.$name);)*
            }

            /// The later of two states of one producer: every sum is its maximum.
            #[must_use]
            pub fn merge(self, other: Self) -> Self {
                // Greatest by (version, extent), which is a total order: one writer, later wins.
                let later = (self.version, self.extent).max((other.version, other.extent));
                Self { version: later.0, extent: later.1, $($name: self.$name.max(other.$name),)* }
            }

            /// Sums over producers, at most [`MS_MAX`]; the extent is the longest, the version the sum.
            #[must_use]
            pub fn plus(self, other: Self) -> Self {
                Self {
                    version: sum(self.version, other.version),
                    extent: self.extent.max(other.extent),
                    $($name: sum(self.$name, other.$name),)*
                }
            }

            /// Appends version, extent and every sum, in the order they are declared.
            pub fn encode(&self, bytes: &mut Vec<u8>) {
                varint::write(bytes, self.version);
                varint::write(bytes, self.extent.to_code());
                self.each(|value| varint::write(bytes, value));
            }

            /// Reads what [`Tally::encode`] wrote.
            ///
            /// # Errors
            /// [`WireError`].
            pub fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
                let version = reader.amount()?;
                let extent = Extent::from_code(reader.amount()?);
                Ok(Self { version, extent, $($name: reader.amount()?,)* })
            }
        }
    };
}

// INVARIANT (sums fit): a sum stops at what every reader of it can hold.
fn sum(one: u64, other: u64) -> u64 {
    one.saturating_add(other).min(MS_MAX)
}

// The order is the wire's: a new sum goes to the end, with a new version byte of the state.
tally! {
    /// Content shown, repeats included, in ms of content.
    played_ms,
    /// Wall time in which content played.
    playing_ms,
    /// Wall time paused or ended.
    paused_ms,
    /// Wall time from a seek until content moved again.
    seeking_ms,
    /// Wall time from asking to play until the first content moved.
    startup_ms,
    /// Wall time in which content should have moved and did not.
    stalled_ms,
    /// Wall time that nothing explains: sleep, a frozen tab.
    suspended_ms,
    /// Wall time in which an advertisement replaced the content.
    linear_ad_ms,
    /// Wall time with any advertisement, over the content or instead of it.
    ad_ms,
    /// The part of `playing_ms` without sound.
    muted_ms,
    /// The part of `playing_ms` on a page that was not visible.
    hidden_ms,
    /// `playing_ms` times the rate, in microseconds.
    rate_weighted_us,
    /// Stalls.
    stalls,
    /// Seeks, and jumps that no seek explains.
    seeks,
    /// Times that the end wrapped to the beginning.
    loops,
    /// Readings that could not be true.
    rejected,
}

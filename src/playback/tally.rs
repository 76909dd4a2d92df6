//! Sums and counts of one producer: they only grow, so that merging is taking the larger.

use super::reading::Extent;
use crate::base::limits::MS_MAX;
use crate::base::mutant::planted;
use crate::base::varint::{self, Reader, WireError};
use alloc::vec::Vec;

macro_rules! tally {
    (sums { $($(#[$doc:meta])* $name:ident,)* } peaks { $($(#[$peak_doc:meta])* $peak:ident,)* }) => {
        /// What one producer has measured of a view.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Tally {
            /// Grows with every snapshot that says something new.
            pub version: u64,
            /// How long the title is, as this producer last saw it.
            pub extent: Extent,
            $($(#[$doc])* pub $name: u64,)*
            $($(#[$peak_doc])* pub $peak: u64,)*
        }

        impl Tally {
            /// The names of sums and peaks, in their order, each with a comma behind it.
            pub const NAMES: &str = concat!($(stringify!($name), ",",)* $(stringify!($peak), ",",)*);

            /// How many sums and peaks there are.
            pub const COUNT: usize = [$(stringify!($name),)* $(stringify!($peak),)*].len();

            /// How many of them are sums.
            const SUMS: usize = [$(stringify!($name),)*].len();

            /// Sums and peaks, in the order of [`Tally::NAMES`].
            #[must_use]
            #[inline(never)]
            pub fn sums(&self) -> [u64; Self::COUNT] {
                [$(self.$name,)* $(self.$peak,)*]
            }

            /// Takes sums and peaks, in the order of [`Tally::NAMES`].
            pub fn each(&self, take: impl FnMut(u64)) {
                self.sums().into_iter().for_each(take);
            }

            /// The later of two states of one producer: every sum is its maximum.
            #[must_use]
            pub fn merge(self, other: Self) -> Self {
                // Greatest by (version, extent), which is a total order: one writer, later wins.
                let later = (self.version, self.extent).max((other.version, other.extent));
                let join = |place, one: u64, other| {
                    if place < Self::SUMS { larger(one, other) } else { one.max(other) }
                };
                self.joined(later.0, later.1, &other, join)
            }

            /// Sums over producers, at most [`MS_MAX`]; the extent is the longest, the version the sum.
            #[must_use]
            pub fn plus(self, other: Self) -> Self {
                let join = |place, one: u64, other| {
                    if place < Self::SUMS { sum(one, other) } else { one.max(other) }
                };
                let version = sum(self.version, other.version);
                self.joined(version, self.extent.max(other.extent), &other, join)
            }

            /// In a loop, because a line for each of them is a kilobyte wherever two are joined.
            fn joined(
                &self,
                version: u64,
                extent: Extent,
                other: &Self,
                join: impl Fn(usize, u64, u64) -> u64,
            ) -> Self {
                let mut sums = self.sums();
                for (place, (one, other)) in sums.iter_mut().zip(other.sums()).enumerate() {
                    *one = join(place, *one, other);
                }
                Self::of(version, extent, sums)
            }

            /// The inverse of [`Tally::sums`].
            #[inline(never)]
            fn of(version: u64, extent: Extent, sums: [u64; Self::COUNT]) -> Self {
                let [$($name,)* $($peak,)*] = sums;
                Self { version, extent, $($name,)* $($peak,)* }
            }

            /// Appends version, extent and every sum, in the order they are declared.
            pub fn encode(&self, bytes: &mut Vec<u8>) {
                varint::write(bytes, self.version);
                varint::write(bytes, self.extent.to_code());
                for sum in self.sums() {
                    varint::write(bytes, sum);
                }
            }

            /// Reads what [`Tally::encode`] wrote.
            ///
            /// # Errors
            /// [`WireError`].
            pub fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
                let version = reader.amount()?;
                let extent = Extent::from_code(reader.amount()?);
                let mut sums = [0; Self::COUNT];
                for sum in &mut sums {
                    *sum = reader.amount()?;
                }
                Ok(Self::of(version, extent, sums))
            }
        }
    };
}

fn larger(one: u64, other: u64) -> u64 {
    if planted("tally_adds") { sum(one, other) } else { one.max(other) }
}

// INVARIANT (sums fit): a sum stops at what every reader of it can hold.
fn sum(one: u64, other: u64) -> u64 {
    one.saturating_add(other).min(MS_MAX)
}

// The order is the wire's, sums before peaks: a new one goes to the end of its list, with a new version byte of the state.
tally! {
    sums {
        /// Content shown, repeats included, in ms of content.
        played_ms,
        /// Wall time in which content played, hiccups shorter than a stall included.
        playing_ms,
        /// Wall time paused, ended or at rate 0, outside linear advertisements.
        paused_ms,
        /// Wall time from a seek, or a jump that no seek explains, until content moved again; pauses
        /// are not in it.
        seeking_ms,
        /// Wall time from asking to play until the first content moved, seeks in between included;
        /// pauses and linear advertisements are not in it.
        startup_ms,
        /// Wall time in which content should have moved and did not: for 250 ms or more, or as the
        /// player told. A stall lasts until content moves; pauses are not in it and begin no other.
        stalled_ms,
        /// Wall time in mid-play that nothing explains: sleep, a frozen tab. 5 s or more between two
        /// readings, in which content stood still for 250 ms or more; in a wait it is the wait's.
        suspended_ms,
        /// Wall time in which an advertisement replaced the content, paused or not.
        linear_ad_ms,
        /// `linear_ad_ms`, and the part of `playing_ms` with an advertisement over the content.
        ad_ms,
        /// The part of `playing_ms` without sound.
        muted_ms,
        /// The part of `playing_ms` on a page that was not visible.
        hidden_ms,
        /// `playing_ms` times the rate, in microseconds.
        rate_weighted_us,
        /// Stalls. The wait for the first content and the wait after a seek are none, unless a player
        /// that has shown nothing yet says that it has run out of data.
        stalls,
        /// Seeks, and jumps that no seek explains. Sent elsewhere before it lands, a seek is still one;
        /// playing again from the end is one.
        seeks,
        /// Times that content was played to its end and on from the beginning by itself.
        loops,
        /// Readings that could not be true.
        rejected,
        /// Advertisements that began: each of a pod that the player tells of.
        ads,
        /// Errors that the player told of.
        errors,
        /// Changes of quality during playback.
        quality_switches,
        /// `playing_ms` times the bitrate in kbit/s: bits.
        bitrate_weighted_bits,
    }
    peaks {
        /// The longest stall, in ms.
        stall_longest_ms,
        /// Frames that the player decoded too late to show, as it counts them.
        dropped_frames,
    }
}

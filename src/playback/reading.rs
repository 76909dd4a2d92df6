//! What a player looks like at one moment.

use crate::base::limits::MS_MAX;

/// Fastest playback rate that a reading may claim, in thousandths. Chromium refuses rates above 16.
pub const RATE_PERMILLE_MAX: u32 = 16_000;

/// Longest title, 366 days. Players say more (Shaka: 2^32 s) where they mean that it has no end.
pub const DURATION_MS_MAX: u64 = 366 * 24 * 3_600_000;

/// A state of the player that is on or off, as a bit of a reading's `flags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Flag {
    /// The viewer, or the page, has paused.
    Paused = 1,
    /// A seek is under way.
    Seeking = 2,
    /// The player itself says that it waits for data in mid-play.
    Stalled = 4,
    /// Playback has reached the end.
    Ended = 8,
    /// No sound: muted, or volume 0.
    Muted = 16,
    /// The page is not visible.
    Hidden = 32,
    /// An advertisement has replaced the content; the content clock stands still.
    LinearAd = 64,
    /// An advertisement lies over the content, which plays on.
    OverlayAd = 128,
    /// The title is live whatever its duration says.
    Live = 256,
    /// The player has no data to go on with: it stalls, if content has moved before.
    Short = 512,
}

/// How long a title is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Extent {
    /// The player does not say yet.
    #[default]
    Unknown,
    /// It has no end: completion is undefined.
    Live,
    /// Its length in milliseconds, at least 1.
    Finite(u64),
}

impl Extent {
    /// One number for the wire: 0 unknown, 1 live, otherwise the length plus 1.
    #[must_use]
    pub fn to_code(self) -> u64 {
        match self {
            Self::Unknown => 0,
            Self::Live => 1,
            Self::Finite(ms) => ms.saturating_add(1),
        }
    }

    /// The inverse of [`Extent::to_code`].
    #[must_use]
    pub fn from_code(code: u64) -> Self {
        match code {
            0 => Self::Unknown,
            1 => Self::Live,
            more => Self::Finite(more - 1),
        }
    }

    /// The length in milliseconds, if there is one.
    #[must_use]
    pub fn duration_ms(self) -> Option<u64> {
        match self {
            Self::Finite(ms) => Some(ms),
            Self::Unknown | Self::Live => None,
        }
    }
}

/// A reading that can be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub(super) at_ms: u64,
    pub(super) position_ms: u64,
    pub(super) extent: Extent,
    pub(super) rate_permille: u32,
    flags: u32,
}

impl Reading {
    /// Checks what a player says: monotonic time in ms, playhead and duration in seconds (duration
    /// NaN or 0 is unknown, Infinity or above [`DURATION_MS_MAX`] is live), playback rate, and [`Flag`] bits.
    ///
    /// None if it cannot be true: a time or position that is negative, not a number or beyond
    /// [`MS_MAX`], a negative duration, a rate that is not finite or faster than
    /// [`RATE_PERMILLE_MAX`]. Playing backwards counts as rate 0: it shows no content that counts.
    #[must_use]
    #[inline]
    pub fn new(
        at_ms: f64,
        position_s: f64,
        duration_s: f64,
        rate: f64,
        flags: u32,
    ) -> Option<Self> {
        let extent = if flags & Flag::Live as u32 != 0 || duration_s == f64::INFINITY {
            Extent::Live
        } else if duration_s.is_nan() {
            Extent::Unknown
        } else {
            match milliseconds(duration_s * 1000.0)? {
                0 => Extent::Unknown,
                ms @ 1..=DURATION_MS_MAX => Extent::Finite(ms),
                _ => Extent::Live,
            }
        };
        // `max` would turn NaN into 0.
        let forward = if rate < 0.0 { 0.0 } else { rate };
        let rate_permille = u32::try_from(milliseconds(forward * 1000.0)?).ok()?;
        if rate_permille > RATE_PERMILLE_MAX || rate < -16.0 {
            return None;
        }
        let (at_ms, position_ms) = (milliseconds(at_ms)?, milliseconds(position_s * 1000.0)?);
        Some(Self { at_ms, position_ms, extent, rate_permille, flags })
    }

    /// Whether a flag is on.
    #[must_use]
    #[inline]
    pub fn is(&self, flag: Flag) -> bool {
        self.flags & flag as u32 != 0
    }

    /// Whether the playhead should move after this reading.
    #[must_use]
    #[inline]
    pub fn should_move(&self) -> bool {
        let still =
            Flag::Paused as u32 | Flag::Seeking as u32 | Flag::Ended as u32 | Flag::LinearAd as u32;
        self.flags & still == 0 && self.rate_permille > 0
    }
}

/// Rounds to whole milliseconds; none for what is negative, not a number or above [`MS_MAX`].
///
/// Every difference is taken between rounded values, so that rounding never adds up.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be within 0..=MS_MAX"
)]
#[inline]
pub fn milliseconds(value: f64) -> Option<u64> {
    // 2^53 is the first float beyond MS_MAX. Half a millisecond is added and the rest cut off,
    // because `round` is a library call in wasm.
    let in_range = (0.0..9_007_199_254_740_991.0).contains(&value);
    in_range.then_some(((value + 0.5) as u64).min(MS_MAX))
}

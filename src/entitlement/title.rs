//! Titles, compiled, and when and where they may be shown.

use super::territory::Country;
use crate::base::bit_set::BitSet;
use crate::base::index::Index;

/// Windows and blackouts that a title may have together.
pub const WINDOWS_MAX: usize = 64;

/// Highest rating, in years.
pub const RATING_MAX: u64 = 255;

/// Tallest picture, in lines.
pub const HEIGHT_MAX: u64 = 65_535;

/// A title, compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Title {
    /// The place of its packs among the sets of the catalogue.
    pub packs: u32,
    /// The place of its first window among those of the catalogue; its blackouts follow its windows.
    pub first_window: u32,
    /// Tallest picture, in lines.
    pub max_height: u16,
    /// How many windows it has.
    pub windows: u8,
    /// How many blackouts.
    pub blackouts: u8,
    /// From which age on it may be watched, in years.
    pub rating: u8,
    /// Whether it may be shown with advertisements.
    pub ad_tier: bool,
    /// Whether it may be watched without a grant, with advertisements.
    pub free: bool,
}

/// A span of time, `[from, to)`, in some territories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// From when on, in seconds, UTC.
    pub from: u64,
    /// Until when, in seconds, UTC; not itself.
    pub to: u64,
    /// The place of its territories among the sets of the catalogue.
    pub territories: u32,
}

/// When a title may be shown in a country, seen from an instant. In seconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Availability {
    /// Whether any window names the country.
    pub is_named: bool,
    /// The end of the open window that ends last.
    pub open_until: Option<u64>,
    /// When the next window opens, if none is open.
    pub opens_at: Option<u64>,
    /// The end of the blackout that is on and ends last.
    pub blackout_until: Option<u64>,
    /// When the next blackout begins.
    pub blackout_at: Option<u64>,
}

impl Availability {
    /// That of windows and blackouts.
    #[must_use]
    pub fn of(
        windows: &[Window],
        blackouts: &[Window],
        sets: &Index,
        country: Country,
        now: u64,
    ) -> Self {
        let names = |window: &&Window| {
            let set = sets.get(window.territories).unwrap_or_default();
            BitSet::contains(set, country.place())
        };
        let mut found = Self::default();
        for window in windows.iter().filter(names) {
            found.is_named = true;
            if now < window.from {
                found.opens_at = earliest(found.opens_at, window.from);
            } else if now < window.to {
                found.open_until = found.open_until.max(Some(window.to));
            }
        }
        if found.open_until.is_some() {
            found.opens_at = None;
        }
        for blackout in blackouts.iter().filter(names) {
            if now < blackout.from {
                found.blackout_at = earliest(found.blackout_at, blackout.from);
            } else if now < blackout.to {
                found.blackout_until = found.blackout_until.max(Some(blackout.to));
            }
        }
        found
    }
}

fn earliest(known: Option<u64>, other: u64) -> Option<u64> {
    Some(known.map_or(other, |known| known.min(other)))
}

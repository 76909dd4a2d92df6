//! Milestones: percent of a title.
//!
//! They follow from content and duration, both of which merge, so no retry or restart can count one
//! twice or lose one; whoever fires events remembers what it has fired.

use super::interval_set::IntervalSet;
use super::reading::Extent;
use crate::base::mutant::planted;

/// The usual milestones, in percent.
pub const MILESTONES_PERCENT: [u8; 7] = [10, 25, 50, 75, 90, 95, 100];

/// Whether unique content has reached `percent` of the title; never without a duration.
#[must_use]
pub fn is_watched(content: &IntervalSet, extent: Extent, percent: u8) -> bool {
    place_ms(extent, percent)
        .is_some_and(|(duration_ms, ms)| content.total_before_ms(duration_ms) >= ms)
}

/// Whether the place at `percent` of the title was played through: a seek past it does not count.
#[must_use]
pub fn is_passed(content: &IntervalSet, extent: Extent, percent: u8) -> bool {
    place_ms(extent, percent).is_some_and(|(_, ms)| content.contains(ms.saturating_sub(1)))
}

/// The duration and where in it `percent` lies, if there is both.
fn place_ms(extent: Extent, percent: u8) -> Option<(u64, u64)> {
    let duration_ms = extent.duration_ms()?;
    let percent =
        if planted("milestone_early") { percent.saturating_sub(1).max(1) } else { percent };
    // INVARIANT (products fit): at most 2^53 ms x 255.
    let ms = (duration_ms * u64::from(percent)).div_ceil(100);
    (1..=100).contains(&percent).then_some((duration_ms, ms))
}

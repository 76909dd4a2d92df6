//! What two readings of a player say of the time between them.

use super::interval_set::{Interval, IntervalSet};
use super::reading::{Flag, Reading};

/// How much further than wall time x rate the playhead may be found: clocks of media and page
/// differ, and events reach the page late.
pub const ADVANCE_TOLERANCE_MS: u64 = 100;

/// Wall time for which content is taken to have played on with no reading to say so, before a seek
/// or under a clock that went back: a page that plays takes a reading more often.
pub const TAIL_MS_MAX: u64 = 1_000;

// INVARIANT (products fit): 2^38 ms (8.7 years) x 2^14 permille. A saturating product would be one of
// 128 bits, which wasm has not.
const SCALED_MS_MAX: u64 = 1 << 38;

/// How far the playhead moved, if playing explains it; none for a jump.
#[must_use]
#[inline]
pub fn advance(last: &Reading, now: &Reading, wall_ms: u64) -> Option<u64> {
    let moved_ms = now.position_ms.checked_sub(last.position_ms)?;
    let rate_permille = last.rate_permille.max(now.rate_permille);
    let reach_ms = scale(wall_ms, rate_permille).saturating_add(ADVANCE_TOLERANCE_MS);
    (moved_ms <= reach_ms).then_some(moved_ms)
}

/// How far content moved by playing; none for a jump.
#[must_use]
#[inline]
pub fn moved(last: &Reading, now: &Reading, wall_ms: u64) -> Option<u64> {
    let moved_ms = advance(last, now, wall_ms);
    if now.is(Flag::LinearAd) {
        // The position may be the advertisement's own.
        return Some(moved_ms.unwrap_or(0).min(scale(wall_ms, last.rate_permille)));
    }
    moved_ms.filter(|_| !now.is(Flag::Seeking))
}

/// Whether content that moved so far has played all the while.
#[must_use]
pub fn is_steady(last: &Reading, wall_ms: u64, moved_ms: u64) -> bool {
    scale(wall_ms, last.rate_permille) <= moved_ms.saturating_add(ADVANCE_TOLERANCE_MS)
}

/// Wall time between two readings. A clock that goes back tells none: what content needed is taken,
/// unless it is so much that it must have jumped.
#[must_use]
pub fn wall_ms(last: &Reading, now: &Reading) -> u64 {
    if let Some(wall_ms) = now.at_ms.checked_sub(last.at_ms) {
        return wall_ms;
    }
    let moved_ms = now.position_ms.saturating_sub(last.position_ms);
    let needed_ms = unscale(moved_ms, last.rate_permille);
    let played = last.should_move() && !now.is(Flag::Seeking) && needed_ms <= TAIL_MS_MAX;
    if played { needed_ms } else { 0 }
}

/// How much content from `from_ms` on the player says it has shown without a gap.
#[must_use]
pub fn played_from(from_ms: u64, played: Option<&IntervalSet>) -> Option<u64> {
    let around = |i: &&Interval| i.start_ms() <= from_ms && from_ms <= i.end_ms();
    let interval = played?.as_slice().iter().rev().find(around)?;
    Some(interval.end_ms().saturating_sub(from_ms))
}

/// Content that wall time, at most 2^38 ms of it, shows at a rate.
#[must_use]
pub fn scale(wall_ms: u64, rate_permille: u32) -> u64 {
    // Dividing 64 bits is the dearest instruction of a reading, and nearly all are at rate 1.
    if rate_permille == 1000 {
        return wall_ms;
    }
    wall_ms.min(SCALED_MS_MAX) * u64::from(rate_permille) / 1000
}

/// Wall time that content, at most 2^38 ms of it, takes at a rate above 0.
#[must_use]
pub fn unscale(content_ms: u64, rate_permille: u32) -> u64 {
    if rate_permille == 1000 {
        return content_ms;
    }
    (content_ms.min(SCALED_MS_MAX) * 1000).div_ceil(u64::from(rate_permille.max(1)))
}

//! Whether a coupon will soon be used up, so that whoever knows its numbers only from afar has to ask.

use super::coupon::Limits;
use super::purchase::Counts;

/// What part of a limit has to be left, as one of so many: a tenth.
pub const LEFT_PARTS: u64 = 10;

/// Whether of the redemptions or of the budget less than a tenth is left. Without a limit nothing ends.
#[must_use]
pub fn is_near_end(limits: &Limits, counts: &Counts) -> bool {
    let is_near = |used: u64, most: u64| most.saturating_sub(used) <= most / LEFT_PARTS;
    let used = counts.redeemed.saturating_add(counts.held);
    let spent = counts.budget_used_minor.unsigned_abs();
    limits.max_redemptions.is_some_and(|most| is_near(used, most))
        || limits.budget_minor.is_some_and(|most| is_near(spent, most.unsigned_abs()))
}

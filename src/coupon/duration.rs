//! What is left of a coupon for later bills, and what a reversal gives back.

use super::coupon::{Benefit, Coupon, Duration, Target};
use super::decision::CarriedOver;
use super::purchase::Carried;

/// What a coupon has left before a bill. Null where it has nothing that is used up.
#[must_use]
pub fn before(coupon: &Coupon, carried: Option<Carried>) -> CarriedOver {
    let carried = carried.unwrap_or_default();
    let (remaining_minor, periods_remaining) = match (coupon.duration, &coupon.benefit) {
        // What several units or lines take is no one amount, of which something could be left.
        (Duration::Once, Benefit::Fixed { amount_minor, .. }) if is_one_amount(&coupon.target) => {
            let remaining = carried.remaining_minor.unwrap_or(*amount_minor);
            (Some(remaining.clamp(0, *amount_minor)), None)
        }
        (Duration::Repeating { periods }, _) => {
            (None, Some(carried.periods_remaining.unwrap_or(periods).min(periods)))
        }
        (Duration::Once | Duration::Forever, _) => (None, None),
    };
    // An amount of 0 was never more: it changes nothing, and nothing was used up.
    let is_spent = remaining_minor == Some(0) && carried.remaining_minor.is_some();
    let terminated = is_spent || periods_remaining == Some(0);
    CarriedOver { remaining_minor, periods_remaining, terminated }
}

/// What a coupon has left after a bill on which it took `discount_minor` off; `consumes` says whether it
/// changed anything.
#[must_use]
pub fn after(
    coupon: &Coupon,
    before: CarriedOver,
    discount_minor: i64,
    consumes: bool,
) -> CarriedOver {
    let remaining_minor = before.remaining_minor.map(|left| left.saturating_sub(discount_minor));
    let periods_remaining =
        before.periods_remaining.map(|left| left.saturating_sub(u32::from(consumes)));
    let terminated = match coupon.duration {
        Duration::Once => remaining_minor.map_or(consumes, |left| left == 0),
        Duration::Repeating { .. } => periods_remaining == Some(0),
        Duration::Forever => false,
    };
    CarriedOver { remaining_minor, periods_remaining, terminated }
}

/// What a coupon has left when a bill on which it took `discount_minor` off is reversed: that comes back, the
/// whole amount if it is not known; never more than the coupon had.
#[must_use]
pub fn reverse(
    coupon: &Coupon,
    carried: Option<Carried>,
    discount_minor: Option<i64>,
) -> CarriedOver {
    let whole = before(coupon, None);
    let left = before(coupon, carried);
    let back = |left: i64, whole: i64| {
        discount_minor.map_or(whole, |discount| left.saturating_add(discount).clamp(0, whole))
    };
    let remaining_minor = left.remaining_minor.zip(whole.remaining_minor).map(|(l, w)| back(l, w));
    let periods = left.periods_remaining.zip(whole.periods_remaining);
    let periods_remaining = periods.map(|(left, whole)| left.saturating_add(1).min(whole));
    CarriedOver { remaining_minor, periods_remaining, terminated: remaining_minor == Some(0) }
}

fn is_one_amount(target: &Target) -> bool {
    match target {
        Target::Order | Target::Lines { .. } | Target::CheapestUnit => true,
        Target::EachUnit | Target::EachLine { .. } => false,
    }
}

//! The discount that one coupon gives on what is left of some lines.

use super::coupon::{Benefit, Target};
use super::purchase::Line;
use super::spread::spread;

/// The discount of each line. `left` holds what is left of the lines after the coupons before, in minor units:
/// no discount brings it below 0. `remaining_minor` is what is left of a fixed amount, if not all of it.
///
/// Each discount is rounded once: that of all lines, of one line, or of one unit, as the target says. The units
/// of a line that was reduced before share what is left of it, as evenly as whole minor units can.
#[must_use]
pub fn discounts(
    benefit: &Benefit,
    remaining_minor: Option<i64>,
    target: &Target,
    lines: &[Line],
    left: &[i64],
) -> Vec<i64> {
    let off = |price: i64| off(benefit, remaining_minor, price);
    // The lines that are one amount, or the discount of each.
    let mut amounts = Vec::with_capacity(lines.len());
    let mut cheapest: Option<(i64, usize)> = None;
    for (line, left) in lines.iter().zip(left) {
        let units = Units::of(*left, line.quantity);
        if cheapest.is_none_or(|(price, _)| units.price < price) {
            cheapest = Some((units.price, amounts.len()));
        }
        amounts.push(match target {
            Target::Order => *left,
            Target::Lines { ids } if ids.contains(&line.id) => *left,
            Target::Lines { .. } | Target::CheapestUnit => 0,
            Target::EachUnit => units.each(off),
            Target::EachLine { max_units } => off(units.first(*max_units)),
        });
    }
    match target {
        Target::Order | Target::Lines { .. } => spread(off(amounts.iter().sum()), &amounts),
        Target::EachUnit | Target::EachLine { .. } => amounts,
        Target::CheapestUnit => {
            if let Some((price, at)) = cheapest
                && let Some(amount) = amounts.get_mut(at)
            {
                *amount = off(price);
            }
            amounts
        }
    }
}

/// What a benefit takes off a price: rounded once, never more than the price.
fn off(benefit: &Benefit, remaining_minor: Option<i64>, price: i64) -> i64 {
    match benefit {
        Benefit::Percent { percent } => percent.of(price),
        Benefit::Fixed { amount_minor, .. } => price.min(remaining_minor.unwrap_or(*amount_minor)),
        Benefit::TrialDays { .. } | Benefit::TrialUntil { .. } => 0,
    }
}

/// The units of a line: `dearer` of them cost one minor unit more than `price`.
struct Units {
    price: i64,
    quantity: i64,
    dearer: i64,
}

impl Units {
    fn of(left: i64, quantity: u64) -> Self {
        let quantity = i64::try_from(quantity).unwrap_or(i64::MAX).max(1);
        Self { price: left / quantity, quantity, dearer: left % quantity }
    }

    fn each(&self, off: impl Fn(i64) -> i64) -> i64 {
        let dearer = if self.dearer == 0 { 0 } else { off(self.price + 1) * self.dearer };
        off(self.price) * (self.quantity - self.dearer) + dearer
    }

    /// The price of the first units of the line, all without `most`, the dearer ones first.
    fn first(&self, most: Option<u64>) -> i64 {
        let most = most.and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX);
        let units = most.min(self.quantity);
        self.price * units + units.min(self.dearer)
    }
}

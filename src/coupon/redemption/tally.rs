//! What of a coupon is taken: one tally for the coupon and one for each of its customers.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Slots and money that are taken. Whatever is held is taken as well: a slot that somebody is about to pay
/// for is nobody else's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Confirmed redemptions whose slot did not come back.
    pub redeemed: u64,
    /// Open holds.
    pub held: u64,
    /// Reversals, of which the slot came back or did not.
    pub reversed: u64,
    /// What all that is redeemed or held takes of the budget, in minor units of its currency.
    pub budget_used_minor: i64,
}

/// What a redemption does to the tallies that it is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Movement {
    /// A slot is held.
    Hold,
    /// What was held is redeemed.
    Confirm,
    /// What was held comes back.
    GiveBack,
    /// What was redeemed comes back.
    Reverse,
    /// What was redeemed is cancelled, and its slot stays taken.
    ReverseKeeping,
}

/// A tally that would fall below zero or leave the numbers: the rows do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfStep;

impl Tally {
    /// The tally after a redemption that takes so much of the budget has moved.
    ///
    /// # Errors
    /// [`OutOfStep`] if what moves was never counted.
    pub fn moved(self, movement: Movement, budget_minor: i64) -> Result<Self, OutOfStep> {
        let up = |count: u64| count.checked_add(1).ok_or(OutOfStep);
        let down = |count: u64| count.checked_sub(1).ok_or(OutOfStep);
        let Self { redeemed, held, reversed, budget_used_minor } = self;
        let more = || budget_used_minor.checked_add(budget_minor).ok_or(OutOfStep);
        let less = || {
            let rest = budget_used_minor.checked_sub(budget_minor).ok_or(OutOfStep)?;
            if rest < 0 { Err(OutOfStep) } else { Ok(rest) }
        };
        Ok(match movement {
            Movement::Hold => Self { held: up(held)?, budget_used_minor: more()?, ..self },
            Movement::Confirm => Self { held: down(held)?, redeemed: up(redeemed)?, ..self },
            Movement::GiveBack => Self { held: down(held)?, budget_used_minor: less()?, ..self },
            Movement::Reverse => Self {
                redeemed: down(redeemed)?,
                reversed: up(reversed)?,
                budget_used_minor: less()?,
                ..self
            },
            Movement::ReverseKeeping => Self { reversed: up(reversed)?, ..self },
        })
    }
}

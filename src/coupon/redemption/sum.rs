//! Figures of redemptions by coupon, day and type: sums that only grow by addition, so that they can be kept
//! beside the rows and told to the directory as they stand.

use crate::base::money::MINOR_MAX;
use crate::coupon::redemption::ledger::Changes;
use crate::coupon::redemption::record::{Redemption, RedemptionState};
use crate::coupon::redemption::tally::Movement;
use serde::Serialize;
use tsify::Tsify;

const DAY_MS: u64 = 86_400_000;

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Tsify)]
pub struct SumKey {
    /// Of which coupon.
    pub coupon: String,
    /// Of which day, UTC: its first millisecond.
    pub day_ms: u64,
    /// Of what is bought: what stands before the colon of a scope, `plan`, `vod` or `live`; else empty.
    #[serde(rename = "type")]
    pub kind: String,
    /// Of the money; empty without money.
    pub currency: String,
}

/// How many did what on that day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Tsify)]
pub struct RedemptionSum {
    /// Holds that began.
    pub reserved: i64,
    /// Purchases that were made.
    pub confirmed: i64,
    /// Slots that a basket gave back.
    pub released: i64,
    /// Holds that ran out.
    pub expired: i64,
    /// Purchases that were cancelled.
    pub reversed: i64,
    /// Discounts of the purchases made, less those cancelled on that day, in minor units.
    pub discount_minor: i64,
}

impl RedemptionSum {
    /// Adds a step to the sums.
    pub fn step(&mut self, after: &Redemption, movement: Movement) {
        let count = match after.state {
            RedemptionState::Held => return,
            RedemptionState::Confirmed => &mut self.confirmed,
            RedemptionState::Released => &mut self.released,
            RedemptionState::Expired => &mut self.expired,
            RedemptionState::Reversed => &mut self.reversed,
        };
        *count = count.saturating_add(1);
        self.discount_minor = match movement {
            Movement::Hold | Movement::GiveBack => self.discount_minor,
            Movement::Confirm => self.discount_minor.saturating_add(after.discount_minor),
            Movement::Reverse | Movement::ReverseKeeping => {
                self.discount_minor.saturating_sub(after.discount_minor)
            }
        }
        // Some purchases of the largest amount there is are more than a number of JavaScript holds.
        .clamp(-MINOR_MAX, MINOR_MAX);
    }
}

impl Changes {
    /// The sums in which a redemption stands on the day of `at_ms`.
    pub fn sum(&mut self, one: &Redemption, at_ms: u64) -> &mut RedemptionSum {
        let kind = one.scope.as_deref().and_then(|scope| scope.split_once(':'));
        let key = SumKey {
            coupon: one.coupon.clone(),
            day_ms: at_ms.saturating_sub(at_ms.checked_rem(DAY_MS).unwrap_or(0)),
            kind: kind.map_or("", |(kind, _)| kind).to_owned(),
            currency: one.currency.clone().unwrap_or_default(),
        };
        self.sums.entry(key).or_default()
    }
}

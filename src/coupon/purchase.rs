//! What somebody wants to buy, and what is known of them.

use crate::base::money::Currency;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Lines of a purchase.
pub const LINES_MAX: usize = 200;

/// Units of a line.
pub const QUANTITY_MAX: u64 = 1_000_000_000;

/// A purchase that a coupon is to reduce, or a plan whose trial it is to change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Purchase {
    /// Who buys, if that is known.
    #[tsify(optional, type = "Customer | null")]
    pub customer: Option<Customer>,
    /// ISO 3166-1 alpha-2.
    #[tsify(optional, type = "string | null")]
    pub country: Option<String>,
    /// What is bought: `plan:x`, `vod:title`, `live:event`.
    #[tsify(optional, type = "string | null")]
    pub scope: Option<String>,
    /// Of all amounts.
    #[tsify(optional, type = "string | null")]
    pub currency: Option<Currency>,
    /// At most [`LINES_MAX`].
    pub lines: Vec<Line>,
    /// Never reduced, in minor units.
    #[tsify(optional)]
    pub shipping_minor: i64,
    /// Which basket, so that it does not stand in its own way.
    #[tsify(optional, type = "string | null")]
    pub basket: Option<String>,
    /// The exclusive groups of coupons that are on it.
    #[tsify(optional)]
    pub applied_groups: Vec<String>,
    /// Canonical codes that are on it.
    #[tsify(optional)]
    pub applied_codes: Vec<String>,
    /// Whether this coupon was taken off this bill before.
    #[tsify(optional)]
    pub already_on_this_bill: bool,
    /// The customer's zone, as in the IANA database; UTC without it.
    #[tsify(optional, type = "string | null")]
    pub tz: Option<String>,
    /// When a trial begins, UTC; now without it.
    #[tsify(optional, type = "number | null")]
    pub trial_from_ms: Option<i64>,
    /// Until when the customer has access, UTC, exclusive.
    #[tsify(optional, type = "number | null")]
    pub current_access_until_ms: Option<i64>,
    /// Days of trial that the plan has itself.
    #[tsify(optional, type = "number | null")]
    pub existing_trial_days: Option<u32>,
    /// What earlier bills left of this coupon.
    #[tsify(optional, type = "Carried | null")]
    pub carried: Option<Carried>,
}

/// Who buys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
pub struct Customer {
    /// Their name here.
    pub id: String,
    /// Whether they ever paid.
    #[tsify(optional)]
    pub paid_before: bool,
    /// What the operator sorted them into.
    #[tsify(optional)]
    pub segments: Vec<String>,
}

/// A line of a purchase.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its name, once in a purchase.
    pub id: String,
    /// Price of a unit, in minor units.
    pub unit_minor: i64,
    /// Units, 1 to [`QUANTITY_MAX`].
    pub quantity: u64,
}

/// What earlier bills left of a coupon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Carried {
    /// Of a fixed amount, in minor units.
    #[tsify(optional, type = "number | null")]
    pub remaining_minor: Option<i64>,
    /// Of its bills.
    #[tsify(optional, type = "number | null")]
    pub periods_remaining: Option<u32>,
}

/// How often a coupon was used. What is not known is 0; a place that knows nothing has no counts at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
pub struct Counts {
    /// Confirmed redemptions, those reversed later included.
    pub redeemed: u64,
    /// Open reservations.
    #[tsify(optional)]
    pub held: u64,
    /// Reversed redemptions.
    #[tsify(optional)]
    pub reversed: u64,
    /// Discounts given and held, without those of this basket's own hold.
    #[tsify(optional)]
    pub budget_used_minor: i64,
    /// The same of this customer.
    #[tsify(optional)]
    pub customer: CustomerCounts,
    /// Whether this basket holds one already: then no number of uses refuses it.
    #[tsify(optional)]
    pub own_hold: bool,
}

/// How often one customer used a coupon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerCounts {
    /// Confirmed redemptions, those reversed later included.
    pub redeemed: u64,
    /// Open reservations.
    #[tsify(optional)]
    pub held: u64,
    /// Reversed redemptions.
    #[tsify(optional)]
    pub reversed: u64,
}

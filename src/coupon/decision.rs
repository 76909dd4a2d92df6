//! What becomes of a coupon on a purchase.

use super::reason::Reason;
use crate::base::money::Currency;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What becomes of a coupon on a purchase. Refused, all discounts are 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Decision {
    /// Whether it may be used.
    pub valid: bool,
    /// Why not, for the operator.
    pub reason: Option<Reason>,
    /// What the reason speaks of.
    pub parameters: Vec<Parameter>,
    /// Whether using it uses it up: false if it changes nothing.
    pub consumes: bool,
    /// All discounts, those of the stack included, in minor units.
    pub discount_minor: i64,
    /// The lines before, in minor units.
    pub subtotal_minor: i64,
    /// The lines after, and shipping, in minor units.
    pub total_minor: i64,
    /// Of the purchase.
    #[tsify(type = "string | null")]
    pub currency: Option<Currency>,
    /// In the order of the purchase; none if it is refused.
    pub lines: Vec<LineDiscount>,
    /// Until when a trial gives access, UTC, exclusive.
    pub access_until_ms: Option<i64>,
    /// What is left for later bills.
    pub carried: Option<CarriedOver>,
    /// Whether limits were not judged: only who consumes knows.
    pub provisional: bool,
}

/// The discount of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct LineDiscount {
    /// Of the line.
    pub id: String,
    /// In minor units.
    pub discount_minor: i64,
}

/// What is left of a coupon for later bills.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct CarriedOver {
    /// Of a fixed amount that works once, in minor units.
    pub remaining_minor: Option<i64>,
    /// Of a coupon that repeats.
    pub periods_remaining: Option<u32>,
    /// Whether nothing is left.
    pub terminated: bool,
}

/// Something that a reason speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is, its unit last.
    pub name: String,
    /// Numbers in decimal.
    pub value: String,
}

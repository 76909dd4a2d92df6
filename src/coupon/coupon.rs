//! What an operator promised: a coupon.

use super::window::Window;
use crate::base::money::Currency;
use crate::base::percent::Percent;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// What stands behind one code, or behind all codes of one batch. Made by `WrittenCoupon::resolve`, which
/// keeps what this type alone does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Coupon {
    /// 1 to 64 of `[A-Za-z0-9_-]`.
    pub id: String,
    /// The group it belongs to; as `id`.
    pub group: String,
    /// Grows with every change.
    pub version: u64,
    /// For people.
    #[serde(default)]
    pub detail: String,
    /// Whether it may be used at all.
    pub active: bool,
    /// When it may be used.
    #[serde(default)]
    pub window: Window,
    /// How it is called.
    pub codes: Codes,
    /// What it is for: `plan:x`, `vod:title`, `live:event`, `plan:*` for all of a type; empty for anything.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What it gives.
    pub benefit: Benefit,
    /// What of a purchase it reduces.
    #[serde(default)]
    pub target: Target,
    /// What a trial does to access that is there already.
    #[serde(default)]
    pub combine: Combine,
    /// How it goes with others.
    #[serde(default)]
    pub stacking: Stacking,
    /// On how many bills it works.
    #[serde(default)]
    pub duration: Duration,
    /// Who may use it, how often, for how much.
    #[serde(default)]
    pub limits: Limits,
    /// Whether a reversed redemption may be used again.
    #[serde(default = "yes")]
    pub release_on_cancel: bool,
}

fn yes() -> bool {
    true
}

/// How a coupon is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Codes {
    /// By one code that many use.
    Named {
        /// Canonical.
        code: String,
    },
    /// By many codes that are used once each; who issued them knows them.
    Generated {
        /// Whether the edge can tell them from guesses.
        #[serde(default)]
        tagged: bool,
    },
}

/// What a coupon gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Benefit {
    /// A part of the price.
    Percent {
        /// A decimal from 0 to 100, such as `12.5`.
        #[tsify(type = "string")]
        percent: Percent,
    },
    /// An amount, at most the price.
    Fixed {
        /// In minor units.
        amount_minor: i64,
        /// Of the amount.
        #[tsify(type = "string")]
        currency: Currency,
    },
    /// Access for some days.
    TrialDays {
        /// How many.
        days: u32,
        /// What a day is.
        days_mode: DaysMode,
    },
    /// Access until an instant.
    TrialUntil {
        /// UTC, exclusive.
        until_ms: i64,
        /// The last local day, as the operator gave it.
        #[serde(default)]
        until_on: Option<String>,
        /// The zone of that day.
        #[serde(default)]
        tz: Option<String>,
    },
}

/// What a day of a trial is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum DaysMode {
    /// To the same time by the customer's clock.
    Calendar,
    /// 24 hours.
    Elapsed,
}

/// What of a purchase a coupon reduces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// All lines as one amount, without shipping.
    #[default]
    Order,
    /// Some lines as one amount.
    Lines {
        /// Of the lines.
        ids: Vec<String>,
    },
    /// Every unit of every line.
    EachUnit,
    /// Every line.
    EachLine {
        /// Units of a line that are reduced; all without it.
        #[serde(default)]
        max_units: Option<u64>,
    },
    /// One unit: the cheapest, the first of several.
    CheapestUnit,
}

/// What a trial does to access that is there already. None shortens it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The trial counts from its own beginning, whatever trial the plan has.
    #[default]
    Replace,
    /// The trial begins when the access ends.
    Add,
    /// The later end holds.
    Max,
}

/// How a coupon goes with others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Stacking {
    /// No two coupons with the same word are on one purchase.
    #[tsify(optional, type = "string | null")]
    pub exclusive_group: Option<String>,
}

/// On how many bills a coupon works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Duration {
    /// Once; of a fixed amount the rest is kept for the next bill.
    #[default]
    Once,
    /// On some bills.
    Repeating {
        /// How many.
        periods: u32,
    },
    /// On every bill.
    Forever,
}

/// Who may use a coupon, how often, for how much. Null limits nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Limits {
    /// Redemptions by all customers.
    #[tsify(optional, type = "number | null")]
    pub max_redemptions: Option<u64>,
    /// Redemptions by one customer.
    #[tsify(optional, type = "number | null")]
    pub per_customer: Option<u64>,
    /// Sum of all discounts, in minor units.
    #[tsify(optional, type = "number | null")]
    pub budget_minor: Option<i64>,
    /// Of `budget_minor` and `min_subtotal_minor`; purchases in another are refused.
    #[tsify(optional, type = "string | null")]
    pub budget_currency: Option<Currency>,
    /// Only for customers who never paid.
    pub first_purchase_only: bool,
    /// Only for these; empty for all.
    pub customer_ids: Vec<String>,
    /// Only for customers of this segment.
    #[tsify(optional, type = "string | null")]
    pub segment: Option<String>,
    /// Only for these plans, without `plan:`; empty for all.
    #[tsify(optional)]
    pub plans: Vec<String>,
    /// Smallest sum of the lines, in minor units, inclusive.
    #[tsify(optional, type = "number | null")]
    pub min_subtotal_minor: Option<i64>,
    /// Smallest number of units on all lines, inclusive.
    #[tsify(optional, type = "number | null")]
    pub min_quantity: Option<u64>,
    /// Only in these, ISO 3166-1 alpha-2; empty for all.
    pub countries: Vec<String>,
}

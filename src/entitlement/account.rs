//! The state of a viewer's account.

use super::reason::{EntitlementReason, Reasons};
use tsify::Tsify;

/// Seconds of a day of grace.
pub const DAY_SECONDS: u64 = 86_400;

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// In order.
    Active,
    /// A payment is due.
    PastDue,
    /// Suspended by the operator.
    Suspended,
    /// A payment was taken back.
    Chargeback,
    /// Closed.
    #[default]
    Closed,
}

impl AccountStatus {
    /// The words of all of them, in order.
    pub const WORDS: [&'static str; 5] =
        ["active", "past_due", "suspended", "chargeback", "closed"];

    /// The one of a place among the words; closed beyond them.
    #[must_use]
    pub const fn of_place(place: u64) -> Self {
        match place {
            0 => Self::Active,
            1 => Self::PastDue,
            2 => Self::Suspended,
            3 => Self::Chargeback,
            _ => Self::Closed,
        }
    }
}

/// A viewer's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Tsify)]
#[tsify(missing_as_null)]
pub struct Account {
    /// How it stands.
    pub status: AccountStatus,
    /// Since when, in seconds, UTC. Without it a payment that is due has no days of grace.
    #[tsify(optional)]
    pub since: Option<u64>,
}

/// What an account means for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// What stands in the way, if anything.
    pub reasons: Reasons,
    /// When the days of grace end, while they run; in seconds, UTC.
    pub grace_ends_at: Option<u64>,
}

impl Account {
    /// What the account means at an instant, with days of grace from when a payment is due.
    #[must_use]
    pub fn standing(&self, grace_days: u64, now: u64) -> Standing {
        let refused = |reason| Standing { reasons: Reasons::of(reason), grace_ends_at: None };
        match self.status {
            AccountStatus::Active => Standing::default(),
            AccountStatus::Suspended => refused(EntitlementReason::AccountSuspended),
            AccountStatus::Chargeback => refused(EntitlementReason::Chargeback),
            AccountStatus::Closed => refused(EntitlementReason::AccountClosed),
            AccountStatus::PastDue => {
                let grace = grace_days.saturating_mul(DAY_SECONDS);
                match self.since.map(|since| since.saturating_add(grace)) {
                    Some(end) if now < end => {
                        Standing { reasons: Reasons::NONE, grace_ends_at: Some(end) }
                    }
                    _ => refused(EntitlementReason::PastDue),
                }
            }
        }
    }
}

//! A decision as it is told.

use super::decide::{Used, Verdict};
use super::reason::{EntitlementNotice, EntitlementReason};
use crate::base::plain::pieces::NONE;
use tsify::Tsify;

/// Whether a title may be watched, and all that comes with it. Times in seconds, UTC.
#[derive(Debug, Clone, PartialEq, Eq, Tsify)]
pub struct EntitlementDecision {
    /// Whether it may be watched: exactly if there are no reasons.
    pub allow: bool,
    /// Every reason against it, in order.
    pub reasons: Vec<EntitlementReason>,
    /// What is to be said though it may be watched.
    pub notices: Vec<EntitlementNotice>,
    /// The grant that was used; `free` for a free title.
    #[tsify(optional)]
    pub grant: Option<String>,
    /// Tallest picture, in lines.
    #[tsify(optional)]
    pub max_height: Option<u16>,
    /// Whether advertisements have to be shown.
    #[tsify(optional)]
    pub ads: Option<bool>,
    /// When the leave ends, whatever happens.
    #[tsify(optional)]
    pub expires_at: Option<u64>,
    /// When to ask again; not after it ends.
    #[tsify(optional)]
    pub recheck_at: Option<u64>,
    /// When the next window of the country opens, if none is open.
    #[tsify(optional)]
    pub opens_at: Option<u64>,
}

/// The number of the grant `free`, where others have their place among the viewer's.
pub const FREE_GRANT: u64 = 65_535;

/// A verdict in numbers: the notices as bits, the grant's place among the viewer's or [`FREE_GRANT`], the tallest
/// picture, 1 for advertisements, when the leave ends, when to ask again, when the next window opens. [`NONE`] for
/// what is not there.
#[must_use]
pub fn numbers(verdict: &Verdict) -> [u64; 7] {
    let mut numbers = [NONE; 7];
    if let Some(leave) = verdict.leave {
        numbers = [
            0,
            grant_number(leave.offer.used),
            leave.offer.max_height.into(),
            leave.offer.ads.into(),
            leave.expires_at,
            leave.recheck_at,
            NONE,
        ];
    }
    numbers[0] = verdict.grace_ends_at.is_some().into();
    numbers[6] = verdict.opens_at.unwrap_or(NONE);
    numbers
}

/// The number of a grant.
pub(super) const fn grant_number(used: Used) -> u64 {
    match used {
        Used::Free => FREE_GRANT,
        Used::Grant(place) => place as u64,
    }
}

//! What a redeemed coupon gives: a trial of a plan, or a title for nothing. A coupon that only takes something off a
//! price gives nothing by itself: what was bought with it is granted as a plan, a purchase or a rental.

use crate::base::refusal::{Code, Refusal};

/// What is known of a redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// Whose it is.
    pub customer: String,
    /// Where it stands: only `confirmed` gives anything.
    pub state: String,
    /// What was bought, such as `plan:premium` or `vod:movie-1`.
    pub scope: Option<String>,
    /// When it was confirmed, UTC.
    pub settled_ms: Option<u64>,
    /// Until when the trial gives access, UTC, as [`crate::coupon::trial::access`] found it; none of a discount.
    pub access_until_ms: Option<i64>,
    /// The price before, in minor units.
    pub subtotal_minor: i64,
    /// The price after, in minor units.
    pub total_minor: i64,
}

/// A grant of kind `coupon`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponGrant {
    /// To what.
    pub to: Granted,
    /// From when, in seconds, UTC.
    pub from: i64,
    /// Until when, in seconds, UTC, exclusive; none for ever.
    pub until: Option<i64>,
}

/// To what a grant is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// A plan.
    Plan(String),
    /// A title.
    Title(String),
}

/// The grant of a redemption to a viewer.
///
/// # Errors
/// [`Code::RedemptionState`] of one that is not confirmed, [`Code::InvalidValue`] with the field of what gives nothing.
pub fn coupon_grant(viewer: &str, redeemed: &Redeemed) -> Result<CouponGrant, Refusal> {
    let refuse =
        |field: &str, message: String| Err(Refusal::at(Code::InvalidValue, field, message));
    let settled_ms = match redeemed.settled_ms.and_then(|at_ms| i64::try_from(at_ms).ok()) {
        Some(settled_ms) if redeemed.state == "confirmed" => settled_ms,
        _ => {
            let message = format!("the redemption is `{}`, expected `confirmed`", redeemed.state);
            return Err(Refusal::at(Code::RedemptionState, "redemption", message));
        }
    };
    if redeemed.customer != viewer {
        return refuse("redemption", "the redemption is of another customer".to_owned());
    }
    let from = settled_ms.div_euclid(1000);
    let scope = redeemed.scope.as_deref().unwrap_or("");
    let (to, until) = match (scope.split_once(':'), redeemed.access_until_ms) {
        (Some(("plan", plan)), Some(until_ms)) => {
            // Rounded up: nobody loses what was promised.
            (Granted::Plan(plan.to_owned()), Some(until_ms.saturating_add(999).div_euclid(1000)))
        }
        (Some(("vod", title)), None)
            if redeemed.total_minor == 0 && redeemed.subtotal_minor > 0 =>
        {
            (Granted::Title(title.to_owned()), None)
        }
        _ => {
            let message =
                format!("`{scope}`, expected a trial of a `plan:` or a `vod:` for nothing");
            return refuse("redemption.scope", message);
        }
    };
    if until.is_some_and(|until| until <= from) {
        return refuse(
            "redemption",
            "the trial was over before the redemption was confirmed".to_owned(),
        );
    }
    Ok(CouponGrant { to, from, until })
}

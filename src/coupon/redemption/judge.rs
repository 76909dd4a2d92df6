//! The ordered check of a coupon, asked by whoever consumes: all counts are known, the answer is final.

use crate::base::plain::writer::write_json;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::check::{Question, check};
use crate::coupon::coupon::Coupon;
use crate::coupon::decision::Decision;
use crate::coupon::purchase::{Counts, CustomerCounts, Purchase};
use crate::coupon::reason::Reason;
use crate::coupon::redemption::operation::{CouponRefusal, RefusalParameter, Standing, Verdict};
use crate::coupon::trial::Zones;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The coupon that was found.
    pub coupon: &'a Coupon,
    /// By this code, canonical.
    pub code: &'a str,
    /// The code was revoked.
    pub revoked: bool,
    /// For this purchase.
    pub purchase: &'a Purchase,
    /// What is taken, apart from what this basket holds itself.
    pub standing: Standing,
    /// UTC.
    pub now_ms: u64,
}

/// Whether a slot may be taken, and what it gives.
#[must_use]
pub fn judge(asked: &Asked<'_>, zones: Zones<'_>) -> Verdict {
    verdict(asked, zones).unwrap_or_else(Verdict::Unreadable)
}

fn verdict(asked: &Asked<'_>, zones: Zones<'_>) -> Result<Verdict, Refusal> {
    let Asked { code, revoked, purchase, standing, .. } = *asked;
    let Standing { tally, customer, code_taken } = standing;
    // What is reversed gave its slot back, or is still counted among the redeemed.
    let mut counts = Counts {
        redeemed: tally.redeemed,
        held: tally.held,
        budget_used_minor: tally.budget_used_minor,
        customer: CustomerCounts { redeemed: customer.redeemed, held: customer.held, reversed: 0 },
        ..Counts::default()
    };
    let mut coupon = asked.coupon.clone();
    coupon.active &= !revoked;
    if code_taken {
        // The code is a coupon of its own, which is redeemed once.
        coupon.limits.max_redemptions = Some(1);
        (counts.redeemed, counts.held) = (1, 0);
    }
    let outside = || Refusal::of(Code::Internal, "a time beyond the range of the host");
    let question = Question {
        code,
        issued: None,
        coupon: Some(&coupon),
        purchase,
        counts: Some(&counts),
        now_ms: i64::try_from(asked.now_ms).map_err(|_| outside())?,
        stack: &[],
    };
    let decision = check(&question, zones)?;
    Ok(match decision.reason {
        Some(reason) => Verdict::Refused(refused(reason, decision)?),
        None if !decision.consumes => Verdict::Nothing { decision: write_json(&decision)? },
        None => Verdict::Granted {
            budget_minor: coupon.limits.budget_minor.map_or(0, |_| decision.discount_minor),
            discount_minor: decision.discount_minor,
            currency: decision.currency.map(String::from),
            decision: write_json(&decision)?,
        },
    })
}

fn refused(reason: Reason, decision: Decision) -> Result<CouponRefusal, Refusal> {
    let word = write_json(&reason)?.trim_matches('"').to_owned();
    let parameters = decision.parameters.into_iter();
    Ok(CouponRefusal {
        message: format!("the coupon cannot be used for this purchase: `{word}`"),
        reason: word,
        parameters: parameters
            .map(|one| RefusalParameter { name: one.name, value: one.value })
            .collect(),
    })
}

//! What a caller of a redemption is told, and what is remembered of it for the next time that it asks.

use crate::base::plain::writer::write_json;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::redemption::operation::{CouponRefusal, RefusalParameter};
use crate::coupon::redemption::record::{Redemption, RedemptionState, WrongState};
use serde::Serialize;
use tsify::Tsify;

/// Where redemptions are kept: the first two parts of their public ids.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The group.
    pub group: &'a str,
    /// The shard of it.
    pub shard: u32,
}

/// An answer to one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It is done, and so it stands.
    Done {
        /// The redemption.
        redemption: Box<Redemption>,
        /// It was asked for by its code.
        is_new: bool,
    },
    /// The coupon holds and takes nothing off: nothing is used up.
    Nothing {
        /// The decision, as JSON.
        decision: String,
    },
    /// As it was answered before.
    Again {
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// Nothing was done.
    Refused(Problem),
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Problem {
    /// The key was used for something else.
    KeyTaken,
    /// The coupon says no.
    Coupon(CouponRefusal),
    /// There is no redemption of this id.
    Unknown,
    /// The redemption stands where this step is not open.
    State(WrongState),
    /// What was asked for cannot be read.
    Request(Refusal),
}

/// An answer with the key under which it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RememberedAnswer {
    /// The key.
    pub key: String,
    /// Of what was asked for.
    pub fingerprint: String,
    /// What was answered.
    pub answer: Answer,
    /// When, UTC.
    pub stored_ms: u64,
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// A redemption as it is told, without its decision.
#[derive(Serialize, Tsify)]
#[tsify(missing_as_null)]
struct PublicRedemption<'a> {
    id: String,
    group: &'a str,
    coupon: &'a str,
    code: &'a str,
    customer: &'a str,
    basket: Option<&'a str>,
    scope: Option<&'a str>,
    state: RedemptionState,
    reason: Option<&'a str>,
    held_until_ms: Option<u64>,
    reserved_ms: u64,
    settled_ms: Option<u64>,
    reversed_ms: Option<u64>,
}

/// A refusal of a coupon: the three fields of every refusal, and the reason.
#[derive(Serialize)]
struct PublicRefusal<'a> {
    code: Code,
    message: &'a str,
    field: Option<&'a str>,
    reason: &'a str,
    parameters: &'a [RefusalParameter],
}

impl Answer {
    /// The status of HTTP.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Done { is_new: true, .. } => 201,
            Self::Done { is_new: false, .. } | Self::Nothing { .. } => 200,
            Self::Again { status, .. } => *status,
            Self::Refused(problem) => problem.status(),
        }
    }

    /// The body, JSON.
    ///
    /// # Errors
    /// A [`Refusal`] of a number that JSON does not hold.
    pub fn body(&self, place: Place<'_>) -> Result<String, Refusal> {
        match self {
            Self::Done { redemption, .. } => body_of(redemption, place),
            Self::Nothing { decision } => {
                Ok(format!("{{\"redemption\":null,\"decision\":{decision}}}"))
            }
            Self::Again { body, .. } => Ok(body.clone()),
            Self::Refused(Problem::Coupon(refused)) => write_json(&PublicRefusal {
                code: Code::CouponRefused,
                message: &refused.message,
                field: None,
                reason: &refused.reason,
                parameters: &refused.parameters,
            }),
            Self::Refused(problem) => write_json(&problem.refusal()),
        }
    }
}

/// A redemption as JSON.
///
/// # Errors
/// A [`Refusal`] of a number that JSON does not hold.
pub fn body_of(redemption: &Redemption, place: Place<'_>) -> Result<String, Refusal> {
    let Place { group, shard } = place;
    let mut json = write_json(&PublicRedemption {
        id: format!("{group}.{shard}.{}", redemption.id),
        group,
        coupon: &redemption.coupon,
        code: &redemption.code,
        customer: &redemption.customer,
        basket: redemption.basket.as_deref(),
        scope: redemption.scope.as_deref(),
        state: redemption.state,
        reason: redemption.reason.as_deref(),
        held_until_ms: redemption.held_until_ms,
        reserved_ms: redemption.reserved_ms,
        settled_ms: redemption.settled_ms,
        reversed_ms: redemption.reversed_ms,
    })?;
    // It is JSON already, and the largest part.
    json.pop();
    json.push_str(",\"decision\":");
    json.push_str(&redemption.decision);
    json.push('}');
    Ok(json)
}

impl Problem {
    fn status(&self) -> u16 {
        match self {
            Self::KeyTaken | Self::Coupon(_) | Self::State(_) => 409,
            Self::Unknown => 404,
            Self::Request(refusal) => match refusal.code {
                Code::Unavailable => 503,
                Code::Internal => 500,
                Code::BodyTooLarge => 413,
                _ => 400,
            },
        }
    }

    fn refusal(&self) -> Refusal {
        match self {
            Self::KeyTaken => {
                let message = "the key was used for another request, expected a new key";
                Refusal::at(Code::IdempotencyConflict, "Idempotency-Key", message)
            }
            Self::Coupon(refused) => Refusal::of(Code::CouponRefused, refused.message.clone()),
            Self::Unknown => Refusal::of(Code::RedemptionUnknown, "there is no such redemption"),
            Self::State(WrongState { state, expected }) => {
                let message =
                    format!("the redemption is `{}`, expected `{}`", state.name(), expected.name());
                Refusal::of(Code::RedemptionState, message)
            }
            Self::Request(refusal) => refusal.clone(),
        }
    }
}

//! What a group is asked to do, and what the check of the coupon says to it.

use crate::base::refusal::Refusal;
use crate::coupon::redemption::tally::Tally;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tsify::Tsify;

/// One operation, with the key under which it is done once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Operation {
    /// `Idempotency-Key`.
    pub key: String,
    /// Of all that the caller asks for, see [`fingerprint`].
    pub fingerprint: String,
    /// What to do.
    pub step: Step,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Hold a slot.
    Reserve(Box<Reserve>),
    /// Settle the redemption of this id, for this reason.
    Settle(Settlement, String, Option<String>),
}

/// How a redemption is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Settlement {
    /// The purchase was made.
    Confirm,
    /// The slot is not needed any more.
    Release,
    /// The purchase was cancelled or refunded.
    Reverse {
        /// Whether the coupon gives the slot back.
        gives_back: bool,
    },
}

/// A slot that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reserve {
    /// The id of a redemption that begins.
    pub new_id: String,
    /// Of which coupon.
    pub coupon: String,
    /// The canonical code.
    pub code: String,
    /// The code may be redeemed once, by whomever.
    pub once: bool,
    /// For whom.
    pub customer: String,
    /// For which basket.
    pub basket: Option<String>,
    /// What is bought.
    pub scope: Option<String>,
    /// How long a hold lasts, in milliseconds.
    pub hold_ms: u64,
    /// The purchase is made already.
    pub confirm: bool,
}

/// What is taken at the moment, apart from what the basket that asks holds itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Of the coupon.
    pub tally: Tally,
    /// Of the customer.
    pub customer: Tally,
    /// The code may be redeemed once, and was, or is held.
    pub code_taken: bool,
}

/// What the check of the coupon says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The purchase itself is none.
    Unreadable(Refusal),
    /// No.
    Refused(CouponRefusal),
    /// Yes, and there is nothing to take off: no slot is used for that.
    Nothing {
        /// The decision, as JSON.
        decision: String,
    },
    /// Yes.
    Granted {
        /// The decision, as JSON.
        decision: String,
        /// Off the price, in minor units.
        discount_minor: i64,
        /// Of the discount.
        currency: Option<String>,
        /// Of the coupon's budget; 0 without one.
        budget_minor: i64,
    },
}

/// Why a coupon is refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Tsify)]
pub struct CouponRefusal {
    /// The reason code of the check.
    pub reason: String,
    /// For people.
    pub message: String,
    /// What the reason speaks of.
    pub parameters: Vec<RefusalParameter>,
}

/// A part of a reason.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Tsify)]
pub struct RefusalParameter {
    /// What it is.
    pub name: String,
    /// As text.
    pub value: String,
}

/// What tells one request from another: SHA-256 of its parts in base64url, each part with its length before.
#[must_use]
pub fn fingerprint(parts: [&str; 3]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    Base64UrlUnpadded::encode_string(&hash.finalize())
}

//! One redemption: held, then confirmed or given back, perhaps reversed. It knows who, what, when and how much.
//!
//! ```text
//! held ──> confirmed ──> reversed
//!   ├────> released
//!   └────> expired
//! ```

use crate::base::mutant::planted;
use crate::coupon::redemption::tally::Movement;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Where a redemption stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Tsify,
)]
#[serde(rename_all = "snake_case")]
pub enum RedemptionState {
    /// A slot is kept until `held_until_ms`.
    Held,
    /// The purchase was made.
    Confirmed,
    /// The basket gave the slot back.
    Released,
    /// Nobody confirmed in time.
    Expired,
    /// The purchase was cancelled or refunded.
    Reversed,
}

impl RedemptionState {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Released => "released",
            Self::Expired => "expired",
            Self::Reversed => "reversed",
        }
    }
}

/// A redemption as its group stores it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Redemption {
    /// What follows the group and the shard in its public id.
    pub id: String,
    /// Of which coupon.
    pub coupon: String,
    /// By which code, canonical.
    pub code: String,
    /// The code may be redeemed once, by whomever.
    pub once: bool,
    /// Who.
    pub customer: String,
    /// In which basket.
    pub basket: Option<String>,
    /// What is bought, such as `plan:premium`.
    pub scope: Option<String>,
    /// Where it stands.
    pub state: RedemptionState,
    /// The slot stays taken: it was reversed, and the coupon said so.
    pub keeps_slot: bool,
    /// The decision, as JSON.
    pub decision: String,
    /// Off the price, in minor units.
    pub discount_minor: i64,
    /// Of the discount; none of one without money.
    pub currency: Option<String>,
    /// Of the coupon's budget, in minor units of its currency; 0 without a budget.
    pub budget_minor: i64,
    /// Until when it is held, UTC; none once it is settled.
    pub held_until_ms: Option<u64>,
    /// When it was first held, UTC.
    pub reserved_ms: u64,
    /// When it was confirmed, released or expired, UTC.
    pub settled_ms: Option<u64>,
    /// When it was reversed, UTC.
    pub reversed_ms: Option<u64>,
    /// Why it was released or reversed, for people.
    pub reason: Option<String>,
}

/// A step that is not open to a redemption: where it stands, and where it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WrongState {
    /// Where it stands.
    pub state: RedemptionState,
    /// Where it would have to stand.
    pub expected: RedemptionState,
}

impl Redemption {
    /// Whether it is a hold that is over at this time.
    #[must_use]
    pub fn is_due(&self, now_ms: u64) -> bool {
        self.state == RedemptionState::Held && self.held_until_ms.is_some_and(|ms| ms <= now_ms)
    }

    /// Whether it takes its slot, and its code if that may be redeemed once.
    #[must_use]
    pub fn is_taking(&self) -> bool {
        match self.state {
            RedemptionState::Held | RedemptionState::Confirmed => true,
            RedemptionState::Released | RedemptionState::Expired => false,
            RedemptionState::Reversed => self.keeps_slot,
        }
    }

    /// The purchase was made.
    ///
    /// # Errors
    /// [`WrongState`] unless it is held.
    pub fn confirm(&mut self, now_ms: u64) -> Result<Movement, WrongState> {
        let forgiven = planted("expired_hold_confirmed") && self.state == RedemptionState::Expired;
        if !forgiven {
            self.demand(RedemptionState::Held)?;
        }
        self.settle(RedemptionState::Confirmed, now_ms);
        Ok(Movement::Confirm)
    }

    /// The basket gives the slot back.
    ///
    /// # Errors
    /// [`WrongState`] unless it is held.
    pub fn release(&mut self, now_ms: u64) -> Result<Movement, WrongState> {
        let forgiven = planted("expired_hold_released") && self.state == RedemptionState::Expired;
        if !forgiven {
            self.demand(RedemptionState::Held)?;
        }
        self.settle(RedemptionState::Released, now_ms);
        Ok(Movement::GiveBack)
    }

    /// Nobody confirmed in time: it is over since its own end, whenever that is noticed.
    ///
    /// # Errors
    /// [`WrongState`] unless it is held.
    pub fn expire(&mut self) -> Result<Movement, WrongState> {
        self.demand(RedemptionState::Held)?;
        self.settle(RedemptionState::Expired, self.held_until_ms.unwrap_or(self.reserved_ms));
        Ok(Movement::GiveBack)
    }

    /// The purchase was cancelled or refunded. `gives_back` says whether the slot comes back.
    ///
    /// # Errors
    /// [`WrongState`] unless it is confirmed: a second reversal has nothing to give back.
    pub fn reverse(&mut self, now_ms: u64, gives_back: bool) -> Result<Movement, WrongState> {
        let again = planted("reversed_twice") && self.state == RedemptionState::Reversed;
        if !again {
            self.demand(RedemptionState::Confirmed)?;
        }
        self.state = RedemptionState::Reversed;
        self.reversed_ms = Some(now_ms);
        self.keeps_slot = !gives_back;
        Ok(if gives_back { Movement::Reverse } else { Movement::ReverseKeeping })
    }

    fn settle(&mut self, state: RedemptionState, at_ms: u64) {
        self.state = state;
        self.settled_ms = Some(at_ms);
        self.held_until_ms = None;
    }

    fn demand(&self, expected: RedemptionState) -> Result<(), WrongState> {
        if self.state == expected {
            return Ok(());
        }
        Err(WrongState { state: self.state, expected })
    }
}

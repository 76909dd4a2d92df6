//! What a group's object loads for some operations, and what the operations do to it.
//!
//! The object runs, in one transaction: load the rows that the operations name, [`RedemptionLedger::expire`],
//! [`RedemptionLedger::operate`] for each operation in turn, write what [`RedemptionLedger::changes`] lists.
//! A transaction that is lost has changed nothing and answered nobody.

use crate::base::mutant::planted;
use crate::coupon::redemption::answer::{Answer, Problem, RememberedAnswer};
use crate::coupon::redemption::operation::{
    Operation, Reserve, Settlement, Standing, Step, Verdict,
};
use crate::coupon::redemption::record::{Redemption, RedemptionState};
use crate::coupon::redemption::sum::{RedemptionSum, SumKey};
use crate::coupon::redemption::tally::{Movement, OutOfStep, Tally};
use alloc::collections::{BTreeMap, BTreeSet};

/// Rows of one group, or of one shard of it: those that the operations at hand can touch, complete in this:
///
/// - every remembered answer to one of their keys
/// - every redemption that one of them names, that holds a slot for one of their baskets, or that takes one
///   of their codes that may be redeemed once
/// - every hold that is due
/// - the tallies of all these coupons and customers
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct RedemptionLedger {
    tallies: BTreeMap<String, Tally>,
    customers: BTreeMap<(String, String), Tally>,
    redemptions: BTreeMap<String, Redemption>,
    answers: BTreeMap<String, RememberedAnswer>,
    changes: Changes,
}

/// What is to be written: keys of rows, and sums to be added to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Changes {
    /// Coupons whose tally changed.
    pub tallies: BTreeSet<String>,
    /// Coupons and customers whose tally changed.
    pub customers: BTreeSet<(String, String)>,
    /// Redemptions that changed.
    pub redemptions: BTreeSet<String>,
    /// Keys that were answered.
    pub answers: BTreeSet<String>,
    /// What is added to the figures.
    pub sums: BTreeMap<SumKey, RedemptionSum>,
}

impl RedemptionLedger {
    /// Takes a row as it is stored.
    pub fn load_tally(&mut self, coupon: String, tally: Tally) {
        self.tallies.insert(coupon, tally);
    }

    /// Takes a row as it is stored.
    pub fn load_customer(&mut self, coupon: String, customer: String, tally: Tally) {
        self.customers.insert((coupon, customer), tally);
    }

    /// Takes a row as it is stored.
    pub fn load_redemption(&mut self, redemption: Redemption) {
        self.redemptions.insert(redemption.id.clone(), redemption);
    }

    /// Takes a row as it is stored.
    pub fn load_answer(&mut self, answer: RememberedAnswer) {
        self.answers.insert(answer.key.clone(), answer);
    }

    /// The tally of a coupon.
    #[must_use]
    pub fn tally(&self, coupon: &str) -> Tally {
        self.tallies.get(coupon).copied().unwrap_or_default()
    }

    /// The tally of a customer of a coupon.
    #[must_use]
    pub fn customer(&self, coupon: &str, customer: &str) -> Tally {
        let key = (coupon.to_owned(), customer.to_owned());
        self.customers.get(&key).copied().unwrap_or_default()
    }

    /// The redemptions that are loaded.
    pub fn redemptions(&self) -> impl Iterator<Item = &Redemption> {
        self.redemptions.values()
    }

    /// One of them.
    #[must_use]
    pub fn redemption(&self, id: &str) -> Option<&Redemption> {
        self.redemptions.get(id)
    }

    /// A remembered answer.
    #[must_use]
    pub fn answer(&self, key: &str) -> Option<&RememberedAnswer> {
        self.answers.get(key)
    }

    /// What is to be written.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// What is to be written; from here on nothing is.
    pub fn take_changes(&mut self) -> Changes {
        core::mem::take(&mut self.changes)
    }

    /// Gives back the slots of all holds that are over.
    ///
    /// # Errors
    /// [`OutOfStep`] if a tally does not count them.
    pub fn expire(&mut self, now_ms: u64) -> Result<(), OutOfStep> {
        let due = self.redemptions.values().filter(|one| one.is_due(now_ms));
        let due: Vec<_> = due.map(|one| one.id.clone()).collect();
        for id in due {
            self.change(&id, |one| one.expire().ok())?;
        }
        Ok(())
    }

    /// Does one operation, unless it was done before: then the answer is that of then. Only what was done is
    /// remembered; what was refused may be asked again with the same key.
    ///
    /// # Errors
    /// [`OutOfStep`] if the rows do not belong together; nothing may be written then.
    pub fn operate(
        &mut self,
        operation: &Operation,
        now_ms: u64,
        judge: &mut dyn FnMut(&Reserve, Standing) -> Verdict,
    ) -> Result<Answer, OutOfStep> {
        if let Some(known) = self.answers.get(&operation.key)
            && !planted("redemption_key_forgotten")
        {
            let is_same = known.fingerprint == operation.fingerprint;
            return Ok(if is_same { known.answer.clone() } else { Problem::KeyTaken.into() });
        }
        let answer = match &operation.step {
            Step::Reserve(reserve) => self.reserve(reserve, now_ms, judge)?,
            Step::Settle(settlement, id, reason) => {
                self.settle(*settlement, id, reason.as_deref(), now_ms)?
            }
        };
        if !matches!(answer, Answer::Refused(_)) {
            self.remember(operation, &answer, now_ms);
        }
        Ok(answer)
    }

    fn remember(&mut self, operation: &Operation, answer: &Answer, now_ms: u64) {
        let known = RememberedAnswer {
            key: operation.key.clone(),
            fingerprint: operation.fingerprint.clone(),
            answer: answer.clone(),
            stored_ms: now_ms,
        };
        self.answers.insert(operation.key.clone(), known);
        self.changes.answers.insert(operation.key.clone());
    }

    /// Holds a slot, or extends and prices again the one that this basket holds already.
    fn reserve(
        &mut self,
        reserve: &Reserve,
        now_ms: u64,
        judge: &mut dyn FnMut(&Reserve, Standing) -> Verdict,
    ) -> Result<Answer, OutOfStep> {
        let own = self.own_hold(reserve).cloned();
        let (mut tally, mut customer) =
            (self.tally(&reserve.coupon), self.customer(&reserve.coupon, &reserve.customer));
        if let Some(own) = &own {
            // A hold does not stand in the way of its own basket.
            tally = tally.moved(Movement::GiveBack, own.budget_minor)?;
            if own.customer == reserve.customer {
                customer = customer.moved(Movement::GiveBack, own.budget_minor)?;
            }
        }
        let standing = Standing { tally, customer, code_taken: self.is_taken(reserve) };
        let (decision, discount_minor, currency, budget_minor) = match judge(reserve, standing) {
            Verdict::Unreadable(refusal) => return Ok(Problem::Request(refusal).into()),
            Verdict::Refused(refusal) => return Ok(Answer::Refused(Problem::Coupon(refusal))),
            Verdict::Nothing { decision } => {
                if let Some(own) = own {
                    self.change(&own.id, |one| one.release(now_ms).ok())?;
                }
                return Ok(Answer::Nothing { decision });
            }
            Verdict::Granted { decision, discount_minor, currency, budget_minor } => {
                (decision, discount_minor, currency, budget_minor)
            }
        };
        let held = Redemption {
            id: own.as_ref().map_or(&reserve.new_id, |own| &own.id).clone(),
            coupon: reserve.coupon.clone(),
            code: reserve.code.clone(),
            once: reserve.once,
            customer: reserve.customer.clone(),
            basket: reserve.basket.clone(),
            scope: reserve.scope.clone(),
            state: RedemptionState::Held,
            keeps_slot: false,
            decision,
            discount_minor,
            currency,
            budget_minor,
            held_until_ms: Some(now_ms.saturating_add(reserve.hold_ms)),
            reserved_ms: own.as_ref().map_or(now_ms, |own| own.reserved_ms),
            settled_ms: None,
            reversed_ms: None,
            reason: None,
        };
        if let Some(own) = &own {
            self.count(own, Movement::GiveBack)?;
        }
        self.count(&held, Movement::Hold)?;
        let sum = self.changes.sum(&held, now_ms);
        sum.reserved = sum.reserved.saturating_add(i64::from(own.is_none()));
        let id = held.id.clone();
        self.changes.redemptions.insert(id.clone());
        self.redemptions.insert(id.clone(), held);
        if reserve.confirm {
            self.change(&id, |one| one.confirm(now_ms).ok())?;
        }
        self.done(&id, true)
    }

    /// Confirms, releases or reverses.
    fn settle(
        &mut self,
        settlement: Settlement,
        id: &str,
        reason: Option<&str>,
        now_ms: u64,
    ) -> Result<Answer, OutOfStep> {
        let Some(before) = self.redemptions.get(id) else {
            return Ok(Problem::Unknown.into());
        };
        let mut after = before.clone();
        if let Some(reason) = reason {
            after.reason = Some(reason.to_owned());
        }
        let stepped = match settlement {
            Settlement::Confirm => after.confirm(now_ms),
            Settlement::Release => after.release(now_ms),
            Settlement::Reverse { gives_back } => after.reverse(now_ms, gives_back),
        };
        match stepped {
            Err(wrong) => Ok(Problem::State(wrong).into()),
            Ok(movement) => {
                self.replace(after, movement, now_ms)?;
                self.done(id, false)
            }
        }
    }

    fn done(&self, id: &str, is_new: bool) -> Result<Answer, OutOfStep> {
        let redemption = self.redemptions.get(id).ok_or(OutOfStep)?.clone();
        Ok(Answer::Done { redemption: Box::new(redemption), is_new })
    }

    /// The hold of this very basket.
    fn own_hold(&self, reserve: &Reserve) -> Option<&Redemption> {
        let basket = reserve.basket.as_ref()?;
        self.redemptions.values().find(|one| {
            one.state == RedemptionState::Held
                && one.basket.as_ref() == Some(basket)
                && one.coupon == reserve.coupon
                && one.code == reserve.code
        })
    }

    /// Whether somebody else has redeemed or holds a code that may be redeemed once.
    fn is_taken(&self, reserve: &Reserve) -> bool {
        let own = self.own_hold(reserve).map(|own| &own.id);
        reserve.once
            && self.redemptions.values().any(|one| {
                one.once && one.is_taking() && one.code == reserve.code && Some(&one.id) != own
            })
    }

    /// Takes a step that is open to a redemption, with all that it is counted in.
    fn change(
        &mut self,
        id: &str,
        step: impl FnOnce(&mut Redemption) -> Option<Movement>,
    ) -> Result<(), OutOfStep> {
        let mut after = self.redemptions.get(id).ok_or(OutOfStep)?.clone();
        let movement = step(&mut after).ok_or(OutOfStep)?;
        let at_ms = after.settled_ms.unwrap_or(after.reserved_ms);
        self.replace(after, movement, at_ms)
    }

    fn replace(
        &mut self,
        after: Redemption,
        movement: Movement,
        at_ms: u64,
    ) -> Result<(), OutOfStep> {
        self.count(&after, movement)?;
        self.changes.sum(&after, at_ms).step(&after, movement);
        self.changes.redemptions.insert(after.id.clone());
        self.redemptions.insert(after.id.clone(), after);
        Ok(())
    }

    fn count(&mut self, one: &Redemption, movement: Movement) -> Result<(), OutOfStep> {
        let tally = self.tally(&one.coupon).moved(movement, one.budget_minor)?;
        let customer =
            self.customer(&one.coupon, &one.customer).moved(movement, one.budget_minor)?;
        self.tallies.insert(one.coupon.clone(), tally);
        self.changes.tallies.insert(one.coupon.clone());
        let key = (one.coupon.clone(), one.customer.clone());
        self.customers.insert(key.clone(), customer);
        self.changes.customers.insert(key);
        Ok(())
    }
}

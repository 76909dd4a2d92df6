//! The rows of a group's object: a transaction loads what its operation names, and writes what changed.

use usher::coupon::redemption::answer::RememberedAnswer;
use usher::coupon::redemption::ledger::{Changes, RedemptionLedger};
use usher::coupon::redemption::operation::{Operation, Reserve, Step};
use usher::coupon::redemption::record::{Redemption, RedemptionState};
use usher::coupon::redemption::tally::Tally;

/// What is committed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Store {
    pub tally: Tally,
    pub customers: Vec<(String, Tally)>,
    pub redemptions: Vec<Redemption>,
    pub answers: Vec<RememberedAnswer>,
}

/// The one coupon there is.
pub const COUPON: &str = "coupon";

impl Store {
    /// The rows that an operation needs, and no others: see [`RedemptionLedger`].
    pub fn load(&self, operation: &Operation, now_ms: u64) -> RedemptionLedger {
        let mut ledger = RedemptionLedger::default();
        for answer in self.answers.iter().filter(|known| known.key == operation.key) {
            ledger.load_answer(answer.clone());
        }
        let named = |one: &Redemption| match &operation.step {
            Step::Settle(_, id, _) => one.id == *id,
            Step::Reserve(reserve) => {
                holds_for(reserve, one)
                    || (reserve.once && one.code == reserve.code && one.is_taking())
            }
        };
        for one in self.redemptions.iter().filter(|one| named(one) || one.is_due(now_ms)) {
            ledger.load_redemption(one.clone());
        }
        ledger.load_tally(COUPON.to_owned(), self.tally);
        for (customer, tally) in &self.customers {
            ledger.load_customer(COUPON.to_owned(), customer.clone(), *tally);
        }
        ledger
    }

    /// Writes what a transaction changed.
    pub fn write(&mut self, ledger: &RedemptionLedger) {
        let Changes { tallies, customers, redemptions, answers, .. } = ledger.changes();
        for coupon in tallies {
            self.tally = ledger.tally(coupon);
        }
        for (coupon, customer) in customers {
            let tally = ledger.customer(coupon, customer);
            self.customers.retain(|(name, _)| name != customer);
            self.customers.push((customer.clone(), tally));
        }
        for id in redemptions {
            self.redemptions.retain(|one| one.id != *id);
            self.redemptions.push(ledger.redemption(id).unwrap().clone());
        }
        for key in answers {
            self.answers.retain(|known| known.key != *key);
            self.answers.push(ledger.answer(key).unwrap().clone());
        }
        // The same rows are the same state, in whatever order they were written.
        self.customers.sort_by(|one, other| one.0.cmp(&other.0));
        self.redemptions.sort_by(|one, other| one.id.cmp(&other.id));
        self.answers.sort_by(|one, other| one.key.cmp(&other.key));
    }
}

fn holds_for(reserve: &Reserve, one: &Redemption) -> bool {
    one.state == RedemptionState::Held
        && one.basket.is_some()
        && one.basket == reserve.basket
        && one.coupon == reserve.coupon
        && one.code == reserve.code
}

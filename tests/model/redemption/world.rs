//! Customers, a network that loses, repeats and reorders, a clock, and an object that may die at any step.

use super::store::{COUPON, Store};
use stateright::{Model, Property};
use std::collections::BTreeMap;
use usher::base::mutant::planted;
use usher::coupon::redemption::answer::Answer;
use usher::coupon::redemption::ledger::RedemptionLedger;
use usher::coupon::redemption::operation::{
    CouponRefusal, Operation, Reserve, Settlement, Standing, Step, Verdict,
};

/// How long a hold lasts; the clock moves in steps of 1.
const HOLD_MS: u64 = 1;

/// N customers, K slots, and how far the clock goes.
#[derive(Debug, Clone)]
pub struct World {
    pub customers: u8,
    pub slots: u64,
    pub end_ms: u64,
    pub gives_back: bool,
    /// The code may be redeemed once, by whomever.
    pub once: bool,
    /// Each reservation confirms at once.
    pub confirms: bool,
    /// Customers ask again, for the same basket, while they hold.
    pub extends: bool,
    /// Nobody releases or reverses.
    pub only_confirms: bool,
    /// Customers reverse with two keys.
    pub reverses_again: bool,
    /// Why this world is to be looked at.
    pub planted: &'static str,
}

/// What a customer may ask for, each with a key of its own. A request that may be sent may arrive at any time,
/// any number of times, in any order, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Request {
    Reserve(u8),
    /// The same basket asks again, with a new key.
    Extend(u8),
    Confirm(u8),
    Release(u8),
    Reverse(u8),
    /// The same with another key.
    ReverseAgain(u8),
}

impl Request {
    pub fn customer(self) -> u8 {
        match self {
            Self::Reserve(customer) | Self::Extend(customer) | Self::Confirm(customer) => customer,
            Self::Release(customer) | Self::Reverse(customer) => customer,
            Self::ReverseAgain(customer) => customer,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub now_ms: u64,
    pub store: Store,
    /// Transactions that are not committed.
    pub running: Vec<(Request, RedemptionLedger, Answer)>,
    /// The first answer that each request got, other than a refusal.
    pub answered: BTreeMap<Request, Answer>,
    /// What went wrong that no state shows.
    pub wrong: Option<Wrong>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wrong {
    TwoAnswers,
    OutOfStep,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Action {
    /// A request arrives, and its transaction runs.
    Begin(Request),
    /// The transaction is committed and the answer arrives.
    Commit(Request, Delivered),
    /// The object dies with all that is not committed.
    Crash,
    Tick,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivered {
    Answer,
    /// The answer is lost: the customer knows nothing.
    Nothing,
}

/// Two customers and one slot.
pub const WORLD: World = World {
    customers: 2,
    slots: 1,
    end_ms: 1,
    gives_back: true,
    once: false,
    confirms: false,
    extends: false,
    only_confirms: false,
    reverses_again: false,
    planted: "",
};

impl World {
    fn operation(&self, request: Request, state: &State) -> Operation {
        let key = format!("{request:?}");
        let id = |customer| state.known_to(customer).unwrap_or_default().to_owned();
        let settle = |settlement, customer| Step::Settle(settlement, id(customer), None);
        let step = match request {
            Request::Reserve(customer) | Request::Extend(customer) => {
                Step::Reserve(Box::new(Reserve {
                    new_id: format!("{}", state.store.redemptions.len() + state.running.len()),
                    coupon: COUPON.to_owned(),
                    code: "CODE".to_owned(),
                    once: self.once,
                    customer: format!("{customer}"),
                    basket: Some(format!("{customer}")).filter(|_| self.extends),
                    scope: None,
                    hold_ms: HOLD_MS,
                    confirm: self.confirms,
                }))
            }
            Request::Confirm(customer) => settle(Settlement::Confirm, customer),
            Request::Release(customer) => settle(Settlement::Release, customer),
            Request::Reverse(customer) | Request::ReverseAgain(customer) => {
                settle(Settlement::Reverse { gives_back: self.gives_back }, customer)
            }
        };
        Operation { fingerprint: key.clone(), key, step }
    }

    /// What a customer may send next: it settles its redemption however it likes, even twice.
    fn next_of(&self, customer: u8, state: &State) -> Vec<Request> {
        let Some(_) = state.known_to(customer) else {
            return vec![Request::Reserve(customer)];
        };
        let mut next = vec![Request::Reserve(customer), Request::Confirm(customer)];
        if !self.only_confirms {
            next.extend([Request::Release(customer), Request::Reverse(customer)]);
        }
        if self.reverses_again {
            next.push(Request::ReverseAgain(customer));
        }
        if self.extends {
            next.push(Request::Extend(customer));
        }
        next
    }

    fn run(&self, request: Request, state: &State) -> Result<(RedemptionLedger, Answer), ()> {
        let operation = self.operation(request, state);
        let mut ledger = state.store.load(&operation, state.now_ms);
        ledger.expire(state.now_ms).map_err(|_| ())?;
        let slots = if self.once { u64::MAX } else { self.slots };
        let mut judge = |_: &Reserve, standing: Standing| verdict(slots, standing);
        let answer = ledger.operate(&operation, state.now_ms, &mut judge).map_err(|_| ())?;
        Ok((ledger, answer))
    }

    fn commit(state: &mut State, request: Request, delivered: Delivered) {
        let Some(at) = state.running.iter().position(|(running, ..)| *running == request) else {
            return;
        };
        let (_, ledger, answer) = state.running.remove(at);
        state.store.write(&ledger);
        if delivered == Delivered::Nothing || matches!(answer, Answer::Refused(_)) {
            return;
        }
        let first = state.answered.entry(request).or_insert_with(|| answer.clone());
        if *first != answer {
            state.wrong = Some(Wrong::TwoAnswers);
        }
    }
}

impl State {
    /// The redemption that a customer knows of.
    pub fn known_to(&self, customer: u8) -> Option<&str> {
        self.answered.iter().find_map(|(request, answer)| match answer {
            Answer::Done { redemption, .. } if request.customer() == customer => {
                Some(redemption.id.as_str())
            }
            _ => None,
        })
    }
}

/// The check of a coupon with K slots and nothing else.
fn verdict(slots: u64, standing: Standing) -> Verdict {
    let Standing { tally, code_taken, .. } = standing;
    let held = if planted("holds_not_counted") { 0 } else { tally.held };
    if code_taken || tally.redeemed + held >= slots {
        return Verdict::Refused(CouponRefusal {
            reason: "LIMIT_REACHED".to_owned(),
            message: String::new(),
            parameters: Vec::new(),
        });
    }
    Verdict::Granted { decision: String::new(), discount_minor: 5, currency: None, budget_minor: 5 }
}

impl Model for World {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            now_ms: 0,
            store: Store::default(),
            running: Vec::new(),
            answered: BTreeMap::new(),
            wrong: None,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        plant(self.planted);
        // A transaction is synchronous: between its begin and its commit nothing else of the object runs.
        let at_once = if planted("check_then_write") { 2 } else { 1 };
        if state.running.len() < at_once {
            for customer in 0..self.customers {
                actions.extend(self.next_of(customer, state).into_iter().map(Action::Begin));
            }
        }
        for (request, ..) in &state.running {
            for delivered in [Delivered::Answer, Delivered::Nothing] {
                actions.push(Action::Commit(*request, delivered));
            }
        }
        if !state.running.is_empty() {
            actions.push(Action::Crash);
        } else if state.now_ms < self.end_ms {
            actions.push(Action::Tick);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        plant(self.planted);
        let mut state = last.clone();
        match action {
            Action::Begin(request) => {
                if state.running.iter().any(|(running, ..)| *running == request) {
                    return None;
                }
                match self.run(request, last) {
                    Ok((ledger, answer)) => state.running.push((request, ledger, answer)),
                    Err(()) => state.wrong = Some(Wrong::OutOfStep),
                }
            }
            Action::Commit(request, delivered) => Self::commit(&mut state, request, delivered),
            Action::Crash => state.running.clear(),
            Action::Tick => state.now_ms += 1,
        }
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        super::properties::all()
    }
}

#[cfg(feature = "mutants")]
fn plant(name: &'static str) {
    usher::base::mutant::plant(name);
}

#[cfg(not(feature = "mutants"))]
fn plant(_: &'static str) {}

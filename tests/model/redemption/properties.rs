//! What must hold in every state that the world can reach.

use super::world::{Request, State, World, Wrong};
use stateright::Property;
use std::collections::BTreeSet;
use usher::coupon::redemption::answer::Answer;
use usher::coupon::redemption::ledger::RedemptionLedger;
use usher::coupon::redemption::record::{Redemption, RedemptionState};
use usher::coupon::redemption::tally::Tally;

/// After all holds.
const LONG_AFTER_MS: u64 = 1_000_000;

pub fn all() -> Vec<Property<World>> {
    vec![
        Property::always("never above K", |world, state| taken(state) <= world.slots),
        Property::always("the tallies are what the rows say", |_, state| tallies_match(state)),
        Property::always("a slot is nobody's twice", nobody_twice),
        Property::always("the same key gets the same answer", |_: &World, state: &State| {
            state.wrong != Some(Wrong::TwoAnswers)
        }),
        Property::always("no tally falls below zero", |_: &World, state: &State| {
            state.wrong != Some(Wrong::OutOfStep)
        }),
        Property::always("what was acknowledged is there", |_, state| acknowledged(state)),
        Property::always("no slot is lost", nothing_lost),
        Property::sometimes("all K are redeemed", |world: &World, state: &State| {
            state.store.tally.redeemed == world.slots
        }),
        Property::sometimes("a hold runs out", |world: &World, state: &State| {
            world.confirms || has(state, RedemptionState::Expired)
        }),
        Property::sometimes("a redemption is reversed", |world: &World, state: &State| {
            world.only_confirms || has(state, RedemptionState::Reversed)
        }),
    ]
}

/// Slots that are taken by the rows, whatever the tallies say.
fn taken(state: &State) -> u64 {
    state.store.redemptions.iter().filter(|one| one.is_taking()).count() as u64
}

fn tallies_match(state: &State) -> bool {
    let of = |rows: &mut dyn Iterator<Item = &Redemption>| {
        let mut tally = Tally::default();
        for one in rows {
            match one.state {
                RedemptionState::Held => tally.held += 1,
                RedemptionState::Confirmed => tally.redeemed += 1,
                RedemptionState::Reversed => {
                    tally.reversed += 1;
                    tally.redeemed += u64::from(one.keeps_slot);
                }
                RedemptionState::Released | RedemptionState::Expired => {}
            }
            if one.is_taking() {
                tally.budget_used_minor += one.budget_minor;
            }
        }
        tally
    };
    let rows = &state.store.redemptions;
    of(&mut rows.iter()) == state.store.tally
        && state.store.customers.iter().all(|(customer, tally)| {
            of(&mut rows.iter().filter(|one| one.customer == *customer)) == *tally
        })
}

/// A customer asks once, with one key, or again for the same basket: it has one redemption, until the basket
/// lost its hold.
fn nobody_twice(world: &World, state: &State) -> bool {
    let rows = &state.store.redemptions;
    let customers: BTreeSet<_> = rows.iter().map(|one| &one.customer).collect();
    world.extends || customers.len() == rows.len()
}

/// A customer that was told so has a confirmed redemption, unless it was reversed since.
fn acknowledged(state: &State) -> bool {
    use RedemptionState::{Confirmed, Released, Reversed};
    state.answered.iter().all(|(request, answer)| {
        let Answer::Done { redemption, .. } = answer else { return true };
        let one = state.store.redemptions.iter().find(|one| one.id == redemption.id);
        let is = |states: &[RedemptionState]| one.is_some_and(|one| states.contains(&one.state));
        match request {
            Request::Reserve(_) | Request::Extend(_) => one.is_some(),
            Request::Confirm(_) => is(&[Confirmed, Reversed]),
            Request::Release(_) => is(&[Released]),
            Request::Reverse(_) | Request::ReverseAgain(_) => is(&[Reversed]),
        }
    })
}

/// When all holds have run out, each slot is free or belongs to a purchase.
fn nothing_lost(world: &World, state: &State) -> bool {
    let mut ledger = RedemptionLedger::default();
    ledger.load_tally(super::store::COUPON.to_owned(), state.store.tally);
    for (customer, tally) in &state.store.customers {
        ledger.load_customer(super::store::COUPON.to_owned(), customer.clone(), *tally);
    }
    for one in &state.store.redemptions {
        ledger.load_redemption(one.clone());
    }
    if ledger.expire(LONG_AFTER_MS).is_err() {
        return false;
    }
    let tally = ledger.tally(super::store::COUPON);
    let bought = ledger.redemptions().filter(|one| one.is_taking()).count() as u64;
    tally.held == 0 && tally.redeemed == bought && bought <= world.slots
}

fn has(state: &State, wanted: RedemptionState) -> bool {
    state.store.redemptions.iter().any(|one| one.state == wanted)
}

//! The machine as it is holds in every world.

use super::world::{WORLD, World};
use stateright::{Checker, Model};

fn check(world: World) {
    let name = format!("{world:?}");
    let checker = world.checker().threads(2).spawn_bfs().join();
    println!("{name}: {} states, depth {}", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

#[test]
fn two_customers_and_one_slot() {
    check(WORLD);
}

#[test]
fn three_customers_who_only_confirm_and_one_or_two_slots() {
    check(World { customers: 3, only_confirms: true, ..WORLD });
    check(World { customers: 3, slots: 2, only_confirms: true, ..WORLD });
}

#[test]
#[ignore = "minutes: `cargo test --release --all-features --test model -- --ignored`"]
fn three_customers_and_one_slot() {
    check(World { customers: 3, ..WORLD });
}

#[test]
#[ignore = "minutes, as above"]
fn three_customers_and_two_slots_redeemed_at_once() {
    check(World { customers: 3, slots: 2, confirms: true, ..WORLD });
}

#[test]
#[ignore = "minutes, as above"]
fn four_customers_who_only_confirm_and_two_slots() {
    check(World { customers: 4, slots: 2, only_confirms: true, ..WORLD });
}

#[test]
fn two_customers_whose_baskets_ask_again() {
    check(World { customers: 2, extends: true, ..WORLD });
}

#[test]
fn reversals_that_keep_the_slot() {
    check(World { customers: 2, gives_back: false, ..WORLD });
}

#[test]
fn a_code_that_may_be_redeemed_once() {
    check(World { customers: 2, once: true, ..WORLD });
}

//! Each planted bug is found.
#![cfg(feature = "mutants")]

use super::world::{WORLD, World};
use stateright::{Checker, HasDiscoveries, Model};

/// Explores until some property fails.
fn finds(world: World) {
    let planted = world.planted;
    let checker = world.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let broken: Vec<_> = checker
        .discoveries()
        .into_iter()
        .filter(|(name, _)| checker.discovery_classification(name).to_string() == "counterexample")
        .map(|(name, path)| (name, path.into_actions()))
        .collect();
    assert!(!broken.is_empty(), "`{planted}` is not found");
    println!("{planted}: {broken:?}");
}

#[test]
fn checking_and_writing_in_two_steps_is_found() {
    finds(World { planted: "check_then_write", ..WORLD });
}

#[test]
fn a_forgotten_key_is_found() {
    finds(World { planted: "redemption_key_forgotten", slots: 2, ..WORLD });
}

#[test]
fn releasing_an_expired_hold_is_found() {
    finds(World { planted: "expired_hold_released", ..WORLD });
}

#[test]
fn confirming_an_expired_hold_is_found() {
    finds(World { planted: "expired_hold_confirmed", ..WORLD });
}

#[test]
fn holds_that_are_not_counted_are_found() {
    finds(World { planted: "holds_not_counted", ..WORLD });
}

#[test]
fn reversing_twice_is_found() {
    finds(World { planted: "reversed_twice", slots: 2, reverses_again: true, ..WORLD });
}

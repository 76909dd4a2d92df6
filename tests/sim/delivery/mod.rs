//! Delivery from player to centre: the real core under seeded time, network, storage and crashes.
//!
//! Each session is a small world of its own. What JavaScript does in the product is a thin shell here,
//! with the same transactions; what decides is the crate. `make sim SESSIONS=n` runs many.

mod centre;
mod device;
mod edge;
pub mod faults;
mod flusher;
mod message;
#[cfg(feature = "mutants")]
pub mod mutants;
mod playing;
mod rollup;
mod session;
mod shipment;
mod storage;
mod tab;
mod trace;
mod truth;
mod verdict;
mod viewer;
mod world;

pub use verdict::Verdict;

use crate::random;
use faults::KINDS;

/// What the centre answers to a body that was damaged on the way: 400 would be a refusal for good, and
/// a row that is alone in its batch would be set aside for it.
const DAMAGED_STATUS: u16 = 408;

/// One session, played and judged.
#[derive(Debug)]
pub struct Played {
    pub verdict: Verdict,
    pub faults: [u64; KINDS],
    pub requests: u64,
    pub batches: u64,
    pub steps: u64,
    pub views: u64,
    pub trace: Vec<String>,
}

/// Plays the session of a seed.
pub fn play(seed: u64, traced: bool) -> Played {
    let mut world = world::World::new(seed, traced);
    world.play();
    Played {
        verdict: Verdict::of(&world),
        faults: *world.faults.counts(),
        requests: world.requests,
        batches: world.batches,
        steps: world.steps as u64,
        views: world.truth.views.len() as u64,
        trace: world.trace.lines,
    }
}

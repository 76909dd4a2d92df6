// No standard library in the player build: its panic messages and hooks are 2 kB of the 15.
#![cfg_attr(all(feature = "player", not(feature = "wire"), target_family = "wasm"), no_std)]
//! Usher measures what a viewer really watched, in the player, and brings it to the centre exactly once.
//!
//! The map, in reading order; a module uses only modules that stand above it here
//! (`tests/it/tidy.rs` holds the table):
//!
//! - [`base`]: limits, identities, the varint wire, refusals
//! - [`playback`]: reading -> intervals -> view, a mergeable state
//! - `token`: signed claims, from untrusted to verified; keys that are shown
//! - [`coupon`]: code -> coupon -> decision with its reason -> redemption, exactly K times
//! - [`outbox`]: versions, acknowledgements, batches, back-off
//! - [`audience`]: usage window -> viewer class; records of views -> sums by window of time
//! - `privacy`: what is kept of a person at the centre: keyed, sealed, erased, audited
//! - `wasm`: the border to JavaScript, one file a build; the only place that names `wasm_bindgen`

extern crate alloc;

pub mod audience;
pub mod base;
pub mod coupon;
pub mod outbox;
pub mod playback;
#[cfg(feature = "office")]
pub mod privacy;
#[cfg(any(feature = "edge", feature = "office"))]
pub mod token;
#[cfg(any(feature = "player", feature = "wire"))]
mod wasm;

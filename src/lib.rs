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
//! - `entitlement`: catalogue rights and grants -> decision with every reason, in the order of the rules
//! - [`outbox`]: versions, acknowledgements, batches, back-off
//! - [`audience`]: usage window -> viewer class; records of views -> sums by window of time
//! - `privacy`: what is kept of a person at the centre: keyed, sealed, erased, audited
//! - `wasm`: the border to JavaScript, one file a build; the only place that names `wasm_bindgen`
//!
//! There is a build for each place that loads one: `player` every viewer's page, `edge` every isolate of the
//! edge, `rights` whoever asks what may be watched (`entitlement` and its tokens, which no other build carries),
//! `collector` an edge to which players report about themselves (`playback::cmcd`, which no other build
//! carries), `office` the centre and its workers.

extern crate alloc;

pub mod audience;
pub mod base;
pub mod coupon;
#[cfg(feature = "wire")]
pub mod entitlement;
pub mod outbox;
pub mod playback;
#[cfg(feature = "office")]
pub mod privacy;
#[cfg(any(feature = "edge", feature = "rights", feature = "office"))]
pub mod token;
#[cfg(any(feature = "player", feature = "wire"))]
mod wasm;

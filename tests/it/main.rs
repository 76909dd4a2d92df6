//! The tests of the crate: one file for each source file, under the same path, named by facts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod audience;
mod base;
mod coupon;
#[cfg(feature = "edge")]
mod entitlement;
mod outbox;
mod playback;
#[cfg(feature = "office")]
mod privacy;
mod tidy;
#[cfg(feature = "edge")]
mod token;
mod zones;

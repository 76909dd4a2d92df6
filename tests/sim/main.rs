//! Models with a known truth: what the crate says is compared with what really happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod delivery;
mod player;
mod random;

//! Machines that are explored in every order in which the world can push them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod redemption;

//! Redemptions: exactly as many as were promised, under any load, crash or retry.

pub mod answer;
pub mod batch;
pub mod judge;
pub mod ledger;
pub mod operation;
pub mod record;
pub mod request;
pub mod sum;
pub mod tally;

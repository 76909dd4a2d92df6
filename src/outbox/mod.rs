//! Delivery without input or output of its own: what is still to send, when to try again, how
//! records become batches. The player's flusher and the rollup's sender drive the same code.

pub mod backoff;
#[cfg(feature = "wire")]
pub mod batch;
#[cfg(feature = "wire")]
pub mod ledger;
pub mod received;
pub mod sender;
pub mod void;

//! What every part speaks: limits, identities, the varint wire, refusals.

pub mod id;
pub mod limits;
pub mod mutant;
#[cfg(feature = "wire")]
pub mod plain;
#[cfg(feature = "wire")]
pub mod refusal;
#[cfg(feature = "edge")]
pub mod throttle;
pub mod varint;

//! What every part speaks: limits, identities, the varint wire, refusals.

pub mod id;
pub mod limits;
#[cfg(feature = "wire")]
pub mod refusal;
pub mod varint;

//! What every part speaks: limits, identities, the varint wire, refusals.

#[cfg(feature = "wire")]
pub mod bit_set;
#[cfg(feature = "wire")]
pub mod calendar;
#[cfg(feature = "office")]
pub mod csv;
pub mod id;
#[cfg(feature = "wire")]
pub mod index;
pub mod limits;
#[cfg(feature = "wire")]
pub mod money;
pub mod mutant;
#[cfg(feature = "wire")]
pub mod percent;
#[cfg(feature = "wire")]
pub mod plain;
#[cfg(feature = "wire")]
pub mod refusal;
#[cfg(feature = "wire")]
pub mod rows;
#[cfg(feature = "edge")]
pub mod throttle;
pub mod varint;

//! Coupons: code -> coupon -> decision -> redemption, exactly as many as were promised.

#[cfg(feature = "office")]
pub mod change;
#[cfg(feature = "wire")]
pub mod check;
pub mod check_symbol;
pub mod code;
#[cfg(feature = "office")]
pub mod code_shape;
#[cfg(feature = "office")]
pub mod code_state;
#[cfg(feature = "wire")]
#[expect(clippy::module_inception, reason = "the thing itself")]
pub mod coupon;
#[cfg(feature = "wire")]
pub mod decision;
#[cfg(feature = "wire")]
pub mod discount;
#[cfg(feature = "wire")]
pub mod duration;
#[cfg(feature = "office")]
pub mod export;
#[cfg(any(feature = "edge", feature = "office"))]
pub mod filter;
#[cfg(feature = "office")]
pub mod filter_builder;
#[cfg(feature = "office")]
pub mod generator;
#[cfg(feature = "office")]
pub mod group;
#[cfg(feature = "office")]
pub mod import;
#[cfg(feature = "office")]
pub mod issue;
#[cfg(feature = "office")]
pub mod job;
#[cfg(feature = "office")]
pub mod near_end;
#[cfg(any(feature = "edge", feature = "office"))]
pub mod offer;
#[cfg(feature = "office")]
pub mod offer_draft;
#[cfg(feature = "wire")]
pub mod purchase;
#[cfg(feature = "wire")]
pub mod reason;
#[cfg(feature = "office")]
pub mod reason_text;
#[cfg(feature = "office")]
pub mod redemption;
#[cfg(feature = "wire")]
pub mod spread;
#[cfg(feature = "wire")]
pub mod stack;
#[cfg(any(feature = "edge", feature = "office"))]
pub mod tagged;
#[cfg(feature = "wire")]
pub mod trial;
pub mod typing_error;
#[cfg(feature = "wire")]
pub mod window;
#[cfg(feature = "office")]
pub mod written;

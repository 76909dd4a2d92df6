#[cfg(feature = "office")]
mod cases;
#[cfg(feature = "office")]
mod change;
mod check;
mod check_symbol;
mod code;
#[cfg(feature = "office")]
mod code_shape;
#[cfg(feature = "office")]
mod code_state;
#[expect(clippy::module_inception, reason = "as in src")]
mod coupon;
mod decision;
mod discount;
mod duration;
#[cfg(feature = "office")]
mod export;
#[cfg(feature = "office")]
mod filter;
#[cfg(feature = "office")]
mod filter_builder;
#[cfg(feature = "office")]
mod generator;
#[cfg(feature = "office")]
mod group;
#[cfg(feature = "office")]
mod import;
#[cfg(feature = "office")]
mod issue;
#[cfg(feature = "office")]
mod job;
#[cfg(feature = "office")]
mod near_end;
#[cfg(any(feature = "edge", feature = "office"))]
mod offer;
#[cfg(feature = "office")]
mod offer_draft;
mod purchase;
mod reason;
#[cfg(feature = "office")]
mod reason_text;
#[cfg(feature = "office")]
mod redemption;
mod shop;
mod spread;
mod stack;
#[cfg(feature = "office")]
mod tagged;
mod trial;
mod typing_error;
mod window;
#[cfg(feature = "office")]
mod written;

//! Who may watch what, where, on which device, now: catalogue rights and grants -> decision with every reason.
//!
//! A catalogue is compiled once ([`catalogue_json`]), a viewer against it once ([`rights`]); a decision
//! ([`decide`]) then compares integers, and what is told of it is numbers too ([`explanation`], [`listing`]):
//! their words stand where they are shown. All times are whole seconds, UTC, and all spans half-open.
//!
//! Source: the design page on entitlements and tokens.

pub mod account;
#[cfg(feature = "office")]
pub mod asset_state;
pub mod catalogue;
pub mod catalogue_json;
#[cfg(feature = "office")]
pub mod coupon_grant;
pub mod decide;
pub mod decision;
pub mod device;
pub mod explanation;
pub mod grant;
pub mod lease;
pub mod listing;
pub mod plan;
pub mod policy;
pub mod reason;
#[cfg(feature = "rights")]
pub mod receipt;
pub mod request;
pub mod rights;
pub mod stream;
pub mod territory;
pub mod title;
pub mod viewer;

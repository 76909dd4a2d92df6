//! The border to JavaScript. Nothing else names `wasm_bindgen`; each build compiles one export file.

#[cfg(feature = "office")]
mod activity;
#[cfg(feature = "office")]
mod catalogue_office;
#[cfg(feature = "collector")]
mod cmcd;
#[cfg(any(feature = "edge", feature = "office"))]
mod code;
#[cfg(feature = "office")]
mod code_batch;
#[cfg(feature = "edge")]
mod code_filter;
#[cfg(any(feature = "edge", feature = "office"))]
mod coupon;
#[cfg(feature = "office")]
mod coupon_directory;
#[cfg(feature = "office")]
mod coupon_office;
#[cfg(feature = "office")]
mod coupon_signing;
#[cfg(feature = "edge")]
mod edge;
#[cfg(feature = "rights")]
mod entitlement;
#[cfg(feature = "wire")]
mod error;
#[cfg(feature = "wire")]
mod fields;
#[cfg(feature = "office")]
mod host;
#[cfg(feature = "edge")]
mod kept;
#[cfg(feature = "office")]
mod ledger;
#[cfg(feature = "edge")]
mod offer;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "wire")]
mod plain;
#[cfg(feature = "player")]
mod player;
#[cfg(feature = "office")]
mod privacy;
#[cfg(feature = "office")]
mod redemption;
#[cfg(feature = "edge")]
mod rollup;
#[cfg(target_family = "wasm")]
mod runtime;
#[cfg(feature = "rights")]
mod streams;
#[cfg(feature = "rights")]
mod token;
#[cfg(feature = "office")]
mod windows;
#[cfg(any(feature = "edge", feature = "office"))]
mod zone;

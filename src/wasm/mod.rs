//! The border to JavaScript. Nothing else names `wasm_bindgen`; each build compiles one export file.

#[cfg(feature = "office")]
mod activity;
#[cfg(feature = "edge")]
mod cmcd;
#[cfg(feature = "edge")]
mod edge;
#[cfg(feature = "wire")]
mod error;
#[cfg(feature = "edge")]
mod fields;
#[cfg(feature = "edge")]
mod kept;
#[cfg(feature = "office")]
mod ledger;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "wire")]
mod plain;
#[cfg(feature = "player")]
mod player;
#[cfg(feature = "office")]
mod privacy;
#[cfg(feature = "edge")]
mod rollup;
#[cfg(target_family = "wasm")]
mod runtime;
#[cfg(feature = "office")]
mod windows;

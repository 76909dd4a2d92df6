//! The border to JavaScript. Nothing else names `wasm_bindgen`; each build compiles one export file.

#[cfg(feature = "office")]
mod activity;
#[cfg(feature = "edge")]
mod cmcd;
#[cfg(feature = "edge")]
mod edge;
mod error;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "player")]
mod player;
#[cfg(target_family = "wasm")]
mod runtime;

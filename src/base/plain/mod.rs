//! Plain data: values without behaviour, on their way in or out of types.
//!
//! The types speak serde; what they are read from and written to is erased before serde sees it, so
//! that each type is compiled once, whatever it comes from. With serde_json, serde_path_to_error around
//! it and serde-wasm-bindgen the edge build was 114,330 bytes after brotli where it is 83,343 with this,
//! for the same calls at the same speed: those three compile each type again, read errors print floats
//! (18 kB of code), and keys cross the border one by one.
//!
//! A text of JSON is read with [`json::read`] and written with [`writer::write_json`]; what crosses the
//! border to JavaScript goes through `wasm::plain`.

pub mod failure;
pub mod json;
pub mod pieces;
pub mod reader;
pub mod table;
pub mod values;
pub mod writer;

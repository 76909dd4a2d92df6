//! CSV as RFC 4180 has it, read in pieces and written a row at a time.

pub mod reader;
pub mod writer;

//! CBOR, as much of it as tokens need: definite lengths, whole numbers, texts, bytes, lists, maps, tags and
//! fractions of 32 and 64 bits. Source: RFC 8949.

pub mod reader;
pub mod writer;

//! Common access tokens: what may be fetched, for a few minutes.
//!
//! Source: CTA-5007; labels: IANA, CBOR Web Token claims, 308 to 324.

pub mod claims;
pub mod mint;
pub mod network;
pub mod uri;

//! Session tokens: who may send views of whom. JWT, signed with HMAC-SHA-256.
//!
//! A [`claims::UntrustedToken`] is parsed, then its signature verified, then its claims checked; only then
//! is there a [`claims::Token`]. [`session::issue`] makes one.

pub mod admission;
pub mod claims;
pub mod compact;
pub mod ed25519;
pub mod keyring;
pub mod operator;
pub mod sender;
pub mod session;

//! Signed claims, from untrusted to verified.
//!
//! Session tokens say who may send views of whom: JWT, signed with HMAC-SHA-256. A [`claims::UntrustedToken`] is
//! parsed, then its signature verified, then its claims checked; only then is there a [`claims::Token`].
//! [`session::issue`] makes one.
//!
//! Entitlement tokens say what a viewer holds, common access tokens open one title for a few minutes. [`jws`] or
//! [`cose`] parses an [`signed::Untrusted`], a [`keyset::Keyset`] makes it a [`signed::Verified`], and only that has
//! claims to check: [`entitlement`], [`cat::claims`]. A [`fault::Step`] says how far a token came.

pub mod admission;
pub mod algorithm;
pub mod cat;
pub mod cbor;
pub mod claims;
pub mod compact;
pub mod cose;
pub mod deny_list;
pub mod digest;
pub mod ed25519;
pub mod entitlement;
pub mod fault;
pub mod jws;
pub mod keyring;
pub mod keyset;
pub mod operator;
pub mod request;
pub mod sender;
pub mod session;
pub mod signed;
#[cfg(feature = "office")]
pub mod signing;
pub mod url;

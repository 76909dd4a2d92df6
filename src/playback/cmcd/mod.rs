//! Views without any SDK: what players report about themselves as Common Media Client Data.
//!
//! Version 2 (CTA-5004-A) event reports come as [`body`]s of `POST /v1/cmcd`, a [`report`] a line; each
//! is a dictionary of [`field`]s under the [`keys`] of the standard. The reports of one playback are a
//! [`session`], whose [`timeline`] puts wall time where it belongs; [`viewer_sessions`] makes views of
//! the sessions of one viewer. [`media_request`] reads the same dictionary, of version 1 or 2, off a
//! request for media.
//!
//! # What such a view claims
//! - `playing_ms`, `paused_ms`, `seeking_ms`, `stalled_ms`, `startup_ms`: the wall time between two
//!   reports is in the state that the first of them names, or in none. After the last report nothing
//!   is claimed.
//! - `played_ms` is playing time times the rate that was reported, nothing more: no playhead is
//!   reported, so there is no unique content, no completion, no milestone.
//! - A gap in which reports should have come and did not is `suspended_ms`, and so is playing that a
//!   player is known to report while it is paused (see [`dialect::Dialect`]).
//! - Before the first playing only start-up is counted; preloading is nobody's time.
//! - What a report cannot mean is counted in `rejected`.

pub mod body;
pub mod delivery;
pub mod dialect;
pub mod field;
pub mod keys;
pub mod media_request;
pub mod report;
pub mod row;
pub mod session;
pub mod timeline;
pub mod viewer_sessions;

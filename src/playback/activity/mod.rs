//! A viewing-activity export -> views: bytes in, plays and a report out.
//!
//! [`crate::base::csv::reader`] splits the text, [`columns`] finds what is where, [`play`] reads one row,
//! [`play_ids`] knows what came before, [`totals`] and [`findings`] add up, [`import`] drives them
//! and gives the [`report`]. [`instant`] reads the export's clock.
//!
//! An export tells how long somebody watched and how far they came, not which parts were shown: an
//! imported view claims no unique content and no completion.
//!
//! Source: Netflix, `CONTENT_INTERACTION/ViewingActivity.csv` of a member's personal information,
//! as of 2024.

pub mod columns;
pub mod findings;
pub mod import;
pub mod instant;
pub mod play;
pub mod play_ids;
pub mod report;
pub mod totals;

//! Reading -> intervals -> view: what was really shown, as a state that merges.
//!
//! A player's [`reading::Reading`]s go into a live [`view::View`]; its snapshots are mergeable
//! [`state::ViewState`]s; one viewer's states become [`record::ViewRecord`]s for the centre.

#[cfg(feature = "office")]
pub mod activity;
#[cfg(feature = "wire")]
pub mod arrival;
#[cfg(feature = "wire")]
pub mod clock;
#[cfg(feature = "wire")]
pub mod cmcd;
#[cfg(feature = "wire")]
pub mod device;
pub mod interval_set;
pub mod milestones;
pub mod movement;
#[cfg(feature = "wire")]
pub mod plausibility;
#[cfg(feature = "wire")]
pub mod provenance;
pub mod reading;
#[cfg(feature = "wire")]
pub mod record;
pub mod state;
pub mod tally;
pub mod view;
#[cfg(feature = "wire")]
pub mod viewer_views;
#[cfg(feature = "wire")]
pub mod views_body;

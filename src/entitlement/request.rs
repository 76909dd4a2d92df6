//! What is asked.

use super::plan::DeviceClass;
use super::territory::Country;

/// A question in numbers, for one title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The title's place in the catalogue; none for one that it does not have.
    pub title: Option<u32>,
    /// Where the viewer is; none if nobody knows.
    pub country: Option<Country>,
    /// What is watched on.
    pub class: DeviceClass,
    /// The device's place among the names that [`Rights`](super::rights::Rights) knows; none for a new one.
    pub device: Option<u32>,
    /// Now, in seconds, UTC.
    pub now: u64,
}

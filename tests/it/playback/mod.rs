#[cfg(feature = "office")]
mod activity;
mod arrival;
mod clock;
mod cmcd;
mod device;
mod interval_set;
mod milestones;
mod movement;
mod plausibility;
mod provenance;
mod reading;
mod record;
mod state;
mod tally;
mod view;
mod viewer_views;
mod views_body;

use usher::playback::interval_set::{Interval, IntervalSet};

/// The set of these intervals, `(start_ms, end_ms)`.
fn set(intervals: &[(u64, u64)]) -> IntervalSet {
    intervals.iter().filter_map(|(start, end)| Interval::new(*start, *end)).collect()
}

fn pairs(set: &IntervalSet) -> Vec<(u64, u64)> {
    set.as_slice().iter().map(|i| (i.start_ms(), i.end_ms())).collect()
}

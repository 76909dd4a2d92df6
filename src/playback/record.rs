//! What the central API keeps of one view.

use super::cmcd::delivery::MediaDelivery;
pub use super::device::Device;
use super::milestones::{MILESTONES_PERCENT, is_watched};
use super::state::ViewState;
use crate::base::id::{Id, check_name};
use crate::base::limits::MS_MAX;
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// A view counts as completed from this share of the title on, in percent of unique content.
pub const COMPLETED_PERCENT: f64 = 90.0;

/// Who measured a view.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Usher in the player.
    #[default]
    Player,
    /// The player itself, with Common Media Client Data: no unique content, no completion.
    Cmcd,
    /// An export of what was watched elsewhere.
    Import,
}

/// The figures of one view over all its producers: one engagement record.
///
/// Times are whole milliseconds, at most 2^53 - 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct ViewRecord {
    /// The view: 32 lower-case hexadecimal digits.
    pub view: String,
    /// Who watched.
    pub viewer: String,
    /// What was watched.
    pub title: String,
    /// Grows with every change; of two records of a view the one with the higher version holds.
    pub version: u64,
    /// Distinct content shown: the union of the watched intervals.
    pub unique_ms: u64,
    /// Content shown, repeats included.
    pub played_ms: u64,
    /// Wall time in which content played.
    pub playing_ms: u64,
    /// Wall time paused.
    pub paused_ms: u64,
    /// Wall time from seeks until content moved again.
    pub seeking_ms: u64,
    /// Wall time from asking to play until the first content moved.
    pub startup_ms: u64,
    /// Wall time in which content should have moved and did not.
    pub stalled_ms: u64,
    /// Wall time that nothing explains.
    pub suspended_ms: u64,
    /// Playing time without sound.
    pub muted_ms: u64,
    /// Playing time on a page that was not visible.
    pub hidden_ms: u64,
    /// Wall time with advertisements.
    pub ad_ms: u64,
    /// Stalls.
    pub stalls: u64,
    /// Seeks.
    pub seeks: u64,
    /// Times that the end wrapped to the beginning.
    pub loops: u64,
    /// Readings that could not be true.
    pub rejected: u64,
    /// Advertisements that began.
    pub ads: u64,
    /// Errors that the player told of.
    pub errors: u64,
    /// Changes of quality during playback.
    pub quality_switches: u64,
    /// Mean bitrate of what played, in kbit/s, if the player told.
    pub bitrate_kbps: Option<u64>,
    /// The longest stall.
    pub stall_longest_ms: u64,
    /// Frames that the player decoded too late to show.
    pub dropped_frames: u64,
    /// Length of the title, if known and not live.
    pub duration_ms: Option<u64>,
    /// Unique content over duration, from 0 to 1; none for live or without a duration.
    pub completion: Option<f64>,
    /// Whether at least 90 % of the title was watched.
    pub completed: bool,
    /// Whether the title has no end.
    pub live: bool,
    /// Whether unique content is undercounted, because the view has too many intervals.
    pub truncated: bool,
    /// Milestones of unique content that were reached, in percent.
    pub milestones: Vec<u8>,
    /// Who measured.
    #[serde(default)]
    pub source: Source,
    /// How the media reached the player, if it told.
    #[serde(default)]
    pub delivery: Option<MediaDelivery>,
    /// Where it was watched: ISO 3166-1 alpha-2, if the edge could tell.
    #[serde(default)]
    pub country: Option<String>,
    /// What it was watched on.
    #[serde(default)]
    pub device: Device,
    /// When anything was last measured, as the edge estimates it, UTC: the window that it counts in.
    #[serde(default)]
    pub watched_ms: u64,
    /// When the edge first heard of the view, UTC.
    pub first_seen_ms: u64,
    /// When the edge last heard of the view, UTC.
    pub last_seen_ms: u64,
}

impl ViewRecord {
    /// The record of a state.
    #[must_use]
    pub fn new(viewer: &str, view: &str, title: &str, state: &ViewState) -> Self {
        let total = state.total();
        let completion = state.completion();
        let seen = state.seen;
        Self {
            view: view.to_owned(),
            viewer: viewer.to_owned(),
            title: title.to_owned(),
            version: total.version,
            unique_ms: state.content.total_ms(),
            played_ms: total.played_ms,
            playing_ms: total.playing_ms,
            paused_ms: total.paused_ms,
            seeking_ms: total.seeking_ms,
            startup_ms: total.startup_ms,
            stalled_ms: total.stalled_ms,
            suspended_ms: total.suspended_ms,
            muted_ms: total.muted_ms,
            hidden_ms: total.hidden_ms,
            ad_ms: total.ad_ms,
            stalls: total.stalls,
            seeks: total.seeks,
            loops: total.loops,
            rejected: total.rejected,
            ads: total.ads,
            errors: total.errors,
            quality_switches: total.quality_switches,
            bitrate_kbps: total
                .bitrate_weighted_bits
                .checked_div(total.playing_ms)
                .filter(|kbps| *kbps > 0),
            stall_longest_ms: total.stall_longest_ms,
            dropped_frames: total.dropped_frames,
            duration_ms: total.extent.duration_ms(),
            completion,
            completed: completion.is_some_and(|share| share * 100.0 >= COMPLETED_PERCENT),
            live: total.extent == super::reading::Extent::Live,
            truncated: state.truncated,
            milestones: MILESTONES_PERCENT
                .into_iter()
                .filter(|percent| is_watched(&state.content, total.extent, *percent))
                .collect(),
            source: Source::Player,
            delivery: None,
            country: None,
            device: Device::Unknown,
            watched_ms: seen.map_or(0, |seen| seen.last_ms),
            first_seen_ms: seen.map_or(0, |seen| seen.first_ms),
            last_seen_ms: seen.map_or(0, |seen| seen.last_ms),
        }
    }

    /// Reads a record from one line of JSON and checks it.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn from_json(line: &[u8]) -> Result<Self, Refusal> {
        let record: Self = json::read(line)?;
        record.check()?;
        Ok(record)
    }

    fn check(&self) -> Result<(), Refusal> {
        Id::parse(&self.view).map_err(|e| Refusal::of_id(e, "view"))?;
        check_name(&self.viewer).map_err(|e| Refusal::of_id(e, "viewer"))?;
        check_name(&self.title).map_err(|e| Refusal::of_id(e, "title"))?;
        for (field, value) in [
            ("version", self.version),
            ("unique_ms", self.unique_ms),
            ("played_ms", self.played_ms),
            ("playing_ms", self.playing_ms),
            ("paused_ms", self.paused_ms),
            ("seeking_ms", self.seeking_ms),
            ("startup_ms", self.startup_ms),
            ("stalled_ms", self.stalled_ms),
            ("suspended_ms", self.suspended_ms),
            ("muted_ms", self.muted_ms),
            ("hidden_ms", self.hidden_ms),
            ("ad_ms", self.ad_ms),
            ("stalls", self.stalls),
            ("seeks", self.seeks),
            ("loops", self.loops),
            ("rejected", self.rejected),
            ("ads", self.ads),
            ("errors", self.errors),
            ("quality_switches", self.quality_switches),
            ("bitrate_kbps", self.bitrate_kbps.unwrap_or(0)),
            ("stall_longest_ms", self.stall_longest_ms),
            ("dropped_frames", self.dropped_frames),
            ("duration_ms", self.duration_ms.unwrap_or(0)),
            ("watched_ms", self.watched_ms),
            ("first_seen_ms", self.first_seen_ms),
            ("last_seen_ms", self.last_seen_ms),
        ] {
            if value > MS_MAX {
                return Err(Refusal::at(
                    Code::InvalidValue,
                    field,
                    format!("`{value}` is above {MS_MAX}"),
                ));
            }
        }
        for (field, value) in self.delivery.iter().flat_map(MediaDelivery::each) {
            if value > MS_MAX {
                let message = format!("`{value}` is above {MS_MAX}");
                return Err(Refusal::at(Code::InvalidValue, format!("delivery.{field}"), message));
            }
        }
        if self.completion.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Refusal::at(
                Code::InvalidValue,
                "completion",
                "expected a share from 0 to 1",
            ));
        }
        if self.milestones.iter().any(|percent| !(1..=100).contains(percent)) {
            return Err(Refusal::at(
                Code::InvalidValue,
                "milestones",
                "expected percents from 1 to 100",
            ));
        }
        Ok(())
    }
}

//! The sums of one window of time, by title, country and device: a row of a batch to the centre.

use super::distinct::Sketch;
use super::usage::ViewerClass;
use crate::base::id::check_name;
use crate::base::limits::MS_MAX;
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use crate::playback::record::Device;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// The largest sum, and the lowest below 0.
#[expect(clippy::cast_possible_wrap, reason = "2^53 - 1")]
const SUM_MAX: i64 = MS_MAX as i64;

/// How many views were begun by viewers of each class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct ClassCounts {
    /// Known for less than a week.
    pub unknown: i64,
    /// Watches little.
    pub light: i64,
    /// Watches as most do.
    pub standard: i64,
    /// Watches a lot.
    pub heavy: i64,
}

impl ClassCounts {
    /// `views` under one class.
    #[must_use]
    pub fn of(class: ViewerClass, views: i64) -> Self {
        let mut counts = Self::default();
        match class {
            ViewerClass::Unknown => counts.unknown = views,
            ViewerClass::Light => counts.light = views,
            ViewerClass::Standard => counts.standard = views,
            ViewerClass::Heavy => counts.heavy = views,
        }
        counts
    }
}

/// What one window adds to one title, country and device: the centre adds up all rows of a cell, each row
/// once.
///
/// Sums are whole numbers from -(2^53 - 1) to 2^53 - 1; below 0 what a later record took back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct WindowRecord {
    /// When the window begins, UTC, a multiple of `window_ms`.
    pub window_start_ms: u64,
    /// How long it is.
    pub window_ms: u64,
    /// What was watched.
    pub title: String,
    /// Where: ISO 3166-1 alpha-2, if the edge could tell.
    pub country: Option<String>,
    /// What it was watched on.
    pub device: Device,
    /// Whether the window was closed before this came.
    pub correction: bool,
    /// Views that began to count here.
    pub views: i64,
    /// Distinct content shown.
    pub unique_ms: i64,
    /// Content shown, repeats included.
    pub played_ms: i64,
    /// Views completed; below 0 when a duration turned out to be longer.
    pub completed: i64,
    /// Stalls.
    pub stalls: i64,
    /// Wall time in stalls.
    pub stalled_ms: i64,
    /// `views`, by the class of the viewer when the view began to count.
    pub classes: ClassCounts,
    /// The distinct viewers whose figures changed.
    pub viewers: Sketch,
}

impl WindowRecord {
    /// Reads a row from one line of JSON and checks it.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn from_json(line: &[u8]) -> Result<Self, Refusal> {
        let row: Self = json::read(line)?;
        row.check()?;
        Ok(row)
    }

    /// Adds what another row of the same cell says; a sum that would not fit changes nothing.
    ///
    /// # Errors
    /// [`Code::InvalidValue`] for a sum beyond 2^53 - 1.
    pub fn add(&mut self, other: &Self) -> Result<(), Refusal> {
        let mut added = self.sums();
        for (sum, more) in added.iter_mut().zip(other.sums()) {
            let both = sum.checked_add(more).filter(|sum| sum.abs() <= SUM_MAX);
            // Without the numbers: to print them costs the edge build half a kilobyte.
            *sum = both.ok_or_else(|| {
                Refusal::at(Code::InvalidValue, "windows", "expected sums up to 2^53 - 1")
            })?;
        }
        for (sum, added) in self.sums_mut().into_iter().zip(added) {
            *sum = added;
        }
        self.viewers.merge(&other.viewers);
        Ok(())
    }

    /// What distinguishes a row from those that it is not added to.
    #[must_use]
    pub fn cell(&self) -> String {
        let kind = if self.correction { "correction" } else { "window" };
        let country = self.country.as_deref().unwrap_or("");
        let (start, length, device) = (self.window_start_ms, self.window_ms, self.device as u8);
        // The title may hold anything, so it is last.
        format!("{start}.{length}.{kind}.{country}.{device}.{}", self.title)
    }

    /// Every sum, in the order of the fields.
    #[must_use]
    pub fn sums(&self) -> [i64; 10] {
        let ClassCounts { unknown, light, standard, heavy } = self.classes;
        let Self { views, unique_ms, played_ms, completed, stalls, stalled_ms, .. } = *self;
        [
            views, unique_ms, played_ms, completed, stalls, stalled_ms, unknown, light, standard,
            heavy,
        ]
    }

    fn sums_mut(&mut self) -> [&mut i64; 10] {
        let ClassCounts { unknown, light, standard, heavy } = &mut self.classes;
        let Self { views, unique_ms, played_ms, completed, stalls, stalled_ms, .. } = self;
        [
            views, unique_ms, played_ms, completed, stalls, stalled_ms, unknown, light, standard,
            heavy,
        ]
    }

    fn check(&self) -> Result<(), Refusal> {
        let refuse =
            |field: &str, message: String| Err(Refusal::at(Code::InvalidValue, field, message));
        check_name(&self.title).map_err(|e| Refusal::of_id(e, "title"))?;
        if self.window_ms == 0 || self.window_ms > MS_MAX {
            return refuse("window_ms", format!("`{}`, expected 1 to {MS_MAX}", self.window_ms));
        }
        if self.window_start_ms > MS_MAX || !self.window_start_ms.is_multiple_of(self.window_ms) {
            let message = format!("`{}` is no multiple of window_ms", self.window_start_ms);
            return refuse("window_start_ms", message);
        }
        if self.country.as_deref().is_some_and(|country| !is_country(country)) {
            return refuse("country", "expected two capital letters".to_owned());
        }
        match self.sums().iter().find(|sum| sum.unsigned_abs() > MS_MAX) {
            Some(sum) => refuse("sums", format!("`{sum}` is beyond {MS_MAX}")),
            None => Ok(()),
        }
    }
}

/// Two capital letters, or what networks put there for a place without a country, such as `T1`.
#[must_use]
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

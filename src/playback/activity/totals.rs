//! Sums over plays: by profile, title, device, country and quarter of an hour; sittings.

use super::play::{Play, StartedBy};
use super::report::{ActivityDay, NamedTotal, ProfileTotal, StartTotals, Total};
use std::collections::BTreeMap;

/// Titles that have a sum of their own; a catalogue has fewer.
pub const TITLES_MAX: usize = 100_000;

/// Profiles, devices, countries and supplemental types that have a sum of their own.
pub const NAMES_MAX: usize = 1_000;

/// Plays of a profile that are further apart belong to two sittings.
pub const SITTING_GAP_MS: u64 = 30 * 60_000;

// Every zone's clock has differed from UTC by whole quarters of an hour since 1972, so that no local
// day begins inside one.
const QUARTER_MS: u64 = 15 * 60_000;

impl Total {
    fn add(&mut self, played_ms: u64) {
        self.plays += 1;
        self.played_ms += played_ms;
    }
}

/// Sums by name; what does not fit is summed up without its name.
#[derive(Debug)]
pub struct NamedTotals {
    names_max: usize,
    totals: BTreeMap<String, Total>,
    others: Total,
}

impl NamedTotals {
    /// No sums yet, and room for as many names.
    #[must_use]
    pub fn new(names_max: usize) -> Self {
        Self { names_max, totals: BTreeMap::new(), others: Total::default() }
    }

    /// Adds a play.
    pub fn add(&mut self, name: &str, played_ms: u64) {
        if let Some(total) = self.totals.get_mut(name) {
            total.add(played_ms);
        } else if self.totals.len() < self.names_max {
            self.totals.insert(name.to_owned(), Total { plays: 1, played_ms });
        } else {
            self.others.add(played_ms);
        }
    }

    /// The sums, the longest first; of equal ones in the order of their names.
    #[must_use]
    pub fn to_vec(&self) -> Vec<NamedTotal> {
        let total = |(name, total): (&String, &Total)| NamedTotal {
            name: name.clone(),
            plays: total.plays,
            played_ms: total.played_ms,
        };
        let mut totals: Vec<NamedTotal> = self.totals.iter().map(total).collect();
        totals.sort_by_key(|total| core::cmp::Reverse(total.played_ms));
        totals
    }

    /// What did not fit.
    #[must_use]
    pub fn others(&self) -> Total {
        self.others
    }
}

/// When a profile watched without a gap of [`SITTING_GAP_MS`]: start -> end.
// INVARIANT (sittings apart): each begins more than the gap after the end of the one before. So their
// number is bounded by the time that they span, not by the rows.
#[derive(Debug, Default)]
struct Sittings(BTreeMap<u64, u64>);

impl Sittings {
    fn add(&mut self, start_ms: u64, end_ms: u64) {
        let (mut start, mut end) = (start_ms, end_ms);
        if let Some((before, ended)) = self.0.range(..=start).next_back()
            && start <= ended + SITTING_GAP_MS
        {
            (start, end) = (*before, end.max(*ended));
        }
        while let Some((behind, ended)) = self.0.range(start + 1..=end + SITTING_GAP_MS).next() {
            end = end.max(*ended);
            let behind = *behind;
            self.0.remove(&behind);
        }
        self.0.insert(start, end);
    }
}

#[derive(Debug, Default)]
struct Profile {
    total: Total,
    sittings: Sittings,
    first_ms: Option<u64>,
    last_ms: u64,
}

impl Profile {
    fn add(&mut self, started_ms: u64, played_ms: u64) {
        self.total.add(played_ms);
        self.sittings.add(started_ms, started_ms + played_ms);
        self.first_ms = Some(self.first_ms.map_or(started_ms, |ms| ms.min(started_ms)));
        self.last_ms = self.last_ms.max(started_ms);
    }
}

/// All sums over plays, in memory that is bounded whatever the rows are.
#[derive(Debug)]
pub struct Totals {
    all: Total,
    started: StartTotals,
    profiles: BTreeMap<String, Profile>,
    other_profiles: Total,
    titles: NamedTotals,
    devices: NamedTotals,
    countries: NamedTotals,
    quarters: BTreeMap<u64, Total>,
}

impl Default for Totals {
    fn default() -> Self {
        Self {
            all: Total::default(),
            started: StartTotals::default(),
            profiles: BTreeMap::new(),
            other_profiles: Total::default(),
            titles: NamedTotals::new(TITLES_MAX),
            devices: NamedTotals::new(NAMES_MAX),
            countries: NamedTotals::new(NAMES_MAX),
            quarters: BTreeMap::new(),
        }
    }
}

impl Totals {
    /// Adds a play.
    pub fn add(&mut self, play: &Play<'_>) {
        let (started_ms, played_ms) = (play.started_ms, play.played_ms);
        self.all.add(played_ms);
        if let Some(profile) = self.profiles.get_mut(play.profile.as_ref()) {
            profile.add(started_ms, played_ms);
        } else if self.profiles.len() < NAMES_MAX {
            let mut profile = Profile::default();
            profile.add(started_ms, played_ms);
            self.profiles.insert(play.profile.clone().into_owned(), profile);
        } else {
            self.other_profiles.add(played_ms);
        }
        match play.started_by {
            StartedBy::Viewer => self.started.viewer += 1,
            StartedBy::AutoplayThenViewer => self.started.autoplay_then_viewer += 1,
            StartedBy::Autoplay => self.started.autoplay += 1,
        }
        self.titles.add(&play.title, played_ms);
        self.devices.add(&play.device, played_ms);
        self.countries.add(&play.country, played_ms);
        let quarter = started_ms - started_ms % QUARTER_MS;
        self.quarters.entry(quarter).or_default().add(played_ms);
    }

    /// Plays by the day on which they began, in the order of the days. `day_of` names the day of a
    /// moment in UTC milliseconds in a zone of the caller's.
    ///
    /// # Errors
    /// The first error of `day_of`.
    pub fn days<E>(
        &self,
        mut day_of: impl FnMut(u64) -> Result<String, E>,
    ) -> Result<Vec<ActivityDay>, E> {
        let mut days: BTreeMap<String, Total> = BTreeMap::new();
        for (quarter, total) in &self.quarters {
            let day = days.entry(day_of(*quarter)?).or_default();
            day.plays += total.plays;
            day.played_ms += total.played_ms;
        }
        let day = |(day, Total { plays, played_ms })| ActivityDay { day, plays, played_ms };
        Ok(days.into_iter().map(day).collect())
    }

    /// The sum over all.
    #[must_use]
    pub fn all(&self) -> Total {
        self.all
    }

    /// Plays by who started them.
    #[must_use]
    pub fn started(&self) -> StartTotals {
        self.started
    }

    /// By title.
    #[must_use]
    pub fn titles(&self) -> &NamedTotals {
        &self.titles
    }

    /// By device.
    #[must_use]
    pub fn devices(&self) -> &NamedTotals {
        &self.devices
    }

    /// By country.
    #[must_use]
    pub fn countries(&self) -> &NamedTotals {
        &self.countries
    }

    /// By profile, in the order of their names.
    #[must_use]
    pub fn profiles(&self) -> Vec<ProfileTotal> {
        let total = |(name, profile): (&String, &Profile)| ProfileTotal {
            name: name.clone(),
            plays: profile.total.plays,
            played_ms: profile.total.played_ms,
            sittings: profile.sittings.0.len() as u64,
            first_started_ms: profile.first_ms.unwrap_or(profile.last_ms),
            last_started_ms: profile.last_ms,
        };
        self.profiles.iter().map(total).collect()
    }

    /// Plays of profiles that did not fit.
    #[must_use]
    pub fn other_profiles(&self) -> Total {
        self.other_profiles
    }
}

//! The decision itself: numbers in, numbers out.

use super::account::Standing;
use super::reason::{EntitlementReason, Reasons};
use super::request::Request;
use super::rights::{Held, NEVER, Rights, Target};
use super::title::{Availability, Title};
use crate::base::bit_set::BitSet;

/// Which grant was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// The title is free.
    Free,
    /// The grant of this place among those of the viewer.
    Grant(usize),
}

/// How a title may be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// By which grant.
    pub used: Used,
    /// Tallest picture, in lines.
    pub max_height: u16,
    /// Whether advertisements have to be shown.
    pub ads: bool,
    /// When the grant ends, in seconds, UTC.
    pub end: u64,
}

impl Offer {
    /// Without advertisements first, then the taller picture, then the later end; then it was there first.
    fn is_worse_than(&self, other: &Self) -> bool {
        (!self.ads, self.max_height, self.end) < (!other.ads, other.max_height, other.end)
    }
}

/// The better one of two, the first of equals.
fn better(one: Option<Offer>, other: Option<Offer>) -> Option<Offer> {
    match (one, other) {
        (Some(one), Some(other)) if one.is_worse_than(&other) => Some(other),
        (None, other) => other,
        (one, _) => one,
    }
}

/// What comes with leave to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// The best way to watch.
    pub offer: Offer,
    /// When the leave ends, whatever happens, in seconds, UTC.
    pub expires_at: u64,
    /// When to ask again, in seconds, UTC; not after it ends.
    pub recheck_at: u64,
}

/// A decision, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Every reason against it.
    pub reasons: Reasons,
    /// When the days of grace end that are running, in seconds, UTC.
    pub grace_ends_at: Option<u64>,
    /// When the next window of the country opens, in seconds, UTC, if none is open.
    pub opens_at: Option<u64>,
    /// What comes with leave to watch; none exactly if there are reasons.
    pub leave: Option<Leave>,
}

/// What a grant does for a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Coverage {
    /// Whether it covers the title at all.
    pub(super) covers: bool,
    /// What stands in the way of using it.
    pub(super) obstacles: Reasons,
    /// How it may be used.
    pub(super) offer: Option<Offer>,
}

impl Rights {
    /// Decides. All rules that can be judged are judged.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Verdict {
        let Standing { mut reasons, grace_ends_at } = self.standing(request.now);
        let mut verdict = Verdict { reasons, grace_ends_at, opens_at: None, leave: None };
        let Some(title) = self.title(request) else {
            verdict.reasons.add(EntitlementReason::TitleUnknown);
            return verdict;
        };
        let availability = self.availability(title, request);
        reasons.extend(obstacles_of(availability));
        reasons.add_if(self.is_rated_above(title), EntitlementReason::RatingBlocked);
        let (best, obstacles) = self.best(title, request);
        reasons.extend(obstacles);
        let (streams, devices) = self.limits(request.now);
        reasons.add_if(
            !self.is_registered(request) && self.registered.len() as u64 >= devices,
            EntitlementReason::DeviceLimit,
        );
        reasons.add_if(self.streams_elsewhere(request) >= streams, EntitlementReason::StreamLimit);
        verdict.reasons = reasons;
        let Some(availability) = availability else { return verdict };
        verdict.opens_at = availability.opens_at;
        if let Some(offer) = best.filter(|_| reasons.is_empty()) {
            let mut expires_at = offer.end;
            for end in [availability.open_until, availability.blackout_at, grace_ends_at] {
                expires_at = expires_at.min(end.unwrap_or(NEVER));
            }
            let ttl = self.catalogue.policy.decision_ttl_s;
            let recheck_at = expires_at.min(request.now.saturating_add(ttl));
            verdict.leave = Some(Leave { offer, expires_at, recheck_at });
        }
        verdict
    }

    pub(super) fn title(&self, request: &Request) -> Option<&Title> {
        self.catalogue.title(request.title?)
    }

    pub(super) fn standing(&self, now: u64) -> Standing {
        self.account.standing(self.catalogue.policy.past_due_grace_days, now)
    }

    /// When the title may be shown; none where nobody knows where the viewer is.
    pub(super) fn availability(&self, title: &Title, request: &Request) -> Option<Availability> {
        let (windows, blackouts) = self.catalogue.windows_of(title);
        let sets = &self.catalogue.sets;
        Some(Availability::of(windows, blackouts, sets, request.country?, request.now))
    }

    pub(super) fn is_rated_above(&self, title: &Title) -> bool {
        self.max_rating.is_some_and(|max| u64::from(title.rating) > max)
    }

    /// The best way to watch; without one, what stands in the way of all of them.
    pub(super) fn best(&self, title: &Title, request: &Request) -> (Option<Offer>, Reasons) {
        let mut best = None;
        let mut obstacles = Reasons::NONE;
        for (rank, held) in self.held.iter().enumerate() {
            if rank == self.free_rank {
                best = better(best, free(title));
            }
            let coverage = self.coverage(held, title, request);
            obstacles.extend(coverage.obstacles);
            best = better(best, coverage.offer);
        }
        // Not better than itself, where it had its turn.
        best = better(best, free(title));
        if best.is_some() {
            obstacles = Reasons::NONE;
        } else if obstacles.is_empty() {
            obstacles = Reasons::of(EntitlementReason::NotEntitled);
        }
        (best, obstacles)
    }

    /// What a grant does for a title.
    #[inline(never)]
    pub(super) fn coverage(&self, held: &Held, title: &Title, request: &Request) -> Coverage {
        let time = if request.now < held.from {
            Reasons::of(EntitlementReason::GrantNotStarted)
        } else if request.now >= held.end {
            Reasons::of(EntitlementReason::GrantExpired)
        } else {
            Reasons::NONE
        };
        let mut found = Coverage::default();
        let (used, max_height) = (Used::Grant(held.given), title.max_height);
        let whole = Offer { used, max_height, ads: false, end: held.end };
        let plan = match held.target {
            Target::Nothing => return found,
            Target::Title(place) => {
                if request.title == Some(place) {
                    let offer = time.is_empty().then_some(whole);
                    found = Coverage { covers: true, obstacles: time, offer };
                }
                return found;
            }
            Target::Plan(plan) => plan,
        };
        let set = |place| self.catalogue.sets.get(place).unwrap_or_default();
        let packs = set(title.packs);
        let policy = &self.catalogue.policy;
        for part in policy.parts_of(plan) {
            let Some(part) = policy.plans.get(usize::from(*part)) else { continue };
            if !BitSet::meet(set(part.packs), packs) {
                continue;
            }
            found.covers = true;
            let mut obstacles = time;
            if time.is_empty() {
                let has_class = BitSet::contains(set(part.classes), request.class as u8);
                obstacles.add_if(!has_class, EntitlementReason::DeviceClassBlocked);
                let is_excluded = part.ads && !title.ad_tier;
                obstacles.add_if(is_excluded, EntitlementReason::AdTierExcluded);
            }
            if obstacles.is_empty() {
                let max_height = part.max_height.min(max_height);
                found.offer =
                    better(found.offer, Some(Offer { max_height, ads: part.ads, ..whole }));
            }
            found.obstacles.extend(obstacles);
        }
        found
    }

    /// How many streams and devices there may be: the most of what the live plans allow, and at least what is
    /// left to everybody. `now` is in seconds, UTC.
    #[must_use]
    pub fn limits(&self, now: u64) -> (u64, u64) {
        let policy = &self.catalogue.policy;
        let mut limits = (policy.fallback_streams, policy.fallback_devices);
        for held in &self.held {
            if let Target::Plan(place) = held.target
                && held.from <= now
                && now < held.end
                && let Some(plan) = policy.plans.get(place)
            {
                limits = (limits.0.max(plan.streams), limits.1.max(plan.devices));
            }
        }
        limits
    }

    pub(super) fn is_registered(&self, request: &Request) -> bool {
        request.device.is_some_and(|device| self.is_known(device))
    }

    /// Live streams on other devices.
    pub(super) fn streams_elsewhere(&self, request: &Request) -> u64 {
        let mut streams = 0_u64;
        for (device, until) in &self.streams {
            let is_elsewhere = request.device.map(u64::from) != Some(*device);
            streams = streams.wrapping_add((request.now < *until && is_elsewhere).into());
        }
        streams
    }
}

/// The way to watch a free title: with advertisements, as long as it may be shown.
pub(super) fn free(title: &Title) -> Option<Offer> {
    let offer = Offer { used: Used::Free, ads: true, max_height: title.max_height, end: NEVER };
    title.free.then_some(offer)
}

/// What stands in the way of showing a title in a country.
pub(super) fn obstacles_of(availability: Option<Availability>) -> Reasons {
    let Some(found) = availability else { return Reasons::of(EntitlementReason::CountryUnknown) };
    let mut reasons = Reasons::NONE;
    if !found.is_named {
        reasons.add(EntitlementReason::GeoBlocked);
    } else if found.open_until.is_none() {
        reasons.add(match found.opens_at {
            Some(_) => EntitlementReason::NotYetAvailable,
            None => EntitlementReason::NoLongerAvailable,
        });
    }
    reasons.add_if(found.blackout_until.is_some(), EntitlementReason::Blackout);
    reasons
}

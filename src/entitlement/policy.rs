//! What holds for all titles and viewers.

use super::plan::Plan;

/// Plans that a policy may have.
pub const PLANS_MAX: usize = 256;

/// Plans that a plan may include by name.
pub const INCLUDES_MAX: usize = 64;

/// Days of grace that a policy may give.
pub const GRACE_DAYS_MAX: u64 = 3_650;

/// Longest time after which a decision is asked again, in seconds.
pub const DECISION_TTL_SECONDS_MAX: u64 = 30 * 86_400;

/// Largest limit of streams or devices.
pub const LIMIT_MAX: u64 = 1_000_000;

/// What holds for all titles and viewers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The place of its name among those of the catalogue.
    pub version: u64,
    /// Days from when a payment is due to when it stands in the way.
    pub past_due_grace_days: u64,
    /// Streams at a time of who holds no live plan, and the least for who does.
    pub fallback_streams: u64,
    /// Devices of who holds no live plan, and the least for who does.
    pub fallback_devices: u64,
    /// After how many seconds a decision is to be asked again.
    pub decision_ttl_s: u64,
    /// The plans, each name once.
    pub plans: Vec<Plan>,
    // INVARIANT (parts of a plan): the places of itself and of all that it includes at any depth, each once.
    pub(super) parts: Vec<u8>,
}

impl Policy {
    /// The place of a plan among the plans, by the place of its name; beyond them for none.
    #[must_use]
    pub fn place_of(&self, name: u64) -> usize {
        self.plans.iter().position(|known| known.name == name).unwrap_or(usize::MAX)
    }

    /// The places of a plan and of all that it includes.
    #[must_use]
    pub fn parts_of(&self, plan: usize) -> &[u8] {
        let plan = self.plans.get(plan).map_or(0..0, |plan| plan.first_part..plan.end_part);
        self.parts.get(plan).unwrap_or_default()
    }
}

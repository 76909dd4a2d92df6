//! What a viewer may watch of all titles, in one go.

use super::reason::EntitlementReason;
use super::request::Request;
use super::rights::Rights;
use tsify::Tsify;

/// What may be watched of all titles, and why the others may not.
#[derive(Debug, Clone, PartialEq, Eq, Tsify)]
pub struct EntitlementListing {
    /// The titles that may be watched, in the order of the catalogue.
    pub allowed: Vec<String>,
    /// The tallest picture of each, in lines.
    pub max_height: Vec<u16>,
    /// Whether advertisements have to be shown with each.
    pub ads: Vec<bool>,
    /// How many titles each reason stands against.
    #[tsify(type = "Partial<Record<EntitlementReason, number>>")]
    pub denied: Vec<(EntitlementReason, u32)>,
    /// Until when the list is right at most, in seconds, UTC.
    pub recheck_at: u64,
}

/// How many numbers stand before the titles.
pub const HEAD: usize = 1 + EntitlementReason::ALL.len();

/// Decides on every title; the request's own does not matter. Until when that is right at most, in seconds, UTC; how
/// many titles each reason stands against; then of each title that may be watched its place, and its tallest picture
/// in lines twice, plus one with advertisements.
#[must_use]
pub fn list(rights: &Rights, request: &Request) -> Vec<u64> {
    let ttl = rights.catalogue.policy.decision_ttl_s;
    let mut recheck_at = request.now.saturating_add(ttl);
    let mut numbers = vec![0; HEAD];
    for place in 0..rights.catalogue.count {
        let verdict = rights.decide(&Request { title: Some(place), ..*request });
        if let Some(leave) = verdict.leave {
            let height = u64::from(leave.offer.max_height) << 1;
            numbers.extend([u64::from(place), height | u64::from(leave.offer.ads)]);
            recheck_at = recheck_at.min(leave.recheck_at);
        }
        recheck_at = recheck_at.min(verdict.opens_at.unwrap_or(recheck_at));
        let mut bits = verdict.reasons.bits();
        for count in numbers.iter_mut().skip(1) {
            if bits == 0 {
                break;
            }
            *count = count.saturating_add(u64::from(bits & 1));
            bits >>= 1;
        }
    }
    if let Some(first) = numbers.first_mut() {
        *first = recheck_at;
    }
    numbers
}

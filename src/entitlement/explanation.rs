//! Every rule that was judged, in order, with what it was judged by. The words are made of it elsewhere.

use super::account::AccountStatus;
use super::decide::{free, obstacles_of};
use super::decision::grant_number;
use super::reason::{EntitlementReason, Reasons};
use super::request::Request;
use super::rights::{NEVER, Rights};
use super::title::Title;
use crate::base::plain::pieces::NONE;
use tsify::Tsify;

/// A rule, in the order of the steps; `grant` comes once for each grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The account is neither closed nor suspended, and no payment was taken back.
    Account,
    /// No payment is due for longer than the days of grace: since when, days of grace, their end while they run.
    PastDue,
    /// The catalogue has the title.
    Title,
    /// The country is known.
    Country,
    /// A window names the country.
    Territory,
    /// A window of the country is open: its end, when the next one opens.
    Window,
    /// No blackout is on: its end, when the next one begins.
    Blackout,
    /// The viewer may watch the rating: the title's, the viewer's highest.
    Rating,
    /// A grant covers the title and may be used: its place, from, until, obstacles as bits, height, advertisements.
    Grant,
    /// There is a grant that may be used: its place, height, advertisements.
    Entitlement,
    /// The device is registered (1), or there is room for it: how many are, how many may be.
    DeviceLimit,
    /// There is room for a stream: how many run elsewhere, how many may run.
    StreamLimit,
}

/// How a rule was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// It was not judged, or means nothing here.
    Skip,
}

/// What a rule may be judged by.
pub const PARAMETERS_MAX: usize = 6;

/// Numbers a step: the rule, its outcome, and its parameters, [`NONE`] for those that are not there.
pub const STEP_NUMBERS: usize = 2 + PARAMETERS_MAX;

/// Tells how every rule is judged: [`STEP_NUMBERS`] a step.
#[must_use]
pub fn explain(rights: &Rights, request: &Request) -> Vec<u64> {
    let mut steps = Steps { list: Vec::new(), reasons: rights.decide(request).reasons };
    let standing = rights.standing(request.now);
    let since = rights.account.since.unwrap_or(NONE);
    // The first three reasons.
    steps.judge(Rule::Account, true, 0b111, &[since]);
    let grace_days = rights.catalogue.policy.past_due_grace_days;
    let due = [since, grace_days, standing.grace_ends_at.unwrap_or(NONE)];
    let is_due = rights.account.status == AccountStatus::PastDue;
    steps.judge_one(Rule::PastDue, is_due, EntitlementReason::PastDue, &due);
    steps.judge_one(Rule::Title, true, EntitlementReason::TitleUnknown, &[]);
    if let Some(title) = rights.title(request) {
        steps.title(rights, request, title);
    }
    steps.list
}

struct Steps {
    list: Vec<u64>,
    reasons: Reasons,
}

impl Steps {
    #[inline(never)]
    fn push(&mut self, rule: Rule, outcome: Outcome, given: &[u64]) {
        let end = self.list.len().wrapping_add(STEP_NUMBERS);
        self.list.extend([rule as u64, outcome as u64]);
        self.list.extend_from_slice(given);
        self.list.resize(end, NONE);
    }

    #[inline(never)]
    fn judge(&mut self, rule: Rule, is_judged: bool, against: u32, given: &[u64]) {
        let outcome = if !is_judged {
            Outcome::Skip
        } else if self.reasons.bits() & against != 0 {
            Outcome::Fail
        } else {
            Outcome::Pass
        };
        self.push(rule, outcome, given);
    }

    fn judge_one(
        &mut self,
        rule: Rule,
        is_judged: bool,
        against: EntitlementReason,
        given: &[u64],
    ) {
        self.judge(rule, is_judged, Reasons::of(against).bits(), given);
    }

    fn title(&mut self, rights: &Rights, request: &Request, title: &Title) {
        let availability = rights.availability(title, request);
        let is_known = availability.is_some();
        let found = availability.unwrap_or_default();
        let number = |number: Option<u64>| number.unwrap_or(NONE);
        self.judge_one(Rule::Country, true, EntitlementReason::CountryUnknown, &[]);
        self.judge_one(Rule::Territory, is_known, EntitlementReason::GeoBlocked, &[]);
        let closed = obstacles_of(availability).bits();
        let closed = closed & !Reasons::of(EntitlementReason::Blackout).bits();
        let window = [number(found.open_until), number(found.opens_at)];
        self.judge(Rule::Window, found.is_named, closed, &window);
        let blackout = [number(found.blackout_until), number(found.blackout_at)];
        self.judge_one(Rule::Blackout, is_known, EntitlementReason::Blackout, &blackout);
        let rating = [u64::from(title.rating), number(rights.max_rating)];
        let is_limited = rights.max_rating.is_some();
        self.judge_one(Rule::Rating, is_limited, EntitlementReason::RatingBlocked, &rating);
        for held in &rights.held {
            let coverage = rights.coverage(held, title, request);
            let outcome = match coverage.offer {
                Some(_) => Outcome::Pass,
                None if coverage.covers => Outcome::Fail,
                None => Outcome::Skip,
            };
            let obstacles = if coverage.offer.is_some() { 0 } else { coverage.obstacles.bits() };
            let end = if held.end == NEVER { NONE } else { held.end };
            let [height, ads] = coverage
                .offer
                .map_or([NONE; 2], |offer| [offer.max_height.into(), offer.ads.into()]);
            let given = [held.given as u64, held.from, end, obstacles.into(), height, ads];
            self.push(Rule::Grant, outcome, &given);
        }
        let best = rights.best(title, request).0;
        for (rule, offer) in [(Rule::Grant, free(title)), (Rule::Entitlement, best)] {
            match offer {
                Some(offer) => {
                    let (height, ads) = (offer.max_height.into(), offer.ads.into());
                    let grant = grant_number(offer.used);
                    let of_grant = [grant, NONE, NONE, 0, height, ads];
                    let given = [grant, height, ads];
                    let is_grant = rule == Rule::Grant;
                    self.push(rule, Outcome::Pass, if is_grant { &of_grant } else { &given });
                }
                None if rule == Rule::Entitlement => self.push(rule, Outcome::Fail, &[]),
                None => {}
            }
        }
        let (streams, devices) = rights.limits(request.now);
        let is_registered = rights.is_registered(request).into();
        let given = [is_registered, rights.registered.len() as u64, devices];
        self.judge_one(Rule::DeviceLimit, true, EntitlementReason::DeviceLimit, &given);
        let given = [rights.streams_elsewhere(request), streams];
        self.judge_one(Rule::StreamLimit, true, EntitlementReason::StreamLimit, &given);
    }
}

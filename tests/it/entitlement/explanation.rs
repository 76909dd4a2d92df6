use super::generated::{kind_world, world};
use super::world::{ask, document, numbers, open, rights, some, viewer};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::entitlement::decision::FREE_GRANT;
use usher::entitlement::explanation::{Outcome, Rule, STEP_NUMBERS, explain};
use usher::entitlement::reason::EntitlementReason::{self, *};

/// A step: its rule, its outcome, its parameters.
type Step = (u64, u64, Vec<Option<u64>>);

fn steps(document: &Value, viewer: &Value, request: &super::second::Request) -> Vec<Step> {
    let rights = rights(&open(document).unwrap(), viewer).unwrap();
    let found = explain(&rights, &numbers(&rights, request));
    let step = |numbers: &[u64]| {
        (numbers[0], numbers[1], numbers[2..].iter().copied().map(some).collect())
    };
    assert_eq!(found.len() % STEP_NUMBERS, 0);
    found.chunks(STEP_NUMBERS).map(step).collect()
}

fn of(steps: &[Step], rule: Rule) -> (Outcome, Vec<Option<u64>>) {
    let (_, outcome, parameters) = steps.iter().find(|step| step.0 == rule as u64).unwrap();
    let outcome = match outcome {
        0 => Outcome::Pass,
        1 => Outcome::Fail,
        _ => Outcome::Skip,
    };
    let last = parameters.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    (outcome, parameters[..last].to_vec())
}

#[test]
fn every_rule_says_what_it_was_judged_by() {
    let mut document = document();
    document["titles"][0]["rating"] = json!(7);
    document["titles"][0]["blackouts"] = json!([
        { "from": 1400, "to": 1600, "territories": ["SE"] },
        { "from": 1700, "to": 1800, "territories": ["SE"] },
    ]);
    let mut viewer = viewer();
    viewer["max_rating"] = json!(6);
    viewer["account"] = json!({ "status": "past_due", "since": 1000 });
    viewer["open_streams"] = json!([{ "device": "d7" }]);
    let steps = steps(&document, &viewer, &ask(1500));
    let rows: [(Rule, Outcome, &[u64]); 12] = [
        (Rule::Account, Outcome::Pass, &[1000]),
        (Rule::PastDue, Outcome::Pass, &[1000, 3, 1000 + 3 * 86_400]),
        (Rule::Title, Outcome::Pass, &[]),
        (Rule::Country, Outcome::Pass, &[]),
        (Rule::Territory, Outcome::Pass, &[]),
        (Rule::Window, Outcome::Pass, &[2000]),
        (Rule::Blackout, Outcome::Fail, &[1600, 1700]),
        (Rule::Rating, Outcome::Fail, &[7, 6]),
        (Rule::Grant, Outcome::Pass, &[0, 1000, 2000, 0, 1080, 0]),
        (Rule::Entitlement, Outcome::Pass, &[0, 1080, 0]),
        (Rule::DeviceLimit, Outcome::Pass, &[1, 1, 2]),
        (Rule::StreamLimit, Outcome::Pass, &[1, 2]),
    ];
    assert!(steps.iter().map(|step| step.0).eq(0..12));
    for (rule, outcome, parameters) in rows {
        let parameters = parameters.iter().copied().map(Some).collect();
        assert_eq!(of(&steps, rule), (outcome, parameters), "{rule:?}");
    }
}

#[test]
fn what_is_not_judged_is_skipped() {
    let mut request = ask(1500);
    request.country = None;
    let steps = steps(&document(), &viewer(), &request);
    assert_eq!(of(&steps, Rule::Country).0, Outcome::Fail);
    for rule in [Rule::Territory, Rule::Window, Rule::Blackout, Rule::PastDue, Rule::Rating] {
        assert_eq!(of(&steps, rule).0, Outcome::Skip, "{rule:?}");
    }
    request.country = Some("NO".to_owned());
    let steps = super::explanation::steps(&document(), &viewer(), &request);
    assert_eq!(of(&steps, Rule::Territory).0, Outcome::Fail);
    assert_eq!(of(&steps, Rule::Window).0, Outcome::Skip);
}

#[test]
fn an_unknown_title_ends_the_explanation() {
    let mut request = ask(1500);
    request.title = "gone".to_owned();
    let steps = steps(&document(), &viewer(), &request);
    assert_eq!(steps.len(), 3);
    assert_eq!(of(&steps, Rule::Title).0, Outcome::Fail);
}

#[test]
fn every_grant_is_a_step_and_what_stands_in_its_way_is_named() {
    let mut document = document();
    document["titles"][0]["free"] = json!(true);
    let mut viewer = viewer();
    viewer["grants"] = json!([
        { "id": "b", "kind": "plan", "plan": "basic", "from": 1600 },
        { "id": "a", "kind": "purchase", "title": "other", "from": 1000 },
    ]);
    let steps = steps(&document, &viewer, &ask(1500));
    let grants: Vec<&Step> = steps.iter().filter(|step| step.0 == Rule::Grant as u64).collect();
    let late = 1 << GrantNotStarted as u64;
    assert_eq!(grants[0].1, Outcome::Skip as u64);
    assert_eq!(grants[0].2[..4], [Some(1), Some(1000), None, Some(0)]);
    assert_eq!(grants[1].1, Outcome::Fail as u64);
    assert_eq!(grants[1].2[..4], [Some(0), Some(1600), None, Some(late)]);
    assert_eq!(grants[2].2, [Some(FREE_GRANT), None, None, Some(0), Some(2160), Some(1)]);
    assert_eq!(of(&steps, Rule::Entitlement).1[0], Some(FREE_GRANT));
}

/// The reasons that make a rule fail; those of a grant stand in its obstacles.
fn against(rule: u64) -> &'static [EntitlementReason] {
    let rules: [&[EntitlementReason]; 12] = [
        &[AccountClosed, AccountSuspended, Chargeback],
        &[PastDue],
        &[TitleUnknown],
        &[CountryUnknown],
        &[GeoBlocked],
        &[NotYetAvailable, NoLongerAvailable],
        &[Blackout],
        &[RatingBlocked],
        &[],
        &[GrantNotStarted, GrantExpired, DeviceClassBlocked, AdTierExcluded, NotEntitled],
        &[DeviceLimit],
        &[StreamLimit],
    ];
    rules[usize::try_from(rule).unwrap()]
}

fn check(world: &super::generated::World) -> Result<(), TestCaseError> {
    let viewer = world.viewer();
    let steps = steps(&world.document(), &viewer, &world.request);
    let rights = rights(&open(&world.document()).unwrap(), &viewer).unwrap();
    let reasons = rights.decide(&numbers(&rights, &world.request)).reasons;
    let mut explained = 0;
    for (rule, outcome, _) in steps.iter().filter(|step| step.0 != Rule::Grant as u64) {
        let found = against(*rule).iter().filter(|reason| reasons.contains(**reason)).count();
        prop_assert_eq!(found > 0, *outcome == Outcome::Fail as u64, "{}", rule);
        explained += found;
    }
    prop_assert_eq!(explained, reasons.iter().count());
    prop_assert!(steps.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    Ok(())
}

proptest! {
    #[test]
    fn a_rule_fails_exactly_if_a_reason_of_it_stands_against_the_decision(world in world()) {
        check(&world)?;
    }

    #[test]
    fn so_it_does_where_little_stands_in_the_way(world in kind_world()) {
        check(&world)?;
    }
}

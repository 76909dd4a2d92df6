use super::generated::{World, grant, kind_world, world};
use super::second::{self, Decision};
use super::world::{ask, decided, document, numbers, open, reasons, rights, told, viewer};
use proptest::prelude::*;
use serde_json::json;
use usher::entitlement::reason::EntitlementReason;

fn told_of(world: &World) -> Decision {
    decided(&world.document(), &world.viewer(), &world.request)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6_000))]

    #[test]
    fn every_decision_is_that_of_the_rules_written_a_second_time(world in world()) {
        let World { policy, titles, viewer, request } = &world;
        prop_assert_eq!(told_of(&world), second::decide(policy, titles, viewer, request));
    }

    #[test]
    fn so_is_every_one_where_little_stands_in_the_way(world in kind_world()) {
        let World { policy, titles, viewer, request } = &world;
        prop_assert_eq!(told_of(&world), second::decide(policy, titles, viewer, request));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn the_order_of_everything_that_is_listed_does_not_matter(
        (one, other) in (kind_world(), any::<u64>()).prop_map(|(one, seed)| {
            let mut other = one.clone();
            turn(&mut other, seed);
            (one, other)
        })
    ) {
        prop_assert_eq!(told_of(&one), told_of(&other));
    }

    #[test]
    fn one_more_grant_takes_no_leave_away(world in kind_world(), grant in grant()) {
        let before = told_of(&world);
        let mut more = world;
        more.viewer.grants.push(grant);
        let after = told_of(&more);
        prop_assert!(!before.reasons.is_empty() || after.reasons.is_empty(), "{:?}", after);
    }

    #[test]
    fn leave_is_to_be_asked_for_again_before_it_ends_and_not_at_once(world in kind_world()) {
        let decision = told_of(&world);
        let is_allowed = decision.reasons.is_empty();
        prop_assert_eq!(is_allowed, decision.recheck_at.is_some());
        if let (Some(recheck), Some(expires)) = (decision.recheck_at, decision.expires_at) {
            prop_assert!(world.request.now < recheck && recheck <= expires);
            prop_assert!(recheck <= world.request.now + world.policy.decision_ttl_s);
        }
    }

    #[test]
    fn leave_holds_until_it_is_to_be_asked_for_again(world in kind_world(), share in 0.0..1.0) {
        let decision = told_of(&world);
        let Some(recheck) = decision.recheck_at else { return Ok(()) };
        let mut later = world.clone();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a time between")]
        let passed = ((recheck - world.request.now) as f64 * share) as i64;
        later.request.now += passed;
        // Another plan may end, and its limits with it; nothing else changes.
        let found = told_of(&later).reasons;
        prop_assert!(found.iter().all(|reason| reason.ends_with("_LIMIT")), "{:?}", found);
        // Nor of the only grant, unless it begins meanwhile and is better than a free title.
        if world.viewer.grants.len() == 1 && decision.grant.as_deref() != Some("free") {
            let (mut now, mut then) = (decision, told_of(&later));
            // A window that ends later may have opened.
            prop_assert!(now.expires_at <= then.expires_at);
            for decision in [&mut now, &mut then] {
                (decision.recheck_at, decision.expires_at) = (None, None);
            }
            prop_assert_eq!(now, then);
        }
    }

    #[test]
    fn nothing_is_judged_of_a_title_that_nobody_knows(world in world()) {
        let mut world = world;
        world.request.title = "nobody knows it".to_owned();
        let decision = told_of(&world);
        prop_assert_eq!(decision.reasons.last().map(String::as_str), Some("TITLE_UNKNOWN"));
        let place = |word: &String| {
            EntitlementReason::WORDS.iter().position(|known| known == word).unwrap()
        };
        prop_assert!(decision.reasons.iter().all(|reason| place(reason) <= 4));
    }

    #[test]
    fn one_viewer_s_rights_serve_any_number_of_questions(world in world(), other in world()) {
        let catalogue = open(&world.document()).unwrap();
        let viewer = world.viewer();
        let rights = rights(&catalogue, &viewer).unwrap();
        let before = told(&rights, &viewer, &world.request);
        let _ = rights.decide(&numbers(&rights, &other.request));
        prop_assert_eq!(before, told(&rights, &viewer, &world.request));
    }
}

/// Turns every list round by some places.
fn turn(world: &mut World, seed: u64) {
    fn by<T>(list: &mut [T], seed: u64) {
        if !list.is_empty() {
            let length = list.len() as u64;
            list.rotate_left(usize::try_from(seed % length).unwrap());
            if seed.is_multiple_of(3) {
                list.reverse();
            }
        }
    }
    by(&mut world.policy.plans, seed);
    by(&mut world.titles, seed >> 8);
    by(&mut world.viewer.grants, seed >> 16);
    by(&mut world.viewer.devices, seed >> 24);
    by(&mut world.viewer.open_streams, seed >> 32);
    for plan in &mut world.policy.plans {
        by(&mut plan.packs, seed >> 40);
        by(&mut plan.includes, seed >> 41);
        by(&mut plan.device_classes, seed >> 42);
    }
    for title in &mut world.titles {
        by(&mut title.windows, seed >> 43);
        by(&mut title.blackouts, seed >> 44);
        by(&mut title.packs, seed >> 45);
    }
}

#[test]
fn every_moment_of_a_grant_in_a_window_with_a_blackout_is_judged_half_open() {
    let times = [1_i64, 3, 5];
    let mut decisions = 0;
    for (from, to) in [(1, 3), (1, 5), (3, 5), (3, 3), (5, 1)] {
        for played in [None, Some(2), Some(4)] {
            for (opens, closes) in [(1, 3), (1, 5), (3, 5)] {
                for dark in times {
                    let mut document = document();
                    document["titles"][0]["windows"] =
                        json!([{ "from": opens, "to": closes, "territories": ["SE"] }]);
                    document["titles"][0]["blackouts"] =
                        json!([{ "from": dark, "to": dark + 1, "territories": ["SE"] }]);
                    let mut viewer = viewer();
                    viewer["grants"] = json!([{
                        "id": "r", "kind": "rental", "title": "film", "from": from, "to": to,
                        "play_window_s": 2, "first_play_at": played,
                    }]);
                    let catalogue = open(&document).unwrap();
                    let rights = rights(&catalogue, &viewer).unwrap();
                    for now in 0..7 {
                        let end = played.map_or(to, |played| played + 2);
                        let is_open = opens <= now && now < closes;
                        let may = from <= now && now < end && is_open && now != dark;
                        let found = told(&rights, &viewer, &ask(now));
                        assert_eq!(found.reasons.is_empty(), may, "{document} {viewer} {now}");
                        let next = if dark > now { dark } else { i64::MAX };
                        let expires = may.then_some(end.min(closes).min(next));
                        assert_eq!(found.expires_at, expires);
                        decisions += 1;
                    }
                }
            }
        }
    }
    assert_eq!(decisions, 945);
}

#[test]
fn a_plan_that_is_not_for_the_class_and_not_for_the_title_says_both() {
    let mut document = document();
    let plan = &mut document["policy"]["plans"][0];
    plan["ads"] = json!(true);
    plan["device_classes"] = json!(["mobile"]);
    document["titles"][0]["ad_tier"] = json!(false);
    let found = reasons(&document, &viewer(), &ask(1500));
    assert_eq!(found, ["DEVICE_CLASS_BLOCKED", "AD_TIER_EXCLUDED"]);
}

#[test]
fn a_grant_that_is_over_says_nothing_of_devices() {
    let mut document = document();
    document["policy"]["plans"][0]["device_classes"] = json!([]);
    assert_eq!(reasons(&document, &viewer(), &ask(1999)), ["DEVICE_CLASS_BLOCKED"]);
    assert_eq!(reasons(&document, &viewer(), &ask(2000)), ["NO_LONGER_AVAILABLE", "GRANT_EXPIRED"]);
}

#[test]
fn a_free_title_may_be_watched_with_advertisements_whatever_its_tier() {
    let mut document = document();
    document["titles"][0]["free"] = json!(true);
    document["titles"][0]["ad_tier"] = json!(false);
    let mut viewer = viewer();
    viewer["grants"] = json!([]);
    let found = decided(&document, &viewer, &ask(1500));
    assert_eq!((found.grant.as_deref(), found.ads), (Some("free"), Some(true)));
    assert_eq!((found.max_height, found.expires_at), (Some(2160), Some(2000)));
}

#[test]
fn the_best_grant_is_without_advertisements_then_taller_then_later_then_first_by_name() {
    let mut document = document();
    let plan = |id: &str, ads: bool, max_height: i64| {
        let mut plan = super::world::plan(id);
        plan["ads"] = json!(ads);
        plan["max_height"] = json!(max_height);
        plan
    };
    document["policy"]["plans"] = json!([
        plan("ads", true, 2160),
        plan("low", false, 480),
        plan("high", false, 4320),
        plan("tall", false, 2160),
    ]);
    let grant = |id: &str, plan: &str, to: i64| json!({ "id": id, "kind": "plan", "plan": plan, "from": 1000, "to": to });
    // Of two plans that are taller than the title neither is the taller one.
    let order = [
        grant("z", "high", 1900),
        grant("b", "tall", 1800),
        grant("c", "high", 1800),
        grant("a", "low", 1999),
        grant("0", "ads", 1999),
    ];
    for first in 0..order.len() {
        let mut viewer = viewer();
        let mut grants = order[first..].to_vec();
        grants.reverse();
        viewer["grants"] = json!(grants);
        let found = decided(&document, &viewer, &ask(1500));
        assert_eq!(found.grant.as_deref(), order[first]["id"].as_str());
    }
}

#[test]
fn clocks_that_go_back_are_judged_by_the_time_they_show() {
    let mut viewer = viewer();
    viewer["account"] = json!({ "status": "past_due", "since": 1500 });
    let found = decided(&document(), &viewer, &ask(1400));
    assert_eq!((found.reasons.len(), found.notices.len()), (0, 1));
    assert_eq!(reasons(&document(), &viewer, &ask(0)), ["NOT_YET_AVAILABLE", "GRANT_NOT_STARTED"]);
}

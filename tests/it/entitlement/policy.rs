use super::world::{ask, decided, document, open, plan, reasons, viewer};
use serde_json::{Value, json};
use usher::base::refusal::Code;

/// A policy of plans, each with what it includes.
fn with(plans: &[(&str, &[&str])]) -> Value {
    let mut document = document();
    let plans = plans.iter().map(|(id, includes)| {
        let mut plan = plan(id);
        plan["packs"] = json!([format!("pack of {id}")]);
        plan["includes"] = json!(includes);
        plan
    });
    document["policy"]["plans"] = plans.collect();
    document
}

#[track_caller]
fn check(plans: &[(&str, &[&str])], field: &str, names: &str) {
    let refusal = open(&with(plans)).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (Code::InvalidValue, Some(field)));
    assert!(refusal.message.contains(names), "{}", refusal.message);
}

#[test]
fn a_plan_that_includes_itself_is_refused_and_named() {
    check(&[("a", &["a"])], "policy.plans[0].includes", "`a` -> `a`");
    check(
        &[("a", &[]), ("b", &["c"]), ("c", &["b"])],
        "policy.plans[2].includes",
        "`b` -> `c` -> `b`",
    );
    let names: Vec<String> = (0..200).map(|number| format!("p{number}")).collect();
    let next: Vec<Vec<&str>> = (0..200).map(|n| vec![names[(n + 1) % 200].as_str()]).collect();
    let ring: Vec<(&str, &[&str])> =
        names.iter().map(String::as_str).zip(next.iter().map(Vec::as_slice)).collect();
    check(
        &ring,
        "policy.plans[199].includes",
        ": `p0` -> ... -> `p192` -> `p193` -> `p194` -> `p195` -> `p196` -> `p197` -> `p198` -> `p199` -> `p0`",
    );
    // One that leads into a ring, and is not of it.
    check(
        &[("x", &["a"]), ("a", &["b"]), ("b", &["a"])],
        "policy.plans[2].includes",
        "`a` -> `b` -> `a`",
    );
}

#[test]
fn a_plan_that_includes_one_that_is_not_there_is_refused() {
    check(&[("a", &["gone"])], "policy.plans[0].includes[0]", "expected the name of a plan");
}

#[test]
fn what_is_included_twice_on_two_ways_is_no_ring() {
    let document = with(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d", "b"]), ("d", &[])]);
    let catalogue = open(&document).unwrap();
    let mut parts = catalogue.policy.parts_of(0).to_vec();
    parts.sort_unstable();
    assert_eq!(parts, [0, 1, 2, 3]);
    assert_eq!(catalogue.policy.parts_of(3), [3]);
    assert!(catalogue.policy.parts_of(4).is_empty());
}

#[test]
fn a_bundle_covers_what_its_parts_cover_each_on_its_own_terms() {
    let mut document = with(&[("bundle", &["middle"]), ("middle", &["deep"]), ("deep", &[])]);
    let plans = document["policy"]["plans"].as_array_mut().unwrap();
    plans[2]["packs"] = json!(["series"]);
    plans[2]["max_height"] = json!(480);
    plans[2]["ads"] = json!(true);
    plans[2]["device_classes"] = json!(["tv"]);
    plans[0]["max_height"] = json!(2160);
    let mut viewer = viewer();
    viewer["grants"][0]["plan"] = json!("bundle");
    let found = decided(&document, &viewer, &ask(1500));
    assert_eq!((found.max_height, found.ads), (Some(480), Some(true)));
    let mut request = ask(1500);
    request.device_class = "web".to_owned();
    assert_eq!(reasons(&document, &viewer, &request), ["DEVICE_CLASS_BLOCKED"]);
}

#[test]
fn the_limits_of_a_bundle_are_its_own_and_at_least_the_fall_back() {
    let mut document = with(&[("bundle", &["part"]), ("part", &[])]);
    document["policy"]["fallback_streams"] = json!(2);
    document["policy"]["plans"][0]["streams"] = json!(1);
    document["policy"]["plans"][0]["devices"] = json!(3);
    document["policy"]["plans"][1]["streams"] = json!(9);
    document["policy"]["plans"][1]["devices"] = json!(9);
    let mut viewer = viewer();
    viewer["grants"][0]["plan"] = json!("bundle");
    let catalogue = open(&document).unwrap();
    let rights = super::world::rights(&catalogue, &viewer).unwrap();
    assert_eq!(rights.limits(1500), (2, 3));
    assert_eq!(rights.limits(999), (2, 1));
    assert_eq!(rights.limits(2000), (2, 1));
}

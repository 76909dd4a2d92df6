//! The shared cases, by the code and by the rules written a second time.

use super::second::{
    self, Account, Decision, Grant, Plan, Policy, Request, Stream, Title, Viewer, Window,
};
use super::world::{open, rights, told};
use serde_json::{Value, json};

fn document() -> Value {
    serde_json::from_str(include_str!("../../vectors/entitlements/decisions.json")).unwrap()
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn size(value: &Value) -> usize {
    value.as_u64().unwrap().try_into().unwrap()
}

fn policy(of: &Value) -> Policy {
    let plan = |of: &Value| Plan {
        id: text(&of["id"]),
        packs: texts(&of["packs"]),
        max_height: of["max_height"].as_i64().unwrap(),
        ads: of["ads"].as_bool().unwrap(),
        streams: size(&of["streams"]),
        devices: size(&of["devices"]),
        device_classes: texts(&of["device_classes"]),
        includes: texts(&of["includes"]),
    };
    Policy {
        version: text(&of["version"]),
        past_due_grace_days: of["past_due_grace_days"].as_i64().unwrap(),
        fallback_streams: size(&of["fallback_streams"]),
        fallback_devices: size(&of["fallback_devices"]),
        decision_ttl_s: of["decision_ttl_s"].as_i64().unwrap(),
        plans: of["plans"].as_array().unwrap().iter().map(plan).collect(),
    }
}

fn windows(list: &Value) -> Vec<Window> {
    let window = |of: &Value| Window {
        from: of["from"].as_i64().unwrap(),
        to: of["to"].as_i64().unwrap(),
        territories: texts(&of["territories"]),
    };
    list.as_array().into_iter().flatten().map(window).collect()
}

fn title(of: &Value) -> Title {
    Title {
        id: text(&of["id"]),
        packs: texts(&of["packs"]),
        rating: of["rating"].as_i64().unwrap(),
        max_height: of["max_height"].as_i64().unwrap(),
        ad_tier: of["ad_tier"].as_bool().unwrap(),
        free: of["free"].as_bool().unwrap(),
        windows: windows(&of["windows"]),
        blackouts: windows(&of["blackouts"]),
    }
}

fn viewer(of: &Value) -> Viewer {
    let named = |of: &Value| of.as_str().map(str::to_owned);
    let grant = |of: &Value| Grant {
        id: text(&of["id"]),
        kind: text(&of["kind"]),
        plan: named(&of["plan"]),
        title: named(&of["title"]),
        from: of["from"].as_i64().unwrap(),
        to: of["to"].as_i64(),
        play_window_s: of["play_window_s"].as_i64(),
        first_play_at: of["first_play_at"].as_i64(),
    };
    let stream = |of: &Value| Stream { device: text(&of["device"]), until: of["until"].as_i64() };
    Viewer {
        account: Account {
            status: text(&of["account"]["status"]),
            since: of["account"]["since"].as_i64(),
        },
        max_rating: of["max_rating"].as_i64(),
        devices: texts(&of["devices"]),
        open_streams: of["open_streams"].as_array().unwrap().iter().map(stream).collect(),
        grants: of["grants"].as_array().unwrap().iter().map(grant).collect(),
    }
}

fn request(of: &Value) -> Request {
    Request {
        title: text(&of["title"]),
        country: of["country"].as_str().map(str::to_owned),
        device_class: text(&of["device_class"]),
        device_id: text(&of["device_id"]),
        now: of["now"].as_i64().unwrap(),
    }
}

/// Whether a decision has what a case expects; other keys are not compared.
fn check(id: &str, expect: &Value, decision: &Decision) {
    let found = json!({
        "allow": decision.reasons.is_empty(),
        "reasons": decision.reasons,
        "notices": decision.notices,
        "grant": decision.grant,
        "max_height": decision.max_height,
        "ads": decision.ads,
        "expires_at": decision.expires_at,
        "recheck_at": decision.recheck_at,
        "opens_at": decision.opens_at,
    });
    for (key, expected) in expect.as_object().unwrap() {
        assert_eq!(&found[key], expected, "{id}: {key}");
    }
}

#[test]
fn the_shared_cases_hold() {
    let all = document();
    let document = json!({ "version": 1, "policy": all["policy"], "titles": all["titles"] });
    let catalogue = open(&document).unwrap();
    let cases = all["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 134);
    for case in cases {
        let rights = rights(&catalogue, &case["viewer"]).unwrap();
        let decision = told(&rights, &case["viewer"], &request(&case["request"]));
        check(case["id"].as_str().unwrap(), &case["expect"], &decision);
    }
}

#[test]
fn the_shared_cases_hold_by_the_rules_written_a_second_time() {
    let all = document();
    let titles: Vec<Title> = all["titles"].as_array().unwrap().iter().map(title).collect();
    let policy = policy(&all["policy"]);
    for case in all["cases"].as_array().unwrap() {
        let (viewer, request) = (viewer(&case["viewer"]), request(&case["request"]));
        let decision = second::decide(&policy, &titles, &viewer, &request);
        check(case["id"].as_str().unwrap(), &case["expect"], &decision);
    }
}

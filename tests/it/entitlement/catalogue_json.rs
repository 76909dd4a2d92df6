use super::world::{ask, document, open, open_text, plan, reasons, title, viewer};
use serde_json::{Value, json};
use usher::base::refusal::Code;
use usher::entitlement::catalogue::TITLES_MAX;

/// Puts a value at a path such as `/titles/0/id`; null with `gone` takes the key away.
fn with(path: &str, value: Value) -> Value {
    let mut document = document();
    let (inside, key) = path.rsplit_once('/').unwrap();
    let place = document.pointer_mut(inside).unwrap();
    match place {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        Value::Object(fields) if value == json!("gone") => drop(fields.remove(key)),
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        _ => panic!("{path}"),
    }
    document
}

#[track_caller]
fn refused(document: &Value, code: Code, field: &str) {
    let refusal = open(document).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (code, Some(field)),
        "{}",
        refusal.message
    );
    assert!(!refusal.message.is_empty());
}

#[track_caller]
fn check(path: &str, value: Value, code: Code, field: &str) {
    refused(&with(path, value), code, field);
}

#[test]
fn every_field_of_another_type_is_refused_with_its_path() {
    let fields = [
        ("/version", "version", json!("1")),
        ("/policy", "policy", json!([])),
        ("/titles", "titles", json!({})),
        ("/policy/version", "policy.version", json!(1)),
        ("/policy/past_due_grace_days", "policy.past_due_grace_days", json!("3")),
        ("/policy/fallback_streams", "policy.fallback_streams", json!(null)),
        ("/policy/fallback_devices", "policy.fallback_devices", json!([1])),
        ("/policy/decision_ttl_s", "policy.decision_ttl_s", json!(true)),
        ("/policy/plans", "policy.plans", json!("plans")),
        ("/policy/plans/0", "policy.plans[0]", json!("basic")),
        ("/policy/plans/0/id", "policy.plans[0].id", json!(7)),
        ("/policy/plans/0/packs", "policy.plans[0].packs", json!("series")),
        ("/policy/plans/0/packs/0", "policy.plans[0].packs[0]", json!(1)),
        ("/policy/plans/0/max_height", "policy.plans[0].max_height", json!("1080")),
        ("/policy/plans/0/ads", "policy.plans[0].ads", json!(0)),
        ("/policy/plans/0/streams", "policy.plans[0].streams", json!(1.5)),
        ("/policy/plans/0/devices", "policy.plans[0].devices", json!({})),
        ("/policy/plans/0/device_classes", "policy.plans[0].device_classes", json!("tv")),
        ("/titles/0", "titles[0]", json!([])),
        ("/titles/0/id", "titles[0].id", json!(null)),
        ("/titles/0/packs", "titles[0].packs", json!(null)),
        ("/titles/0/rating", "titles[0].rating", json!("PG")),
        ("/titles/0/max_height", "titles[0].max_height", json!(false)),
        ("/titles/0/ad_tier", "titles[0].ad_tier", json!("yes")),
        ("/titles/0/free", "titles[0].free", json!(1)),
        ("/titles/0/windows", "titles[0].windows", json!(null)),
        ("/titles/0/windows/0", "titles[0].windows[0]", json!(3)),
        ("/titles/0/windows/0/from", "titles[0].windows[0].from", json!("2026-11-22")),
        ("/titles/0/windows/0/to", "titles[0].windows[0].to", json!(null)),
        ("/titles/0/windows/0/territories", "titles[0].windows[0].territories", json!("SE")),
        ("/titles/0/windows/0/territories/0", "titles[0].windows[0].territories[0]", json!(46)),
        ("/titles/0/blackouts", "titles[0].blackouts", json!({})),
    ];
    for (path, field, value) in fields {
        check(path, value, Code::WrongType, field);
    }
    check("/titles/0/rating", json!(-1), Code::WrongType, "titles[0].rating");
    let refusal = open(&json!([])).unwrap_err();
    assert_eq!((refusal.code, refusal.field), (Code::WrongType, None));
}

#[test]
fn every_number_out_of_its_range_is_refused() {
    let rows = [
        ("/version", "version", json!(1_u64 << 53), json!((1_u64 << 53) - 1)),
        ("/policy/past_due_grace_days", "policy.past_due_grace_days", json!(3651), json!(3650)),
        ("/policy/fallback_streams", "policy.fallback_streams", json!(1_000_001), json!(1_000_000)),
        ("/policy/decision_ttl_s", "policy.decision_ttl_s", json!(0), json!(1)),
        ("/policy/decision_ttl_s", "policy.decision_ttl_s", json!(2_592_001), json!(2_592_000)),
        ("/policy/plans/0/max_height", "policy.plans[0].max_height", json!(0), json!(1)),
        ("/titles/0/max_height", "titles[0].max_height", json!(65_536), json!(65_535)),
        ("/titles/0/rating", "titles[0].rating", json!(256), json!(255)),
        (
            "/titles/0/windows/0/to",
            "titles[0].windows[0].to",
            json!(253_402_300_800_u64),
            json!(253_402_300_799_u64),
        ),
        ("/titles/0/windows/0/from", "titles[0].windows[0].from", json!(u64::MAX), json!(0)),
    ];
    for (path, field, wrong, right) in rows {
        check(path, wrong, Code::InvalidValue, field);
        assert!(open(&with(path, right)).is_ok(), "{path}");
    }
}

#[test]
fn names_are_of_one_to_two_hundred_bytes_without_control_characters() {
    for path in ["/titles/0/id", "/policy/plans/0/id", "/titles/0/packs/0", "/policy/version"] {
        let field = path.trim_start_matches('/').replace("/0", "[0]").replace('/', ".");
        for name in ["", "\u{7}", "a\nb", &"x".repeat(201), &"é".repeat(101)] {
            check(path, json!(name), Code::InvalidValue, &field);
        }
        for name in ["x", &"x".repeat(200), "Ünïcödé \u{1f600} \"\\/", "\u{2028}"] {
            assert!(open(&with(path, json!(name))).is_ok(), "{path} {name}");
        }
    }
}

#[test]
fn a_window_ends_after_it_begins() {
    for (to, is_right) in [(999, false), (1000, false), (1001, true)] {
        let document = with("/titles/0/windows/0/to", json!(to));
        assert_eq!(open(&document).is_ok(), is_right);
        if !is_right {
            refused(&document, Code::InvalidValue, "titles[0].windows[0].to");
        }
    }
    let blackout = json!([{ "from": 5, "to": 5, "territories": [] }]);
    check("/titles/0/blackouts", blackout, Code::InvalidValue, "titles[0].blackouts[0].to");
}

#[test]
fn a_territory_is_a_country() {
    for text in ["", "S", "se", "SWE", "XX", "UK", "EU", "ZZ", "T1", "É", "S\u{0}"] {
        let path = "/titles/0/windows/0/territories";
        let field = "titles[0].windows[0].territories[1]";
        check(path, json!(["SE", text]), Code::InvalidValue, field);
    }
    assert!(open(&with("/titles/0/windows/0/territories", json!(["SE", "SE", "XK"]))).is_ok());
}

#[test]
fn a_class_of_devices_is_one_of_four() {
    let path = "/policy/plans/0/device_classes";
    check(path, json!(["tv", "fridge"]), Code::InvalidValue, "policy.plans[0].device_classes[1]");
    assert!(open(&with(path, json!([]))).is_ok());
}

#[test]
fn keys_that_are_missing_there_twice_or_not_known_are_refused() {
    let rows = [
        ("/version", "version"),
        ("/policy", "policy"),
        ("/titles", "titles"),
        ("/policy/plans", "policy.plans"),
        ("/policy/plans/0/streams", "policy.plans[0].streams"),
        ("/titles/0/id", "titles[0].id"),
        ("/titles/0/windows/0/territories", "titles[0].windows[0].territories"),
    ];
    for (path, field) in rows {
        check(path, json!("gone"), Code::MissingField, field);
    }
    let rows = [
        ("/name", "name"),
        ("/policy/plans/0/price", "policy.plans[0].price"),
        ("/titles/0/windows/0/zone", "titles[0].windows[0].zone"),
    ];
    for (path, field) in rows {
        check(path, json!(1), Code::UnknownField, field);
    }
    let text = document().to_string();
    let twice = text.replacen("\"free\":", "\"free\":false,\"free\":", 1);
    let refusal = open_text(&twice, 64).unwrap_err();
    let found = (refusal.code, refusal.field.as_deref());
    assert_eq!(found, (Code::DuplicateField, Some("titles[0].free")));
}

#[test]
fn optional_keys_may_be_null_and_missing() {
    let mut document = document();
    assert!(open(&document).is_ok());
    document["titles"][0]["blackouts"] = Value::Null;
    document["policy"]["plans"][0]["includes"] = Value::Null;
    assert!(open(&document).is_ok());
}

#[test]
fn keys_may_stand_in_any_order() {
    let expected = reasons(&document(), &viewer(), &ask(1500));
    let text = document().to_string();
    // serde_json sorts keys, so `titles` and `version` come behind `policy`.
    assert!(text.starts_with("{\"policy\""));
    let (policy, rest) = text.strip_prefix('{').unwrap().split_once(",\"titles\"").unwrap();
    let turned = format!("{{\"titles\"{},{policy}}}", rest.strip_suffix('}').unwrap());
    let catalogue = open_text(&turned, 7).unwrap();
    let rights = super::world::rights(&catalogue, &viewer()).unwrap();
    assert_eq!(super::world::told(&rights, &viewer(), &ask(1500)).reasons, expected);
    // And blackouts before windows.
    let mut dark = document();
    dark["titles"][0]["blackouts"] = json!([{ "from": 1400, "to": 1600, "territories": ["SE"] }]);
    assert!(dark.to_string().find("blackouts") < dark.to_string().find("windows"));
    assert_eq!(reasons(&dark, &viewer(), &ask(1500)), ["BLACKOUT"]);
    assert!(reasons(&dark, &viewer(), &ask(1600)).is_empty());
}

#[test]
fn a_document_may_come_in_pieces_of_any_length() {
    let mut document = document();
    document["titles"][0]["id"] = json!("a \"quoted\" \\ näme \u{1f600}");
    for text in [document.to_string(), serde_json::to_string_pretty(&document).unwrap()] {
        for step in [1, 2, 3, 5, 7, 11, 64, 100_000] {
            let catalogue = open_text(&text, step).unwrap();
            assert_eq!(catalogue.ids(), "a \"quoted\" \\ näme \u{1f600}\n", "{step}");
        }
    }
}

#[test]
fn what_is_no_json_is_refused_with_its_byte() {
    let text = document().to_string();
    for cut in 0..text.len() {
        let refusal = open_text(&text[..cut], 16).unwrap_err();
        assert_eq!((refusal.code, refusal.field), (Code::MalformedJson, None), "{cut}");
    }
    for wrong in [
        "",
        "nul",
        "{]",
        "{\"version\":01",
        "{\"version\":1e",
        "{\"version\" 1}",
        "{\"version\":tru",
    ] {
        assert!(open_text(wrong, 3).is_err(), "{wrong}");
    }
    let refusal = open_text(&(text.clone() + " x"), 16).unwrap_err();
    assert_eq!(refusal.code, Code::MalformedJson);
    assert!(refusal.message.contains(&format!("byte {}", text.len() + 1)), "{}", refusal.message);
    assert!(open_text(&format!(" \n\t\r{text}\n"), 16).is_ok());
    for id in ["\\ud800", "\\x", "\\u12", "\u{1}", "\\"] {
        let wrong = text.replace("film", id);
        assert_eq!(open_text(&wrong, 16).unwrap_err().code, Code::MalformedJson, "{id}");
    }
    let mut bytes = text.into_bytes();
    let place = bytes.windows(4).position(|four| four == b"film").unwrap();
    bytes[place] = 0xff;
    let refusal = super::world::open_bytes(&bytes).unwrap_err();
    assert_eq!(refusal.code, Code::MalformedJson);
}

#[test]
fn no_two_titles_and_no_two_plans_share_a_name() {
    let mut twice = document();
    twice["titles"] = json!([title("a"), title("b"), title("a")]);
    refused(&twice, Code::InvalidValue, "titles[2].id");
    let mut twice = document();
    twice["policy"]["plans"] = json!([plan("a"), plan("b"), plan("b")]);
    refused(&twice, Code::InvalidValue, "policy.plans[2].id");
    // A title, a plan and a pack may.
    let mut same = document();
    same["titles"][0]["id"] = json!("series");
    same["policy"]["plans"][0]["id"] = json!("series");
    assert!(open(&same).is_ok());
}

#[test]
fn lists_are_as_long_as_their_limits_allow() {
    let window = json!({ "from": 1, "to": 2, "territories": [] });
    let list = |count: usize| Value::from(vec![window.clone(); count]);
    for (windows, blackouts, is_right) in
        [(64, 0, true), (65, 0, false), (32, 32, true), (33, 32, false)]
    {
        let mut document = document();
        document["titles"][0]["windows"] = list(windows);
        document["titles"][0]["blackouts"] = list(blackouts);
        let found = open(&document).map_err(|refusal| refusal.code);
        assert_eq!(found.err(), (!is_right).then_some(Code::TooMany), "{windows} {blackouts}");
    }
    for (count, is_right) in [(256, true), (257, false)] {
        let mut document = document();
        let plans = (0..count).map(|number| plan(&format!("plan-{number}")));
        document["policy"]["plans"] = plans.collect();
        assert_eq!(open(&document).is_ok(), is_right);
        if !is_right {
            refused(&document, Code::TooMany, "policy.plans");
        }
        // The packs of all titles and plans together; one is the plan's.
        let mut document = super::world::document();
        let packs = (1..count).map(|number| json!(format!("pack-{number}")));
        document["titles"][0]["packs"] = packs.collect();
        assert_eq!(open(&document).is_ok(), is_right);
    }
    let mut long = document();
    long["policy"]["plans"][0]["includes"] = Value::from(vec!["basic"; 65]);
    refused(&long, Code::TooMany, "policy.plans[0].includes");
    assert_eq!(TITLES_MAX, 1_000_000);
}

#[test]
fn windows_may_overlap() {
    let mut document = document();
    let window = |from: i64, to: i64| json!({ "from": from, "to": to, "territories": ["SE"] });
    document["titles"][0]["windows"] =
        json!([window(1000, 1600), window(1000, 1600), window(1200, 1800)]);
    let found = super::world::decided(&document, &viewer(), &ask(1500));
    assert_eq!(found.expires_at, Some(1800));
}

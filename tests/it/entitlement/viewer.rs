use super::world::{document, open, rights, viewer};
use serde_json::{Value, json};
use usher::base::refusal::Code;

fn with(path: &str, value: Value) -> Value {
    let mut viewer = viewer();
    let (inside, key) = path.rsplit_once('/').unwrap();
    match viewer.pointer_mut(inside).unwrap() {
        Value::Object(fields) if value == json!("gone") => drop(fields.remove(key)),
        Value::Object(fields) => drop(fields.insert(key.to_owned(), value)),
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{path}"),
    }
    viewer
}

#[track_caller]
fn check(path: &str, value: Value, code: Code, field: &str) {
    let refusal = rights(&open(&document()).unwrap(), &with(path, value)).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (code, Some(field)),
        "{}",
        refusal.message
    );
}

#[track_caller]
fn takes(path: &str, value: Value) {
    assert!(rights(&open(&document()).unwrap(), &with(path, value)).is_ok(), "{path}");
}

#[test]
fn every_field_of_another_type_is_refused_with_its_path() {
    let rows = [
        ("/account", "account", json!("active")),
        ("/account/status", "account.status", json!(1)),
        ("/account/since", "account.since", json!("yesterday")),
        ("/max_rating", "max_rating", json!("12")),
        ("/max_rating", "max_rating", json!("NaN")),
        ("/max_rating", "max_rating", json!(-1)),
        ("/max_rating", "max_rating", json!(12.5)),
        ("/devices", "devices", json!("d1")),
        ("/devices/0", "devices[0]", json!(1)),
        ("/open_streams", "open_streams", json!({})),
        ("/open_streams", "open_streams[0]", json!(["d1"])),
        ("/open_streams", "open_streams[0].until", json!([{ "device": "d", "until": "x" }])),
        ("/grants", "grants", json!(null)),
        ("/grants/0", "grants[0]", json!("g")),
        ("/grants/0/id", "grants[0].id", json!(1)),
        ("/grants/0/plan", "grants[0].plan", json!(["basic"])),
        ("/grants/0/from", "grants[0].from", json!(null)),
        ("/grants/0/to", "grants[0].to", json!(-1)),
    ];
    for (path, field, value) in rows {
        check(path, value, Code::WrongType, field);
    }
}

#[test]
fn every_value_out_of_its_range_is_refused() {
    let second = 253_402_300_800_u64;
    let rows = [
        ("/account/status", "account.status", json!("gone away")),
        ("/account/since", "account.since", json!(second)),
        ("/max_rating", "max_rating", json!(1_u64 << 53)),
        ("/devices/0", "devices[0]", json!("")),
        ("/devices/0", "devices[0]", json!("x".repeat(201))),
        ("/open_streams", "open_streams[0].device", json!([{ "device": "" }])),
        ("/grants/0/kind", "grants[0].kind", json!("gift")),
        ("/grants/0/id", "grants[0].id", json!("\u{0}")),
        ("/grants/0/from", "grants[0].from", json!(second)),
        ("/grants/0/to", "grants[0].to", json!(second)),
    ];
    for (path, field, value) in rows {
        check(path, value, Code::InvalidValue, field);
    }
    takes("/grants/0/to", json!(second - 1));
    takes("/max_rating", json!(0));
}

#[test]
fn keys_are_needed_optional_or_not_known() {
    for (path, field) in [
        ("/account", "account"),
        ("/account/status", "account.status"),
        ("/devices", "devices"),
        ("/grants", "grants"),
        ("/grants/0/kind", "grants[0].kind"),
    ] {
        check(path, json!("gone"), Code::MissingField, field);
    }
    for path in ["/max_rating", "/open_streams", "/grants/0/to"] {
        takes(path, json!("gone"));
        takes(path, Value::Null);
    }
    check("/name", json!("x"), Code::UnknownField, "name");
    check("/grants/0/price", json!(1), Code::UnknownField, "grants[0].price");
}

#[test]
fn a_viewer_has_64_grants_devices_and_streams_at_most() {
    let grant = viewer()["grants"][0].clone();
    let stream = json!({ "device": "d" });
    for (path, element) in [("/grants", grant), ("/devices", json!("d")), ("/open_streams", stream)]
    {
        takes(path, Value::from(vec![element.clone(); 64]));
        check(path, Value::from(vec![element; 65]), Code::TooMany, &path[1..]);
    }
}

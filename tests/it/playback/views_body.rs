use super::set;
use base64ct::{Base64UrlUnpadded, Encoding};
use proptest::prelude::*;
use serde_json::{Value, json};
use usher::base::id::{Id, Producer, ViewId};
use usher::base::limits::{BODY_BYTES_MAX, STATE_BYTES_MAX, VIEWS_PER_BODY_MAX};
use usher::base::refusal::{Code, Refusal};
use usher::playback::arrival::{Country, Said};
use usher::playback::clock::PageTime;
use usher::playback::device::Device;
use usher::playback::state::{Seen, ViewState};
use usher::playback::tally::Tally;
use usher::playback::views_body::{Circumstances, UntrustedBody, read};

fn state() -> ViewState {
    ViewState::of(Producer(Id([1; 16])), Tally { version: 1, ..Tally::default() }, set(&[(0, 5)]))
}

fn item(state: &[u8]) -> Value {
    let view = ViewId::new("anna", [9; 16]).0.to_hex();
    json!({ "view": view, "title": "plan-9", "state": Base64UrlUnpadded::encode_string(state) })
}

fn body() -> Value {
    json!({ "viewer": "anna", "views": [item(&state().encode())] })
}

fn refusal(body: &Value) -> Refusal {
    read(body.to_string().as_bytes()).unwrap_err()
}

#[test]
fn a_body_gives_its_states() {
    let read = read(body().to_string().as_bytes()).unwrap();
    assert_eq!(read.viewer, "anna");
    assert_eq!(read.views[0].title, "plan-9");
    assert_eq!(ViewState::decode(&read.views[0].state), Ok(state()));
}

#[test]
fn a_body_may_say_who_asks_when_and_on_what() {
    let mut body = body();
    body["token"] = "a.b.c".into();
    body["clock"] = json!([1234.5, 1_700_000_000_000_u64]);
    body["device"] = "tv".into();
    body["views"][0]["at"] = json!([1000, -5]);
    let untrusted = UntrustedBody::parse(body.to_string().as_bytes()).unwrap();
    assert_eq!((untrusted.viewer(), untrusted.token()), ("anna", Some("a.b.c")));
    assert_eq!(untrusted.titles().collect::<Vec<_>>(), ["plan-9"]);
    let circumstances =
        Circumstances { country: Some("de"), user_agent: Some("iPhone"), issued_ms: Some(7) };
    let time = |monotonic_ms, wall_ms| Some(PageTime { monotonic_ms, wall_ms });
    let said = Said {
        issued_ms: Some(7),
        clock: time(1234, 1_700_000_000_000),
        device: Device::Tv,
        country: Country::of_header("DE"),
        at: vec![time(1000, 0)],
    };
    assert_eq!(Said::decode(&untrusted.check(circumstances).unwrap().said), Ok(said));
}

#[test]
fn a_body_that_does_not_name_its_device_was_sent_by_what_the_user_agent_is() {
    let body = UntrustedBody::parse(body().to_string().as_bytes()).unwrap();
    let circumstances = Circumstances { user_agent: Some("iPhone"), ..Circumstances::default() };
    let said = Said::decode(&body.check(circumstances).unwrap().said).unwrap();
    assert_eq!(said.device, Device::Mobile);
}

#[test]
fn what_is_wrong_is_named_by_code_and_path() {
    let check = |change: &dyn Fn(&mut Value), code: Code, field: Option<&str>| {
        let mut body = body();
        change(&mut body);
        let refusal = refusal(&body);
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{refusal:?}");
        assert!(!refusal.message.is_empty() && !refusal.message.ends_with('.'));
    };
    check(&|b| b["more"] = 1.into(), Code::UnknownField, Some("more"));
    check(&|b| b["__proto__"] = json!({}), Code::UnknownField, Some("__proto__"));
    check(&|b| b["views"][0]["more"] = 1.into(), Code::UnknownField, Some("views[0].more"));
    check(&|b| drop(b.as_object_mut().unwrap().remove("viewer")), Code::MissingField, None);
    check(
        &|b| drop(b["views"][0].as_object_mut().unwrap().remove("state")),
        Code::MissingField,
        Some("views[0]"),
    );
    check(&|b| b["viewer"] = 7.into(), Code::WrongType, Some("viewer"));
    check(&|b| b["viewer"] = Value::Null, Code::WrongType, Some("viewer"));
    check(&|b| b["viewer"] = "".into(), Code::InvalidValue, Some("viewer"));
    check(&|b| b["viewer"] = "bert".into(), Code::ViewOfAnotherViewer, Some("views[0].view"));
    check(&|b| b["token"] = 5.into(), Code::WrongType, Some("token"));
    check(&|b| b["clock"] = 5.into(), Code::WrongType, Some("clock"));
    check(&|b| b["clock"] = json!([5]), Code::WrongType, Some("clock"));
    check(&|b| b["clock"] = json!([1, "2"]), Code::WrongType, Some("clock[1]"));
    check(&|b| b["views"][0]["at"] = json!({}), Code::WrongType, Some("views[0].at"));
    check(&|b| b["device"] = "toaster".into(), Code::InvalidValue, Some("device"));
    check(&|b| b["views"] = json!([]), Code::InvalidValue, Some("views"));
    check(&|b| b["views"] = "x".into(), Code::WrongType, Some("views"));
    check(&|b| b["views"][0]["view"] = "XYZ".into(), Code::InvalidView, Some("views[0].view"));
    check(&|b| b["views"][0]["title"] = "\u{1}".into(), Code::InvalidValue, Some("views[0].title"));
    check(&|b| b["views"][0]["state"] = "?".into(), Code::InvalidState, Some("views[0].state"));
    check(&|b| b["views"][0]["state"] = "".into(), Code::InvalidState, Some("views[0].state"));
    check(&|b| b["views"][0]["state"] = 5.into(), Code::WrongType, Some("views[0].state"));
    let long = Base64UrlUnpadded::encode_string(&vec![1; STATE_BYTES_MAX + 1]);
    check(
        &|b| b["views"][0]["state"] = long.clone().into(),
        Code::InvalidState,
        Some("views[0].state"),
    );
    check(
        &|b| b["views"] = vec![item(&[]); VIEWS_PER_BODY_MAX + 1].into(),
        Code::TooMany,
        Some("views"),
    );
}

#[test]
fn when_a_view_was_seen_is_for_the_edge_to_say() {
    let mut state = state();
    state.seen = Some(Seen { first_ms: 0, last_ms: 1 });
    let body = json!({ "viewer": "anna", "views": [item(&state.encode())] });
    assert_eq!(refusal(&body).code, Code::InvalidState);
}

#[test]
fn what_is_not_one_json_object_is_refused() {
    let check = |text: &[u8], expected: Code| {
        assert_eq!(read(text).unwrap_err().code, expected, "{text:?}")
    };
    let whole = body().to_string();
    check(b"", Code::MalformedJson);
    check(b"null", Code::WrongType);
    check(b"[1]", Code::WrongType);
    check(&whole.as_bytes()[..whole.len() - 1], Code::MalformedJson);
    check(format!("{whole}{whole}").as_bytes(), Code::MalformedJson);
    check(&[0xff, 0xfe], Code::MalformedJson);
    check("[".repeat(10_000).as_bytes(), Code::WrongType);
    check(format!("{{\"viewer\":{}", "[".repeat(10_000)).as_bytes(), Code::WrongType);
    check(br#"{"viewer":"a","viewer":"b","views":[]}"#, Code::DuplicateField);
    check(&vec![b' '; BODY_BYTES_MAX + 1], Code::BodyTooLarge);
}

proptest! {
    #[test]
    fn no_body_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).is_err());
    }

    #[test]
    fn no_part_of_a_body_is_a_body(at: prop::sample::Index) {
        let whole = body().to_string();
        prop_assert!(read(&whole.as_bytes()[..at.index(whole.len())]).is_err());
    }
}

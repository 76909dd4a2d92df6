use super::set;
use usher::base::id::{Id, Producer};
use usher::base::limits::MS_MAX;
use usher::base::refusal::Code;
use usher::playback::cmcd::delivery::MediaDelivery;
use usher::playback::reading::Extent;
use usher::playback::record::{Source, ViewRecord};
use usher::playback::state::{Seen, ViewState};
use usher::playback::tally::Tally;

const VIEW: &str = "00000000000000000000000000000001";

fn record(content: &[(u64, u64)], extent: Extent) -> ViewRecord {
    let tally = Tally { version: 3, extent, played_ms: 9_500, ..Tally::default() };
    let mut state = ViewState::of(Producer(Id([1; 16])), tally, set(content));
    state.seen = Some(Seen { first_ms: 5, last_ms: 8 });
    ViewRecord::new("anna", VIEW, "plan-9", &state)
}

#[test]
fn a_record_has_the_figures_of_its_state() {
    let record = record(&[(0, 5_000)], Extent::Finite(10_000));
    assert_eq!((record.version, record.unique_ms, record.played_ms), (3, 5_000, 9_500));
    assert_eq!(
        (record.duration_ms, record.completion, record.live),
        (Some(10_000), Some(0.5), false)
    );
    assert_eq!((record.first_seen_ms, record.last_seen_ms), (5, 8));
    assert_eq!(record.milestones, [10, 25, 50]);
}

#[test]
fn a_view_is_completed_from_nine_tenths_on() {
    let check = |end_ms, expected| {
        assert_eq!(record(&[(0, end_ms)], Extent::Finite(10_000)).completed, expected, "{end_ms}");
    };
    check(8_999, false);
    check(9_000, true);
    assert!(!record(&[(0, 90_000)], Extent::Live).completed);
}

#[test]
fn live_has_no_completion() {
    let record = record(&[(0, 5_000)], Extent::Live);
    assert_eq!((record.live, record.completion, record.duration_ms), (true, None, None));
}

#[test]
fn a_line_that_is_no_record_is_refused_by_field() {
    let good = serde_json::to_value(record(&[(0, 5_000)], Extent::Finite(10_000))).unwrap();
    let check = |key: &str, value: serde_json::Value, expected: (Code, &str)| {
        let mut line = good.clone();
        line[key] = value;
        let refusal = ViewRecord::from_json(line.to_string().as_bytes()).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (expected.0, Some(expected.1)),
            "{refusal:?}"
        );
    };
    assert!(ViewRecord::from_json(good.to_string().as_bytes()).is_ok());
    check("view", "no".into(), (Code::InvalidView, "view"));
    check("viewer", "".into(), (Code::InvalidValue, "viewer"));
    check("title", "a\nb".into(), (Code::InvalidValue, "title"));
    check("unique_ms", (-1).into(), (Code::InvalidValue, "unique_ms"));
    check("unique_ms", 1.5.into(), (Code::WrongType, "unique_ms"));
    check("unique_ms", "1".into(), (Code::WrongType, "unique_ms"));
    check("unique_ms", (MS_MAX + 1).into(), (Code::InvalidValue, "unique_ms"));
    check("completion", 1.1.into(), (Code::InvalidValue, "completion"));
    check("milestones", vec![101].into(), (Code::InvalidValue, "milestones"));
    check("surprise", 1.into(), (Code::UnknownField, "surprise"));
}

#[test]
fn who_measured_and_how_the_media_came_are_part_of_it() {
    let good = serde_json::to_value(record(&[(0, 5_000)], Extent::Finite(10_000))).unwrap();
    assert_eq!((&good["source"], &good["delivery"]), (&"player".into(), &serde_json::Value::Null));
    let read = |line: &serde_json::Value| ViewRecord::from_json(line.to_string().as_bytes());
    for (name, source) in
        [("player", Source::Player), ("cmcd", Source::Cmcd), ("import", Source::Import)]
    {
        let mut line = good.clone();
        line["source"] = name.into();
        assert_eq!(read(&line).unwrap().source, source);
    }
    // A record of an older player does not say.
    let mut older = good.clone();
    let fields = older.as_object_mut().unwrap();
    fields.remove("source");
    fields.remove("delivery");
    assert_eq!(read(&older).unwrap().source, Source::Player);
    let mut line = good.clone();
    line["source"] = "elsewhere".into();
    assert!(read(&line).is_err());
    let mut line = good.clone();
    line["delivery"] = serde_json::to_value(MediaDelivery::default()).unwrap();
    assert_eq!(read(&line).unwrap().delivery, Some(MediaDelivery::default()));
    line["delivery"]["requests"] = (MS_MAX + 1).into();
    let refusal = read(&line).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("delivery.requests"));
    line["delivery"]["more"] = 1.into();
    assert_eq!(read(&line).unwrap_err().code, Code::UnknownField);
}

#[test]
fn a_line_that_is_not_one_object_is_refused() {
    let check = |line: &str, expected| {
        assert_eq!(ViewRecord::from_json(line.as_bytes()).unwrap_err().code, expected, "{line}");
    };
    check("", Code::MalformedJson);
    check("{", Code::MalformedJson);
    check("{}", Code::MissingField);
    check("[]", Code::WrongType);
    check("nonsense", Code::MalformedJson);
}

use usher::audience::usage::ViewerClass;
use usher::audience::window::{ClassCounts, WindowRecord};
use usher::base::limits::MS_MAX;
use usher::base::refusal::Code;
use usher::playback::record::Device;

fn row(played_ms: i64) -> WindowRecord {
    WindowRecord {
        window_start_ms: 7_200_000,
        window_ms: 3_600_000,
        title: "plan-9".to_owned(),
        country: Some("AT".to_owned()),
        device: Device::Tv,
        views: 1,
        played_ms,
        classes: ClassCounts::of(ViewerClass::Heavy, 1),
        ..WindowRecord::default()
    }
}

#[test]
fn a_row_is_written_as_the_contract_says_and_read_again() {
    let line = serde_json::to_string(&row(-5)).unwrap();
    assert_eq!(
        line,
        concat!(
            r#"{"window_start_ms":7200000,"window_ms":3600000,"title":"plan-9","country":"AT","#,
            r#""device":"tv","correction":false,"views":1,"unique_ms":0,"played_ms":-5,"#,
            r#""completed":0,"stalls":0,"stalled_ms":0,"#,
            r#""classes":{"unknown":0,"light":0,"standard":0,"heavy":1},"viewers":"AQA"}"#
        )
    );
    assert_eq!(WindowRecord::from_json(line.as_bytes()).unwrap(), row(-5));
}

#[test]
fn a_line_that_is_no_row_is_refused_by_field() {
    let good = serde_json::to_value(row(0)).unwrap();
    let check = |key: &str, value: serde_json::Value, expected: Option<(Code, &str)>| {
        let mut line = good.clone();
        line[key] = value;
        let refusal = WindowRecord::from_json(line.to_string().as_bytes()).err();
        let found = refusal.as_ref().map(|r| (r.code, r.field.as_deref().unwrap_or("")));
        assert_eq!(found, expected, "{line}");
    };
    let max = MS_MAX.cast_signed();
    check("played_ms", max.into(), None);
    check("played_ms", (-max).into(), None);
    check("played_ms", (max + 1).into(), Some((Code::InvalidValue, "sums")));
    check("completed", (-max - 1).into(), Some((Code::InvalidValue, "sums")));
    check("completed", i64::MIN.into(), Some((Code::InvalidValue, "sums")));
    check("stalls", 0.5.into(), Some((Code::WrongType, "stalls")));
    check("country", serde_json::Value::Null, None);
    check("country", "T1".into(), None);
    check("country", "at".into(), Some((Code::InvalidValue, "country")));
    check("country", "AUT".into(), Some((Code::InvalidValue, "country")));
    check("title", "".into(), Some((Code::InvalidValue, "title")));
    check("window_ms", 0.into(), Some((Code::InvalidValue, "window_ms")));
    check("window_start_ms", 7_200_001.into(), Some((Code::InvalidValue, "window_start_ms")));
    check("window_start_ms", (-1).into(), Some((Code::InvalidValue, "window_start_ms")));
    check("viewers", "AQ".into(), Some((Code::WrongType, "viewers")));
    check("surprise", 1.into(), Some((Code::UnknownField, "surprise")));
}

#[test]
fn rows_of_a_cell_add_up_and_a_sum_that_does_not_fit_changes_nothing() {
    let mut sum = row(5);
    sum.viewers.add("anna");
    let mut other = row(-7);
    other.viewers.add("berta");
    sum.add(&other).unwrap();
    assert_eq!((sum.views, sum.played_ms, sum.classes.heavy), (2, -2, 2));
    assert_eq!(sum.viewers.estimate().round(), 2.0);
    let before = sum.clone();
    assert!(sum.add(&row(MS_MAX.cast_signed())).is_ok());
    sum = before.clone();
    sum.played_ms = 1;
    let before = sum.clone();
    assert_eq!(sum.add(&row(MS_MAX.cast_signed())).unwrap_err().code, Code::InvalidValue);
    assert_eq!(sum.add(&row(i64::MAX)).unwrap_err().code, Code::InvalidValue);
    assert_eq!(sum, before);
}

#[test]
fn rows_that_differ_in_anything_but_sums_are_different_cells() {
    let rows = [
        row(0),
        WindowRecord { window_start_ms: 0, ..row(0) },
        WindowRecord { window_ms: 60_000, ..row(0) },
        WindowRecord { title: "plan-8".to_owned(), ..row(0) },
        WindowRecord { country: None, ..row(0) },
        WindowRecord { device: Device::Unknown, ..row(0) },
        WindowRecord { correction: true, ..row(0) },
    ];
    let cells: std::collections::BTreeSet<String> = rows.iter().map(WindowRecord::cell).collect();
    assert_eq!(cells.len(), rows.len());
    assert_eq!(row(5).cell(), row(6).cell());
}

use usher::audience::distinct::Sketch;
use usher::audience::window::{ClassCounts, WindowRecord};
use usher::audience::window_sums::{WindowSum, add_rows};
use usher::base::refusal::Code;

const MAX: i64 = (1 << 53) - 1;

fn row(title: &str, played_ms: i64) -> WindowRecord {
    let mut viewers = Sketch::default();
    viewers.add(title);
    WindowRecord {
        window_start_ms: 120_000,
        window_ms: 60_000,
        title: title.into(),
        views: 1,
        played_ms,
        classes: ClassCounts { light: 1, ..ClassCounts::default() },
        viewers,
        ..WindowRecord::default()
    }
}

fn sum(record: WindowRecord, corrections: u64) -> WindowSum {
    WindowSum { sums: record, corrections }
}

#[test]
fn rows_of_one_cell_are_added_and_others_stand_beside_it() {
    let added = add_rows(vec![], vec![row("a", 5), row("b", 7), row("a", -2)]).unwrap();
    let a = WindowRecord {
        views: 2,
        classes: ClassCounts { light: 2, ..ClassCounts::default() },
        ..row("a", 3)
    };
    assert_eq!(added.windows, [sum(a, 0), sum(row("b", 7), 0)]);
    assert_eq!(added.corrections, 0);
}

#[test]
fn every_part_of_a_cell_tells_it_apart() {
    let base = row("a", 1);
    let others = [
        WindowRecord { title: "b".into(), ..base.clone() },
        WindowRecord { window_start_ms: 180_000, ..base.clone() },
        WindowRecord { window_ms: 30_000, ..base.clone() },
        WindowRecord { country: Some("DE".into()), ..base.clone() },
        WindowRecord { device: usher::playback::record::Device::Tv, ..base.clone() },
    ];
    let rows: Vec<_> = core::iter::once(base).chain(others).collect();
    assert_eq!(add_rows(vec![], rows.clone()).unwrap().windows.len(), rows.len());
}

#[test]
fn rows_are_added_to_what_is_stored_and_a_stored_cell_without_a_row_is_left_alone() {
    let stored = vec![sum(row("a", 10), 2), sum(row("b", 20), 0)];
    let added = add_rows(stored, vec![row("a", 1)]).unwrap();
    assert_eq!(added.windows.len(), 1);
    let window = &added.windows[0];
    assert_eq!((window.sums.played_ms, window.sums.views, window.corrections), (11, 2, 2));
}

#[test]
fn a_correction_goes_into_the_sums_of_its_window_and_is_counted() {
    let late = WindowRecord { correction: true, ..row("a", 4) };
    let added =
        add_rows(vec![sum(row("a", 10), 1)], vec![late.clone(), row("a", 1), late]).unwrap();
    assert_eq!(added.corrections, 2);
    let window = &added.windows[0];
    assert_eq!((window.sums.played_ms, window.corrections), (19, 3));
    assert!(!window.sums.correction);
}

#[test]
fn viewers_are_united() {
    let mut other = row("a", 1);
    other.viewers.add("somebody else");
    let added = add_rows(vec![sum(row("a", 1), 0)], vec![other.clone(), other]).unwrap();
    let mut both = row("a", 1).viewers;
    both.add("somebody else");
    assert_eq!(added.windows[0].sums.viewers, both);
}

#[test]
fn a_sum_beyond_2_to_53_is_refused_with_its_line() {
    let check = |stored: i64, more: i64, fits: bool| {
        let found = add_rows(vec![sum(row("a", stored), 0)], vec![row("b", 1), row("a", more)]);
        match found {
            Ok(_) => assert!(fits, "{stored} + {more}"),
            Err(refusal) => {
                assert!(!fits, "{stored} + {more}");
                assert_eq!(refusal.code, Code::InvalidValue);
                assert_eq!(refusal.field.as_deref(), Some("line 2: windows"));
            }
        }
    };
    check(MAX - 1, 1, true);
    check(MAX, 1, false);
    check(1 - MAX, -1, true);
    check(-MAX, -1, false);
}

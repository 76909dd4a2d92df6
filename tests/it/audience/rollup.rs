use proptest::prelude::*;
use std::collections::BTreeMap;
use usher::audience::rollup::{
    FIGURE_MAX, KNOWN_MS_MIN, KnownView, LatestRecord, OpenWindow, RollUpInput, WATCHED_AGE_MS_MAX,
    add_windows, roll_up,
};
use usher::audience::usage::ViewerClass;
use usher::base::limits::MS_MAX;
use usher::playback::record::Device;

const HOUR_MS: u64 = 3_600_000;
const NOW_MS: u64 = 500_000 * HOUR_MS;

/// A `Rollup` object's store: what JavaScript keeps in tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Store {
    known: BTreeMap<String, KnownView>,
    windows: BTreeMap<String, OpenWindow>,
    closed_until_ms: u64,
    conflicts: u64,
    uncounted: u64,
}

impl Store {
    fn take(&mut self, records: &[LatestRecord], class: ViewerClass, now_ms: u64) {
        let known = records.iter().filter_map(|r| self.known.get(&r.view)).cloned().collect();
        let output = roll_up(RollUpInput {
            now_ms,
            window_ms: HOUR_MS,
            grace_ms: 60_000,
            closed_until_ms: self.closed_until_ms,
            class,
            known,
            records: records.to_vec(),
        })
        .unwrap();
        let stored =
            output.windows.iter().filter_map(|w| self.windows.get(&w.cell)).cloned().collect();
        for window in add_windows(stored, output.windows).unwrap() {
            self.windows.insert(window.cell.clone(), window);
        }
        for known in output.known {
            self.known.insert(known.view.clone(), known);
        }
        self.conflicts += output.conflicts;
        self.uncounted += output.uncounted;
    }

    /// By title: views, unique, played, completed, stalls, stalled, and the four classes.
    fn totals(&self) -> BTreeMap<String, [i64; 10]> {
        let mut totals: BTreeMap<String, [i64; 10]> = BTreeMap::new();
        for OpenWindow { record, .. } in self.windows.values() {
            let total = totals.entry(record.title.clone()).or_default();
            for (sum, more) in total.iter_mut().zip(record.sums()) {
                *sum += more;
            }
        }
        totals
    }
}

fn record(view: u64, version: u64, watched_ms: u64) -> LatestRecord {
    LatestRecord {
        view: format!("{view:032x}"),
        viewer: format!("viewer-{}", view % 5),
        title: format!("title-{}", view % 3),
        version,
        unique_ms: version * 10,
        played_ms: version * 100,
        completed: version % 3 == 1,
        stalls: version,
        stalled_ms: version * 7,
        country: Some("AT".to_owned()),
        device: Device::Mobile,
        watched_ms,
        first_seen_ms: NOW_MS,
    }
}

fn taken(records: &[LatestRecord]) -> Store {
    let mut store = Store::default();
    store.take(records, ViewerClass::Light, NOW_MS);
    store
}

/// The only window of the store.
fn only(store: &Store) -> &OpenWindow {
    assert_eq!(store.windows.len(), 1, "{:?}", store.windows.keys());
    store.windows.values().next().unwrap()
}

#[test]
fn a_view_counts_in_the_window_of_its_first_record_and_its_growth_where_it_grew() {
    let early = LatestRecord { device: Device::Tv, ..record(1, 1, NOW_MS - 2 * HOUR_MS) };
    let late = LatestRecord { country: Some("DE".to_owned()), ..record(1, 2, NOW_MS - 1) };
    let mut store = taken(&[early]);
    store.take(&[late], ViewerClass::Heavy, NOW_MS);
    let rows: Vec<_> = store.windows.values().map(|window| &window.record).collect();
    let [first, second] = rows[..] else { panic!("{rows:?}") };
    assert_eq!(
        (first.window_start_ms, second.window_start_ms),
        (NOW_MS - 2 * HOUR_MS, NOW_MS - HOUR_MS)
    );
    // Country and device of the first record hold, and so does the class.
    assert_eq!((&second.country, second.device), (&first.country, Device::Tv));
    assert_eq!(
        (first.views, first.classes.light, first.completed, first.played_ms),
        (1, 1, 1, 100)
    );
    assert_eq!((second.views, second.classes.heavy, second.completed), (0, 0, -1));
    assert_eq!(
        (second.unique_ms, second.played_ms, second.stalls, second.stalled_ms),
        (10, 100, 1, 7)
    );
    assert_eq!([first, second].map(|row| row.viewers.estimate().round()), [1.0, 1.0]);
}

#[test]
fn a_window_is_half_open_and_due_after_its_grace() {
    let check = |watched_ms, start_ms| {
        let store = taken(&[record(1, 1, watched_ms)]);
        let window = only(&store);
        assert_eq!(window.record.window_start_ms, start_ms, "{watched_ms}");
        assert_eq!(window.due_ms, start_ms + HOUR_MS + 60_000);
    };
    check(NOW_MS - 1, NOW_MS - HOUR_MS);
    check(NOW_MS, NOW_MS);
    check(NOW_MS - HOUR_MS, NOW_MS - HOUR_MS);
    check(NOW_MS - HOUR_MS - 1, NOW_MS - 2 * HOUR_MS);
}

#[test]
fn what_comes_for_a_closed_window_is_a_correction() {
    let check = |closed_until_ms, correction, due_ms| {
        let mut store = Store { closed_until_ms, ..Store::default() };
        store.take(&[record(1, 1, NOW_MS - 1)], ViewerClass::Light, NOW_MS);
        let window = only(&store);
        assert_eq!((window.record.correction, window.due_ms), (correction, due_ms));
    };
    check(NOW_MS - 1, false, NOW_MS + 60_000);
    // It waits for others of its window as long as a window does.
    check(NOW_MS, true, NOW_MS + 60_000);
    check(NOW_MS + 5, true, NOW_MS + 60_000);
}

#[test]
fn a_time_that_cannot_be_is_brought_into_bounds() {
    let check = |watched_ms, start_ms| {
        let store = taken(&[record(1, 1, watched_ms)]);
        assert_eq!(only(&store).record.window_start_ms, start_ms, "{watched_ms}");
    };
    let oldest_ms = NOW_MS - WATCHED_AGE_MS_MAX;
    check(oldest_ms, oldest_ms);
    check(oldest_ms - 1, oldest_ms);
    check(1, oldest_ms);
    check(0, NOW_MS);
    check(NOW_MS + HOUR_MS, NOW_MS);
    check(MS_MAX, NOW_MS);
}

#[test]
fn what_is_not_newer_changes_nothing() {
    let store = taken(&[record(1, 3, NOW_MS)]);
    for version in [1, 2, 3] {
        let mut again = store.clone();
        again.take(&[record(1, version, NOW_MS)], ViewerClass::Heavy, NOW_MS + HOUR_MS);
        assert_eq!(again, store);
    }
}

#[test]
fn a_newer_record_without_new_figures_counts_no_viewer() {
    let mut store = taken(&[record(1, 3, NOW_MS)]);
    let paused = LatestRecord { version: 4, ..record(1, 3, NOW_MS + HOUR_MS) };
    store.take(&[paused], ViewerClass::Light, NOW_MS + HOUR_MS);
    only(&store);
    assert_eq!(store.known.values().next().unwrap().version, 4);
}

#[test]
fn a_view_of_another_viewer_or_title_is_not_taken() {
    let store = taken(&[record(1, 3, NOW_MS)]);
    for other in [
        LatestRecord { viewer: "mallory".to_owned(), ..record(1, 4, NOW_MS) },
        LatestRecord { title: "other".to_owned(), ..record(1, 4, NOW_MS) },
    ] {
        let mut after = store.clone();
        after.take(&[other], ViewerClass::Light, NOW_MS);
        assert_eq!(after, Store { conflicts: 1, ..store.clone() });
    }
}

#[test]
fn a_view_that_was_forgotten_is_not_counted_twice() {
    let check = |first_seen_ms, views: i64| {
        let mut store = Store::default();
        let old = LatestRecord { first_seen_ms, ..record(1, 3, NOW_MS) };
        store.take(std::slice::from_ref(&old), ViewerClass::Light, NOW_MS);
        let totals = store.totals();
        assert_eq!(totals.get("title-1").map_or(0, |sums| sums[0]), views, "{first_seen_ms}");
        assert_eq!(store.uncounted, u64::from(views == 0));
        // What it grows by from then on counts.
        let before = totals.get("title-1").map_or(0, |sums| sums[2]);
        store.take(
            &[LatestRecord { version: 4, played_ms: 450, ..old }],
            ViewerClass::Light,
            NOW_MS,
        );
        assert_eq!(store.totals()["title-1"][2] - before, 150);
    };
    check(NOW_MS - KNOWN_MS_MIN, 1);
    check(NOW_MS - KNOWN_MS_MIN - 1, 0);
}

#[test]
fn figures_that_nobody_can_have_are_bounded_and_said() {
    let check = |played_ms, counted: u64, uncounted| {
        let store = taken(&[LatestRecord { played_ms, ..record(1, 1, NOW_MS) }]);
        assert_eq!(only(&store).record.played_ms, counted.cast_signed());
        assert_eq!(store.uncounted, uncounted);
    };
    check(FIGURE_MAX, FIGURE_MAX, 0);
    check(FIGURE_MAX + 1, FIGURE_MAX, 1);
    check(u64::MAX, FIGURE_MAX, 1);
}

#[test]
fn a_sum_that_does_not_fit_is_refused() {
    let huge = |view| LatestRecord { played_ms: u64::MAX, ..record(view * 15, 1, NOW_MS) };
    let ask = |count: u64| {
        roll_up(RollUpInput {
            now_ms: NOW_MS,
            window_ms: HOUR_MS,
            records: (0..count).map(huge).collect(),
            ..RollUpInput::default()
        })
    };
    assert!(ask(1_023).is_ok());
    assert!(ask(1_024).is_err());
}

#[test]
fn a_country_that_is_none_is_left_out() {
    for country in ["", "at", "AUT", "A\n"] {
        let store =
            taken(&[LatestRecord { country: Some(country.to_owned()), ..record(1, 1, NOW_MS) }]);
        assert_eq!(only(&store).record.country, None, "{country}");
    }
}

/// Records of a few views at any version, of any time; the figures of a version are always the same.
fn deliveries() -> impl Strategy<Value = Vec<LatestRecord>> {
    let one = (0..6_u64, 1..8_u64, 0..40_u64, any::<[bool; 2]>()).prop_map(
        |(view, version, hours_ago, [tv, at])| LatestRecord {
            device: if tv { Device::Tv } else { Device::Mobile },
            country: at.then(|| "AT".to_owned()),
            ..record(view, version, NOW_MS - hours_ago * HOUR_MS)
        },
    );
    prop::collection::vec(one, 0..60)
}

fn classes() -> impl Strategy<Value = ViewerClass> {
    (0..4_u64).prop_map(ViewerClass::from_code)
}

/// The sums over the latest record of each view, without the classes.
fn truth(records: &[LatestRecord]) -> BTreeMap<String, [i64; 6]> {
    let mut latest: BTreeMap<&str, &LatestRecord> = BTreeMap::new();
    for record in records {
        let held = latest.entry(&record.view).or_insert(record);
        if record.version > held.version {
            *held = record;
        }
    }
    let mut totals: BTreeMap<String, [i64; 6]> = BTreeMap::new();
    for r in latest.values() {
        let figures = [1, r.unique_ms, r.played_ms, r.completed.into(), r.stalls, r.stalled_ms];
        let total = totals.entry(r.title.clone()).or_default();
        for (sum, figure) in total.iter_mut().zip(figures) {
            *sum += figure.cast_signed();
        }
    }
    totals
}

fn without_classes(totals: BTreeMap<String, [i64; 10]>) -> BTreeMap<String, [i64; 6]> {
    totals.into_iter().map(|(title, sums)| (title, *sums.first_chunk().unwrap())).collect()
}

proptest! {
    #[test]
    fn the_windows_add_up_to_the_latest_records_whatever_comes_in_whatever_order(
        parts in prop::collection::vec((deliveries(), classes(), 0..50_u64), 0..6),
    ) {
        let mut store = Store::default();
        for (records, class, closed_h) in &parts {
            store.take(records, *class, NOW_MS);
            store.closed_until_ms = store.closed_until_ms.max(NOW_MS - closed_h * HOUR_MS);
        }
        let all: Vec<_> = parts.into_iter().flat_map(|(records, ..)| records).collect();
        let totals = store.totals();
        for sums in totals.values() {
            prop_assert_eq!(sums[6..].iter().sum::<i64>(), sums[0]);
        }
        prop_assert_eq!(without_classes(totals), truth(&all));
    }

    #[test]
    fn one_take_and_many_takes_are_the_same(records in deliveries(), class in classes()) {
        let mut at_once = Store::default();
        at_once.take(&records, class, NOW_MS);
        let mut one_by_one = Store::default();
        for record in &records {
            one_by_one.take(std::slice::from_ref(record), class, NOW_MS);
        }
        prop_assert_eq!(&at_once, &one_by_one);
        // And again changes nothing.
        at_once.take(&records, class, NOW_MS + HOUR_MS);
        prop_assert_eq!(at_once, one_by_one);
    }

    #[test]
    fn a_closed_window_never_changes(first in deliveries(), later in deliveries(), closed_h in 0..50_u64) {
        let mut store = Store::default();
        store.take(&first, ViewerClass::Light, NOW_MS);
        store.closed_until_ms = NOW_MS - closed_h * HOUR_MS;
        let closed = |store: &Store| -> Vec<OpenWindow> {
            let of = |w: &&OpenWindow| {
                !w.record.correction && w.record.window_start_ms + HOUR_MS <= store.closed_until_ms
            };
            store.windows.values().filter(of).cloned().collect()
        };
        let before = closed(&store);
        store.take(&later, ViewerClass::Light, NOW_MS);
        prop_assert_eq!(closed(&store), before);
    }

    #[test]
    fn nothing_makes_it_panic(
        version: u64, unique_ms: u64, stalls: u64, watched_ms: u64, first_seen_ms: u64, now_ms: u64, window_ms: u64,
        grace_ms: u64, closed_until_ms: u64, country: Option<String>,
    ) {
        let record = LatestRecord { version, unique_ms, stalls, watched_ms, first_seen_ms, country, ..record(1, 1, 1) };
        let input = RollUpInput {
            now_ms, window_ms, grace_ms, closed_until_ms, records: vec![record; 3], ..RollUpInput::default()
        };
        prop_assert!(roll_up(input).is_ok());
    }
}

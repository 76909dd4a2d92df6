use proptest::prelude::*;
use usher::base::id::{Id, Producer};
use usher::base::limits::MS_MAX;
use usher::playback::clock::{BACKLOG_MS_MAX, Clocks, LOADS_MAX, Measured, PageTime};

#[test]
fn a_clock_that_shows_what_none_can_show_the_nearest() {
    let check = |pair: (f64, f64), expected: (u64, u64)| {
        let time = PageTime::from(pair);
        assert_eq!((time.monotonic_ms, time.wall_ms), expected, "{pair:?}");
    };
    check((1.9, 2.0), (1, 2));
    check((-1.0, -1e300), (0, 0));
    check((f64::NAN, f64::INFINITY), (0, MS_MAX));
}

/// The server's clock when the page was loaded.
const LOADED_MS: u64 = 1_790_000_000_000;

const PAGE: Producer = Producer(Id([1; 16]));
const OTHER: Producer = Producer(Id([2; 16]));

/// The clocks of a page that has been open for so long, on a device whose clock is off by so much.
fn page(monotonic_ms: u64, off_ms: i64) -> PageTime {
    PageTime { monotonic_ms, wall_ms: (LOADED_MS + monotonic_ms).saturating_add_signed(off_ms) }
}

/// What is told of a state measured at `at`, in a body that was sent at `clock` and came then.
fn told(clocks: &mut Clocks, at: PageTime, clock: PageTime, after_ms: u64) -> (u64, bool) {
    let measured = clocks.measured(PAGE, Some(at), Some(clock), LOADED_MS + after_ms);
    (measured.at_ms - LOADED_MS, measured.is_live)
}

#[test]
fn a_live_state_is_dated_by_the_page_whatever_the_device_shows() {
    for off_ms in [0, 3_600_000, -86_400_000 * 365] {
        let clocks = &mut Clocks::default();
        let (at, clock) = (page(60_000, off_ms), page(100_000, off_ms));
        assert_eq!(told(clocks, at, clock, 100_000), (60_000, true));
    }
}

#[test]
fn the_fastest_request_tells_how_late_the_others_were() {
    let clocks = &mut Clocks::default();
    assert_eq!(told(clocks, page(1_000, 0), page(1_000, 0), 21_000), (21_000, true));
    assert_eq!(told(clocks, page(30_000, 0), page(30_000, 0), 30_050), (30_050, true));
    assert_eq!(told(clocks, page(40_000, 0), page(40_000, 0), 60_000), (40_050, true));
}

#[test]
fn a_clock_that_was_set_while_the_page_runs_changes_nothing() {
    let clocks = &mut Clocks::default();
    told(clocks, page(1_000, 0), page(1_000, 0), 1_050);
    let set = told(clocks, page(8_000, 0), page(20_000, -7_200_000), 20_100);
    assert_eq!(set, (8_050, true));
    let after = told(clocks, page(30_000, -7_200_000), page(30_000, -7_200_000), 30_100);
    assert_eq!(after, (30_050, true));
}

#[test]
fn a_page_that_slept_is_dated_anew() {
    let clocks = &mut Clocks::default();
    told(clocks, page(1_000, 0), page(1_000, 0), 1_050);
    // The monotonic clock stood still for an hour, both others went on.
    let slept = 3_600_000;
    let awake = |monotonic_ms| page(monotonic_ms, slept);
    let before = told(clocks, page(5_000, 0), awake(6_000), 6_080 + slept.unsigned_abs());
    assert_eq!(before, (5_050, false), "measured before the sleep, sent after it");
    let after = told(clocks, awake(9_000), awake(9_000), 9_070 + slept.unsigned_abs());
    assert_eq!(after, (9_070 + slept.unsigned_abs(), true));
}

#[test]
fn a_request_that_takes_long_is_no_sleep() {
    let clocks = &mut Clocks::default();
    told(clocks, page(1_000, 0), page(1_000, 0), 1_050);
    assert_eq!(told(clocks, page(9_000, 0), page(9_000, 0), 3_600_000), (9_050, true));
}

#[test]
fn what_an_earlier_page_left_is_dated_by_it_if_it_was_heard() {
    let clocks = &mut Clocks::default();
    told(clocks, page(1_000, 5_000), page(1_000, 5_000), 1_050);
    // The next day another page sends it, on a device that was set by a week.
    let next = PageTime { monotonic_ms: 3_000, wall_ms: LOADED_MS - 7 * 86_400_000 };
    assert_eq!(told(clocks, page(50_000, 5_000), next, 86_400_000), (50_050, false));
}

#[test]
fn what_an_unknown_page_left_is_dated_by_the_wall_clocks() {
    let clocks = &mut Clocks::default();
    let next = PageTime { monotonic_ms: 3_000, wall_ms: LOADED_MS + 86_400_000 };
    assert_eq!(told(clocks, page(50_000, 0), next, 86_400_500), (50_500, false));
}

#[test]
fn nothing_is_dated_in_the_future_or_before_any_backlog() {
    let clocks = &mut Clocks::default();
    let next = PageTime { monotonic_ms: 3_000, wall_ms: LOADED_MS };
    assert_eq!(told(clocks, page(50_000, 1 << 40), next, 70_000), (70_000, false));
    let now_ms = LOADED_MS + BACKLOG_MS_MAX;
    let ancient = PageTime { monotonic_ms: 1 << 30, wall_ms: 5 };
    let measured = clocks.measured(OTHER, Some(ancient), Some(next), now_ms);
    assert_eq!(measured.at_ms, now_ms - BACKLOG_MS_MAX);
    let long = PageTime { monotonic_ms: MS_MAX, wall_ms: MS_MAX };
    let measured = clocks.measured(OTHER, Some(page(0, 0)), Some(long), now_ms);
    assert_eq!(measured.at_ms, now_ms - BACKLOG_MS_MAX);
}

#[test]
fn a_state_of_no_told_time_is_of_now() {
    let clocks = &mut Clocks::default();
    for (at, clock) in [(None, None), (Some(page(5, 0)), None), (None, Some(page(5, 0)))] {
        let measured = clocks.measured(PAGE, at, clock, LOADED_MS);
        assert_eq!(measured, Measured { at_ms: LOADED_MS, is_live: false });
    }
}

#[test]
fn a_viewer_is_known_from_the_first_contact_or_the_first_token() {
    let clocks = &mut Clocks::default();
    clocks.hear(LOADED_MS, None);
    assert_eq!(clocks.known_ms(), LOADED_MS);
    clocks.hear(LOADED_MS + 60_000, Some(LOADED_MS - 5_000));
    assert_eq!(clocks.known_ms(), LOADED_MS - 5_000);
    clocks.hear(LOADED_MS + 90_000, Some(LOADED_MS + 80_000));
    assert_eq!(clocks.known_ms(), LOADED_MS - 5_000);
    // A token of the future is one of now.
    let fresh = &mut Clocks::default();
    fresh.hear(LOADED_MS, Some(LOADED_MS + 30_000));
    assert_eq!(fresh.known_ms(), LOADED_MS);
}

#[test]
fn time_goes_on_when_the_servers_clock_is_put_back() {
    let clocks = &mut Clocks::default();
    clocks.hear(LOADED_MS, None);
    clocks.hear(LOADED_MS - 3_600_000, None);
    assert_eq!(clocks.time_ms(LOADED_MS - 3_600_000), LOADED_MS);
    clocks.hear(LOADED_MS - 3_600_000 + 61_000, None);
    assert_eq!(clocks.time_ms(LOADED_MS - 3_600_000 + 61_000), LOADED_MS + 61_000);
}

#[test]
fn so_many_page_loads_are_known_and_the_oldest_goes() {
    let clocks = &mut Clocks::default();
    let producer = |index: usize| Producer(Id((index as u128 + 1).to_be_bytes()));
    for index in 0..=LOADS_MAX {
        let now_ms = LOADED_MS + index as u64 * 100_000;
        clocks.hear(now_ms, None);
        clocks.measured(producer(index), Some(page(9, 0)), Some(page(9, 0)), now_ms);
    }
    // A restored state shows whether its page load is known: the wall clocks say something else.
    let mut is_known = |index: usize| {
        let sent = PageTime { monotonic_ms: 1, wall_ms: LOADED_MS + 77_000_000 };
        let now_ms = LOADED_MS + 50_000_000;
        let at_ms = clocks.measured(producer(index), Some(page(9, 0)), Some(sent), now_ms).at_ms;
        at_ms == LOADED_MS + index as u64 * 100_000
    };
    assert!(!is_known(0) && is_known(1) && is_known(LOADS_MAX));
}

#[test]
fn a_page_load_that_was_not_heard_for_long_is_forgotten() {
    let clocks = &mut Clocks::default();
    clocks.hear(LOADED_MS, None);
    told(clocks, page(1, 0), page(1, 0), 1);
    let full = clocks.encode().len();
    clocks.hear(LOADED_MS + 61 * 86_400_000, None);
    assert!(clocks.encode().len() < full);
}

fn any_time() -> impl Strategy<Value = PageTime> {
    (0..=MS_MAX, 0..=MS_MAX).prop_map(|(monotonic_ms, wall_ms)| PageTime { monotonic_ms, wall_ms })
}

proptest! {
    #[test]
    fn clocks_are_read_as_they_were_written_and_date_nothing_out_of_bounds(
        heard in prop::collection::vec((0..4_u8, any_time(), any_time(), 0..MS_MAX), 0..12),
    ) {
        let mut clocks = Clocks::default();
        for (producer, at, clock, now_ms) in heard {
            clocks.hear(now_ms, None);
            let producer = Producer(Id([producer; 16]));
            let measured = clocks.measured(producer, Some(at), Some(clock), now_ms);
            prop_assert!(measured.at_ms <= now_ms);
            prop_assert!(now_ms - measured.at_ms <= BACKLOG_MS_MAX);
            prop_assert_eq!(Clocks::decode(&clocks.encode()), Ok(clocks.clone()));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Clocks::decode(&bytes);
    }
}

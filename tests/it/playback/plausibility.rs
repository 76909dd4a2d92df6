use super::set;
use usher::base::id::{Id, Producer};
use usher::playback::clock::BACKLOG_MS_MAX;
use usher::playback::plausibility::{Implausible, Leniency, Passage, check};
use usher::playback::provenance::Anchor;
use usher::playback::reading::{DURATION_MS_MAX, Extent};
use usher::playback::state::ViewState;
use usher::playback::tally::Tally;

const PRODUCER: Producer = Producer(Id([1; 16]));
const NOW_MS: u64 = 1_790_000_000_000;
const HOUR_MS: u64 = 3_600_000;
const SLACK_MS: u64 = 300_000;

/// Signed, known for ten hours, from a page that was open for one.
const PASSAGE: Passage = Passage {
    now_ms: NOW_MS,
    known_ms: NOW_MS - 10 * HOUR_MS,
    is_signed: true,
    page_ms: Some(HOUR_MS),
};

fn reason(
    tally: Tally,
    content: &[(u64, u64)],
    passage: &Passage,
    anchor: Option<Anchor>,
) -> Option<Implausible> {
    let state = ViewState::of(PRODUCER, tally, set(content));
    check(&state, passage, Leniency::default(), |_| anchor).err()
}

fn of(tally: Tally) -> Option<Implausible> {
    reason(tally, &[], &PASSAGE, None)
}

fn played(playing_ms: u64) -> Tally {
    Tally { version: 1, playing_ms, played_ms: playing_ms, ..Tally::default() }
}

#[test]
fn a_state_of_nothing_and_one_of_an_hour_are_believed() {
    assert_eq!(of(Tally::default()), None);
    let hour = Tally { extent: Extent::Finite(HOUR_MS), ..played(HOUR_MS) };
    assert_eq!(reason(hour, &[(0, HOUR_MS)], &PASSAGE, None), None);
}

/// A thousandth more than has passed, because clocks drift.
fn with_slack(passed_ms: u64) -> u64 {
    passed_ms + passed_ms / 1_000 + SLACK_MS
}

fn check_first(passage: &Passage, passed_ms: u64) {
    let of = |playing_ms| reason(played(playing_ms), &[], passage, None);
    assert_eq!(of(with_slack(passed_ms)), None, "{passage:?}");
    assert_eq!(of(with_slack(passed_ms) + 1), Some(Implausible::TimeNotPassed), "{passage:?}");
}

#[test]
fn the_first_state_has_no_more_playing_time_than_the_viewer_is_known() {
    let untold = Passage { page_ms: None, ..PASSAGE };
    check_first(&untold, 10 * HOUR_MS);
    check_first(&Passage { known_ms: NOW_MS, ..untold }, 0);
    check_first(&Passage { is_signed: false, ..untold }, 10 * HOUR_MS + BACKLOG_MS_MAX);
}

#[test]
fn the_first_state_has_no_more_playing_time_than_its_page_was_open() {
    check_first(&PASSAGE, HOUR_MS);
    check_first(&Passage { is_signed: false, ..PASSAGE }, HOUR_MS);
    let open = |page_ms| Passage { page_ms: Some(page_ms), ..PASSAGE };
    // Its first token, and consent, may have come late.
    check_first(&open(24 * HOUR_MS), 24 * HOUR_MS);
    check_first(&open(25 * HOUR_MS), 24 * HOUR_MS);
    let long_known = Passage { known_ms: NOW_MS - 100 * HOUR_MS, ..open(90 * HOUR_MS) };
    check_first(&long_known, 90 * HOUR_MS);
    check_first(&Passage { page_ms: Some(200 * HOUR_MS), ..long_known }, 100 * HOUR_MS);
}

#[test]
fn a_known_producer_has_no_more_than_has_passed_since_it_would_have_begun() {
    let anchor = |began_ms| {
        Some(Anchor { producer: PRODUCER, began_ms, measured_ms: NOW_MS - 1_000, version: 5 })
    };
    let check = |playing_ms, began_ms, expected| {
        assert_eq!(reason(played(playing_ms), &[], &PASSAGE, anchor(began_ms)), expected);
    };
    check(HOUR_MS + SLACK_MS, NOW_MS - HOUR_MS, None);
    check(
        HOUR_MS + HOUR_MS / 1_000 + SLACK_MS + 1,
        NOW_MS - HOUR_MS,
        Some(Implausible::TimeNotPassed),
    );
}

#[test]
fn what_was_paused_or_suspended_needs_no_time() {
    let tally =
        Tally { paused_ms: 1 << 38, suspended_ms: 1 << 38, startup_ms: 1 << 38, ..played(5) };
    assert_eq!(of(tally), None);
}

#[test]
fn versions_grow_no_faster_than_one_in_ten_milliseconds() {
    let anchor =
        Anchor { producer: PRODUCER, began_ms: 0, measured_ms: NOW_MS - 1_000, version: 7 };
    let of = |version| reason(Tally { version, ..played(5) }, &[], &PASSAGE, Some(anchor));
    let most = 7 + (1_000 + 1 + SLACK_MS) / 10 + 10_000;
    assert_eq!(of(most), None);
    assert_eq!(of(most + 1), Some(Implausible::VersionTooFast));
}

#[test]
fn numbers_are_at_most_34_years() {
    let most = 1 << 40;
    let check = |change: fn(&mut Tally, u64)| {
        for (number, expected) in [(most, None), (most + 1, Some(Implausible::NumberTooLarge))] {
            let mut tally = Tally::default();
            change(&mut tally, number);
            assert_eq!(of(tally), expected, "{tally:?}");
        }
    };
    check(|tally, number| tally.seeks = number);
    check(|tally, number| tally.paused_ms = number);
    check(|tally, number| tally.suspended_ms = number);
    check(|tally, number| tally.errors = number);
    check(|tally, number| tally.dropped_frames = number);
    let long = |ms| of(Tally { extent: Extent::Finite(ms), ..Tally::default() });
    assert_eq!(long(DURATION_MS_MAX), None);
    assert_eq!(long(DURATION_MS_MAX + 1), Some(Implausible::NumberTooLarge));
}

#[test]
fn a_part_is_no_larger_than_its_whole() {
    let whole = Tally { linear_ad_ms: 10, stalled_ms: 10, ..played(100) };
    let check = |change: &dyn Fn(&mut Tally, u64), most: u64| {
        for (number, expected) in [(most, None), (most + 1, Some(Implausible::PartAboveWhole))] {
            let mut tally = whole;
            change(&mut tally, number);
            assert_eq!(of(tally), expected, "{tally:?}");
        }
    };
    check(&|tally, number| tally.muted_ms = number, 100);
    check(&|tally, number| tally.hidden_ms = number, 100);
    check(&|tally, number| tally.ad_ms = number, 110);
    check(&|tally, number| tally.stall_longest_ms = number, 10);
    check(&|tally, number| tally.rate_weighted_us = number, 100 * 16_000);
    check(&|tally, number| tally.bitrate_weighted_bits = number, 100 << 24);
}

#[test]
fn content_is_no_longer_than_its_title_unless_that_has_no_end() {
    let of = |extent, end_ms| {
        reason(Tally { extent, ..played(HOUR_MS) }, &[(0, end_ms)], &PASSAGE, None)
    };
    assert_eq!(of(Extent::Finite(60_000), 61_000), None);
    assert_eq!(of(Extent::Finite(60_000), 61_001), Some(Implausible::ContentBeyondDuration));
    assert_eq!(of(Extent::Live, 61_001), None);
    assert_eq!(of(Extent::Unknown, 61_001), None);
}

#[test]
fn content_needs_time_in_which_it_can_have_been_shown() {
    let of = |passage: &Passage, end_ms| reason(played(1_000), &[(0, end_ms)], passage, None);
    // The page was open for an hour before anything was measured.
    let most_ms = 20 * (HOUR_MS + 1_000) + 60_000;
    assert_eq!(of(&PASSAGE, most_ms), None);
    assert_eq!(of(&PASSAGE, most_ms + 1), Some(Implausible::ContentWithoutTime));
    let untold = Passage { page_ms: None, known_ms: NOW_MS, ..PASSAGE };
    assert_eq!(of(&untold, 20_000 + 60_000), None);
    assert_eq!(of(&untold, 20_000 + 60_001), Some(Implausible::ContentWithoutTime));
}

#[test]
fn repeats_need_playing_time() {
    let of = |played_ms| of(Tally { played_ms, ..played(1_000) });
    assert_eq!(of(20_000 + 60_000), None);
    assert_eq!(of(20_000 + 60_001), Some(Implausible::PlayedWithoutTime));
}

#[test]
fn every_producer_of_a_state_is_looked_at() {
    let good = ViewState::of(PRODUCER, played(5), set(&[]));
    let bad = ViewState::of(Producer(Id([9; 16])), Tally { muted_ms: 6, ..played(5) }, set(&[]));
    let found = check(&good.merge(&bad), &PASSAGE, Leniency::default(), |_| None);
    assert_eq!(found, Err(Implausible::PartAboveWhole));
}

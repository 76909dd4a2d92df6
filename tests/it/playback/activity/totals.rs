use proptest::prelude::*;
use std::borrow::Cow;
use usher::playback::activity::play::{Bookmark, Play, StartedBy, play_id};
use usher::playback::activity::report::Total;
use usher::playback::activity::totals::{NAMES_MAX, NamedTotals, SITTING_GAP_MS, Totals};

fn play(profile: &str, started_ms: u64, played_ms: u64) -> Play<'_> {
    Play {
        id: play_id(profile, started_ms, "T"),
        profile: Cow::Borrowed(profile),
        title: Cow::Borrowed("T"),
        started_ms,
        played_ms,
        bookmark: Bookmark::None,
        latest_bookmark: Bookmark::None,
        started_by: StartedBy::Viewer,
        device: Cow::Borrowed("Television"),
        country: Cow::Borrowed(""),
    }
}

fn totals(plays: &[(u64, u64)]) -> Totals {
    let mut totals = Totals::default();
    for (started_ms, played_ms) in plays {
        totals.add(&play("Anna", *started_ms, *played_ms));
    }
    totals
}

fn sittings(plays: &[(u64, u64)]) -> u64 {
    totals(plays).profiles().first().map_or(0, |profile| profile.sittings)
}

/// One after the other in order: a play begins a sitting if it is too far from all before it.
fn sittings_in_order(plays: &[(u64, u64)]) -> u64 {
    let mut plays = plays.to_vec();
    plays.sort_unstable();
    let (mut count, mut ended) = (0, None);
    for (start, length) in plays {
        if ended.is_none_or(|ended| start > ended + SITTING_GAP_MS) {
            count += 1;
        }
        ended = Some((start + length).max(ended.unwrap_or(0)));
    }
    count
}

#[test]
fn plays_no_more_than_half_an_hour_apart_are_one_sitting() {
    let gap = SITTING_GAP_MS;
    assert_eq!(sittings(&[(0, 10), (10 + gap, 10)]), 1);
    assert_eq!(sittings(&[(0, 10), (11 + gap, 10)]), 2);
    // The one in the middle joins both.
    assert_eq!(sittings(&[(0, 10), (2 * gap, 10), (gap, 10)]), 1);
    assert_eq!(sittings(&[(0, 10 * gap), (gap, 1), (10 * gap, 1)]), 1);
    assert_eq!(sittings(&[(5, 0), (5, 0)]), 1);
}

#[test]
fn profiles_are_told_apart() {
    let mut totals = totals(&[(7, 3), (2, 1)]);
    totals.add(&play("Bert", 9, 5));
    let profiles = totals.profiles();
    assert_eq!(
        (profiles[0].name.as_str(), profiles[0].plays, profiles[0].played_ms),
        ("Anna", 2, 4)
    );
    assert_eq!((profiles[0].first_started_ms, profiles[0].last_started_ms), (2, 7));
    assert_eq!((profiles[1].name.as_str(), profiles[1].sittings), ("Bert", 1));
    assert_eq!(totals.all(), Total { plays: 3, played_ms: 9 });
    assert_eq!(totals.countries().to_vec()[0].name, "");
}

#[test]
fn more_profiles_than_have_room_are_one_sum() {
    let mut totals = Totals::default();
    for index in 0..NAMES_MAX + 3 {
        totals.add(&play(&format!("profile {index}"), 0, 10));
    }
    assert_eq!(totals.profiles().len(), NAMES_MAX);
    assert_eq!(totals.other_profiles(), Total { plays: 3, played_ms: 30 });
    assert_eq!(totals.all().plays, NAMES_MAX as u64 + 3);
}

#[test]
fn names_are_sorted_by_time_and_what_has_no_room_is_one_sum() {
    let mut named = NamedTotals::new(2);
    for (name, played_ms) in [("b", 5), ("a", 5), ("c", 9), ("b", 0), ("d", 1)] {
        named.add(name, played_ms);
    }
    let names: Vec<_> =
        named.to_vec().into_iter().map(|t| (t.name, t.plays, t.played_ms)).collect();
    assert_eq!(names, [("a".to_owned(), 1, 5), ("b".to_owned(), 2, 5)]);
    assert_eq!(named.others(), Total { plays: 2, played_ms: 10 });
}

#[test]
fn days_are_those_of_the_caller_and_its_error_ends_it() {
    const HOUR_MS: u64 = 3_600_000;
    let totals = totals(&[(0, 1), (23 * HOUR_MS + HOUR_MS - 1, 2), (24 * HOUR_MS, 4)]);
    let day_of =
        |shift: u64| move |ms: u64| Ok::<_, ()>(((ms + shift) / (24 * HOUR_MS)).to_string());
    let days = |shift| -> Vec<(String, u64, u64)> {
        let days = totals.days(day_of(shift)).unwrap();
        days.into_iter().map(|d| (d.day, d.plays, d.played_ms)).collect()
    };
    assert_eq!(days(0), [("0".to_owned(), 2, 3), ("1".to_owned(), 1, 4)]);
    // A quarter of an hour ahead of UTC.
    assert_eq!(days(HOUR_MS / 4), [("0".to_owned(), 1, 1), ("1".to_owned(), 2, 6)]);
    assert_eq!(totals.days(|_| Err::<String, _>("no zone")), Err("no zone"));
}

proptest! {
    #[test]
    fn the_order_of_plays_makes_no_difference(
        plays in proptest::collection::vec((0_u64..100_000_000, 0_u64..10_000_000), 0..40),
        other in any::<prop::sample::Index>(),
    ) {
        let mut turned = plays.clone();
        turned.reverse();
        if !turned.is_empty() {
            let by = other.index(turned.len());
            turned.rotate_left(by);
        }
        prop_assert_eq!(sittings(&plays), sittings_in_order(&plays));
        prop_assert_eq!(totals(&plays).profiles(), totals(&turned).profiles());
    }
}

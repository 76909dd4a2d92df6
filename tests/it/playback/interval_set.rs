use super::{pairs, set};
use proptest::prelude::*;
use usher::base::limits::MS_MAX;
use usher::base::varint::{Reader, WireError};
use usher::playback::interval_set::{Interval, IntervalSet};

/// Intervals on a line short enough for a bitmap of single milliseconds.
const LINE_MS: usize = 200;

fn intervals() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let interval = (0..LINE_MS as u64, 0..30_u64);
    prop::collection::vec(
        interval.prop_map(|(start, length)| (start, (start + length).min(LINE_MS as u64))),
        0..25,
    )
}

fn bitmap(intervals: &[(u64, u64)]) -> Vec<bool> {
    (0..LINE_MS as u64)
        .map(|ms| intervals.iter().any(|(start, end)| (*start..*end).contains(&ms)))
        .collect()
}

fn encoded(set: &IntervalSet) -> Vec<u8> {
    let mut bytes = Vec::new();
    set.encode(&mut bytes);
    bytes
}

#[test]
fn touching_intervals_become_one() {
    let check = |intervals: &[(u64, u64)], expected: &[(u64, u64)]| {
        assert_eq!(pairs(&set(intervals)), expected, "{intervals:?}");
    };
    check(&[(0, 6000), (4000, 10_000)], &[(0, 10_000)]);
    check(&[(0, 100), (0, 120), (500, 1000)], &[(0, 120), (500, 1000)]);
    check(&[(0, 1), (1, 2)], &[(0, 2)]);
    check(&[(0, 1), (2, 3)], &[(0, 1), (2, 3)]);
    check(&[(10, 20), (0, 5), (30, 40), (4, 31)], &[(0, 40)]);
    check(&[(10, 20), (12, 15)], &[(10, 20)]);
}

#[test]
fn an_interval_holds_something_and_ends_within_the_limit() {
    assert_eq!(Interval::new(5, 5), None);
    assert_eq!(Interval::new(6, 5), None);
    assert!(Interval::new(0, MS_MAX).is_some());
    assert_eq!(Interval::new(0, MS_MAX + 1), None);
}

#[test]
fn truncation_removes_the_shortest_and_says_so() {
    let mut short = set(&[(0, 10), (20, 22), (30, 35), (40, 42)]);
    assert!(short.truncate(2));
    assert_eq!(pairs(&short), [(0, 10), (30, 35)]);
    assert_eq!(short.total_ms(), 15);
    assert!(!short.truncate(2));
}

#[test]
fn content_shown_again_is_the_common_part() {
    let seen = set(&[(0, 10), (20, 30)]);
    let mut again = IntervalSet::default();
    again.insert_common(Interval::new(5, 25).unwrap(), &seen);
    assert_eq!(pairs(&again), [(5, 10), (20, 25)]);
    again.insert_common(Interval::new(10, 20).unwrap(), &seen);
    assert_eq!(again.total_ms(), 10);
}

#[test]
fn bytes_that_break_the_invariant_are_refused() {
    let check = |bytes: &[u8], expected: Result<Vec<(u64, u64)>, WireError>| {
        let read = IntervalSet::decode(&mut Reader::new(bytes), 3);
        assert_eq!(read.map(|set| pairs(&set)), expected, "{bytes:?}");
    };
    check(&[0], Ok(vec![]));
    check(&[2, 0, 5, 3, 1], Ok(vec![(0, 5), (8, 9)]));
    check(&[2, 0, 5, 0, 1], Err(WireError::Overlong));
    check(&[1, 0, 0], Err(WireError::TooLarge));
    check(&[4, 0, 1, 1, 1, 1, 1, 1, 1], Err(WireError::TooLarge));
    check(&[2, 0, 5, 3], Err(WireError::Truncated));
    check(&[1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], Err(WireError::TooLarge));
}

proptest! {
    #[test]
    fn the_set_is_the_bitmap(list in intervals()) {
        let (set, bits) = (set(&list), bitmap(&list));
        prop_assert_eq!(set.total_ms() as usize, bits.iter().filter(|bit| **bit).count());
        for (ms, bit) in bits.iter().enumerate() {
            prop_assert_eq!(set.contains(ms as u64), *bit);
        }
        for limit in [0, 1, 50, 199, 200] {
            let before = bits.iter().take(limit).filter(|bit| **bit).count();
            prop_assert_eq!(set.total_before_ms(limit as u64) as usize, before);
        }
    }

    #[test]
    fn intervals_are_disjoint_and_sorted(list in intervals()) {
        for pair in pairs(&set(&list)).windows(2) {
            prop_assert!(pair[0].1 < pair[1].0);
        }
    }

    #[test]
    fn the_order_of_insertion_does_not_matter(list in intervals()) {
        let reversed: Vec<_> = list.iter().rev().copied().collect();
        prop_assert_eq!(set(&list), set(&reversed));
    }

    #[test]
    fn union_is_a_join(a in intervals(), b in intervals(), c in intervals()) {
        let both: Vec<_> = a.iter().chain(&b).copied().collect();
        let (a, b, c) = (set(&a), set(&b), set(&c));
        prop_assert_eq!(&a.union(&b), &set(&both));
        prop_assert_eq!(a.union(&b), b.union(&a));
        prop_assert_eq!(a.union(&b).union(&c), a.union(&b.union(&c)));
        prop_assert_eq!(a.union(&a), a);
    }

    #[test]
    fn content_shown_again_is_never_more_than_was_seen(seen in intervals(), piece in (0..150_u64, 1..50_u64)) {
        let (bits, seen) = (bitmap(&seen), set(&seen));
        let mut again = IntervalSet::default();
        again.insert_common(Interval::new(piece.0, piece.0 + piece.1).unwrap(), &seen);
        for ms in 0..LINE_MS as u64 {
            prop_assert_eq!(again.contains(ms), bits[ms as usize] && (piece.0..piece.0 + piece.1).contains(&ms));
        }
    }

    #[test]
    fn truncation_never_adds(list in intervals(), limit in 0..10_usize) {
        let whole = set(&list);
        let mut cut = whole.clone();
        let removed = cut.truncate(limit);
        prop_assert_eq!(removed, whole.as_slice().len() > limit);
        prop_assert!(cut.as_slice().len() <= limit);
        prop_assert_eq!(&whole.union(&cut), &whole);
        prop_assert_eq!(cut.total_ms(), cut.as_slice().iter().map(|i| i.length_ms()).sum::<u64>());
    }

    #[test]
    fn a_set_survives_its_bytes(list in intervals()) {
        let whole = set(&list);
        let bytes = encoded(&whole);
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(IntervalSet::decode(&mut reader, LINE_MS), Ok(whole));
        prop_assert!(reader.is_done());
    }
}

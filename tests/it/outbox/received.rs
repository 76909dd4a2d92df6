use proptest::prelude::*;
use std::collections::BTreeSet;
use usher::outbox::received::{AHEAD_MAX, Arrival, Received};

fn of(numbers: impl IntoIterator<Item = u64>) -> Received {
    let mut received = Received::default();
    for number in numbers {
        received.take(number);
    }
    received
}

#[test]
fn a_gap_is_visible_until_it_is_closed() {
    let mut received = of([1, 2, 5, 6, 9]);
    assert_eq!((received.complete(), received.highest(), received.count()), (2, 9, 5));
    assert_eq!(received.gaps(0, 10), [(3, 4), (7, 8)]);
    assert_eq!(received.gaps(12, 10), [(3, 4), (7, 8), (10, 12)]);
    assert_eq!(received.gaps(12, 1), [(3, 4)]);
    for number in [3, 8, 4, 7] {
        assert_eq!(received.take(number), Arrival::New);
    }
    assert_eq!((received.complete(), received.gaps(9, 10)), (9, vec![]));
}

#[test]
fn a_number_comes_once() {
    let mut received = of([1, 3]);
    for number in [1, 3, 0] {
        assert_eq!(received.take(number), Arrival::Repeated);
    }
}

#[test]
fn a_number_too_far_ahead_is_not_noted() {
    let mut received = of([1]);
    assert_eq!(received.take(1 + AHEAD_MAX), Arrival::New);
    assert_eq!(received.take(2 + AHEAD_MAX), Arrival::TooFarAhead);
    assert!(!received.has(2 + AHEAD_MAX));
    received.take(2);
    assert_eq!(received.take(2 + AHEAD_MAX), Arrival::New);
}

#[test]
fn bytes_that_are_not_its_own_form_are_refused() {
    assert_eq!(Received::decode(&[]).unwrap(), Received::default());
    let word = |low: u8| [1, 0, 1, low, 0, 0, 0, 0, 0, 0, 0].to_vec();
    assert_eq!(Received::decode(&word(2)).unwrap(), of([2]));
    for bytes in
        [vec![2, 0, 0], vec![1], word(1), word(0), vec![1, 0, 65], [word(2), vec![0]].concat()]
    {
        assert!(Received::decode(&bytes).is_err(), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn it_knows_what_a_set_of_numbers_knows(numbers in prop::collection::vec(1_u64..400, 0..400), announced in 0_u64..500) {
        let received = of(numbers.iter().copied());
        let set: BTreeSet<u64> = numbers.iter().copied().collect();
        for number in 0..500 {
            prop_assert_eq!(received.has(number), set.contains(&number));
        }
        prop_assert_eq!(received.count(), set.len() as u64);
        let highest = set.last().copied().unwrap_or(0);
        prop_assert_eq!(received.highest(), highest);
        let missing: Vec<u64> = (1..=highest.max(announced)).filter(|n| !set.contains(n)).collect();
        let gaps: Vec<u64> =
            received.gaps(announced, usize::MAX).into_iter().flat_map(|(first, last)| first..=last).collect();
        prop_assert_eq!(gaps, missing);
        prop_assert_eq!(Received::decode(&received.encode()).unwrap(), received);
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(mut numbers in prop::collection::vec(1_u64..3000, 0..100)) {
        let forward = of(numbers.iter().copied());
        numbers.reverse();
        prop_assert_eq!(of(numbers), forward);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 1..40)) {
        if let Ok(received) = Received::decode(&bytes) {
            prop_assert_eq!(received.encode(), bytes);
        }
    }
}

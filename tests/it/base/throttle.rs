use proptest::prelude::*;
use usher::base::throttle::{Pace, admit};

const PACE: Pace = Pace { per_second: 10.0, burst: 60.0 };

/// How many of so many requests, one after the other at these times, are taken.
fn taken(times_ms: impl Iterator<Item = f64>) -> usize {
    let mut used_ms = 0.0;
    times_ms
        .filter(|now_ms| match admit(used_ms, *now_ms, PACE) {
            Ok(used) => {
                used_ms = used;
                true
            }
            Err(_) => false,
        })
        .count()
}

#[test]
fn a_burst_is_taken_and_not_one_more() {
    assert_eq!(taken((0..60).map(|_| 5_000.0)), 60);
    assert_eq!(taken((0..1_000).map(|_| 5_000.0)), 60);
}

#[test]
fn for_long_so_many_a_second_are_taken() {
    // A hundred a second for a minute: the burst, and ten a second.
    let count = taken((0..6_000).map(|index| 1e12 + f64::from(index) * 10.0));
    assert!((60 + 599..=60 + 601).contains(&count), "{count}");
}

#[test]
fn who_asks_once_a_second_is_always_taken_after_a_burst_too() {
    let burst = (0..60).map(|_| 1e12);
    let steady = (1..=100_000).map(|index| 1e12 + f64::from(index) * 1000.0);
    assert_eq!(taken(burst.chain(steady)), 100_060);
}

#[test]
fn who_is_too_early_is_told_when_to_come() {
    let mut used_ms = 0.0;
    for _ in 0..60 {
        used_ms = admit(used_ms, 1e12, PACE).unwrap();
    }
    let wait_ms = admit(used_ms, 1e12, PACE).unwrap_err();
    assert!((99.9..=100.1).contains(&wait_ms), "{wait_ms}");
    assert!(admit(used_ms, 1e12 + wait_ms + 0.01, PACE).is_ok());
}

#[test]
fn a_clock_that_was_put_back_costs_no_more_than_a_burst() {
    let wait_ms = admit(9e12, 1e12, PACE).unwrap_err();
    assert!(wait_ms <= 101.0, "{wait_ms}");
}

proptest! {
    #[test]
    fn no_numbers_panic(used_ms: f64, now_ms: f64, per_second: f64, burst: f64) {
        let _ = admit(used_ms, now_ms, Pace { per_second, burst });
    }
}

use proptest::prelude::*;
use usher::outbox::sender::{Sender, Verdict};

fn answered(sender: &mut Sender, status: u16, items: usize) -> Verdict {
    sender.answer(status, items, 1_000, 0.5, None)
}

#[test]
fn a_status_says_what_becomes_of_one_item() {
    let check = |status, expected| {
        assert_eq!(answered(&mut Sender::new(50), status, 1), expected, "{status}");
    };
    for status in [200, 204, 299] {
        check(status, Verdict::Committed);
    }
    for status in [400, 403, 409, 413, 422] {
        check(status, Verdict::SetAside);
    }
    for status in [0, 199, 300, 401, 404, 408, 425, 429, 500, 503, 599] {
        check(status, Verdict::Owed);
    }
}

#[test]
fn items_refused_together_are_bisected_until_one_stands_alone() {
    let mut sender = Sender::new(50);
    let mut sizes = vec![sender.items()];
    while answered(&mut sender, 413, sizes[sizes.len() - 1]) == Verdict::Owed {
        sizes.push(sender.items());
    }
    assert_eq!(sizes, [50, 25, 13, 7, 4, 2, 1]);
    assert_eq!(sender.wait_ms(1_000), 0, "a refusal is no reason to wait");
}

#[test]
fn the_parts_grow_again_with_every_success() {
    let mut sender = Sender::new(50);
    answered(&mut sender, 400, 4);
    assert_eq!(sender.items(), 2);
    for expected in [4, 8, 16, 32, 50, 50] {
        answered(&mut sender, 200, 1);
        assert_eq!(sender.items(), expected);
    }
}

#[test]
fn failures_wait_longer_each_time_and_a_success_forgets_them() {
    let mut sender = Sender::new(50);
    for expected in [750, 1_500, 3_000, 6_000] {
        answered(&mut sender, 503, 1);
        assert_eq!(sender.wait_ms(1_000), expected);
    }
    assert_eq!(sender.failures(), 4);
    answered(&mut sender, 200, 1);
    assert_eq!((sender.failures(), sender.wait_ms(1_000)), (0, 0));
}

#[test]
fn hurry_ends_a_wait_that_nobody_asked_for() {
    let mut sender = Sender::new(50);
    answered(&mut sender, 0, 1);
    sender.hurry();
    assert_eq!(sender.wait_ms(1_000), 0);
}

#[test]
fn hurry_does_not_break_the_silence_that_was_asked_for() {
    let mut sender = Sender::new(50);
    sender.answer(429, 1, 1_000, 0.0, Some(8_000));
    sender.hurry();
    assert_eq!((sender.wait_ms(1_000), sender.silent_until_ms()), (8_000, 9_000));
    let mut other = Sender::new(50);
    other.hush(sender.silent_until_ms(), 1_000);
    other.hurry();
    assert_eq!(other.wait_ms(1_000), 8_000);
}

#[test]
fn an_answer_does_not_end_the_silence_that_another_was_asked_for() {
    for (status, items) in [(200, 1), (413, 2), (413, 1), (503, 1), (0, 1)] {
        let mut sender = Sender::new(50);
        sender.hush(61_000, 1_000);
        answered(&mut sender, status, items);
        assert_eq!(sender.wait_ms(1_000), 60_000, "{status}");
    }
    let mut sender = Sender::new(50);
    sender.hush(61_000, 1_000);
    sender.answer(429, 1, 1_000, 0.0, Some(8_000));
    assert_eq!((sender.wait_ms(1_000), sender.silent_until_ms()), (60_000, 61_000));
}

#[test]
fn a_clock_that_is_put_back_costs_no_more_than_the_longest_delay() {
    let mut sender = Sender::new(50);
    sender.answer(429, 1, 10_000_000, 0.0, Some(300_000));
    assert_eq!(sender.wait_ms(10_000_000), 300_000);
    assert_eq!(sender.wait_ms(10_000_000 - 1), 0);
    // What is asked for by the new clock holds, whatever the old one said.
    sender.answer(429, 1, 1_000, 0.0, Some(8_000));
    assert_eq!((sender.wait_ms(1_000), sender.silent_until_ms()), (8_000, 9_000));
    sender.hush(10_000_000, 1_000);
    assert_eq!((sender.wait_ms(1_000), sender.silent_until_ms()), (8_000, 9_000));
    sender.hush(301_000, 1_000);
    assert_eq!(sender.wait_ms(1_000), 300_000);
}

#[test]
fn a_sender_that_was_stored_goes_on_as_it_was() {
    let mut sender = Sender::new(50);
    answered(&mut sender, 400, 50);
    sender.answer(429, 25, 1_000, 0.5, Some(8_000));
    let stored = serde_json::to_value(sender).unwrap();
    let [items_max, items, failures, next_try_ms, silent_until_ms] =
        ["items_max", "items", "failures", "next_try_ms", "silent_until_ms"]
            .map(|field| stored[field].as_u64().unwrap());
    assert_eq!((items_max, items, failures, next_try_ms), (50, 25, 1, 9_000));
    assert_eq!(Sender::restored(items_max, items, failures, next_try_ms, silent_until_ms), sender);
}

proptest! {
    #[test]
    fn whatever_is_answered_one_item_may_go_within_five_minutes(
        answers in prop::collection::vec((0_u16..700, 1_usize..60, any::<f64>(), any::<Option<u64>>()), 0..50),
    ) {
        let mut sender = Sender::new(50);
        for (status, items, random, retry_after_ms) in answers {
            sender.answer(status, items, 1_000, random, retry_after_ms);
            prop_assert!((1..=50).contains(&sender.items()));
            prop_assert!(sender.wait_ms(1_000) <= 300_000);
        }
    }
}

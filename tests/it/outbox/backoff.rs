use proptest::prelude::*;
use usher::outbox::backoff::retry_delay_ms;

#[test]
fn the_span_doubles_from_one_second_to_five_minutes() {
    let check =
        |attempt, expected| assert_eq!(retry_delay_ms(attempt, 1.0, None), expected, "{attempt}");
    check(0, 1_000);
    check(1, 1_000);
    check(2, 2_000);
    check(9, 256_000);
    check(10, 300_000);
    check(u32::MAX, 300_000);
}

#[test]
fn what_the_server_asks_for_is_a_lower_bound_up_to_five_minutes() {
    assert_eq!(retry_delay_ms(1, 0.0, Some(8_000)), 8_000);
    assert_eq!(retry_delay_ms(5, 1.0, Some(8_000)), 16_000);
    assert_eq!(retry_delay_ms(1, 0.0, Some(86_400_000)), 300_000);
}

#[test]
fn five_requests_span_an_outage_of_fifteen_seconds() {
    let span_ms: u64 = (1..=5).map(|attempt| retry_delay_ms(attempt, 0.0, None)).sum();
    assert_eq!(span_ms, 15_500);
}

proptest! {
    #[test]
    fn the_delay_is_in_the_upper_half_of_its_span(attempt in 1_u32..20, random in -1.0..2.0_f64) {
        let span_ms = (1_000_u64 << (attempt - 1).min(9)).min(300_000);
        let delay_ms = retry_delay_ms(attempt, random, None);
        prop_assert!((span_ms / 2..=span_ms).contains(&delay_ms));
    }

    #[test]
    fn randomness_that_is_no_number_is_half_the_span(attempt in 1_u32..20) {
        let (nan, none) = (retry_delay_ms(attempt, f64::NAN, None), retry_delay_ms(attempt, 0.0, None));
        prop_assert_eq!(nan, none);
    }
}

use usher::coupon::filter::FILTER_CODES_MAX;
use usher::coupon::filter_builder::{BuildError, build};

#[test]
fn the_order_and_repetitions_of_codes_change_nothing() {
    assert_eq!(build(b"A1\nB2\nC3").unwrap(), build(b"C3\nA1\n\nB2\nA1\n").unwrap());
    assert_ne!(build(b"A1\nB2\nC3").unwrap(), build(b"A1\nB2\nC4").unwrap());
}

#[test]
fn a_filter_has_a_most() {
    let lines = "A\n".repeat(FILTER_CODES_MAX + 1);
    assert_eq!(build(lines.as_bytes()), Err(BuildError::Many));
}

use proptest::prelude::*;
use usher::base::money::MINOR_MAX;
use usher::coupon::spread::spread;

#[test]
fn the_largest_remainders_get_what_is_left_the_first_of_equal_ones() {
    let weights = [10, 20, 10, 30, 50, 20, 10, 40];
    assert_eq!(spread(93, &weights), [5, 10, 5, 15, 24, 10, 5, 19]);
    assert_eq!(spread(12, &[200, 100]), [8, 4]);
    assert_eq!(spread(1, &[1, 1, 1]), [1, 0, 0]);
    assert_eq!(spread(2, &[1, 1, 1]), [1, 1, 0]);
    assert_eq!(spread(1, &[1, 2]), [0, 1]);
}

#[test]
fn without_a_weight_there_are_no_parts() {
    assert_eq!(spread(5, &[]), Vec::<i64>::new());
    assert_eq!(spread(5, &[0, 0]), [0, 0]);
    assert_eq!(spread(5, &[0, 9]), [0, 5]);
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_amount_and_none_is_above_its_weight(
        weights in prop::collection::vec(0..=MINOR_MAX / 200, 1..=200),
        percent in 0..=100_i128,
    ) {
        let whole: i64 = weights.iter().sum();
        let amount = i64::try_from(i128::from(whole) * percent / 100).unwrap();
        let parts = spread(amount, &weights);
        prop_assert_eq!(parts.iter().sum::<i64>(), amount);
        for (part, weight) in parts.iter().zip(&weights) {
            let exact = i128::from(amount) * i128::from(*weight);
            let down = exact / i128::from(whole.max(1));
            prop_assert!((down..=down + 1).contains(&i128::from(*part)));
            prop_assert!((0..=*weight).contains(part));
        }
    }
}

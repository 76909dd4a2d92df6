use proptest::prelude::*;
use usher::base::money::{Currency, MINOR_MAX, checked, decimal, part, sum};

#[test]
fn a_currency_is_three_capitals() {
    assert_eq!(Currency::parse("EUR").unwrap().as_str(), "EUR");
    for text in ["", "EU", "EURO", "eur", "EU1", "E R", "ÉUR", "€"] {
        assert!(Currency::parse(text).is_err(), "{text}");
        assert!(serde_json::from_value::<Currency>(text.into()).is_err(), "{text}");
    }
    assert_eq!(serde_json::to_string(&Currency::parse("JPY").unwrap()).unwrap(), "\"JPY\"");
}

#[cfg(feature = "office")]
#[test]
fn only_a_currency_that_is_paid_with_is_in_use() {
    for (text, is_in_use) in
        [("CLP", true), ("USD", true), ("DEM", false), ("XXX", false), ("XAU", false)]
    {
        assert_eq!(Currency::parse(text).unwrap().is_in_use(), is_in_use, "{text}");
    }
}

#[test]
fn no_amount_is_below_0_or_beyond_what_javascript_holds() {
    assert_eq!(
        [-1, 0, MINOR_MAX, MINOR_MAX + 1].map(checked),
        [None, Some(0), Some(MINOR_MAX), None]
    );
    assert_eq!(sum([]), Some(0));
    assert_eq!(sum([MINOR_MAX - 1, 1]), Some(MINOR_MAX));
    assert_eq!(sum([MINOR_MAX, 1]), None);
    assert_eq!(sum([5, -1]), None);
    assert_eq!(sum([i64::MAX, i64::MAX]), None);
}

proptest! {
    #[test]
    fn a_decimal_is_that_of_the_standard_library(amount in any::<i64>()) {
        prop_assert_eq!(decimal(amount), amount.to_string());
    }

    #[test]
    fn a_part_is_that_of_wide_arithmetic(
        amount in 0..=MINOR_MAX,
        (share, whole) in (1..=MINOR_MAX).prop_flat_map(|whole| (0..=whole, Just(whole))),
        narrow in 0..53_u32,
    ) {
        let (amount, share) = (amount >> narrow, share >> (narrow / 2));
        let exact = i128::from(amount) * i128::from(share);
        let (quotient, rest) = (exact / i128::from(whole), exact % i128::from(whole));
        let (part, left) = part(amount, share, whole);
        prop_assert_eq!((i128::from(part), i128::from(left)), (quotient, rest));
    }
}

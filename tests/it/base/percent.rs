use proptest::prelude::*;
use usher::base::percent::Percent;

fn of(percent: &str, whole: i64) -> i64 {
    Percent::parse(percent).unwrap().of(whole)
}

#[test]
fn only_decimals_from_0_to_100_are_percentages() {
    for text in ["0", "0.0", "100", "100.000000", "33.333", "0.000001", "007.5", "12.5"] {
        assert!(Percent::parse(text).is_ok(), "{text}");
    }
    for text in [
        "",
        ".",
        "5.",
        ".5",
        "-1",
        "-0",
        "+5",
        "100.1",
        "100.000001",
        "101",
        "1000",
        "1e2",
        "NaN",
        "Infinity",
        "0x10",
        "1,5",
        " 5",
        "5 ",
        "5%",
        "1.2.3",
        "0.0000001",
        "0000000000",
        "٥",
    ] {
        assert!(Percent::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_half_is_rounded_up() {
    for (percent, whole, part) in [
        ("29", 50, 15),
        ("10.5", 6_000, 630),
        ("50", 1, 1),
        ("49.999999", 1, 0),
        ("33.333", 100, 33),
        ("0.5", 99, 0),
        ("0.5", 100, 1),
        ("100", (1 << 53) - 1, (1 << 53) - 1),
        ("0", (1 << 53) - 1, 0),
    ] {
        assert_eq!(of(percent, whole), part, "{percent} % of {whole}");
    }
}

#[test]
fn a_percentage_is_written_without_zeros_that_say_nothing() {
    for (given, written) in
        [("12.50", "12.5"), ("100.0", "100"), ("0.000001", "0.000001"), ("00", "0")]
    {
        assert_eq!(String::from(Percent::parse(given).unwrap()), written);
        let json = format!("\"{given}\"");
        let read: Percent = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), format!("\"{written}\""));
    }
    let refused = serde_json::from_str::<Percent>("\"100.1\"").unwrap_err().to_string();
    assert!(refused.starts_with("expected a decimal from 0 to 100"), "{refused}");
}

proptest! {
    #[test]
    fn a_part_is_exact_and_within_its_whole(millionths in 0..=100_000_000_u64, whole in 0..(1_i64 << 53)) {
        let text = format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
        let exact = i128::from(whole) * i128::from(millionths);
        let part = of(&text, whole);
        prop_assert_eq!(i128::from(part), (exact + 50_000_000) / 100_000_000);
        prop_assert!((0..=whole).contains(&part));
    }
}

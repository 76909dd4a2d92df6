use crate::zones::offset_ms;
use proptest::prelude::*;
use usher::base::calendar::{
    DAY_MS, Date, end_of_day, instant_of, instant_text, parse_instant, plus_days, start_of_day,
};

const HOUR: i64 = 3_600_000;

fn at(text: &str) -> i64 {
    parse_instant(text).unwrap()
}

/// The first instant of a day, and how many hours it has.
fn day(zone: &str, date: &str) -> (i64, i64) {
    let date = Date::parse(date).unwrap();
    let offset_at = |instant| offset_ms(zone, instant);
    let start = start_of_day(date, &offset_at).unwrap();
    (start, (end_of_day(date, &offset_at).unwrap() - start) / HOUR)
}

#[test]
fn only_days_of_the_calendar_are_days() {
    for text in ["2024-02-29", "2000-02-29", "1970-01-01", "9999-12-31", "0001-01-01"] {
        assert!(Date::parse(text).is_some(), "{text}");
    }
    let none = ["2023-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00"];
    let other = ["2026-1-01", "2026/01/01", "20260101", "+026-01-01", "", "2026-01-01T00:00:00Z"];
    for text in none.iter().chain(&other) {
        assert_eq!(Date::parse(text), None, "{text}");
    }
    assert_eq!(Date::parse("1970-01-02").unwrap().midnight_ms(), DAY_MS);
    assert_eq!(Date::parse("2026-03-10").unwrap().midnight_ms(), at("2026-03-10T00:00:00Z"));
}

#[test]
fn an_instant_is_read_with_its_fraction_and_its_offset() {
    let noon = 1_773_144_000_000;
    for (text, ms) in [
        ("2026-03-10T12:00:00Z", noon),
        ("2026-03-10t12:00:00z", noon),
        ("2026-03-10 12:00:00.000Z", noon),
        ("2026-03-10T12:00:00.5Z", noon + 500),
        ("2026-03-10T12:00:00.123456789Z", noon + 123),
        ("2026-03-10T09:00:00-03:00", noon),
        ("2026-03-10T17:30:00+05:30", noon),
        ("2026-03-10T11:59:60Z", noon),
        ("1969-12-31T23:59:59Z", -1_000),
    ] {
        assert_eq!(parse_instant(text), Some(ms), "{text}");
    }
    for text in [
        "2026-03-10",
        "2026-03-10T12:00:00",
        "2026-03-10T12:00Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T12:60:00Z",
        "2026-03-10T12:00:61Z",
        "2026-03-10T12:00:00.Z",
        "2026-03-10T12:00:00+0530",
        "2026-03-10T12:00:00+24:00",
        "2026-02-30T12:00:00Z",
        "2026-03-1\u{e9}T12:00:00Z",
        "",
    ] {
        assert_eq!(parse_instant(text), None, "{text}");
    }
    assert_eq!(instant_text(noon), "2026-03-10 12:00 UTC");
    assert_eq!(instant_text(-1), "1969-12-31 23:59 UTC");
}

#[test]
fn a_local_day_has_23_24_or_25_hours() {
    assert_eq!(day("UTC", "2026-03-10"), (at("2026-03-10T00:00:00Z"), 24));
    assert_eq!(day("America/New_York", "2026-03-08"), (at("2026-03-08T05:00:00Z"), 23));
    assert_eq!(day("America/New_York", "2026-11-01"), (at("2026-11-01T04:00:00Z"), 25));
    assert_eq!(day("Europe/Madrid", "2026-10-25"), (at("2026-10-24T22:00:00Z"), 25));
}

#[test]
fn a_midnight_that_does_not_come_is_the_change_of_clocks() {
    // In Santiago and Havana the clocks go from 24:00 to 01:00.
    assert_eq!(day("America/Santiago", "2026-09-06"), (at("2026-09-06T04:00:00Z"), 23));
    assert_eq!(day("America/Havana", "2026-03-08"), (at("2026-03-08T05:00:00Z"), 23));
    // In Toronto in 1919 they went from 23:30 to 00:30.
    let toronto = |instant| offset_ms("America/Toronto", instant);
    let (start, end) = (Date::parse("1919-03-31").unwrap(), Date::parse("1919-03-30").unwrap());
    assert_eq!(start_of_day(start, &toronto), Some(at("1919-03-31T04:30:00Z")));
    assert_eq!(end_of_day(end, &toronto), Some(at("1919-03-31T04:30:00Z")));
}

#[test]
fn a_midnight_that_comes_twice_begins_the_day_once_and_ends_it_for_good() {
    // In Santiago 24:00 becomes 23:00: the day before has an hour more.
    assert_eq!(day("America/Santiago", "2026-04-04"), (at("2026-04-04T03:00:00Z"), 25));
    assert_eq!(day("America/Santiago", "2026-04-05"), (at("2026-04-05T04:00:00Z"), 24));
    // In Havana 01:00 becomes 00:00: the day itself has it.
    assert_eq!(day("America/Havana", "2026-10-31"), (at("2026-10-31T04:00:00Z"), 24));
    assert_eq!(day("America/Havana", "2026-11-01"), (at("2026-11-01T04:00:00Z"), 25));
    // In St John's 00:01 became 23:01: the day before came back for 59 minutes.
    let st_johns = |instant| offset_ms("America/St_Johns", instant);
    let before = Date::parse("2006-10-28").unwrap();
    assert_eq!(end_of_day(before, &st_johns), Some(at("2006-10-29T03:30:00Z")));
}

#[test]
fn a_day_that_a_zone_left_out_is_empty() {
    let apia = |instant| offset_ms("Pacific/Apia", instant);
    let change = Some(at("2011-12-30T10:00:00Z"));
    for date in ["2011-12-29", "2011-12-30"] {
        assert_eq!(end_of_day(Date::parse(date).unwrap(), &apia), change, "{date}");
    }
    assert_eq!(start_of_day(Date::parse("2011-12-30").unwrap(), &apia), change);
}

#[test]
fn a_local_time_in_a_gap_is_later_and_one_that_comes_twice_the_first() {
    let new_york = |instant| offset_ms("America/New_York", instant);
    for (local, instant) in [
        ("2026-03-08T01:59:59Z", "2026-03-08T06:59:59Z"),
        ("2026-03-08T02:30:00Z", "2026-03-08T07:30:00Z"),
        ("2026-03-08T03:00:00Z", "2026-03-08T07:00:00Z"),
        ("2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z"),
        ("2026-11-01T02:00:00Z", "2026-11-01T07:00:00Z"),
    ] {
        assert_eq!(instant_of(at(local), &new_york), Some(at(instant)), "{local}");
    }
}

#[test]
fn days_are_added_by_the_clock() {
    let new_york = |instant| offset_ms("America/New_York", instant);
    let later = |from: &str, days| plus_days(at(from), days, &new_york).unwrap();
    assert_eq!(later("2026-03-07T17:00:00Z", 7), at("2026-03-14T16:00:00Z"));
    assert_eq!(later("2026-03-07T07:30:00Z", 1), at("2026-03-08T07:30:00Z"));
    assert_eq!(later("2026-10-31T17:00:00Z", 1), at("2026-11-01T18:00:00Z"));
    // The second 01:30 stays the second.
    assert_eq!(later("2026-11-01T06:30:00Z", 0), at("2026-11-01T06:30:00Z"));
}

#[test]
fn a_zone_that_is_not_known_has_no_instants() {
    let nowhere = |instant| offset_ms("Mars/Olympus", instant);
    assert_eq!(instant_of(0, &nowhere), None);
    assert_eq!(plus_days(0, 1, &nowhere), None);
    assert_eq!(start_of_day(Date::parse("2026-03-10").unwrap(), &nowhere), None);
    assert_eq!(end_of_day(Date::parse("2026-03-10").unwrap(), &nowhere), None);
}

proptest! {
    #[test]
    fn days_follow_one_another_without_a_hole(days in 20_400_i64..20_900, zone in 0..5_usize) {
        let zone = ["America/Santiago", "America/New_York", "America/Havana", "Europe/Madrid", "UTC"]
            [zone];
        let offset_at = |instant| offset_ms(zone, instant);
        let text = |days: i64| instant_text(days * DAY_MS)[..10].to_owned();
        let (one, next) = (Date::parse(&text(days)).unwrap(), Date::parse(&text(days + 1)).unwrap());
        prop_assert_eq!(one.midnight_ms(), days * DAY_MS);
        let (start, end) = (start_of_day(one, &offset_at), end_of_day(one, &offset_at));
        prop_assert_eq!(end, start_of_day(next, &offset_at));
        prop_assert!((23..=25).contains(&((end.unwrap() - start.unwrap()) / HOUR)));
    }

    #[test]
    fn an_instant_and_its_local_time_are_one_unless_it_comes_twice(
        instant in 1_767_139_200_000_i64..1_798_675_200_000,
    ) {
        let offset_at = |instant| offset_ms("America/Santiago", instant);
        let local = instant + offset_at(instant).unwrap();
        let found = instant_of(local, &offset_at).unwrap();
        prop_assert!(found == instant || found == instant - HOUR);
        prop_assert_eq!(found + offset_at(found).unwrap(), local);
    }
}

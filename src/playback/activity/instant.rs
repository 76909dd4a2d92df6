//! The clock of an export: `2024-06-16 14:55:58` in UTC, `00:44:10` for how long.

const DAY_MS: u64 = 86_400_000;

/// The moment of `YYYY-MM-DD HH:MM:SS` in UTC, in milliseconds since 1970.
///
/// None for another form, for a day that the calendar does not have, and before 1970.
#[must_use]
pub fn utc_ms(text: &str) -> Option<u64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', rest @ ..] = text.as_bytes() else {
        return None;
    };
    let year = number(&[*y1, *y2, *y3, *y4])?;
    let (month, day) = (number(&[*m1, *m2])?, number(&[*d1, *d2])?);
    let [h1, h2, rest @ ..] = rest else { return None };
    let hour = number(&[*h1, *h2])?;
    let known = year >= 1970 && day >= 1 && day <= days_of(year, month)? && hour < 24;
    let (minutes, seconds) = minutes_and_seconds(rest)?;
    known.then(|| {
        days_since_1970(year, month, day) * DAY_MS
            + hour * 3_600_000
            + minutes * 60_000
            + seconds * 1000
    })
}

/// The length of `H:MM:SS`, in milliseconds; hours have one to three digits.
///
/// None for another form, so also for a negative length or for 60 seconds.
#[must_use]
pub fn length_ms(text: &str) -> Option<u64> {
    let (hours, rest) = text.as_bytes().split_at_checked(text.find(':')?)?;
    if hours.is_empty() || hours.len() > 3 {
        return None;
    }
    let (minutes, seconds) = minutes_and_seconds(rest)?;
    Some(number(hours)? * 3_600_000 + minutes * 60_000 + seconds * 1000)
}

/// `:MM:SS`.
fn minutes_and_seconds(text: &[u8]) -> Option<(u64, u64)> {
    let [b':', m1, m2, b':', s1, s2] = text else { return None };
    let (minutes, seconds) = (number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    (minutes < 60 && seconds < 60).then_some((minutes, seconds))
}

/// At most four digits.
fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value: u64, digit| {
        digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0'))
    })
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u64, month: u64) -> Option<u64> {
    match month {
        2 => Some(if is_leap(year) { 29 } else { 28 }),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

/// The caller has checked the date.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let before = year - 1;
    let leap_days = before / 4 - before / 100 + before / 400 - 477;
    let months: u64 = (1..month).filter_map(|earlier| days_of(year, earlier)).sum();
    (year - 1970) * 365 + leap_days + months + day - 1
}

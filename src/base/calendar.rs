//! Days and local times of the Gregorian calendar, and the instants that they are in a zone.
//!
//! A zone is what the host knows of it: a function from an instant (UTC) to the offset that holds then, which
//! added to it gives the local time. All of it is in milliseconds; a local time is written as the instant that
//! it would be in UTC.

/// A day without its leap second.
pub const DAY_MS: i64 = 86_400_000;

/// Last instant that hosts know: 100,000,000 days after the first of 1970. Source: ECMA-262, time values.
pub const INSTANT_MAX_MS: i64 = 100_000_000 * DAY_MS;

/// The offset of a zone at an instant; none beyond the host's range of time.
pub type OffsetAt<'a> = &'a dyn Fn(i64) -> Option<i64>;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    // INVARIANT (years 0 to 9999): days from 1970-01-01 that a text of ten characters can name.
    days: i64,
}

impl Date {
    /// Reads `YYYY-MM-DD`; none if it is not such a text or there is no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
        let year = number(&[*y1, *y2, *y3, *y4])?;
        let (month, day) = (number(&[*m1, *m2])?, number(&[*d1, *d2])?);
        if !(1..=12).contains(&month) || day == 0 {
            return None;
        }
        let date = Self { days: days_of(year, month, day) };
        (date.parts() == (year, month, day)).then_some(date)
    }

    /// Midnight, as a local time.
    #[must_use]
    pub fn midnight_ms(self) -> i64 {
        self.days * DAY_MS
    }

    /// Year, month and day. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    fn parts(self) -> (i64, i64, i64) {
        let shifted = self.days + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (year_of_era + era * 400 + i64::from(month <= 2), month, day)
    }
}

/// The same source.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    })
}

/// Reads an instant such as `2026-03-10T12:00:00Z`, with or without a fraction of a second, of which three digits
/// count, in UTC or with an offset. None for anything else. A leap second is the second after it.
///
/// Source: RFC 3339, 5.6.
#[cfg(feature = "office")]
#[must_use]
pub fn parse_instant(text: &str) -> Option<i64> {
    let date = Date::parse(text.get(..10)?)?;
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] =
        text.as_bytes().get(10..)?
    else {
        return None;
    };
    let [hour, minute, second] = [[*h1, *h2], [*m1, *m2], [*s1, *s2]].map(|pair| number(&pair));
    let (hour, minute, second) = (hour?, minute?, second?);
    let (mut ms, mut rest) = (0, rest);
    if let [b'.', fraction @ ..] = rest {
        let digits = fraction.iter().take_while(|digit| digit.is_ascii_digit()).count();
        let thousandths =
            [0, 1, 2].map(|at| fraction.get(at).filter(|_| at < digits).unwrap_or(&b'0'));
        ms = number(&thousandths.map(|digit| *digit))?;
        rest = fraction.get(digits..).filter(|_| digits > 0)?;
    }
    let offset_minutes = match rest {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let of_day_ms = ((hour * 60 + minute - offset_minutes) * 60 + second) * 1_000 + ms;
    Some(date.midnight_ms() + of_day_ms)
}

/// An instant as people read it, in UTC: `2026-03-10 12:00 UTC`.
#[cfg(feature = "office")]
#[must_use]
pub fn instant_text(instant_ms: i64) -> String {
    let (year, month, day) = Date { days: instant_ms.div_euclid(DAY_MS) }.parts();
    let minute = instant_ms.rem_euclid(DAY_MS) / 60_000;
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", minute / 60, minute % 60)
}

/// The instant of a local time. One that comes twice is the first of the two; one that does not come is as
/// much later as the clocks were put forward.
///
/// # Errors
/// None beyond the host's range of time.
///
/// Source: ECMA-262 Temporal, disambiguation `compatible`; `java.time.ZonedDateTime.ofLocal`.
#[must_use]
pub fn instant_of(local_ms: i64, offset_at: OffsetAt<'_>) -> Option<i64> {
    match Found::of(local_ms, offset_at)? {
        Found::Once(instant) | Found::Twice(instant, _) | Found::Skipped(instant) => Some(instant),
    }
}

/// The local time some days later, at the same time by the clock.
///
/// # Errors
/// None beyond the host's range of time.
#[must_use]
pub fn plus_days(instant_ms: i64, days: i64, offset_at: OffsetAt<'_>) -> Option<i64> {
    if days == 0 {
        // The second of two equal local times stays the second.
        return Some(instant_ms);
    }
    instant_of(instant_ms + offset_at(instant_ms)? + days * DAY_MS, offset_at)
}

/// The first instant of a local day; of one that the zone left out, that of the next.
///
/// # Errors
/// None beyond the host's range of time.
#[must_use]
pub fn start_of_day(date: Date, offset_at: OffsetAt<'_>) -> Option<i64> {
    let midnight_ms = date.midnight_ms();
    match Found::of(midnight_ms, offset_at)? {
        Found::Once(instant) | Found::Twice(instant, _) => Some(instant),
        Found::Skipped(_) => transition(midnight_ms, offset_at),
    }
}

/// The first instant after a local day, which lasts 23, 24 or 25 hours, sometimes others.
///
/// # Errors
/// None beyond the host's range of time.
#[must_use]
pub fn end_of_day(date: Date, offset_at: OffsetAt<'_>) -> Option<i64> {
    let next = Date { days: date.days + 1 };
    let midnight_ms = next.midnight_ms();
    match Found::of(midnight_ms, offset_at)? {
        // Put back over midnight, the clocks come to the day once more.
        Found::Twice(_, second) if second - 1 + offset_at(second - 1)? < midnight_ms => {
            Some(second)
        }
        Found::Once(_) | Found::Twice(..) | Found::Skipped(_) => start_of_day(next, offset_at),
    }
}

/// What a local time is in a zone.
enum Found {
    Once(i64),
    Twice(i64, i64),
    /// It does not come; the instant that the clock before the gap would have given it.
    Skipped(i64),
}

impl Found {
    fn of(local_ms: i64, offset_at: OffsetAt<'_>) -> Option<Self> {
        // No zone is further from UTC than a day, and none changes twice in two days.
        let before = local_ms - offset_at(local_ms - DAY_MS)?;
        let after = local_ms - offset_at(local_ms + DAY_MS)?;
        let holds = |instant| Some(instant + offset_at(instant)? == local_ms);
        Some(match (holds(before)?, holds(after)?) {
            (true, true) if before != after => Self::Twice(before.min(after), before.max(after)),
            (true, _) => Self::Once(before),
            (false, true) => Self::Once(after),
            (false, false) => Self::Skipped(before),
        })
    }
}

/// The instant of the change of clocks next to a local time that it skips.
fn transition(local_ms: i64, offset_at: OffsetAt<'_>) -> Option<i64> {
    let (mut before, mut after) = (local_ms - DAY_MS, local_ms + DAY_MS);
    let old = offset_at(before)?;
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if offset_at(middle)? == old {
            before = middle;
        } else {
            after = middle;
        }
    }
    Some(after)
}

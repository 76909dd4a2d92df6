//! Until when a coupon gives access.

use super::coupon::{Benefit, Combine, Coupon, DaysMode};
use super::purchase::Purchase;
use crate::base::calendar::{DAY_MS, INSTANT_MAX_MS, plus_days};
use crate::base::refusal::{Code, Refusal};

/// The zones that the host knows: the offset of a zone at an instant, both in milliseconds; none for a zone
/// that it does not know, and beyond its range of time.
pub type Zones<'a> = &'a dyn Fn(&str, i64) -> Option<i64>;

/// Access after a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// UTC, exclusive; never earlier than without the trial.
    pub until_ms: i64,
    /// Whether that is later than without the trial.
    pub is_longer: bool,
}

/// Until when a customer has access with a coupon; none if it is no trial. The end that holds without it is the
/// later of the access that is there and the trial that the plan has itself.
///
/// # Errors
/// [`Code::InvalidValue`] for an unknown zone, and an end beyond the host's range of time.
pub fn access(
    coupon: &Coupon,
    purchase: &Purchase,
    now_ms: i64,
    zones: Zones<'_>,
) -> Result<Option<Access>, Refusal> {
    let from_ms = purchase.trial_from_ms.unwrap_or(now_ms);
    let current_ms = purchase.current_access_until_ms.unwrap_or(i64::MIN).max(from_ms);
    let trial_days = purchase.existing_trial_days.unwrap_or(0);
    let (known_ms, until_ms) = match &coupon.benefit {
        Benefit::Percent { .. } | Benefit::Fixed { .. } => return Ok(None),
        Benefit::TrialUntil { until_ms, .. } => {
            let known_ms = later(from_ms, trial_days, DaysMode::Elapsed, purchase, zones)?;
            (known_ms, *until_ms)
        }
        Benefit::TrialDays { days, days_mode } => {
            let later = |from_ms, days| later(from_ms, days, *days_mode, purchase, zones);
            let known_ms = later(from_ms, trial_days)?;
            let until_ms = match coupon.combine {
                Combine::Replace | Combine::Max => later(from_ms, *days)?,
                // One addition, so that the clock is put right once.
                Combine::Add if known_ms >= current_ms => {
                    later(from_ms, days.saturating_add(trial_days))?
                }
                Combine::Add => later(current_ms, *days)?,
            };
            (known_ms, until_ms)
        }
    };
    let current_ms = current_ms.max(known_ms);
    Ok(Some(Access { until_ms: until_ms.max(current_ms), is_longer: until_ms > current_ms }))
}

#[inline(never)]
fn later(
    from_ms: i64,
    days: u32,
    mode: DaysMode,
    purchase: &Purchase,
    zones: Zones<'_>,
) -> Result<i64, Refusal> {
    let zone = purchase.tz.as_deref().unwrap_or("UTC");
    let days = i64::from(days);
    let until_ms = match mode {
        // 32 bits of days and 53 of milliseconds.
        DaysMode::Elapsed => Some(from_ms.wrapping_add(days.wrapping_mul(DAY_MS))),
        DaysMode::Calendar => plus_days(from_ms, days, &|instant| zones(zone, instant)),
    };
    until_ms.filter(|until_ms| *until_ms <= INSTANT_MAX_MS).ok_or_else(|| {
        let message =
            format!("`{zone}`, expected a zone of the IANA database, and an end within its time");
        Refusal::at(Code::InvalidValue, "purchase.tz", message)
    })
}

//! What an operator may change of a coupon that customers know: nothing that takes away what was promised,
//! except that it may be stopped.

use super::coupon::Coupon;
use super::trial::Zones;
use super::written::{DETAIL_BYTES_MAX, WrittenWindow, window};
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Deserializer};

/// The JSON of a change. What is left out stays; null takes an end or a limit away.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Change {
    active: Option<bool>,
    detail: Option<String>,
    window: WindowChange,
    limits: LimitsChange,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WindowChange {
    #[serde(deserialize_with = "given")]
    ends_at: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    ends_on: Option<Option<String>>,
    tz: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct LimitsChange {
    #[serde(deserialize_with = "given")]
    max_redemptions: Option<Option<u64>>,
    #[serde(deserialize_with = "given")]
    per_customer: Option<Option<u64>>,
    #[serde(deserialize_with = "given")]
    budget_minor: Option<Option<i64>>,
}

/// Tells null from nothing.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// The coupon after a change, with the next version; the same coupon if nothing changes.
///
/// # Errors
/// A [`Refusal`] that names the field: an end before the start, a limit below the one before.
pub fn change(coupon: &Coupon, body: &[u8], zones: Zones<'_>) -> Result<Coupon, Refusal> {
    let change: Change = json::read(body)?;
    let mut changed = coupon.clone();
    changed.active = change.active.unwrap_or(coupon.active);
    if let Some(detail) = change.detail {
        if detail.len() > DETAIL_BYTES_MAX {
            let message = format!("`{}` bytes, expected at most {DETAIL_BYTES_MAX}", detail.len());
            return Err(Refusal::at(Code::InvalidValue, "detail", message));
        }
        changed.detail = detail;
    }
    change_end(&mut changed, change.window, zones)?;
    let LimitsChange { max_redemptions, per_customer, budget_minor } = change.limits;
    let limits = &mut changed.limits;
    raise("limits.max_redemptions", &mut limits.max_redemptions, max_redemptions)?;
    raise("limits.per_customer", &mut limits.per_customer, per_customer)?;
    raise("limits.budget_minor", &mut limits.budget_minor, budget_minor)?;
    if &changed != coupon {
        changed.version = coupon.version.saturating_add(1);
    }
    Ok(changed)
}

fn change_end(coupon: &mut Coupon, change: WindowChange, zones: Zones<'_>) -> Result<(), Refusal> {
    let WindowChange { ends_at, ends_on, tz } = change;
    if ends_at.is_none() && ends_on.is_none() {
        if tz.is_some() {
            let message = "a zone alone changes nothing, expected `ends_on` with it";
            return Err(Refusal::at(Code::MissingField, "window.ends_on", message));
        }
        return Ok(());
    }
    let before = &coupon.window;
    let ends_on = ends_on.flatten();
    let tz = tz.or_else(|| before.tz.clone());
    let written = WrittenWindow { ends_at: ends_at.flatten(), ends_on, tz, ..Default::default() };
    let end = window(written, zones)?;
    let starts_ms = before.starts_ms;
    if starts_ms.zip(end.ends_ms).is_some_and(|(starts, ends)| starts >= ends) {
        let message = "the window ends before it starts, expected a later end";
        return Err(Refusal::at(Code::InvalidValue, "window", message));
    }
    coupon.window.ends_ms = end.ends_ms;
    coupon.window.ends_on = end.ends_on;
    coupon.window.tz = end.tz;
    Ok(())
}

/// Takes a limit that is not below the one before; none is the highest.
fn raise<T: Copy + Ord + core::fmt::Display>(
    field: &str,
    limit: &mut Option<T>,
    given: Option<Option<T>>,
) -> Result<(), Refusal> {
    let Some(new) = given else { return Ok(()) };
    let lowered = match (*limit, new) {
        (_, None) => None,
        (Some(before), Some(new)) => {
            (new < before).then(|| format!("`{new}`, expected at least {before}, or null"))
        }
        (None, Some(new)) => Some(format!("`{new}`, expected null: there was no limit")),
    };
    if let Some(message) = lowered {
        return Err(Refusal::at(Code::InvalidValue, field, message));
    }
    *limit = new;
    Ok(())
}

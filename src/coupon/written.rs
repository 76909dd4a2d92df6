//! A coupon as operators write it, and what it becomes.

use super::code::Code as CouponCode;
use super::coupon::{
    Benefit, Codes, Combine, Coupon, DaysMode, Duration, Limits, Stacking, Target,
};
use super::trial::Zones;
use super::window::Window;
use crate::base::calendar::{Date, end_of_day, parse_instant, start_of_day};
use crate::base::money::{Currency, checked};
use crate::base::percent::Percent;
use crate::base::refusal::{Code, Refusal};
use serde::Deserialize;
use tsify::Tsify;

/// Bytes of a detail.
pub const DETAIL_BYTES_MAX: usize = 500;

/// Bytes of an id, and of a word such as a segment.
pub const WORD_BYTES_MAX: usize = 64;

/// Entries of a list: scopes, customers, plans, countries, lines.
pub const LIST_MAX: usize = 1_000;

/// Days of a trial: a hundred years.
pub const DAYS_MAX: u32 = 36_525;

/// What stands behind a coupon that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct CouponDraft {
    /// For the coupon.
    pub id: String,
    /// Of its group.
    pub group: String,
    /// For the coupon.
    pub version: u64,
    /// What the operator wrote.
    pub written: WrittenCoupon,
}

/// A coupon as operators write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct WrittenCoupon {
    /// For people, at most [`DETAIL_BYTES_MAX`] bytes.
    #[serde(default)]
    pub detail: String,
    /// Whether it may be used at all; it may, without it.
    #[tsify(optional, type = "boolean | null")]
    pub active: Option<bool>,
    /// When it may be used.
    #[serde(default)]
    pub window: WrittenWindow,
    /// How it is called.
    pub codes: WrittenCodes,
    /// As in `Coupon`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What it gives.
    pub benefit: WrittenBenefit,
    /// As in `Coupon`.
    #[serde(default)]
    pub target: Target,
    /// As in `Coupon`.
    #[serde(default)]
    pub combine: Combine,
    /// As in `Coupon`.
    #[serde(default)]
    pub stacking: Stacking,
    /// As in `Coupon`.
    #[serde(default)]
    pub duration: Duration,
    /// As in `Coupon`.
    #[serde(default)]
    pub limits: Limits,
    /// As in `Coupon`; it does, without it.
    #[tsify(optional, type = "boolean | null")]
    pub release_on_cancel: Option<bool>,
}

/// Instants, or local days in a zone; either end may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct WrittenWindow {
    /// RFC 3339.
    #[tsify(optional, type = "string | null")]
    pub starts_at: Option<String>,
    /// RFC 3339, exclusive.
    #[tsify(optional, type = "string | null")]
    pub ends_at: Option<String>,
    /// First local day, `YYYY-MM-DD`.
    #[tsify(optional, type = "string | null")]
    pub starts_on: Option<String>,
    /// Last local day, which counts whole.
    #[tsify(optional, type = "string | null")]
    pub ends_on: Option<String>,
    /// The zone of those days, as in the IANA database.
    #[tsify(optional, type = "string | null")]
    pub tz: Option<String>,
}

/// How a coupon is to be called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum WrittenCodes {
    /// By one code.
    Named {
        /// In any spelling.
        code: String,
    },
    /// By codes that are made. What is said of making them is not the coupon's: a generator reads it.
    #[tsify(missing_as_null)]
    Generated {
        /// How many.
        #[serde(default)]
        #[tsify(optional, type = "number | null")]
        quantity: Option<u64>,
        /// Whether the edge can tell them from guesses.
        #[serde(default)]
        tagged: bool,
        /// Their form.
        #[serde(default)]
        #[tsify(optional, type = "string | null")]
        pattern: Option<String>,
        /// Their symbols.
        #[serde(default)]
        #[tsify(optional, type = "string | null")]
        alphabet: Option<String>,
    },
}

/// What a coupon is to give, with numbers and days as texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum WrittenBenefit {
    /// A part of the price.
    Percent {
        /// A decimal from 0 to 100, such as `12.5`.
        percent: String,
    },
    /// An amount.
    Fixed {
        /// In minor units.
        amount_minor: i64,
        /// Three capitals of ISO 4217.
        currency: String,
    },
    /// Access for some days.
    TrialDays {
        /// How many.
        days: u32,
        /// What a day is.
        days_mode: DaysMode,
    },
    /// Access until the end of a local day, or until an instant.
    #[tsify(missing_as_null)]
    TrialUntil {
        /// The last local day, `YYYY-MM-DD`, which counts whole.
        #[serde(default)]
        #[tsify(optional, type = "string | null")]
        until_on: Option<String>,
        /// The zone of that day.
        #[serde(default)]
        #[tsify(optional, type = "string | null")]
        tz: Option<String>,
        /// RFC 3339, exclusive.
        #[serde(default)]
        #[tsify(optional, type = "string | null")]
        until_at: Option<String>,
    },
}

impl CouponDraft {
    /// The coupon: days become instants, the code its one spelling.
    ///
    /// # Errors
    /// The first field that breaks a rule, with what was expected.
    pub fn resolve(self, zones: Zones<'_>) -> Result<Coupon, Refusal> {
        let Self { id, group, version, written } = self;
        check_word("id", &id)?;
        check_word("group", &group)?;
        if written.detail.len() > DETAIL_BYTES_MAX {
            let message =
                format!("`{}` bytes, expected at most {DETAIL_BYTES_MAX}", written.detail.len());
            return Err(Refusal::at(Code::InvalidValue, "detail", message));
        }
        check_lists(&written)?;
        let benefit = benefit(written.benefit, zones)?;
        check_duration(written.duration)?;
        Ok(Coupon {
            window: window(written.window, zones)?,
            codes: codes(written.codes)?,
            limits: limits(written.limits, &benefit)?,
            id,
            group,
            version,
            detail: written.detail,
            active: written.active.unwrap_or(true),
            scopes: written.scopes,
            benefit,
            target: written.target,
            combine: written.combine,
            stacking: written.stacking,
            duration: written.duration,
            release_on_cancel: written.release_on_cancel.unwrap_or(true),
        })
    }
}

fn wrong(field: impl Into<String>, found: &str, expected: &str) -> Refusal {
    Refusal::at(Code::InvalidValue, field, format!("`{found}`, expected {expected}"))
}

/// 1 to [`WORD_BYTES_MAX`] of `[A-Za-z0-9_-]`.
fn check_word(field: &str, word: &str) -> Result<(), Refusal> {
    let is_symbol = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=WORD_BYTES_MAX).contains(&word.len()) && word.bytes().all(is_symbol) {
        return Ok(());
    }
    Err(wrong(field, word, "1 to 64 letters, digits, `_` and `-`"))
}

fn check_lists(written: &WrittenCoupon) -> Result<(), Refusal> {
    let no_lines = Vec::new();
    let lines = if let Target::Lines { ids } = &written.target { ids } else { &no_lines };
    if matches!(written.target, Target::Lines { .. }) && lines.is_empty() {
        return Err(wrong("target.ids", "[]", "at least one line, or the target `order`"));
    }
    if written.target == (Target::EachLine { max_units: Some(0) }) {
        return Err(wrong("target.max_units", "0", "1 or more, or null for all units"));
    }
    let limits = &written.limits;
    let lists = [
        ("scopes", &written.scopes),
        ("target.ids", lines),
        ("limits.customer_ids", &limits.customer_ids),
        ("limits.plans", &limits.plans),
        ("limits.countries", &limits.countries),
    ];
    for (field, list) in lists {
        if list.len() > LIST_MAX {
            let message = format!("`{}` entries, expected at most {LIST_MAX}", list.len());
            return Err(Refusal::at(Code::TooMany, field, message));
        }
        for (index, entry) in list.iter().enumerate() {
            check_text(format!("{field}[{index}]"), entry)?;
        }
    }
    for (index, scope) in written.scopes.iter().enumerate() {
        let is_scope =
            scope.split_once(':').is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty());
        if !is_scope {
            let expected = "a kind and a name, such as `plan:family`, `vod:film-7`, `live:*`";
            return Err(wrong(format!("scopes[{index}]"), scope, expected));
        }
    }
    for (index, country) in limits.countries.iter().enumerate() {
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let expected = "two capitals of ISO 3166-1, such as `CL`";
            return Err(wrong(format!("limits.countries[{index}]"), country, expected));
        }
    }
    let words = [
        ("limits.segment", &limits.segment),
        ("stacking.exclusive_group", &written.stacking.exclusive_group),
    ];
    for (field, word) in words {
        word.as_deref().map_or(Ok(()), |word| check_text(field.into(), word))?;
    }
    Ok(())
}

/// As a name: 1 to 200 bytes without control characters.
fn check_text(field: String, text: &str) -> Result<(), Refusal> {
    crate::base::id::check_name(text).map_err(|error| Refusal::of_id(error, field))
}

fn codes(written: WrittenCodes) -> Result<Codes, Refusal> {
    match written {
        WrittenCodes::Generated { tagged, .. } => Ok(Codes::Generated { tagged }),
        WrittenCodes::Named { code } => {
            let expected = "1 to 64 letters, digits and `_`, and none that looks generated (13 or 14 symbols without I, L, O, U)";
            let parsed = CouponCode::parse(&code).ok();
            let parsed = parsed.ok_or_else(|| wrong("codes.code", &code, expected))?;
            Ok(Codes::Named { code: parsed.as_str().to_owned() })
        }
    }
}

fn benefit(written: WrittenBenefit, zones: Zones<'_>) -> Result<Benefit, Refusal> {
    match written {
        WrittenBenefit::Percent { percent: text } => {
            let percent = Percent::parse(&text);
            let percent = percent.map_err(|e| wrong_as("benefit.percent", &text, &e))?;
            Ok(Benefit::Percent { percent })
        }
        WrittenBenefit::Fixed { amount_minor, currency: text } => {
            let currency = currency("benefit.currency", &text)?;
            minor("benefit.amount_minor", Some(amount_minor))?;
            Ok(Benefit::Fixed { amount_minor, currency })
        }
        WrittenBenefit::TrialDays { days, days_mode } => {
            if !(1..=DAYS_MAX).contains(&days) {
                return Err(wrong("benefit.days", &days.to_string(), "1 to 36525 days"));
            }
            Ok(Benefit::TrialDays { days, days_mode })
        }
        WrittenBenefit::TrialUntil { until_on, tz, until_at } => {
            let window = WrittenWindow {
                ends_on: until_on,
                tz,
                ends_at: until_at,
                ..WrittenWindow::default()
            };
            let resolved =
                bounds(&window, ["benefit.until_at", "benefit.until_on", "benefit.tz"], zones)?;
            let Some(until_ms) = resolved.1 else {
                let message = "no end, expected `until_on` with `tz`, or `until_at`";
                return Err(Refusal::at(Code::MissingField, "benefit.until_on", message));
            };
            Ok(Benefit::TrialUntil { until_ms, until_on: window.ends_on, tz: window.tz })
        }
    }
}

fn wrong_as(field: &str, found: &str, error: &dyn core::fmt::Display) -> Refusal {
    Refusal::at(Code::InvalidValue, field, format!("`{found}`, {error}"))
}

fn currency(field: &str, text: &str) -> Result<Currency, Refusal> {
    let currency = Currency::parse(text).map_err(|e| wrong_as(field, text, &e))?;
    if currency.is_in_use() {
        Ok(currency)
    } else {
        Err(wrong(field, text, "a currency that is in use"))
    }
}

fn minor(field: &str, amount: Option<i64>) -> Result<(), Refusal> {
    match amount {
        Some(amount) if checked(amount).is_none() => {
            Err(wrong(field, &amount.to_string(), "minor units from 0 to 9007199254740991"))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_duration(duration: Duration) -> Result<(), Refusal> {
    match duration {
        Duration::Repeating { periods: 0 } => {
            Err(wrong("duration.periods", "0", "1 or more, or the duration `once`"))
        }
        Duration::Once | Duration::Repeating { .. } | Duration::Forever => Ok(()),
    }
}

fn limits(mut limits: Limits, benefit: &Benefit) -> Result<Limits, Refusal> {
    minor("limits.budget_minor", limits.budget_minor)?;
    minor("limits.min_subtotal_minor", limits.min_subtotal_minor)?;
    let of_benefit = match benefit {
        Benefit::Fixed { currency, .. } => Some(*currency),
        Benefit::Percent { .. } | Benefit::TrialDays { .. } | Benefit::TrialUntil { .. } => None,
    };
    if let Some(currency) = limits.budget_currency {
        self::currency("limits.budget_currency", currency.as_str())?;
        if of_benefit.is_some_and(|other| other != currency) {
            let expected = "the currency of the benefit";
            return Err(wrong("limits.budget_currency", currency.as_str(), expected));
        }
    } else if limits.budget_minor.or(limits.min_subtotal_minor).is_some() {
        let message = "no currency, expected that of `budget_minor` and `min_subtotal_minor`";
        let refusal = || Refusal::at(Code::MissingField, "limits.budget_currency", message);
        limits.budget_currency = Some(of_benefit.ok_or_else(refusal)?);
    }
    Ok(limits)
}

/// The window of what was written.
pub(super) fn window(written: WrittenWindow, zones: Zones<'_>) -> Result<Window, Refusal> {
    let fields = ["window.ends_at", "window.ends_on", "window.tz"];
    let (starts_ms, ends_ms) = bounds(&written, fields, zones)?;
    if let (Some(starts), Some(ends)) = (starts_ms, ends_ms)
        && starts >= ends
    {
        let message = "the window ends before it starts, expected a later end";
        return Err(Refusal::at(Code::InvalidValue, "window", message));
    }
    let WrittenWindow { starts_on, ends_on, tz, .. } = written;
    Ok(Window { starts_ms, ends_ms, starts_on, ends_on, tz })
}

/// First instant, and first after the end. `fields` name where the end is written.
fn bounds(
    written: &WrittenWindow,
    [ends_at, ends_on, tz]: [&str; 3],
    zones: Zones<'_>,
) -> Result<(Option<i64>, Option<i64>), Refusal> {
    let day = |field: &str, text: &str, is_end: bool| {
        let zone = written.tz.as_deref().ok_or_else(|| {
            let message = "no zone, expected one of the IANA database, such as `America/Santiago`";
            Refusal::at(Code::MissingField, tz, message)
        })?;
        if zones(zone, 0).is_none() {
            return Err(wrong(tz, zone, "a zone of the IANA database, such as `America/Santiago`"));
        }
        let expected = "a day of the calendar as `YYYY-MM-DD`";
        let date = Date::parse(text).ok_or_else(|| wrong(field, text, expected))?;
        let offset_at = |instant| zones(zone, instant);
        let bound =
            if is_end { end_of_day(date, &offset_at) } else { start_of_day(date, &offset_at) };
        bound.ok_or_else(|| wrong(field, text, expected))
    };
    let either =
        |at: (&str, &Option<String>), on: (&str, &Option<String>), is_end| match (at.1, on.1) {
            (None, None) => Ok(None),
            (None, Some(text)) => day(on.0, text, is_end).map(Some),
            (Some(text), None) => instant(at.0, text).map(Some),
            (Some(_), Some(text)) => Err(wrong(on.0, text, "an instant or a day, not both")),
        };
    let starts = either(
        ("window.starts_at", &written.starts_at),
        ("window.starts_on", &written.starts_on),
        false,
    )?;
    let ends = either((ends_at, &written.ends_at), (ends_on, &written.ends_on), true)?;
    if let Some(zone) = written.tz.as_deref()
        && zones(zone, 0).is_none()
    {
        return Err(wrong(tz, zone, "a zone of the IANA database, such as `America/Santiago`"));
    }
    Ok((starts, ends))
}

fn instant(field: &str, text: &str) -> Result<i64, Refusal> {
    let expected = "an instant of RFC 3339, such as `2026-03-10T12:00:00Z`";
    parse_instant(text).ok_or_else(|| wrong(field, text, expected))
}

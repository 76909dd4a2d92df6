//! Codes, and what became of the rows of an import, as CSV.

use super::import::RefusedRow;
use crate::base::csv::writer::write_row;
use crate::base::plain::json;
use crate::base::refusal::Refusal;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// The columns of exported codes.
pub const CODE_COLUMNS: [&str; 10] = [
    "code",
    "coupon",
    "state",
    "redemptions",
    "customer",
    "basket",
    "scope",
    "at",
    "discount_minor",
    "currency",
];

/// The columns of an import's report.
pub const REPORT_COLUMNS: [&str; 4] = ["line", "code", "result", "reason"];

/// A code, where it stands, and its last redemption.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(default, deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct CodeLine {
    /// Canonical.
    pub code: String,
    /// Of which coupon.
    pub coupon: String,
    /// `unused`, `held`, `used`, `reversed` or `revoked`.
    pub state: String,
    /// How many there were.
    pub redemptions: u64,
    /// Who.
    pub customer: Option<String>,
    /// In which basket.
    pub basket: Option<String>,
    /// What was bought.
    pub scope: Option<String>,
    /// When, RFC 3339 in UTC.
    pub at: Option<String>,
    /// Off the price, in minor units.
    pub discount_minor: Option<i64>,
    /// Of the discount.
    pub currency: Option<String>,
}

/// CSV of codes from the JSON of a list of [`CodeLine`]s; with `is_first`, the names of the columns before them.
///
/// # Errors
/// A [`Refusal`] if the text is no such list.
pub fn codes(lines: &[u8], is_first: bool) -> Result<String, Refusal> {
    let lines: Vec<CodeLine> = json::read(lines)?;
    let mut text = String::new();
    if is_first {
        write_row(&mut text, CODE_COLUMNS);
    }
    for line in &lines {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let cells = [
            line.code.as_str(),
            &line.coupon,
            &line.state,
            &line.redemptions.to_string(),
            line.customer.as_deref().unwrap_or_default(),
            line.basket.as_deref().unwrap_or_default(),
            line.scope.as_deref().unwrap_or_default(),
            line.at.as_deref().unwrap_or_default(),
            &number(line.discount_minor),
            line.currency.as_deref().unwrap_or_default(),
        ];
        write_row(&mut text, cells);
    }
    Ok(text)
}

/// CSV of rows that were not taken, from the JSON of a list of [`RefusedRow`]s; with `is_first`, the names of
/// the columns before them.
///
/// # Errors
/// A [`Refusal`] if the text is no such list.
pub fn report(rows: &[u8], is_first: bool) -> Result<String, Refusal> {
    let rows: Vec<RefusedRow> = json::read(rows)?;
    let mut text = String::new();
    if is_first {
        write_row(&mut text, REPORT_COLUMNS);
    }
    for row in &rows {
        let line = row.line.to_string();
        write_row(&mut text, [&line, &row.text, row.result.name(), row.result.reason()]);
    }
    Ok(text)
}

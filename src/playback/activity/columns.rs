//! Which column of an export holds what, told by the names in its first row.

use crate::base::csv::reader::Row;
use crate::base::refusal::{Code, Refusal};

/// Columns without which a row says nothing that could be counted.
const NEEDED: [&str; 5] =
    ["Profile Name", "Start Time", "Duration", "Title", "Supplemental Video Type"];

/// Columns that a view is told without; the report names those that are missing.
const OPTIONAL: [&str; 5] = ["Attributes", "Device Type", "Bookmark", "Latest Bookmark", "Country"];

/// Names and characters of them that a message repeats.
const NAMES_SHOWN_MAX: usize = 12;
const NAME_SHOWN_MAX: usize = 40;

/// Where each column of an export is, by position from 0. Columns may stand in any order; upper and
/// lower case and spaces around a name make no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// How many columns there are.
    pub count: usize,
    /// `Profile Name`.
    pub profile: usize,
    /// `Start Time`.
    pub start: usize,
    /// `Duration`.
    pub duration: usize,
    /// `Title`.
    pub title: usize,
    /// `Supplemental Video Type`.
    pub supplemental: usize,
    /// `Attributes`.
    pub attributes: Option<usize>,
    /// `Device Type`.
    pub device: Option<usize>,
    /// `Bookmark`.
    pub bookmark: Option<usize>,
    /// `Latest Bookmark`.
    pub latest_bookmark: Option<usize>,
    /// `Country`.
    pub country: Option<usize>,
    /// Optional columns that are not there.
    pub missing: Vec<String>,
    /// Columns that are not known.
    pub ignored: Vec<String>,
}

impl Columns {
    /// Reads the first row of an export.
    ///
    /// # Errors
    /// [`Code::InvalidValue`] if it is not the first row of such a CSV at all,
    /// [`Code::DuplicateField`] and [`Code::MissingField`] with the column's name as the field.
    pub fn read(row: &Row<'_>) -> Result<Self, Refusal> {
        let names = names(row)?;
        let position = |wanted: &str| names.iter().position(|name| is(name, wanted));
        for wanted in NEEDED.into_iter().chain(OPTIONAL) {
            if names.iter().filter(|name| is(name, wanted)).count() > 1 {
                let message = format!("column `{wanted}` is there twice, expected it once");
                return Err(Refusal::at(Code::DuplicateField, wanted, message));
            }
        }
        let needed = |wanted: &str| position(wanted).ok_or_else(|| missing(wanted, &names));
        let known = |name: &str| NEEDED.into_iter().chain(OPTIONAL).any(|wanted| is(name, wanted));
        Ok(Self {
            count: names.len(),
            profile: needed("Profile Name")?,
            start: needed("Start Time")?,
            duration: needed("Duration")?,
            title: needed("Title")?,
            supplemental: needed("Supplemental Video Type")?,
            attributes: position("Attributes"),
            device: position("Device Type"),
            bookmark: position("Bookmark"),
            latest_bookmark: position("Latest Bookmark"),
            country: position("Country"),
            missing: OPTIONAL
                .into_iter()
                .filter(|wanted| position(wanted).is_none())
                .map(str::to_owned)
                .collect(),
            ignored: names.iter().filter(|name| !known(name)).map(|name| shown(name)).collect(),
        })
    }
}

fn is(name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

fn names<'a>(row: &Row<'a>) -> Result<Vec<&'a str>, Refusal> {
    let of_text = |message: &str| Refusal::at(Code::InvalidValue, "line 1", message);
    if row.too_long {
        return Err(of_text("the first row is too long for names of columns: expected a CSV file"));
    }
    if !row.is_utf8() {
        return Err(of_text(
            "the text is not UTF-8: expected ViewingActivity.csv as it was exported",
        ));
    }
    let names: Vec<&str> =
        (0..row.len()).filter_map(|index| row.field(index)).map(str::trim).collect();
    if names.iter().any(|name| name.contains('\0')) {
        return Err(of_text("the file is not a text: expected ViewingActivity.csv, unpacked"));
    }
    match names.as_slice() {
        [one] if one.contains([';', '\t']) => Err(of_text(
            "the columns are not separated by commas, as when a spreadsheet saved the file: \
             expected ViewingActivity.csv as it was exported",
        )),
        _ => Ok(names),
    }
}

fn missing(wanted: &str, names: &[&str]) -> Refusal {
    let has = |wanted: &str| names.iter().any(|name| is(name, wanted));
    let message = if has("Title") && has("Date") && !has("Duration") {
        format!(
            "there is no column `{wanted}`: this is the viewing history, which tells titles and \
             dates but not how long anybody watched; expected the viewing activity, \
             ViewingActivity.csv in the folder CONTENT_INTERACTION of the personal information \
             that the account page sends on request"
        )
    } else {
        let found: Vec<String> =
            names.iter().take(NAMES_SHOWN_MAX).map(|name| format!("`{}`", shown(name))).collect();
        let more = if names.len() > NAMES_SHOWN_MAX { " and more" } else { "" };
        format!(
            "there is no column `{wanted}` among {}{more}; expected ViewingActivity.csv as it was \
             exported: give the column its name back, or export again",
            found.join(", ")
        )
    };
    Refusal::at(Code::MissingField, wanted, message)
}

fn shown(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(NAME_SHOWN_MAX).collect()
}

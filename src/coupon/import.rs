//! Codes of somebody else's making, from a CSV file: pieces in, codes and broken rows out.
//!
//! The first row names the columns, of which `code` is taken and the others are not looked at. A row that
//! cannot be taken is told with its line and does not touch the others.

use super::code::{Code, CodeError, Kind};
use crate::base::csv::reader::{Row, RowReader};
use crate::base::refusal::{self, Refusal};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Bytes of one file.
pub const IMPORT_BYTES_MAX: u64 = 256 << 20;

/// Rows of one file.
pub const IMPORT_ROWS_MAX: u64 = 5_000_000;

/// Bytes of one piece, so that the codes of a piece fit into memory.
pub const IMPORT_PIECE_BYTES_MAX: usize = 128 << 10;

/// Bytes of a broken row's text that are told.
const TEXT_BYTES_TOLD_MAX: usize = 64;

/// The column that is taken.
const COLUMN: &str = "code";

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum RowResult {
    /// An earlier line of the same file has this code.
    DuplicateInFile,
    /// The code was issued before.
    DuplicateOfExisting,
    /// The row is longer than a row may be, or has not as many fields as the first one.
    BrokenRow,
    /// The row is not UTF-8.
    NotUtf8,
    /// No code is written so.
    MalformedCode,
    /// It looks generated, but its check symbol is wrong.
    LooksGenerated,
}

impl RowResult {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DuplicateInFile => "duplicate_in_file",
            Self::DuplicateOfExisting => "duplicate_of_existing",
            Self::BrokenRow => "broken_row",
            Self::NotUtf8 => "not_utf8",
            Self::MalformedCode => "malformed_code",
            Self::LooksGenerated => "looks_generated",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::DuplicateInFile => "an earlier line has the same code",
            Self::DuplicateOfExisting => "the code was issued before",
            Self::BrokenRow => "expected a row with as many fields as the first one",
            Self::NotUtf8 => "expected text in UTF-8",
            Self::MalformedCode => "expected 1 to 64 letters, digits or underscores",
            Self::LooksGenerated => {
                "13 or 14 symbols look generated: expected the right check symbol at their end"
            }
        }
    }
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct RefusedRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The code as it is written, or what there is of it.
    pub text: String,
    /// Why not.
    pub result: RowResult,
}

/// A code of a file: its line, the code as it is stored, and 1 if it is only found as it is spelled.
pub type CodeRow = (u64, String, u8);

/// What a piece held.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct ImportedCodes {
    /// In the order of the lines.
    #[tsify(type = "[number, string, number][]")]
    pub rows: Vec<CodeRow>,
    /// In the order of the lines.
    pub refused: Vec<RefusedRow>,
}

/// An import of one file.
#[derive(Default)]
pub struct CodeImport {
    reader: RowReader,
    bytes: u64,
    intake: Intake,
}

#[derive(Default)]
struct Intake {
    columns: Option<Columns>,
    rows: u64,
    taken: ImportedCodes,
    refusal: Option<Refusal>,
}

struct Columns {
    len: usize,
    code: usize,
    ignored: Vec<String>,
}

impl CodeImport {
    /// Reads the next piece. `to_nfkc` brings a text into NFKC.
    ///
    /// # Errors
    /// A [`Refusal`] of the whole file: no column `code`, or more bytes or rows than allowed.
    pub fn push(
        &mut self,
        piece: &[u8],
        to_nfkc: &mut dyn FnMut(&str) -> String,
    ) -> Result<ImportedCodes, Refusal> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes > IMPORT_BYTES_MAX || piece.len() > IMPORT_PIECE_BYTES_MAX {
            let message = format!("expected at most {IMPORT_BYTES_MAX} bytes");
            return Err(Refusal::of(refusal::Code::BodyTooLarge, message));
        }
        let intake = &mut self.intake;
        self.reader.push(piece, &mut |row| intake.take(&row, to_nfkc));
        intake.given()
    }

    /// Reads the last row, if its line has no end.
    ///
    /// # Errors
    /// Those of [`CodeImport::push`], and [`refusal::Code::InvalidValue`] for a file without any row.
    pub fn finish(
        &mut self,
        to_nfkc: &mut dyn FnMut(&str) -> String,
    ) -> Result<ImportedCodes, Refusal> {
        let intake = &mut self.intake;
        self.reader.finish(&mut |row| intake.take(&row, to_nfkc));
        if intake.columns.is_none() && intake.refusal.is_none() {
            let message = "the file is empty: expected a first row that names the column `code`";
            return Err(Refusal::of(refusal::Code::InvalidValue, message));
        }
        intake.given()
    }

    /// Rows so far, without the first one.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.intake.rows
    }

    /// The columns that are not looked at.
    #[must_use]
    pub fn ignored(&self) -> &[String] {
        self.intake.columns.as_ref().map_or(&[], |columns| &columns.ignored)
    }
}

impl Intake {
    fn given(&mut self) -> Result<ImportedCodes, Refusal> {
        match &self.refusal {
            Some(refusal) => Err(refusal.clone()),
            None => Ok(core::mem::take(&mut self.taken)),
        }
    }

    /// Says whether the row is sound: if not, its further lines are read again.
    fn take(&mut self, row: &Row<'_>, to_nfkc: &mut dyn FnMut(&str) -> String) -> bool {
        if self.refusal.is_some() {
            return true;
        }
        let Some(columns) = &self.columns else {
            match Columns::of(row) {
                Ok(columns) => self.columns = Some(columns),
                Err(refusal) => self.refusal = Some(refusal),
            }
            return true;
        };
        self.rows = self.rows.saturating_add(1);
        if self.rows > IMPORT_ROWS_MAX {
            let message = format!("expected at most {IMPORT_ROWS_MAX} rows");
            self.refusal = Some(Refusal::of(refusal::Code::TooMany, message));
            return true;
        }
        match columns.code_of(row, to_nfkc) {
            Ok((code, exact)) => {
                self.taken.rows.push((row.line, code, u8::from(exact)));
                true
            }
            Err(result) => {
                let text = told(row.field(columns.code).unwrap_or_default());
                self.taken.refused.push(RefusedRow { line: row.line, text, result });
                result != RowResult::BrokenRow
            }
        }
    }
}

impl Columns {
    fn of(row: &Row<'_>) -> Result<Self, Refusal> {
        let names: Vec<&str> =
            (0..row.len()).filter_map(|at| row.field(at)).map(str::trim).collect();
        let code = names.iter().position(|name| name.eq_ignore_ascii_case(COLUMN));
        let Some(code) = code.filter(|_| !row.too_long) else {
            let first = told(names.first().copied().unwrap_or_default());
            let message = if first.contains(';') {
                format!("the first row is `{first}`, expected columns that commas separate")
            } else {
                format!("the first row begins with `{first}`, expected a column `{COLUMN}` in it")
            };
            return Err(Refusal::at(refusal::Code::MissingField, COLUMN, message));
        };
        let ignored = names.iter().enumerate().filter(|(at, _)| *at != code);
        let ignored = ignored.map(|(_, name)| told(name)).collect();
        Ok(Self { len: row.len(), code, ignored })
    }

    fn code_of(
        &self,
        row: &Row<'_>,
        to_nfkc: &mut dyn FnMut(&str) -> String,
    ) -> Result<(String, bool), RowResult> {
        if row.too_long || row.len() != self.len {
            return Err(RowResult::BrokenRow);
        }
        let Some(text) = row.field(self.code) else { return Err(RowResult::NotUtf8) };
        // A quote that nobody closed swallows lines.
        if text.contains(['\r', '\n']) {
            return Err(RowResult::BrokenRow);
        }
        let code = if text.is_ascii() { Code::parse(text) } else { Code::parse(to_nfkc(text)) };
        let code = code.map_err(|error| match error {
            CodeError::Malformed { .. } => RowResult::MalformedCode,
            CodeError::WrongCheckSymbol => RowResult::LooksGenerated,
        })?;
        let lookups = code.lookups();
        Ok(match code.kind() {
            Kind::Named => (lookups.named, true),
            Kind::Generated | Kind::Tagged => (lookups.generated, false),
        })
    }
}

/// The beginning of a text: of its first line, without control characters.
fn told(text: &str) -> String {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let mut told = String::new();
    for character in line.chars().filter(|character| !character.is_control()) {
        if told.len() + character.len_utf8() > TEXT_BYTES_TOLD_MAX {
            break;
        }
        told.push(character);
    }
    told
}

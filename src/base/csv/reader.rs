//! Rows of a CSV text that comes in pieces, each with the line on which it begins.

use csv_core::{ReadRecordResult, Reader};

/// Bytes of one row as it is written. The longest rows of real exports have some 400.
pub const ROW_BYTES_MAX: usize = 16 * 1024;

/// Fields of one row. Real exports have 10.
pub const FIELDS_MAX: usize = 64;

/// Times that lines are read again after a quote that nobody closed, so that a text of nothing but
/// such quotes takes no longer than another.
pub const REREADS_MAX: u32 = 100;

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Whether it is longer than [`ROW_BYTES_MAX`] or [`FIELDS_MAX`]; then its fields are not all.
    pub too_long: bool,
    text: Option<&'a str>,
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// How many fields it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no field; no row that was read is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether it is UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.text.is_some()
    }

    /// A field without its quotes; none behind the last one, or if the row is not UTF-8.
    #[must_use]
    pub fn field(&self, index: usize) -> Option<&'a str> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(previous) => *self.ends.get(previous)?,
            None => 0,
        };
        self.text?.get(start..end)
    }
}

/// Reads rows from pieces of a text. Blank lines are no rows.
///
/// A quote that nobody closes would swallow every row up to the next quote. So whoever takes a row
/// says whether it was sound; of one that was not and that spans several lines, only the first line
/// is lost and the others are read again.
pub struct RowReader {
    core: Reader,
    /// The row so far, as it is written.
    // INVARIANT (row is bounded): at most ROW_BYTES_MAX.
    raw: Vec<u8>,
    /// The fields of the row so far, one behind the other. A byte longer than `raw` can be, so that
    /// it is never full.
    fields: Vec<u8>,
    fields_len: usize,
    ends: [usize; FIELDS_MAX],
    ends_len: usize,
    /// The line on which the next byte after `raw` was empty lies.
    line: u64,
    /// Whether everything up to the end of the line is dropped.
    skips_line: bool,
    rereads: u32,
}

impl Default for RowReader {
    fn default() -> Self {
        Self {
            core: Reader::new(),
            raw: Vec::with_capacity(ROW_BYTES_MAX),
            fields: vec![0; ROW_BYTES_MAX + 1],
            fields_len: 0,
            ends: [0; FIELDS_MAX],
            ends_len: 0,
            line: 1,
            skips_line: false,
            rereads: 0,
        }
    }
}

impl RowReader {
    /// Reads the next piece. `take` gets every row that ends in it and says whether it was sound.
    pub fn push(&mut self, piece: &[u8], take: &mut dyn FnMut(Row<'_>) -> bool) {
        let mut rest = piece;
        let mut again: Vec<u8> = Vec::new();
        while !again.is_empty() || !rest.is_empty() {
            let from_again = !again.is_empty();
            let (used, mut lines) = self.read(if from_again { &again } else { rest }, take);
            if from_again {
                again.drain(..used.min(again.len()));
            } else {
                rest = rest.get(used..).unwrap_or_default();
            }
            if !lines.is_empty() {
                lines.append(&mut again);
                again = lines;
            }
        }
    }

    /// Reads the last row, if its line has no end.
    pub fn finish(&mut self, take: &mut dyn FnMut(Row<'_>) -> bool) {
        while !self.raw.is_empty() {
            // No bytes mean the end of the text.
            self.step(&[]);
            let lines = self.end_row(false, take);
            self.core.reset();
            self.push(&lines, take);
        }
    }

    /// Reads up to the end of one row; gives how many bytes it used and what is to be read again.
    fn read(&mut self, source: &[u8], take: &mut dyn FnMut(Row<'_>) -> bool) -> (usize, Vec<u8>) {
        if self.skips_line {
            return (self.skip_line(source), Vec::new());
        }
        if self.raw.is_empty() {
            let blank = source.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
            if blank > 0 {
                self.line += line_ends(source.get(..blank).unwrap_or_default());
                return (blank, Vec::new());
            }
        }
        let room = ROW_BYTES_MAX.saturating_sub(self.raw.len());
        let (result, used) = self.step(source.get(..room).unwrap_or(source));
        match result {
            ReadRecordResult::Record | ReadRecordResult::End => (used, self.end_row(false, take)),
            ReadRecordResult::InputEmpty if self.raw.len() < ROW_BYTES_MAX => (used, Vec::new()),
            ReadRecordResult::InputEmpty
            | ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull => (used, self.end_row(true, take)),
        }
    }

    fn step(&mut self, source: &[u8]) -> (ReadRecordResult, usize) {
        let fields = self.fields.get_mut(self.fields_len..).unwrap_or_default();
        let ends = self.ends.get_mut(self.ends_len..).unwrap_or_default();
        let (result, used, written, ended) = self.core.read_record(source, fields, ends);
        self.raw.extend_from_slice(source.get(..used).unwrap_or_default());
        self.fields_len += written;
        self.ends_len += ended;
        (result, used)
    }

    /// Hands the row out; gives the lines of it that are to be read again.
    fn end_row(&mut self, too_long: bool, take: &mut dyn FnMut(Row<'_>) -> bool) -> Vec<u8> {
        let text = self.fields.get(..self.fields_len).unwrap_or_default();
        let ends = self.ends.get(..self.ends_len).unwrap_or_default();
        let text = core::str::from_utf8(text).ok();
        let sound = take(Row { line: self.line, too_long, text, ends }) && !too_long;
        let again = if sound { None } else { self.lines_behind_the_first() };
        match &again {
            Some(_) => {
                self.rereads += 1;
                self.line += 1;
                self.core.reset();
            }
            None => {
                self.line += line_ends(&self.raw);
                if too_long {
                    self.core.reset();
                    self.skips_line = self.raw.last() != Some(&b'\n');
                }
            }
        }
        self.raw.clear();
        self.fields_len = 0;
        self.ends_len = 0;
        again.unwrap_or_default()
    }

    fn lines_behind_the_first(&self) -> Option<Vec<u8>> {
        let first = self.raw.iter().position(|byte| *byte == b'\n')?;
        let behind = self.raw.get(first + 1..)?;
        (!behind.is_empty() && self.rereads < REREADS_MAX).then(|| behind.to_vec())
    }

    fn skip_line(&mut self, source: &[u8]) -> usize {
        let Some(end) = source.iter().position(|byte| *byte == b'\n') else {
            return source.len();
        };
        self.skips_line = false;
        self.line += 1;
        end + 1
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

//! Batches to the central API: NDJSON with frozen bounds.

use crate::base::limits::{BATCH_BYTES_MAX, BATCH_ROWS_MAX, MS_MAX};
use crate::base::refusal::{Code, Refusal};

/// Rows frozen into one body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many rows, from the front of what was offered, are in it.
    pub rows: usize,
    /// The rows, one a line, each line ended.
    pub body: Vec<u8>,
}

/// Freezes as many rows, in order, as [`BATCH_ROWS_MAX`] and [`BATCH_BYTES_MAX`] allow.
///
/// # Errors
/// [`Code::InvalidValue`] for a row that is empty or more than one line.
pub fn freeze(rows: impl IntoIterator<Item = String>) -> Result<Batch, Refusal> {
    let mut batch = Batch::default();
    for row in rows.into_iter().take(BATCH_ROWS_MAX) {
        if row.is_empty() || row.contains('\n') {
            let field = format!("records[{}]", batch.rows);
            return Err(Refusal::at(Code::InvalidValue, field, "expected one line of JSON"));
        }
        if batch.body.len().saturating_add(row.len()).saturating_add(1) > BATCH_BYTES_MAX {
            break;
        }
        batch.body.extend_from_slice(row.as_bytes());
        batch.body.push(b'\n');
        batch.rows = batch.rows.saturating_add(1);
    }
    Ok(batch)
}

/// The lines of a batch, if they are as many as announced and none is cut off.
///
/// # Errors
/// [`Code::BodyTooLarge`], [`Code::TooMany`], [`Code::MalformedJson`] for a last line without its
/// end, [`Code::RowCount`], [`Code::InvalidValue`] if `rows` is no whole number.
pub fn lines(body: &[u8], rows: f64) -> Result<Vec<&[u8]>, Refusal> {
    if body.len() > BATCH_BYTES_MAX {
        let message = format!("`{}` bytes, expected at most {BATCH_BYTES_MAX}", body.len());
        return Err(Refusal::of(Code::BodyTooLarge, message));
    }
    let Some(ended) = body.strip_suffix(b"\n") else {
        return Err(Refusal::of(
            Code::MalformedJson,
            "the last line has no end: the body is cut off",
        ));
    };
    let lines: Vec<&[u8]> = ended.split(|byte| *byte == b'\n').collect();
    if lines.len() > BATCH_ROWS_MAX {
        let message = format!("`{}` rows, expected at most {BATCH_ROWS_MAX}", lines.len());
        return Err(Refusal::of(Code::TooMany, message));
    }
    let announced = whole("Usher-Rows", rows)?;
    if lines.len() as u64 != announced {
        let message = format!("`{}` rows came, `{announced}` were announced", lines.len());
        return Err(Refusal::at(Code::RowCount, "Usher-Rows", message));
    }
    Ok(lines)
}

/// The id of a batch, `shard.epoch.sequence`: the same rows are never sent under another.
///
/// # Errors
/// [`Code::InvalidValue`] if the shard is not 1 to 32 letters, digits or dashes, or a number is not
/// a whole number from 0 to 2^53 - 1.
pub fn id(shard: &str, epoch: f64, sequence: f64) -> Result<String, Refusal> {
    if shard.is_empty()
        || shard.len() > 32
        || !shard.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    {
        return Err(Refusal::at(
            Code::InvalidValue,
            "shard",
            "expected 1 to 32 letters, digits or dashes",
        ));
    }
    let (epoch, sequence) = (whole("epoch", epoch)?, whole("sequence", sequence)?);
    Ok(format!("{shard}.{epoch}.{sequence}"))
}

/// A whole number from 0 to 2^53 - 1. The given value is not in the message: printing a float costs
/// the edge build 6 kB.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and in range"
)]
fn whole(field: &str, value: f64) -> Result<u64, Refusal> {
    let in_range = (0.0..=MS_MAX as f64).contains(&value) && value.fract() == 0.0;
    let refusal = || {
        Refusal::at(Code::InvalidValue, field, format!("expected a whole number up to {MS_MAX}"))
    };
    if in_range { Ok(value as u64) } else { Err(refusal()) }
}

/// The same refusal, with its line (from 1) in front of its field.
#[must_use]
pub fn on_line(refusal: Refusal, index: usize) -> Refusal {
    let line = index.saturating_add(1);
    let field = refusal
        .field
        .map_or_else(|| format!("line {line}"), |field| format!("line {line}: {field}"));
    Refusal { field: Some(field), ..refusal }
}

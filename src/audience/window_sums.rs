//! The sums of all windows at the centre: every row of every batch added to its cell, once.

use super::window::WindowRecord;
use crate::base::refusal::Refusal;
use crate::outbox::batch::on_line;
use alloc::collections::BTreeMap;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// The sums of one cell: a title, a window, a country and a device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct WindowSum {
    /// The sums over all rows; never a correction itself.
    pub sums: WindowRecord,
    /// How many of the rows came after the window was closed.
    pub corrections: u64,
}

/// What rows change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddedRows {
    /// The new sums of every cell that a row belongs to, each once.
    pub windows: Vec<WindowSum>,
    /// How many of the rows are corrections.
    pub corrections: u64,
}

/// Adds rows to the sums of their cells; `stored` holds those of the cells that are known.
///
/// # Errors
/// `InvalidValue` for a sum beyond 2^53 - 1, with the line of its row in the field; then nothing may be
/// written.
pub fn add_rows(stored: Vec<WindowSum>, rows: Vec<WindowRecord>) -> Result<AddedRows, Refusal> {
    let mut known: BTreeMap<String, WindowSum> =
        stored.into_iter().map(|window| (window.sums.cell(), window)).collect();
    let mut changed: BTreeMap<String, WindowSum> = BTreeMap::new();
    let mut corrections = 0_u64;
    for (index, row) in rows.into_iter().enumerate() {
        let correction = u64::from(row.correction);
        let row = WindowRecord { correction: false, ..row };
        let cell = row.cell();
        corrections = corrections.saturating_add(correction);
        if let Some(window) = known.remove(&cell) {
            changed.insert(cell.clone(), window);
        }
        match changed.get_mut(&cell) {
            Some(window) => {
                window.sums.add(&row).map_err(|e| on_line(e, index))?;
                window.corrections = window.corrections.saturating_add(correction);
            }
            None => {
                changed.insert(cell, WindowSum { sums: row, corrections: correction });
            }
        }
    }
    Ok(AddedRows { windows: changed.into_values().collect(), corrections })
}

mod columns;
mod findings;
mod import;
mod instant;
mod play;
mod play_ids;
mod report;
mod totals;

use usher::base::csv::reader::{Row, RowReader};

/// Calls `see` with each row of a text, all of them sound.
fn rows(text: &str, mut see: impl FnMut(Row<'_>)) {
    let mut reader = RowReader::default();
    let mut take = |row: Row<'_>| {
        see(row);
        true
    };
    reader.push(text.as_bytes(), &mut take);
    reader.finish(&mut take);
}

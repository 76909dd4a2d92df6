use proptest::prelude::*;
use usher::base::csv::reader::{Row, RowReader};
use usher::base::csv::writer::write_row;

fn written(cells: &[&str]) -> String {
    let mut text = String::new();
    write_row(&mut text, cells);
    text
}

fn read_back(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut reader = RowReader::default();
    let mut take = |row: Row<'_>| {
        let fields = (0..row.len()).map(|index| row.field(index).unwrap_or("?").to_owned());
        rows.push(fields.collect());
        true
    };
    reader.push(text.as_bytes(), &mut take);
    reader.finish(&mut take);
    rows
}

#[test]
fn plain_cells_stand_as_they_are() {
    assert_eq!(written(&["code", "ABC", "", "12"]), "code,ABC,,12\r\n");
}

#[test]
fn commas_quotes_and_line_ends_are_quoted() {
    assert_eq!(
        written(&["a,b", "say \"x\"", "two\nlines"]),
        "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n"
    );
}

#[test]
fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
    for (cell, expected) in [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "\"'\tx\""),
        ("\rx", "\"'\rx\""),
        ("=cmd|' /C calc'!A0,1", "\"'=cmd|' /C calc'!A0,1\""),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
    ] {
        assert_eq!(written(&[cell]), format!("{expected}\r\n"), "{cell:?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_apart_from_the_guard(
        rows in prop::collection::vec(prop::collection::vec("[ -~\n\r\té,\"=]{0,12}", 2..5), 1..5)
    ) {
        let mut text = String::new();
        for row in &rows {
            write_row(&mut text, row);
        }
        let guarded = |cell: &String| {
            let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            if runs { format!("'{cell}") } else { cell.clone() }
        };
        let expected: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(guarded).collect()).collect();
        prop_assert_eq!(read_back(&text), expected);
    }

    #[test]
    fn no_cell_begins_like_a_formula(cell in "\\PC{0,12}|[=+\\-@\t\r][ -~]{0,8}") {
        let rows = read_back(&written(&["x", &cell]));
        prop_assert!(!rows[0][1].starts_with(['=', '+', '-', '@', '\t', '\r']));
    }
}

use proptest::prelude::*;
use usher::base::csv::reader::{FIELDS_MAX, REREADS_MAX, ROW_BYTES_MAX, Row, RowReader};

type Read = (u64, Vec<String>);

/// The rows of a text that comes in pieces; a row is sound if it has `count` fields.
fn read(pieces: &[&[u8]], count: usize) -> Vec<Read> {
    let mut found = Vec::new();
    let mut take = |row: Row<'_>| {
        let field = |index| row.field(index).unwrap_or("?").to_owned();
        found.push((row.line, (0..row.len()).map(field).collect()));
        !row.too_long && row.len() == count
    };
    let mut reader = RowReader::default();
    for piece in pieces {
        reader.push(piece, &mut take);
    }
    reader.finish(&mut take);
    found
}

fn check(text: &str, expected: &[(u64, &[&str])]) {
    let expected: Vec<Read> = expected
        .iter()
        .map(|(line, fields)| (*line, fields.iter().map(|f| (*f).to_owned()).collect()))
        .collect();
    assert_eq!(read(&[text.as_bytes()], 2), expected, "{text:?}");
    let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(read(&single, 2), expected, "{text:?} byte by byte");
}

#[test]
fn rows_have_their_line_and_fields() {
    check("", &[]);
    check("a,b", &[(1, &["a", "b"])]);
    check("a,b\nc,d\n", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    check("a,b\r\nc,d\r\n", &[(1, &["a", "b"]), (2, &["c", "d"])]);
    check("\n\r\n\na,b\n\n\nc,d", &[(4, &["a", "b"]), (7, &["c", "d"])]);
    check(",\n,\n", &[(1, &["", ""]), (2, &["", ""])]);
    check("\"a\",\"b,\"\"c\"\"\"\n", &[(1, &["a", "b,\"c\""])]);
    check("a,\"b\nb\"\nc,d\n", &[(1, &["a", "b\nb"]), (3, &["c", "d"])]);
    check("ä,\"ö\"\n", &[(1, &["ä", "ö"])]);
}

#[test]
fn of_a_row_that_is_not_sound_only_the_first_line_is_lost() {
    // The open quote reaches to the next one, and two fields are two fields.
    check("a,\"b\nc,d\ne,\"f\"\ng,h\n", &[(1, &["a", "b\nc,d\ne,f\""]), (4, &["g", "h"])]);
    // It reaches to the end.
    check(
        "a,b\nx,y,\"z\nc,d\ne,f",
        &[(1, &["a", "b"]), (2, &["x", "y", "z\nc,d\ne,f"]), (3, &["c", "d"]), (4, &["e", "f"])],
    );
    // One row after the other.
    check("\"a\nb,\"c\nd,e\n", &[(1, &["a\nb,c"]), (2, &["b", "c\nd,e\n"])]);
}

#[test]
fn a_row_that_is_too_long_costs_its_line() {
    let long = "x".repeat(ROW_BYTES_MAX);
    let rows = read(&[format!("a,b\n{long}{long},c\nd,e\n").as_bytes()], 2);
    assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 3]);
    let fits = "x".repeat(ROW_BYTES_MAX - 3);
    let rows = read(&[format!("{fits},c\nd,e\n").as_bytes()], 2);
    assert_eq!((rows.len(), rows[0].1[0].len()), (2, ROW_BYTES_MAX - 3));
    let open = format!("a,\"b\n{}", "c,d\n".repeat(ROW_BYTES_MAX));
    assert_eq!(read(&[open.as_bytes()], 2).len(), ROW_BYTES_MAX + 1);
}

#[test]
fn a_row_of_too_many_fields_costs_its_line() {
    let many = ",".repeat(FIELDS_MAX * 3);
    let rows = read(&[format!("a,b\n{many}\nc,d\n").as_bytes()], 2);
    assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 3]);
    let just = ",".repeat(FIELDS_MAX - 1);
    assert_eq!(read(&[format!("{just}\n").as_bytes()], FIELDS_MAX)[0].1.len(), FIELDS_MAX);
}

#[test]
fn quotes_that_nobody_closes_are_read_again_so_often_and_no_more() {
    // Each line opens a quote that the next one closes in the wrong place.
    let text = "\"a\n".repeat(10_000);
    let rows = read(&[text.as_bytes()], 2);
    assert!(rows.len() >= REREADS_MAX as usize && rows.len() <= 10_000);
}

#[test]
fn a_row_that_is_not_utf8_has_no_fields_to_read() {
    let mut seen = Vec::new();
    let mut reader = RowReader::default();
    reader.push(b"a,\xff\nb,c\n", &mut |row| {
        seen.push((row.is_utf8(), row.len(), row.field(0).map(str::to_owned)));
        true
    });
    assert_eq!(seen, [(false, 2, None), (true, 2, Some("b".to_owned()))]);
}

proptest! {
    #[test]
    fn pieces_make_no_difference(
        text in proptest::collection::vec(prop_oneof![
            Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>(),
        ], 0..200),
        cuts in proptest::collection::vec(0_usize..200, 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
        prop_assert_eq!(read(&pieces, 2), read(&[&text], 2));
    }
}

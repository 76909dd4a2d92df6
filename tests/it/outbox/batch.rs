use proptest::prelude::*;
use usher::base::limits::{BATCH_BYTES_MAX, BATCH_ROWS_MAX};
use usher::base::refusal::{Code, Refusal};
use usher::outbox::batch::{freeze, id, lines, on_line};

#[test]
fn a_batch_stops_at_its_limit_of_rows() {
    let batch = freeze((0..BATCH_ROWS_MAX + 1).map(|row| row.to_string())).unwrap();
    assert_eq!(batch.rows, BATCH_ROWS_MAX);
    assert_eq!(batch.body.iter().filter(|byte| **byte == b'\n').count(), BATCH_ROWS_MAX);
}

#[test]
fn a_batch_stops_at_its_limit_of_bytes() {
    let row = "x".repeat(BATCH_BYTES_MAX / 2 - 1);
    let batch = freeze(vec![row.clone(), row.clone(), row]).unwrap();
    assert_eq!((batch.rows, batch.body.len()), (2, BATCH_BYTES_MAX));
}

#[test]
fn a_row_that_is_not_one_line_is_refused() {
    for row in ["", "{}\n{}", "{}\n"] {
        let refusal = freeze(["{}".to_owned(), row.to_owned()]).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (Code::InvalidValue, Some("records[1]"))
        );
    }
}

#[test]
fn a_body_that_is_not_what_was_announced_is_refused() {
    let check = |body: &[u8], rows: f64, expected: Result<usize, Code>| {
        assert_eq!(
            lines(body, rows).map(|lines| lines.len()).map_err(|refusal| refusal.code),
            expected
        );
    };
    check(b"{}\n{}\n", 2.0, Ok(2));
    check(b"{}\n{}\n", 3.0, Err(Code::RowCount));
    check(b"{}\n{}\n", f64::NAN, Err(Code::InvalidValue));
    check(b"{}\n{}", 2.0, Err(Code::MalformedJson));
    check(b"", 0.0, Err(Code::MalformedJson));
    check(&b"\n".repeat(BATCH_ROWS_MAX + 1), 1001.0, Err(Code::TooMany));
    check(&vec![b'\n'; BATCH_BYTES_MAX + 1], 1.0, Err(Code::BodyTooLarge));
}

#[test]
fn an_id_names_shard_epoch_and_sequence() {
    assert_eq!(id("rollup-3", 7.0, 12.0), Ok("rollup-3.7.12".to_owned()));
    let check = |shard: &str, epoch, sequence, field: &str| {
        let refusal = id(shard, epoch, sequence).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::InvalidValue, Some(field)));
    };
    check("", 7.0, 1.0, "shard");
    check("a.b", 7.0, 1.0, "shard");
    check(&"a".repeat(33), 7.0, 1.0, "shard");
    check("a", f64::NAN, 1.0, "epoch");
    check("a", 1.0, 1.5, "sequence");
    check("a", 1.0, -1.0, "sequence");
    check("a", 1.0, f64::INFINITY, "sequence");
}

#[test]
fn a_refusal_names_its_line_from_one() {
    let at = on_line(Refusal::at(Code::WrongType, "title", "no"), 2);
    assert_eq!(at.field.as_deref(), Some("line 3: title"));
    assert_eq!(on_line(Refusal::of(Code::MalformedJson, "no"), 0).field.as_deref(), Some("line 1"));
}

proptest! {
    #[test]
    fn frozen_rows_are_the_first_ones_unchanged(rows in prop::collection::vec("[a-z]{1,9}", 1..50)) {
        let batch = freeze(rows.clone()).unwrap();
        let read = lines(&batch.body, batch.rows as f64).unwrap();
        let expected: Vec<&[u8]> = rows.iter().map(|row| row.as_bytes()).collect();
        prop_assert_eq!(read, expected);
    }
}

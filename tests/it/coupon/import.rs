use proptest::prelude::*;
use usher::base::refusal::{self, Refusal};
use usher::coupon::import::{
    CodeImport, IMPORT_PIECE_BYTES_MAX, ImportedCodes, RefusedRow, RowResult,
};

/// Full-width letters and digits of ASCII, which is all that these tests need of NFKC.
fn to_nfkc(text: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap(),
        _ => c,
    };
    text.chars().map(narrow).collect()
}

fn import(pieces: &[&[u8]]) -> Result<(ImportedCodes, CodeImport), Refusal> {
    let mut import = CodeImport::default();
    let mut all = ImportedCodes::default();
    for piece in pieces {
        let codes = import.push(piece, &mut to_nfkc)?;
        all.rows.extend(codes.rows);
        all.refused.extend(codes.refused);
    }
    let codes = import.finish(&mut to_nfkc)?;
    all.rows.extend(codes.rows);
    all.refused.extend(codes.refused);
    Ok((all, import))
}

fn check(text: &str, rows: &[(u64, &str)], refused: &[(u64, &str, RowResult)]) {
    let (found, _) = import(&[text.as_bytes()]).unwrap();
    let codes: Vec<_> = found.rows.iter().map(|(line, code, _)| (*line, code.as_str())).collect();
    assert_eq!(codes, rows, "{text:?}");
    let expected: Vec<_> = refused
        .iter()
        .map(|(line, text, result)| RefusedRow {
            line: *line,
            text: (*text).into(),
            result: *result,
        })
        .collect();
    assert_eq!(found.refused, expected, "{text:?}");
}

#[test]
fn a_code_is_taken_in_its_one_spelling_with_its_line() {
    check(
        "code\r\nsave-10\r\n\"win it\"\r\nＦＵＬＬ１\r\n",
        &[(2, "SAVE10"), (3, "WINIT"), (4, "FULL1")],
        &[],
    );
    check("\u{feff}Code \nA1\n\nB2", &[(2, "A1"), (4, "B2")], &[]);
    check("state,CODE,note\nunused,A1,\"x, y\"\n", &[(2, "A1")], &[]);
}

#[test]
fn only_a_code_that_looks_generated_is_found_in_other_spellings() {
    // The check symbol of twelve zeros is zero.
    let (found, _) = import(&[b"code\nOO00-0000-0000-0\nPARTNER_O\n"]).unwrap();
    let expected = vec![(2, "0000000000000".to_owned(), 0), (3, "PARTNER_O".to_owned(), 1)];
    assert_eq!(found.rows, expected);
}

#[test]
fn a_broken_row_in_the_middle_is_told_with_its_line_and_touches_no_other() {
    use RowResult::{BrokenRow, LooksGenerated, MalformedCode};
    check("code\nA1\n\"B2\nC3\nD4\n", &[(2, "A1"), (4, "C3"), (5, "D4")], &[(3, "B2", BrokenRow)]);
    check(
        "code,x\nA1,1\nB2\nC3,1,2\nD4,1\n",
        &[(2, "A1"), (5, "D4")],
        &[(3, "B2", BrokenRow), (4, "C3", BrokenRow)],
    );
    check("code\nñ\n\"\"\nA1\n", &[(4, "A1")], &[(2, "ñ", MalformedCode), (3, "", MalformedCode)]);
    check("code\n0000000000001\n", &[], &[(2, "0000000000001", LooksGenerated)]);
    let long = "A".repeat(65);
    check(&format!("code\n{long}\nB1\n"), &[(3, "B1")], &[(2, &"A".repeat(64), MalformedCode)]);
    let row = format!("code\n{}\nB1\n", "A".repeat(20_000));
    check(&row, &[(3, "B1")], &[(2, "", BrokenRow)]);
}

#[test]
fn a_row_that_is_not_utf_8_is_told() {
    let (found, _) = import(&[b"code\nA1\n\xff\nB2\n"]).unwrap();
    assert_eq!(found.rows.len(), 2);
    let refused = RefusedRow { line: 3, text: String::new(), result: RowResult::NotUtf8 };
    assert_eq!(found.refused, [refused]);
}

#[test]
fn columns_that_are_not_known_are_named() {
    let (found, import) = import(&[b"note,code,=x\na,A1,b\n"]).unwrap();
    assert_eq!(found.rows, [(2, "A1".to_owned(), 1)]);
    assert_eq!((import.rows(), import.ignored()), (1, &["note".to_owned(), "=x".to_owned()][..]));
}

#[test]
fn a_file_without_the_column_is_refused() {
    let refused = |text: &[u8]| import(&[text]).map(|_| ()).unwrap_err();
    for text in ["A1\nB2\n", "codes\nA1\n", "code;note\nA1;x\n"] {
        let refusal = refused(text.as_bytes());
        assert_eq!(
            (refusal.code, refusal.field.as_deref()),
            (refusal::Code::MissingField, Some("code"))
        );
    }
    assert!(refused(b"code;note\nA1;x\n").message.contains("commas"));
    assert_eq!(refused(b"").code, refusal::Code::InvalidValue);
    assert_eq!(refused(b"\n\n").code, refusal::Code::InvalidValue);
    assert_eq!(refused(b"PK\x03\x04").code, refusal::Code::MissingField);
}

#[test]
fn a_piece_may_have_so_many_bytes_and_no_more() {
    let push = |len: usize| CodeImport::default().push(&vec![b'\n'; len], &mut to_nfkc);
    assert!(push(IMPORT_PIECE_BYTES_MAX).is_ok());
    assert_eq!(push(IMPORT_PIECE_BYTES_MAX + 1).unwrap_err().code, refusal::Code::BodyTooLarge);
}

#[test]
fn every_result_says_why() {
    use RowResult as R;
    let all = [
        R::DuplicateInFile,
        R::DuplicateOfExisting,
        R::BrokenRow,
        R::NotUtf8,
        R::MalformedCode,
        R::LooksGenerated,
    ];
    let reasons: std::collections::BTreeSet<_> = all.iter().map(|result| result.reason()).collect();
    assert_eq!(reasons.len(), all.len());
}

proptest! {
    #[test]
    fn pieces_make_no_difference(text in "code\n([A-Z0-9\", \r\n;é-]{0,60}\n){0,4}", cut in 0usize..200) {
        let bytes = text.as_bytes();
        let (one, other) = bytes.split_at(cut.min(bytes.len()));
        let whole = import(&[bytes]).unwrap().0;
        prop_assert_eq!(whole, import(&[one, other]).unwrap().0);
    }

    #[test]
    fn every_row_is_taken_or_told(text in "([A-Z0-9\", é-]{0,20}\n){0,8}") {
        let (found, import) = import(&[format!("code\n{text}").as_bytes()]).unwrap();
        prop_assert_eq!(import.rows(), (found.rows.len() + found.refused.len()) as u64);
        let mut lines: Vec<u64> = found.rows.iter().map(|row| row.0).collect();
        lines.extend(found.refused.iter().map(|row| row.line));
        lines.sort_unstable();
        lines.dedup();
        prop_assert_eq!(lines.len() as u64, import.rows());
    }
}

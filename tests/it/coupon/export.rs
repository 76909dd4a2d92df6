use usher::base::refusal::Code;
use usher::coupon::export;
use usher::coupon::import::RowResult;

#[test]
fn codes_are_exported_a_row_each_below_the_names_of_the_columns() {
    let lines = r#"[
      {"code":"SAVE10","coupon":"c1","state":"used","redemptions":2,"customer":"a, \"b\"","basket":"x",
       "scope":"plan:gold","at":"2026-11-22T05:58:40.000Z","discount_minor":250,"currency":"EUR"},
      {"code":"A1","coupon":"c1","state":"unused","redemptions":0}
    ]"#;
    let expected = "code,coupon,state,redemptions,customer,basket,scope,at,discount_minor,currency\r\n\
        SAVE10,c1,used,2,\"a, \"\"b\"\"\",x,plan:gold,2026-11-22T05:58:40.000Z,250,EUR\r\n\
        A1,c1,unused,0,,,,,,\r\n";
    assert_eq!(export::codes(lines.as_bytes(), true).unwrap(), expected);
    let (_, rest) = expected.split_once("\r\n").unwrap();
    assert_eq!(export::codes(lines.as_bytes(), false).unwrap(), rest);
    assert_eq!(export::codes(b"[{}", true).unwrap_err().code, Code::MalformedJson);
}

#[test]
fn a_customer_that_a_spreadsheet_would_run_is_guarded() {
    let line = r#"[{"code":"A1","customer":"=1+1","basket":"@x","discount_minor":-5}]"#;
    assert_eq!(export::codes(line.as_bytes(), false).unwrap(), "A1,,,0,'=1+1,'@x,,,'-5,\r\n");
}

#[test]
fn a_report_tells_line_text_and_reason() {
    let rows = r#"[{"line":7,"text":"=A1","result":"malformed_code"},{"line":9,"text":"B1","result":"duplicate_in_file"}]"#;
    let text = export::report(rows.as_bytes(), true).unwrap();
    let expected = "line,code,result,reason\r\n\
        7,'=A1,malformed_code,\"expected 1 to 64 letters, digits or underscores\"\r\n\
        9,B1,duplicate_in_file,an earlier line has the same code\r\n";
    assert_eq!(text, expected);
    assert_eq!(export::report(b"{}", true).unwrap_err().code, Code::WrongType);
}

#[test]
fn a_result_is_written_as_it_is_read() {
    use RowResult as R;
    for result in [
        R::DuplicateInFile,
        R::DuplicateOfExisting,
        R::BrokenRow,
        R::NotUtf8,
        R::MalformedCode,
        R::LooksGenerated,
    ] {
        assert_eq!(serde_json::to_value(result).unwrap(), result.name());
    }
}

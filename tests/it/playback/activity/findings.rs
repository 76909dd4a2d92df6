use usher::playback::activity::findings::{
    FOUND_ROWS_MAX, FindingReason, Findings, VALUE_CHARS_MAX,
};

#[test]
fn every_row_is_counted_and_the_first_ones_are_told() {
    let mut findings = Findings::default();
    for line in 0..=FOUND_ROWS_MAX as u64 {
        findings.add(FindingReason::InvalidStart, line + 2, "never");
    }
    findings.add(FindingReason::Duplicate, 7, "Robot Monster");
    let found = findings.to_vec();
    assert_eq!(
        found.iter().map(|f| f.reason).collect::<Vec<_>>(),
        [FindingReason::Duplicate, FindingReason::InvalidStart]
    );
    assert_eq!(found[1].rows, FOUND_ROWS_MAX as u64 + 1);
    assert_eq!(found[1].first.len(), FOUND_ROWS_MAX);
    assert_eq!((found[1].first[0].line, found[1].first[0].value.as_str()), (2, "never"));
}

#[test]
fn a_value_is_cut_and_has_no_control_characters() {
    let mut findings = Findings::default();
    findings.add(FindingReason::InvalidTitle, 2, &"ä\n".repeat(VALUE_CHARS_MAX));
    let value = findings.to_vec()[0].first[0].value.clone();
    assert_eq!(value, "ä ".repeat(VALUE_CHARS_MAX / 2));
}

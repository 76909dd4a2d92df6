use usher::playback::activity::findings::{FindingReason, Findings};
use usher::playback::activity::report::{ActivityReport, StartTotals, Total};
use usher::playback::activity::totals::{NamedTotals, Totals};

#[test]
fn a_report_of_nothing_is_all_zero() {
    let nothing = NamedTotals::new(1);
    let (skipped, noted) = (Findings::default(), Findings::default());
    let report = ActivityReport::new(&Totals::default(), &nothing, &skipped, &noted);
    assert_eq!((report.plays, report.played_ms, report.rows), (0, 0, 0));
    assert_eq!((report.started, report.other_titles), (StartTotals::default(), Total::default()));
    assert!(report.profiles.is_empty() && report.titles.is_empty() && report.skipped.is_empty());
}

#[test]
fn what_was_skipped_and_what_was_noted_are_kept_apart() {
    let mut supplemental = NamedTotals::new(1);
    supplemental.add("HOOK", 5);
    let (mut skipped, mut noted) = (Findings::default(), Findings::default());
    skipped.add(FindingReason::SupplementalVideo, 2, "HOOK");
    noted.add(FindingReason::InvalidBookmark, 3, "late");
    let report = ActivityReport::new(&Totals::default(), &supplemental, &skipped, &noted);
    assert_eq!(
        (report.supplemental[0].name.as_str(), report.supplemental[0].played_ms),
        ("HOOK", 5)
    );
    assert_eq!(report.skipped[0].reason, FindingReason::SupplementalVideo);
    assert_eq!(report.noted[0].reason, FindingReason::InvalidBookmark);
}

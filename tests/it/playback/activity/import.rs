use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use usher::base::refusal::{Code, Refusal};
use usher::playback::activity::findings::{Finding, FindingReason};
use usher::playback::activity::import::{ActivityImport, PIECE_BYTES_MAX};
use usher::playback::activity::play::ImportedView;
use usher::playback::activity::report::ActivityReport;

const NOW_MS: f64 = 1_767_225_600_000.0;
const NAMES: &str = "Profile Name,Start Time,Duration,Title,Supplemental Video Type\n";

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/activity")
}

fn import(text: &[u8], size: usize) -> Result<(Vec<ImportedView>, ActivityReport), Refusal> {
    let mut import = ActivityImport::new(NOW_MS, true)?;
    let mut plays = Vec::new();
    for piece in text.chunks(size) {
        plays.append(&mut import.push(piece)?);
    }
    let (mut last, report) = import.finish()?;
    plays.append(&mut last);
    Ok((plays, report))
}

fn lines(findings: &[Finding]) -> Value {
    let lines = |finding: &Finding| finding.first.iter().map(|row| row.line).collect::<Vec<_>>();
    let reason = |finding: &Finding| serde_json::to_value(finding.reason).unwrap();
    let found = findings.iter().map(|f| (reason(f).as_str().unwrap().to_owned(), lines(f)));
    serde_json::to_value(found.collect::<BTreeMap<_, _>>()).unwrap()
}

#[test]
fn the_vectors_hold() {
    let text = fs::read_to_string(vectors().join("cases.json")).unwrap();
    let suite: Value = serde_json::from_str(&text).unwrap();
    for case in suite["cases"].as_array().unwrap() {
        let file = case["file"].as_str().unwrap();
        let bytes = fs::read(vectors().join(file)).unwrap();
        for size in [1, 5, PIECE_BYTES_MAX] {
            let got = import(&bytes, size);
            if let Some(expected) = case["refusal"].as_array() {
                let refusal = got.unwrap_err();
                let code = serde_json::to_value(refusal.code).unwrap();
                assert_eq!(code, expected[0], "{file}: {}", refusal.message);
                assert_eq!(refusal.field.as_deref(), expected[1].as_str(), "{file}");
                continue;
            }
            let (plays, report) = got.unwrap();
            let expected = &case["expect"];
            assert_eq!(Value::from(report.rows), expected["rows"], "{file}");
            assert_eq!(Value::from(report.plays), expected["plays"], "{file}");
            assert_eq!(Value::from(report.played_ms), expected["played_ms"], "{file}");
            assert_eq!(lines(&report.skipped), expected["skipped"], "{file}");
            assert_eq!(lines(&report.noted), expected["noted"], "{file}");
            assert_eq!((plays.len() as u64, report.bytes), (report.plays, bytes.len() as u64));
        }
    }
}

#[test]
fn a_real_export_gives_exactly_its_plays() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/netflix_viewing_activity_P1.csv");
    let Ok(bytes) = fs::read(&file) else {
        eprintln!("skipped: the real export is not beside this project");
        return;
    };
    let (plays, report) = import(&bytes, 65_536).unwrap();
    assert_eq!((report.rows, report.plays, report.played_ms), (3824, 1670, 2_151_447_000));
    assert_eq!(plays.len(), 1670);
    let supplemental: u64 = report.supplemental.iter().map(|total| total.played_ms).sum();
    assert_eq!(report.played_ms + supplemental, 2_194_367_000);
    assert_eq!(report.skipped.len(), 1);
    assert_eq!(
        (report.skipped[0].reason, report.skipped[0].rows),
        (FindingReason::SupplementalVideo, 2154)
    );
    assert_eq!(report.profiles[0].sittings, 418);
}

#[test]
fn a_file_that_comes_twice_counts_once_by_its_ids() {
    let text = format!("{NAMES}Anna,2025-01-01 10:00:00,00:00:01,T,\n");
    let row = text.strip_prefix(NAMES).unwrap();
    let (plays, report) = import(format!("{text}{row}{row}").as_bytes(), 9).unwrap();
    assert_eq!((plays.len(), report.plays), (1, 1));
    assert_eq!((report.skipped[0].reason, report.skipped[0].rows), (FindingReason::Duplicate, 2));
    let (again, _) = import(text.as_bytes(), 9).unwrap();
    assert_eq!(again, plays);
}

#[test]
fn a_piece_that_is_too_large_may_come_again_in_parts() {
    let mut import = ActivityImport::new(NOW_MS, false).unwrap();
    let large = vec![b'\n'; PIECE_BYTES_MAX + 1];
    let refusal = import.push(&large).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (Code::BodyTooLarge, Some("piece")));
    import.push(&large[1..]).unwrap();
    import.push(NAMES.as_bytes()).unwrap();
    assert_eq!(import.finish().unwrap().1.bytes, (PIECE_BYTES_MAX + NAMES.len()) as u64);
    assert_eq!(import.finish().unwrap_err().code, Code::Internal);
}

#[test]
fn a_clock_that_is_none_is_refused() {
    for now_ms in [f64::NAN, -1.0, f64::INFINITY] {
        let refusal = ActivityImport::new(now_ms, true).err().unwrap();
        assert_eq!(refusal.field.as_deref(), Some("now_ms"));
    }
}

const WORDS: [&[u8]; 8] = [
    b"\n",
    b",",
    b"\"",
    b"\xff",
    b"2025-01-01 10:00:00",
    b"00:00:01",
    b"Anna",
    b"Anna,2025-01-01 10:00:00,00:00:01,T,\n",
];

proptest! {
    #[test]
    fn every_row_is_a_play_or_skipped_whatever_the_bytes_are(
        words in proptest::collection::vec(prop::sample::select(WORDS.to_vec()), 0..60),
        size in 1_usize..40,
    ) {
        let text = [NAMES.as_bytes(), &words.concat()].concat();
        let (plays, report) = import(&text, size).unwrap();
        let skipped: u64 = report.skipped.iter().map(|finding| finding.rows).sum();
        prop_assert_eq!(report.plays + skipped, report.rows);
        prop_assert_eq!(plays.len() as u64, report.plays);
        let whole = import(&text, PIECE_BYTES_MAX).unwrap();
        prop_assert_eq!((plays, report), whole);
    }
}

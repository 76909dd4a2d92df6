use super::rows;
use usher::base::id::Id;
use usher::playback::activity::columns::Columns;
use usher::playback::activity::findings::FindingReason;
use usher::playback::activity::instant::utc_ms;
use usher::playback::activity::play::{ImportedView, Play, StartedBy, play_id};
use usher::playback::record::Source;

const NAMES: &str = "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,\
                     Device Type,Bookmark,Latest Bookmark,Country";

/// Reads one row at the beginning of 2026.
fn read(text: &str) -> Result<ImportedView, (FindingReason, String, u64)> {
    let now_ms = utc_ms("2026-01-01 00:00:00").unwrap();
    let (mut columns, mut read) = (None, None);
    rows(&format!("{NAMES}\n{text}\n"), |row| match &columns {
        None => columns = Some(Columns::read(&row).unwrap()),
        Some(columns) => {
            let play = Play::read(&row, columns, now_ms);
            read = Some(
                play.map(|play| play.to_view())
                    .map_err(|skip| (skip.reason, skip.value.to_owned(), skip.played_ms)),
            );
        }
    });
    read.unwrap()
}

#[test]
fn a_row_becomes_a_view() {
    let row = "Anna,2024-06-16 14:55:58,00:44:10,,\"Into, the Light\",,Television,01:10:42,\
               Not latest view,DE (Germany)";
    let view = read(row).unwrap();
    assert_eq!(
        view,
        ImportedView {
            view: play_id("Anna", 1_718_549_758_000, "Into, the Light").to_hex(),
            viewer: "Anna".to_owned(),
            title: "Into, the Light".to_owned(),
            started_ms: 1_718_549_758_000,
            played_ms: 2_650_000,
            bookmark_ms: Some(4_242_000),
            latest_bookmark_ms: None,
            started_by: StartedBy::Viewer,
            device: "Television".to_owned(),
            country: "DE (Germany)".to_owned(),
        }
    );
}

#[test]
fn attributes_tell_who_started_it() {
    for (attributes, expected) in [
        ("", StartedBy::Viewer),
        ("Has branched playback; ", StartedBy::Viewer),
        ("Autoplayed: user action: None; ", StartedBy::Autoplay),
        ("Autoplayed: user action: None", StartedBy::Autoplay),
        ("Has branched playback; Autoplayed: user action: None; ", StartedBy::Autoplay),
        ("Autoplayed: user action: User_Interaction; ", StartedBy::AutoplayThenViewer),
        ("Autoplayed: user action: Something new; ", StartedBy::AutoplayThenViewer),
        ("Autoplayed", StartedBy::AutoplayThenViewer),
    ] {
        let row = format!("Anna,2025-01-01 10:00:00,00:00:01,{attributes},T,,,,,");
        assert_eq!(read(&row).unwrap().started_by, expected, "{attributes}");
    }
}

#[test]
fn a_supplemental_video_is_no_play_and_tells_its_length() {
    let skipped = |row: &str| read(row).unwrap_err();
    let hook = (FindingReason::SupplementalVideo, "HOOK".to_owned());
    let (reason, value, played_ms) = skipped("Anna,2025-01-01 10:00:00,00:00:05,,T,HOOK,,,,");
    assert_eq!(((reason, value), played_ms), (hook.clone(), 5_000));
    let (reason, value, played_ms) = skipped(",never,ever,,,HOOK,,,,");
    assert_eq!(((reason, value), played_ms), (hook, 0));
    assert!(read("Anna,2025-01-01 10:00:00,00:00:05,,T,  ,,,,").is_ok());
}

#[test]
fn a_title_over_several_lines_is_one_line() {
    let view = read("Anna,2025-01-01 10:00:00,00:00:01,,\"One\r\n  two\tthree\",,,,,").unwrap();
    assert_eq!(view.title, "One two three");
    let (reason, ..) = read("Anna,2025-01-01 10:00:00,00:00:01,,\"\n\",,,,,").unwrap_err();
    assert_eq!(reason, FindingReason::InvalidTitle);
}

#[test]
fn a_field_that_swallowed_a_row_is_no_title() {
    let row = "Anna,2025-01-01 10:00:00,00:00:01,,\"Never closed,,,,,\n\
               Anna,2025-01-01 11:00:00,00:00:01,,\"Closed\",,,,,";
    let (reason, value, _) = read(row).unwrap_err();
    assert_eq!(reason, FindingReason::OpenQuote);
    assert!(value.starts_with("Never closed"), "{value}");
}

#[test]
fn an_id_is_made_of_profile_start_and_title() {
    let id = play_id("Anna", 5, "Robot Monster");
    assert_eq!(id, play_id("Anna", 5, "Robot Monster"));
    for other in [
        play_id("Bert", 5, "Robot Monster"),
        play_id("Anna", 6, "Robot Monster"),
        play_id("Anna", 5, "Robot Monsters"),
        play_id("AnnaR", 5, "obot Monster"),
    ] {
        assert_ne!(id, other);
    }
    let device = |name: &str| {
        read(&format!("Anna,2025-01-01 10:00:00,00:00:01,,T,,{name},,,")).unwrap().view
    };
    assert_eq!(device("Television"), device("Telephone"));
}

#[test]
fn the_hash_is_fnv_1a() {
    // Source: computed apart in Python from the basis and the prime of RFC 9923; in front of the
    // names stand eight bytes of the start, between them a zero.
    assert_eq!(
        play_id("Anna", 5, "Robot Monster"),
        Id::parse("f6cc99f93f256923a208327d5576cfa2").unwrap()
    );
}

#[test]
fn the_record_of_a_play_claims_what_was_told_and_nothing_else() {
    let play = read("Anna,2025-01-01 10:00:00,00:10:00,,Robot Monster,,TV,,,").unwrap();
    let record = play.record();
    assert_eq!((record.view, record.viewer, record.title), (play.view, play.viewer, play.title));
    assert_eq!((record.played_ms, record.playing_ms, record.unique_ms), (600_000, 600_000, 0));
    assert_eq!((record.completion, record.completed, record.source), (None, false, Source::Import));
    assert_eq!(record.last_seen_ms - record.first_seen_ms, 600_000);
    assert_eq!((record.version, record.first_seen_ms), (1, play.started_ms));
}

use super::rows;
use usher::base::refusal::{Code, Refusal};
use usher::playback::activity::columns::Columns;

const NAMES: &str = "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,\
                     Device Type,Bookmark,Latest Bookmark,Country";

fn columns(text: &str) -> Result<Columns, Refusal> {
    let mut read = None;
    rows(text, |row| {
        read.get_or_insert_with(|| Columns::read(&row));
    });
    read.unwrap()
}

#[test]
fn each_column_is_found_by_its_name() {
    let found = columns(NAMES).unwrap();
    assert_eq!((found.count, found.profile, found.start, found.duration), (10, 0, 1, 2));
    assert_eq!((found.title, found.supplemental, found.attributes), (4, 5, Some(3)));
    assert_eq!((found.device, found.bookmark), (Some(6), Some(7)));
    assert_eq!((found.latest_bookmark, found.country), (Some(8), Some(9)));
    assert!(found.missing.is_empty() && found.ignored.is_empty());
}

#[test]
fn order_case_and_spaces_make_no_difference() {
    let found =
        columns("TITLE, duration ,Note,start time,Supplemental Video Type,\"profile name\"")
            .unwrap();
    assert_eq!((found.title, found.duration, found.start, found.profile), (0, 1, 3, 5));
    assert_eq!(found.ignored, ["Note"]);
    assert_eq!(found.missing.len(), 5);
}

#[test]
fn a_column_that_is_missing_is_named_with_the_remedy() {
    for name in ["Profile Name", "Start Time", "Duration", "Title", "Supplemental Video Type"] {
        let refusal = columns(&NAMES.replace(name, "Another")).unwrap_err();
        // `Title` is the one whose name is part of no other.
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::MissingField, Some(name)));
        assert!(refusal.message.contains("`Another`"), "{}", refusal.message);
        assert!(refusal.message.contains("export again"), "{}", refusal.message);
    }
    for name in ["Attributes", "Device Type", "Latest Bookmark", "Country"] {
        let found = columns(&NAMES.replace(name, "Another")).unwrap();
        assert_eq!((found.missing, found.ignored), (vec![name.to_owned()], vec!["Another".into()]));
    }
}

#[test]
fn a_message_repeats_no_more_than_it_must() {
    let names = vec!["x".repeat(100); 60].join(",");
    let message = columns(&names).unwrap_err().message;
    assert!(message.len() < 1_000 && message.contains("and more"), "{message}");
}

#[test]
fn another_file_is_told_from_an_export() {
    for (text, code, word) in [
        ("Title,Date", Code::MissingField, "viewing history"),
        ("\"title\",\"DATE\"", Code::MissingField, "viewing history"),
        ("Profile Name;Start Time;Title", Code::InvalidValue, "commas"),
        ("Profile Name\tStart Time", Code::InvalidValue, "commas"),
        ("{\"views\":1}", Code::MissingField, "Profile Name"),
        ("a\0b", Code::InvalidValue, "not a text"),
    ] {
        let refusal = columns(text).unwrap_err();
        assert_eq!(refusal.code, code, "{text}");
        assert!(refusal.message.contains(word), "{}", refusal.message);
    }
    let twice = columns(&format!("{NAMES},country")).unwrap_err();
    assert_eq!((twice.code, twice.field.as_deref()), (Code::DuplicateField, Some("Country")));
}

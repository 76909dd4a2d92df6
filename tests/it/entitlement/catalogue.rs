use super::world::{document, open, title};
use serde_json::json;

#[test]
fn titles_are_found_by_their_names_and_told_in_their_order() {
    let mut document = document();
    let names: Vec<String> = (0..500).map(|number| format!("título {number}")).collect();
    document["titles"] = names.iter().map(|name| title(name)).collect();
    let catalogue = open(&document).unwrap();
    assert_eq!((catalogue.len(), catalogue.is_empty()), (500, false));
    for (place, name) in (0..).zip(&names) {
        assert_eq!(catalogue.place_of(name.as_bytes()), Some(place));
    }
    assert_eq!(catalogue.place_of(b"another"), None);
    assert_eq!(catalogue.place_of(b""), None);
    assert_eq!(catalogue.ids(), names.join("\n") + "\n");
    assert_eq!((catalogue.version, catalogue.policy_version()), (1, "p"));
}

#[test]
fn a_catalogue_may_be_empty() {
    let mut document = document();
    document["titles"] = json!([]);
    let catalogue = open(&document).unwrap();
    assert_eq!((catalogue.len(), catalogue.is_empty(), catalogue.ids()), (0, true, String::new()));
}

#[test]
fn fifty_thousand_titles_hold_less_than_eight_megabytes() {
    let mut document = document();
    let window = |from: u64| json!({ "from": from, "to": from + 9, "territories": ["SE", "ES"] });
    let titles = (0..50_000_u64).map(|number| {
        let mut title = title(&format!("title-{number:06}"));
        title["windows"] = json!([window(number), window(number + 1), window(number + 2)]);
        title
    });
    document["titles"] = titles.collect();
    let bytes = open(&document).unwrap().bytes();
    assert!((3_000_000..8_000_000).contains(&bytes), "{bytes}");
}

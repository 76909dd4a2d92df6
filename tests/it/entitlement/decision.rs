use super::world::{ask, document, numbers, open, rights, some, viewer};
use serde_json::json;
use usher::entitlement::decision::{FREE_GRANT, numbers as told};

fn check(document: &serde_json::Value, viewer: &serde_json::Value, now: i64) -> [Option<u64>; 7] {
    let rights = rights(&open(document).unwrap(), viewer).unwrap();
    told(&rights.decide(&numbers(&rights, &ask(now)))).map(some)
}

#[test]
fn leave_is_told_in_numbers() {
    let found = check(&document(), &viewer(), 1500);
    let expected = [Some(0), Some(0), Some(1080), Some(0), Some(2000), Some(1800), None];
    assert_eq!(found, expected);
}

#[test]
fn a_free_title_has_a_number_that_no_grant_has() {
    let mut document = document();
    document["titles"][0]["free"] = json!(true);
    let mut viewer = viewer();
    viewer["grants"] = json!([]);
    viewer["account"] = json!({ "status": "past_due", "since": 1500 });
    let found = check(&document, &viewer, 1500);
    assert_eq!(found[..4], [Some(1), Some(FREE_GRANT), Some(2160), Some(1)]);
}

#[test]
fn without_leave_there_is_only_when_a_window_opens() {
    let found = check(&document(), &viewer(), 999);
    assert_eq!(found, [Some(0), None, None, None, None, None, Some(1000)]);
    assert_eq!(check(&document(), &viewer(), 2000)[6], None);
}

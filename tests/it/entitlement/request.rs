use super::world::{ask, document, reasons, viewer};

#[test]
fn where_nobody_knows_the_country_nothing_is_said_of_windows() {
    for country in [None, Some("XX"), Some("")] {
        let mut request = ask(1);
        request.country = country.map(str::to_owned);
        let found = reasons(&document(), &viewer(), &request);
        assert_eq!(found, ["COUNTRY_UNKNOWN", "GRANT_NOT_STARTED"]);
    }
}

#[test]
fn a_device_is_known_by_its_name() {
    let mut request = ask(1500);
    assert!(reasons(&document(), &viewer(), &request).is_empty());
    request.device_id = "d2".to_owned();
    assert!(reasons(&document(), &viewer(), &request).is_empty());
    let mut full = viewer();
    full["devices"] = serde_json::json!(["d1", "d3", "d3", "d1"]);
    assert_eq!(reasons(&document(), &full, &request), ["DEVICE_LIMIT"]);
    // The name of something else is no device's.
    for name in ["g", "basic", "d1 ", ""] {
        request.device_id = name.to_owned();
        assert_eq!(reasons(&document(), &full, &request), ["DEVICE_LIMIT"], "{name}");
    }
}

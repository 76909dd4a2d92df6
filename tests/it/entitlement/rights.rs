use super::world::{ask, document, open, reasons, rights, viewer};
use serde_json::json;

#[test]
fn streams_on_the_same_device_and_leases_that_are_over_do_not_count() {
    let check = |streams: serde_json::Value, is_full: bool| {
        let mut viewer = viewer();
        viewer["open_streams"] = streams;
        let expected: &[&str] = if is_full { &["STREAM_LIMIT"] } else { &[] };
        assert_eq!(reasons(&document(), &viewer, &ask(1500)), expected, "{viewer}");
    };
    let stream = |device: &str, until: u64| json!({ "device": device, "until": until });
    check(json!([stream("d2", 1501), stream("d3", 1501)]), true);
    // Leases are counted, not devices.
    check(json!([stream("d2", 1501), stream("d2", 1501)]), true);
    check(json!([stream("d2", 1501), stream("d3", 1500)]), false);
    check(json!([stream("d2", 1501), stream("d1", 1501)]), false);
    // Without an end it runs as long as it is said to be open.
    check(json!([{ "device": "d2" }, { "device": "d3", "until": null }]), true);
    check(json!([]), false);
}

#[test]
fn a_device_has_a_place_if_it_is_registered_or_streams() {
    let mut viewer = viewer();
    viewer["open_streams"] = json!([{ "device": "d9" }]);
    let catalogue = open(&document()).unwrap();
    let rights = rights(&catalogue, &viewer).unwrap();
    let places: Vec<bool> =
        ["d1", "d9", "d2"].iter().map(|name| rights.device(name.as_bytes()).is_some()).collect();
    assert_eq!(places, [true, true, false]);
    assert_eq!(rights.catalogue().len(), 1);
}

#[test]
fn rights_outlive_the_catalogue_s_other_owners() {
    let rights = rights(&open(&document()).unwrap(), &viewer()).unwrap();
    assert_eq!(super::world::told(&rights, &viewer(), &ask(1500)).max_height, Some(1080));
}

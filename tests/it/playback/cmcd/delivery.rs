use super::report;
use usher::base::varint::Reader;
use usher::playback::cmcd::delivery::MediaDelivery;
use usher::playback::cmcd::report::Subject;

fn delivery(lines: &[&str]) -> MediaDelivery {
    let mut delivery = MediaDelivery::default();
    for line in lines {
        let Subject::Response(response) = report(line).subject else { panic!("{line}") };
        delivery.count(&response);
    }
    delivery
}

#[test]
fn responses_are_added_up() {
    let delivery = delivery(&[
        "e=rr,sn=0,ts=1,rc=200,ttfb=10,ttlb=30,br=(1000),d=4000",
        "e=rr,sn=1,ts=2,rc=206,ttfb=1795308174852,ttlb=20",
        "e=rr,sn=2,ts=3,rc=404",
        "e=rr,sn=3,ts=4,rc=0",
        "e=rr,sn=4,ts=5",
    ]);
    assert_eq!((delivery.requests, delivery.failed_requests), (5, 3));
    assert_eq!((delivery.bytes, delivery.sized_requests), (500_000, 1));
    assert_eq!((delivery.ttfb_ms, delivery.ttfb_requests), (10, 1));
    assert_eq!((delivery.ttlb_ms, delivery.ttlb_requests), (50, 2));
}

#[test]
fn sums_have_names_and_survive_their_bytes() {
    let delivery = delivery(&["e=rr,sn=0,ts=1,rc=200,ttfb=10,ttlb=30"]);
    assert!(delivery.each().contains(&("requests", 1)));
    let mut bytes = Vec::new();
    delivery.encode(&mut bytes);
    assert_eq!(MediaDelivery::decode(&mut Reader::new(&bytes)), Ok(delivery));
    assert!(MediaDelivery::decode(&mut Reader::new(&bytes[1..])).is_err());
}

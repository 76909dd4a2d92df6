use usher::coupon::redemption::operation::fingerprint;

#[test]
fn a_fingerprint_tells_parts_apart_however_they_meet() {
    let of = fingerprint(["reserve", "", "{}"]);
    assert_eq!(of.len(), 43);
    assert_eq!(of, fingerprint(["reserve", "", "{}"]));
    for other in [["reserv", "e", "{}"], ["reserve", "{}", ""], ["confirm", "", "{}"]] {
        assert_ne!(of, fingerprint(other));
    }
}

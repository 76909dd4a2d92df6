use proptest::prelude::*;
use usher::coupon::filter::{CodeFilter, FilterError, key_of};
use usher::coupon::filter_builder::build;
use xorf::{BinaryFuse16, Filter};

fn decode(bytes: &[u8]) -> Result<CodeFilter, FilterError> {
    CodeFilter::decode(bytes.len(), |at| bytes[at])
}

fn may_contain(bytes: &[u8], code: &str) -> bool {
    decode(bytes).unwrap().may_contain(code.as_bytes(), |at| bytes[at])
}

fn codes(range: std::ops::Range<u32>) -> Vec<String> {
    range.map(|number| format!("CODE{number:07}")).collect()
}

#[test]
fn every_code_is_found_and_others_once_in_65536() {
    let used = codes(0..200_000);
    let bytes = build(used.join("\n").as_bytes()).unwrap();
    assert_eq!(decode(&bytes).unwrap().codes(), 200_000);
    assert!(used.iter().all(|code| may_contain(&bytes, code)));
    // 1,000,000 others: 15.3 expected, and 40 are exceeded with a chance of 10^-7.
    let found = codes(200_000..1_200_000).iter().filter(|code| may_contain(&bytes, code)).count();
    assert!((1..40).contains(&found), "{found}");
}

#[test]
fn a_million_codes_take_2_26_megabytes() {
    let bytes = build(codes(0..1_000_000).join("\n").as_bytes()).unwrap();
    assert_eq!(bytes.len(), 2_261_016);
}

#[test]
fn filters_of_every_small_size_can_be_built() {
    for count in (0..40).chain([11_190, 11_515]) {
        let used = codes(0..count);
        let bytes = build(used.join("\n").as_bytes()).unwrap();
        assert_eq!(decode(&bytes).unwrap().codes(), count);
        assert!(used.iter().all(|code| may_contain(&bytes, code)), "{count}");
    }
}

#[test]
fn the_crate_that_builds_a_filter_reads_it_alike() {
    let used = codes(0..3_000);
    let mut keys: Vec<u64> = used.iter().map(|code| key_of(code.as_bytes())).collect();
    keys.sort_unstable();
    let theirs = BinaryFuse16::try_from(&keys).unwrap();
    let bytes = build(used.join("\n").as_bytes()).unwrap();
    for code in codes(0..300_000) {
        assert_eq!(may_contain(&bytes, &code), theirs.contains(&key_of(code.as_bytes())));
    }
}

#[test]
fn the_hash_of_a_code_is_fnv_1a() {
    // Source: RFC 9923, appendix C: FNV-1a 64 of "", "a" and "foobar".
    assert_eq!(key_of(b""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(key_of(b"a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(key_of(b"foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn bytes_that_are_no_filter_are_refused() {
    let bytes = build(codes(0..100).join("\n").as_bytes()).unwrap();
    assert!(decode(&bytes).is_ok());
    assert_eq!(decode(&[]), Err(FilterError));
    assert_eq!(decode(&bytes[..23]), Err(FilterError));
    assert_eq!(decode(&bytes[..bytes.len() - 2]), Err(FilterError));
    assert_eq!(decode(&[&bytes[..], &[0, 0]].concat()), Err(FilterError));
    let changed = |at: usize, to: u8| {
        let mut changed = bytes.clone();
        changed[at] = to;
        decode(&changed)
    };
    assert_eq!(changed(0, b'X'), Err(FilterError));
    assert_eq!(changed(3, b'2'), Err(FilterError));
    assert_eq!(changed(16, 0), Err(FilterError));
    assert_eq!(changed(20, 3), Err(FilterError));
}

proptest! {
    #[test]
    fn no_bytes_panic(header in any::<[u8; 20]>(), length in 0_usize..200, code in any::<String>()) {
        let mut bytes = [&b"UCF1"[..], &header].concat();
        bytes.resize(length.max(24), 7);
        // Lengths that fit, now and then, so that the question is asked too.
        let first_places = ((bytes.len() - 24) / 2).saturating_sub(8) as u8;
        bytes[16..24].copy_from_slice(&[4, 0, 0, 0, first_places, 0, 0, 0]);
        if let Ok(filter) = decode(&bytes) {
            let _ = filter.may_contain(code.as_bytes(), |at| bytes[at]);
        }
    }
}

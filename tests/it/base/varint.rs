use proptest::prelude::*;
use usher::base::limits::MS_MAX;
use usher::base::varint::{Reader, WireError, write};

fn bytes_of(value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, value);
    bytes
}

#[test]
fn a_varint_has_its_shortest_form_only() {
    let check = |bytes: &[u8], expected: Result<u64, WireError>| {
        assert_eq!(Reader::new(bytes).varint(), expected, "{bytes:?}");
    };
    check(&[0], Ok(0));
    check(&[0x7f], Ok(127));
    check(&[0x80, 1], Ok(128));
    check(&[0x80], Err(WireError::Truncated));
    check(&[], Err(WireError::Truncated));
    check(&[0x80, 0], Err(WireError::Overlong));
    check(&[0xff; 11], Err(WireError::Overlong));
    check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], Ok(u64::MAX));
    check(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2], Err(WireError::Overlong));
}

#[test]
fn an_amount_is_at_most_what_javascript_holds_exactly() {
    assert_eq!(Reader::new(&bytes_of(MS_MAX)).amount(), Ok(MS_MAX));
    assert_eq!(Reader::new(&bytes_of(MS_MAX + 1)).amount(), Err(WireError::TooLarge));
}

#[test]
fn a_reader_stops_at_the_end() {
    let mut reader = Reader::new(&[1, 2, 3]);
    assert_eq!(reader.bytes::<2>(), Ok([1, 2]));
    assert_eq!(reader.bytes::<2>(), Err(WireError::Truncated));
    assert_eq!(reader.byte(), Ok(3));
    assert!(reader.is_done());
    assert_eq!(reader.byte(), Err(WireError::Truncated));
}

proptest! {
    #[test]
    fn every_value_survives(value: u64) {
        let bytes = bytes_of(value);
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(reader.varint(), Ok(value));
        prop_assert!(reader.is_done());
    }
}

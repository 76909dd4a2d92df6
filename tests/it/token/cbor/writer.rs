use super::super::unhex;
use proptest::prelude::*;
use usher::token::cbor::reader::{Item, Reader};
use usher::token::cbor::writer::Writer;

fn written(write: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::default();
    write(&mut writer);
    writer.0
}

#[test]
fn heads_are_as_short_as_they_can_be() {
    for (number, hex) in [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (255, "18ff"),
        (256, "190100"),
        (65_535, "19ffff"),
        (65_536, "1a00010000"),
        (i64::from(u32::MAX), "1affffffff"),
        (1 << 32, "1b0000000100000000"),
        (-1, "20"),
        (-7, "26"),
        (-1000, "3903e7"),
        (i64::MIN, "3b7fffffffffffffff"),
    ] {
        assert_eq!(written(|writer| writer.number(number)), unhex(hex), "{number}");
    }
}

#[test]
fn a_map_is_written_in_the_order_of_its_labels() {
    let value = |number| {
        let mut value = Writer::default();
        value.number(number);
        value
    };
    let map = [(312, value(1)), (4, value(2)), (7, value(3))];
    assert_eq!(
        written(|writer| writer.map(&map)),
        unhex("a304020703190138 01".replace(' ', "").as_str())
    );
    assert_eq!(written(|writer| writer.map(&[])), unhex("a0"));
    let texts = ["GET".to_owned(), String::new()];
    assert_eq!(written(|writer| writer.texts(&texts)), unhex("826347455460"));
}

proptest! {
    #[test]
    fn what_is_written_is_read(number in any::<i64>(), text in ".{0,40}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let all = written(|writer| {
            writer.number(number);
            writer.text(&text);
            writer.bytes(&bytes);
        });
        let mut reader = Reader::of(&all);
        prop_assert_eq!(reader.signed(), Some(number));
        prop_assert_eq!(reader.item(), Some(Item::Text(&text)));
        prop_assert_eq!(reader.item(), Some(Item::Bytes(&bytes)));
        prop_assert!(reader.is_over());
    }
}

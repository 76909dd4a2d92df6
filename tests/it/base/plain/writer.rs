use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use usher::base::limits::MS_MAX;
use usher::base::plain::writer::{Apart, Step, Written, write, write_json};

#[derive(Serialize)]
struct Everything {
    number: u64,
    negative: i32,
    flag: bool,
    text: &'static str,
    none: Option<u8>,
    some: Option<u8>,
    list: Vec<(u8, String)>,
    word: Word,
    tagged: Tagged,
    map: BTreeMap<String, Vec<u8>>,
    unit: (),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    SecondOne,
}

#[derive(Serialize)]
#[serde(tag = "kind")]
enum Tagged {
    Number { value: i64 },
}

#[derive(Serialize)]
enum Untagged {
    Number(i64),
    Pair(i64, i64),
    Named { value: i64 },
}

#[derive(Serialize)]
struct Entry {
    #[serde(with = "serde_bytes")]
    state: Vec<u8>,
    share: f64,
    whole: f64,
}

#[test]
fn every_type_is_written_as_json() {
    let value = Everything {
        number: MS_MAX,
        negative: -120,
        flag: true,
        text: "a\"b\\c\n\u{1}ä😀",
        none: None,
        some: Some(0),
        list: vec![(1, "x".to_owned()), (20, String::new())],
        word: Word::SecondOne,
        tagged: Tagged::Number { value: -1 },
        map: BTreeMap::from([("k\"".to_owned(), vec![1]), ("l".to_owned(), vec![])]),
        unit: (),
    };
    let text = write_json(&value).unwrap();
    assert!(!text.contains('\n'));
    let expected = json!({
        "number": MS_MAX, "negative": -120, "flag": true, "text": "a\"b\\c\n\u{1}ä😀", "none": null,
        "some": 0, "list": [[1, "x"], [20, ""]], "word": "second_one",
        "tagged": { "kind": "Number", "value": -1 }, "map": { "k\"": [1], "l": [] }, "unit": null,
    });
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
}

#[test]
fn bytes_and_fractions_are_apart_with_their_places() {
    let entry = |state: &[u8], share| Entry { state: state.to_vec(), share, whole: 3.0 };
    let map = BTreeMap::from([("a\"", vec![entry(&[1, 2], 0.5), entry(&[], -2.0)])]);
    let place =
        |index, field| vec![Step::Key("a\"".to_owned()), Step::Index(index), Step::Field(field)];
    let expected = Written {
        json:
            r#"{"a\"":[{"state":null,"share":null,"whole":3},{"state":null,"share":-2,"whole":3}]}"#
                .to_owned(),
        apart: vec![
            (place(0, "state"), Apart::Bytes(vec![1, 2])),
            (place(0, "share"), Apart::Fraction(0.5)),
            (place(1, "state"), Apart::Bytes(vec![])),
        ],
    };
    assert_eq!(write(&map).unwrap(), expected);
    assert!(write_json(&map).is_err());
    assert_eq!(write(&0.5).unwrap().apart, vec![(vec![], Apart::Fraction(0.5))]);
}

#[test]
fn what_javascript_does_not_hold_is_refused() {
    assert_eq!(write_json(&MS_MAX).unwrap(), "9007199254740991");
    assert!(write_json(&(MS_MAX + 1)).is_err());
    assert_eq!(write_json(&-(MS_MAX as i64)).unwrap(), "-9007199254740991");
    assert!(write_json(&i64::MIN).is_err());
    let numbers = BTreeMap::from([(1, 1)]);
    assert!(write_json(&numbers).is_err(), "a key that is no text");
    for value in [Untagged::Number(1), Untagged::Pair(1, 2), Untagged::Named { value: 1 }] {
        assert!(write_json(&value).is_err());
    }
}

proptest! {
    #[test]
    fn text_and_numbers_come_back(text in any::<String>(), number in -(MS_MAX as i64)..=MS_MAX as i64) {
        let written = write_json(&(&text, number)).unwrap();
        let read: (String, i64) = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read, (text, number));
    }
}

use serde::Deserialize;
use std::collections::BTreeMap;
use usher::base::plain::json;
use usher::base::plain::reader::{DEPTH_MAX, Event};
use usher::base::refusal::{Code, Refusal};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Everything {
    unsigned: u8,
    signed: i32,
    float: f64,
    flag: bool,
    text: String,
    option: Option<u64>,
    list: Vec<u16>,
    pair: (u64, String),
    word: Word,
    unit: (),
    inner: Option<Box<Everything>>,
    tagged: Option<Tagged>,
    map: BTreeMap<String, u64>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    #[default]
    First,
    SecondOne,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Tagged {
    Number { value: i64 },
    Text { value: String },
}

/// Unknown keys are passed over.
#[derive(Debug, PartialEq, Deserialize)]
struct Loose {
    known: u64,
}

fn read(text: &str) -> Result<Everything, Refusal> {
    json::read(text.as_bytes())
}

#[test]
fn every_kind_of_value_becomes_its_type() {
    let text = r#"{"unsigned":255,"signed":-7,"float":3,"flag":true,"text":"ab","option":null,
        "list":[1,2],"pair":[1,"x"],"word":"second_one","unit":null,"inner":{"option":5},
        "tagged":{"value":-1,"kind":"number"},"map":{"a":1,"b":2}}"#;
    let expected = Everything {
        unsigned: 255,
        signed: -7,
        float: 3.0,
        flag: true,
        text: "ab".to_owned(),
        list: vec![1, 2],
        pair: (1, "x".to_owned()),
        word: Word::SecondOne,
        inner: Some(Box::new(Everything { option: Some(5), ..Everything::default() })),
        tagged: Some(Tagged::Number { value: -1 }),
        map: BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]),
        ..Everything::default()
    };
    assert_eq!(read(text), Ok(expected));
    let tagged = read(r#"{"tagged":{"kind":"text","value":"x"}}"#).unwrap().tagged;
    assert_eq!(tagged, Some(Tagged::Text { value: "x".to_owned() }));
}

#[test]
fn what_is_wrong_has_its_path() {
    let check = |text: &str, code: Code, field: Option<&str>| {
        let refusal = read(text).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{text}: {refusal:?}");
    };
    check("[]", Code::WrongType, None);
    check("{\"x\":1}", Code::UnknownField, Some("x"));
    check("{\"inner\":{\"x\":1}}", Code::UnknownField, Some("inner.x"));
    check("{\"flag\":true,\"flag\":true}", Code::DuplicateField, None);
    check("{\"inner\":{\"flag\":true,\"flag\":true}}", Code::DuplicateField, Some("inner"));
    check("{\"unsigned\":256}", Code::InvalidValue, Some("unsigned"));
    check("{\"unsigned\":-1}", Code::InvalidValue, Some("unsigned"));
    check("{\"unsigned\":1.5}", Code::WrongType, Some("unsigned"));
    check("{\"unsigned\":null}", Code::WrongType, Some("unsigned"));
    check("{\"signed\":true}", Code::WrongType, Some("signed"));
    check("{\"flag\":0}", Code::WrongType, Some("flag"));
    check("{\"text\":[]}", Code::WrongType, Some("text"));
    check("{\"option\":\"x\"}", Code::WrongType, Some("option"));
    check("{\"list\":{}}", Code::WrongType, Some("list"));
    check("{\"list\":[1,2,\"x\"]}", Code::WrongType, Some("list[2]"));
    check("{\"list\":[1],\"text\":1}", Code::WrongType, Some("text"));
    check("{\"inner\":{\"inner\":{\"list\":[[]]}}}", Code::WrongType, Some("inner.inner.list[0]"));
    check("{\"pair\":[1]}", Code::WrongType, Some("pair"));
    check("{\"pair\":[1,\"x\",2]}", Code::WrongType, Some("pair"));
    check("{\"word\":\"third\"}", Code::WrongType, Some("word"));
    check("{\"word\":1}", Code::WrongType, Some("word"));
    check("{\"unit\":1}", Code::WrongType, Some("unit"));
    check("{\"map\":{\"a\":\"x\"}}", Code::WrongType, Some("map.a"));
    check("{\"list\":[1,}", Code::MalformedJson, None);
}

#[test]
fn a_missing_key_is_named_where_it_is_missing() {
    let missing = json::read::<Vec<Loose>>(b"[{\"known\":1},{}]").unwrap_err();
    assert_eq!((missing.code, missing.field.as_deref()), (Code::MissingField, Some("[1]")));
    assert_eq!(missing.message, "missing field `known`");
}

#[test]
fn an_unknown_key_that_is_allowed_is_passed_over_with_all_that_is_in_it() {
    let text = br#"{"a":[1,{"b":[null,true,"x"],"c":{}}],"known":3,"z":-0.5e3}"#;
    assert_eq!(json::read(text), Ok(Loose { known: 3 }));
    let broken = json::read::<Loose>(b"{\"a\":[1,{\"b\":}],\"known\":3}").unwrap_err();
    assert_eq!(broken.code, Code::MalformedJson);
}

#[test]
fn what_is_nested_too_deep_is_refused() {
    let check = |depth: usize, expected: Option<Code>| {
        let lists = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let text = format!("{{\"known\":1,\"x\":{lists}}}");
        assert_eq!(json::read::<Loose>(text.as_bytes()).err().map(|e| e.code), expected, "{depth}");
    };
    check(DEPTH_MAX - 1, None);
    check(DEPTH_MAX, Some(Code::WrongType));
    check(100_000, Some(Code::WrongType));
    let inside = |depth| {
        format!("{}{}", r#"{"inner":"#.repeat(depth), "null".to_owned() + &"}".repeat(depth))
    };
    assert!(read(&inside(DEPTH_MAX)).is_ok());
    assert_eq!(read(&inside(DEPTH_MAX + 1)).unwrap_err().code, Code::WrongType);
}

#[test]
fn a_number_of_a_host_is_whole_if_it_is() {
    let check = |number: f64, expected: &str| {
        assert_eq!(format!("{:?}", Event::of_number(number)), expected);
    };
    check(0.0, "Whole(0)");
    check(-0.0, "Whole(0)");
    check(7.0, "Whole(7)");
    check(-7.0, "Negative(-7)");
    check(9_007_199_254_740_991.0, "Whole(9007199254740991)");
    check(9_007_199_254_740_992.0, "Fraction(9007199254740992.0)");
    check(-9_007_199_254_740_992.0, "Fraction(-9007199254740992.0)");
    check(0.5, "Fraction(0.5)");
    check(f64::NAN, "Fraction(NaN)");
    check(f64::INFINITY, "Fraction(inf)");
}

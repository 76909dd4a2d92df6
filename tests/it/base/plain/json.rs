use proptest::prelude::*;
use serde_json::Value;
use usher::base::plain::json::read;
use usher::base::refusal::Code;

/// What serde_json makes of a text, and what we do.
fn agree(text: &[u8]) -> Result<(), TestCaseError> {
    match (read::<Value>(text), serde_json::from_slice::<Value>(text)) {
        (Ok(ours), Ok(theirs)) => {
            prop_assert!(is_close(&ours, &theirs), "{ours} is not {theirs}");
        }
        (Err(refusal), Err(_)) => prop_assert_eq!(refusal.code, Code::MalformedJson),
        (ours, theirs) => prop_assert!(false, "{ours:?} is not {theirs:?}"),
    }
    Ok(())
}

/// The same but for the last digits of a fraction, which serde_json does not promise either.
fn is_close(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 1e-12 * a.abs().max(f64::MIN_POSITIVE * 1e20)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_close(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && is_close(a.1, b.1))
        }
        (one, other) => one == other,
    }
}

#[test]
fn what_is_json_is_read_and_what_is_not_is_refused_as_by_serde_json() {
    for text in [
        "",
        " ",
        "null",
        " true\n",
        "false",
        "nul",
        "nulll",
        "True",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "[",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "1 2",
        "[]]",
        "0",
        "-0",
        "-",
        "01",
        "-01",
        "00",
        "1.",
        ".5",
        "1.5",
        "+1",
        "1e5",
        "1E+5",
        "1e-5",
        "1e",
        "1e+",
        "0x1",
        "1e400",
        "-1e400",
        "1e-400",
        "0e999999999999",
        "123456789012345678901234567890",
        "0.1",
        "9007199254740993",
        "18446744073709551615",
        "-9223372036854775808",
        "-9223372036854775809",
        "1.7976931348623157e308",
        "0.000000000000000000000000000001",
        "3.141592653589793238462643",
        "\"",
        "\"a",
        "\"a\"",
        "\"\\n\\t\\r\\b\\f\\/\\\\\\\"\"",
        "\"\\x\"",
        "\"\\u00e4\"",
        "\"\\u00E4\"",
        "\"\\u00g4\"",
        "\"\\u12\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude00\"",
        "\"\\ud83d\\n\"",
        "\"\\u+123\"",
        "\"\n\"",
        "\"\u{7f}\"",
        "\"ä😀\"",
        "\u{feff}1",
        "NaN",
        "Infinity",
        "'a'",
        "// x\n1",
        "[1,/**/2]",
        "\t[\r\n1 , 2 ]",
        "\u{a0}1",
        "{\"a\":[{\"b\":[]}]}",
        "{\"\":0}",
        "{\"a\":1}{",
    ] {
        agree(text.as_bytes()).unwrap();
    }
    agree(&[b'"', 0xff, b'"']).unwrap();
    agree(&[b'"', 0xc3, b'"']).unwrap();
    agree(&[0xed, 0xa0, 0x80]).unwrap();
}

#[test]
fn a_fraction_that_a_float_prints_as_is_read_as_that_float() {
    for value in [0.5, 1.0 / 3.0, 10.0 / 60.0, 0.1, 1e-7, 123_456.789, 1e21] {
        assert_eq!(read::<f64>(format!("{value}").as_bytes()), Ok(value));
    }
}

#[test]
fn what_is_broken_is_told_by_line_and_column() {
    let check = |text: &str, message: &str| {
        let refusal = read::<Value>(text.as_bytes()).unwrap_err();
        assert_eq!((refusal.message.as_str(), refusal.field), (message, None));
    };
    check("", "expected JSON: a value at line 1 column 0");
    check("[1,\n 2", "expected JSON: a comma at line 2 column 2");
    check("{\"ä\" 1}", "expected JSON: a colon at line 1 column 5");
    check("[] x", "expected JSON: nothing behind the value at line 1 column 3");
    let utf8 = read::<Value>(&[b'"', 0xff, b'"']).unwrap_err();
    assert_eq!((utf8.code, utf8.message.as_str()), (Code::MalformedJson, "expected JSON in UTF-8"));
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no other", |x| x.is_finite()).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(".{0,5}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_is_read_as_by_serde_json(value in value(), is_pretty in any::<bool>()) {
        let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        agree(text.unwrap().as_bytes())?;
    }

    #[test]
    fn a_changed_byte_is_judged_as_by_serde_json(
        value in value(),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"[]{},:\"\\0123-.eE ntfu".to_vec())],
    ) {
        let mut text = serde_json::to_vec(&value).unwrap();
        let index = at.index(text.len());
        text[index] = byte;
        agree(&text)?;
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = read::<Value>(&bytes);
    }
}

use serde::Deserialize;
use serde::de::IgnoredAny;
use usher::base::plain::json;
use usher::base::plain::values::Keys;
use usher::base::refusal::{Code, Refusal};

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Closed {
    name: String,
    lines: Vec<Line>,
    number: Option<u64>,
    words: Option<Vec<String>>,
    pair: Option<(f64, f64)>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
struct Line {
    text: Option<String>,
    anything: Option<IgnoredAny>,
}

fn closed(text: &str) -> Result<Closed, Refusal> {
    const CLOSED: Keys =
        Keys { known: &["name", "lines", "number", "words", "pair"], needed: 2, is_closed: true };
    const LINE: Keys = Keys { known: &["text", "anything"], needed: 0, is_closed: false };
    let mut closed = Closed::default();
    json::read_by(text.as_bytes(), &mut |reader| {
        reader.fields(&CLOSED, &mut |reader, place| {
            match place {
                0 => closed.name = reader.string()?,
                1 => {
                    return reader.items(&mut |reader| {
                        let mut line = Line::default();
                        reader.fields(&LINE, &mut |reader, place| {
                            match place {
                                0 => line.text = reader.optional_string()?,
                                _ => line.anything = reader.is_something()?.then_some(IgnoredAny),
                            }
                            Ok(())
                        })?;
                        closed.lines.push(line);
                        Ok(())
                    });
                }
                2 => closed.number = reader.optional_whole()?,
                3 => closed.words = reader.optional_strings()?,
                _ => closed.pair = reader.optional_pair()?,
            }
            Ok(())
        })
    })?;
    Ok(closed)
}

#[test]
fn what_is_asked_for_is_what_a_derived_type_reads() {
    let values = [
        "null",
        "true",
        "7",
        "-7",
        "1.5",
        "18446744073709551616",
        r#""a""#,
        r#"["a", "b"]"#,
        r#"["a", 1]"#,
        "[]",
        "[1]",
        "[1, -2.5]",
        "[1, null]",
        "[1, 2, 3]",
        "{}",
        r#"[{"text": "a", "anything": {"deep": [1]}, "unknown": [{}]}, {"text": null, "anything": null}]"#,
        r#"[{}, {"text": 1}]"#,
        r#"[{"text": "a", "text": "b"}]"#,
        "[1,",
        "nul",
    ];
    let keys = ["name", "lines", "number", "words", "pair", "unknown"];
    let mut given = vec![String::new(), "[]".into(), "{}".into(), "{} x".into()];
    for value in values {
        given.push(value.into());
        given.push(format!(r#"{{"lines": {value}}}"#));
        for key in keys {
            given.push(format!(r#"{{"name": "n", "{key}": {value}, "lines": []}}"#));
            given.push(format!(r#"{{"name": "n", "lines": [], "{key}": {value}}}"#));
        }
        given.push(format!(r#"{{"lines": {value}, "name": "n"}}"#));
    }
    let mut read = 0;
    for text in given {
        let derived = json::read::<Closed>(text.as_bytes());
        read += usize::from(derived.is_ok());
        assert_eq!(closed(&text), derived, "{text}");
    }
    assert!(read > 10, "{read} were read");
}

#[test]
fn an_object_that_is_passed_over_has_each_key_once_however_deep() {
    let check = |text: &str, expected: Option<Code>| {
        let read = json::read_by(text.as_bytes(), &mut |reader| reader.skip_object());
        assert_eq!(read.err().map(|refusal| refusal.code), expected, "{text}");
    };
    check("{}", None);
    check(r#"{"a":1,"b":[{"a":1},{"a":2}],"c":{"a":null}}"#, None);
    check(r#"{"a":1,"a":1}"#, Some(Code::DuplicateField));
    check(r#"{"a":1,"\u0061":1}"#, Some(Code::DuplicateField));
    check(r#"{"a":[[{"b":1,"c":2,"b":3}]]}"#, Some(Code::DuplicateField));
    check("[]", Some(Code::WrongType));
    check("null", Some(Code::WrongType));
    check(r#"{"a":1"#, Some(Code::MalformedJson));
    check("{} {}", Some(Code::MalformedJson));
}

#[test]
fn a_whole_number_is_there_and_is_one() {
    let check = |text: &str, expected: Result<u64, Code>| {
        let mut number = 0;
        let read = json::read_by(text.as_bytes(), &mut |reader| {
            number = reader.whole()?;
            Ok(())
        });
        assert_eq!(read.map(|()| number).map_err(|refusal| refusal.code), expected, "{text}");
    };
    check("0", Ok(0));
    check("18446744073709551615", Ok(u64::MAX));
    check("-1", Err(Code::InvalidValue));
    check("1.5", Err(Code::WrongType));
    check("null", Err(Code::WrongType));
    check("\"1\"", Err(Code::WrongType));
}

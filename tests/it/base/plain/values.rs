use serde::Deserialize;
use serde::de::IgnoredAny;
use usher::base::plain::json;
use usher::base::plain::values::Keys;
use usher::base::refusal::Refusal;

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

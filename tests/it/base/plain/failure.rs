use serde::de::{Error, Unexpected};
use usher::base::plain::failure::Failure;
use usher::base::refusal::Code;

fn check(failure: Failure, code: Code, message: &str) {
    assert_eq!(failure.to_string(), message);
    let refusal = failure.at("a.b".to_owned());
    assert_eq!((refusal.code, refusal.message.as_str()), (code, message));
    assert_eq!(refusal.field.as_deref(), Some("a.b"));
}

#[test]
fn a_message_says_what_was_found_and_what_was_expected() {
    let wrong = |found| Failure::invalid_type(found, &"a list");
    check(wrong(Unexpected::Bool(true)), Code::WrongType, "boolean `true` found, expected a list");
    check(wrong(Unexpected::Unsigned(7)), Code::WrongType, "number `7` found, expected a list");
    check(wrong(Unexpected::Signed(-7)), Code::WrongType, "number `-7` found, expected a list");
    check(wrong(Unexpected::Float(0.5)), Code::WrongType, "a fraction found, expected a list");
    check(wrong(Unexpected::Str("x")), Code::WrongType, "string `x` found, expected a list");
    check(wrong(Unexpected::Unit), Code::WrongType, "null found, expected a list");
    check(wrong(Unexpected::Map), Code::WrongType, "an object found, expected a list");
    let value = Failure::invalid_value(Unexpected::Signed(-1), &"u64");
    check(value, Code::InvalidValue, "number `-1` found, expected a whole number from 0");
    let length = Failure::invalid_length(3, &"a list of 2");
    check(length, Code::WrongType, "`3` elements found, expected a list of 2");
    check(Failure::custom("expected a code"), Code::WrongType, "expected a code");
}

#[test]
fn a_message_about_fields_names_them() {
    let unknown = Failure::unknown_field("x", &["a", "b"]);
    check(unknown, Code::UnknownField, "unknown field `x`, expected one of `a`, `b`");
    let unknown = Failure::unknown_variant("x", &["a", "b"]);
    check(unknown, Code::WrongType, "unknown word `x`, expected one of `a`, `b`");
    check(Failure::missing_field("a"), Code::MissingField, "missing field `a`");
    let twice = Failure::duplicate_field("a");
    check(twice, Code::DuplicateField, "field `a` twice, expected once");
}

#[test]
fn a_long_text_is_repeated_in_part() {
    let check = |characters: usize, repeated: usize| {
        let text = "ü".repeat(characters);
        let message = Failure::invalid_type(Unexpected::Str(&text), &"u64").to_string();
        assert_eq!(message.matches('ü').count(), repeated);
    };
    check(40, 40);
    check(41, 40);
    check(100_000, 40);
}

#[test]
fn broken_json_and_the_whole_have_no_field() {
    assert_eq!(Failure::of(Code::MalformedJson, "x").at("a".to_owned()).field, None);
    assert_eq!(Failure::of(Code::WrongType, "x").at(String::new()).field, None);
}

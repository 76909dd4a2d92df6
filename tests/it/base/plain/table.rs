use super::pieces::read;
use usher::base::plain::pieces::NONE;
use usher::base::refusal::Code;

#[track_caller]
fn refused(json: &str, code: Code, field: Option<&str>) {
    let refusal = read(json).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{}", refusal.message);
}

#[test]
fn values_become_numbers_in_the_order_of_their_fields() {
    let (numbers, names) =
        read(r#" { "word" : "two" , "number":7,"flag":true, "names":["b","a"],"set":["3","3"] } "#)
            .unwrap();
    assert_eq!(numbers[..3], [7, 1, 1]);
    assert_eq!(numbers[5..], [NONE, NONE]);
    assert_eq!(names, ["b", "a"]);
    assert_eq!(read(r#"{"number":2,"flag":null,"names":[]}"#).unwrap().0[1], NONE);
}

#[test]
fn what_is_wrong_is_named_with_its_path() {
    refused(r#"{"number":1}"#, Code::InvalidValue, Some("number"));
    refused(r#"{"number":10}"#, Code::InvalidValue, Some("number"));
    refused(r#"{"number":99999999999999999999999}"#, Code::InvalidValue, Some("number"));
    refused(r#"{"number":2.0}"#, Code::WrongType, Some("number"));
    refused(r#"{"number":2e0}"#, Code::WrongType, Some("number"));
    refused(r#"{"number":-2}"#, Code::WrongType, Some("number"));
    refused(r#"{"number":null}"#, Code::WrongType, Some("number"));
    refused(r#"{"flag":true}"#, Code::MissingField, Some("number"));
    refused(r#"{"number":2,"word":"three"}"#, Code::InvalidValue, Some("word"));
    refused(r#"{"number":2,"names":["a",""]}"#, Code::InvalidValue, Some("names[1]"));
    refused(r#"{"number":2,"names":["a","b","c"]}"#, Code::TooMany, Some("names"));
    refused(r#"{"number":2,"set":["256"]}"#, Code::InvalidValue, Some("set[0]"));
    refused(r#"{"number":2,"span":{"from":5,"to":5}}"#, Code::InvalidValue, Some("span.to"));
    refused(r#"{"number":2,"inside":{"from":5}}"#, Code::MissingField, Some("inside.to"));
    refused(r#"{"number":2,"inside":{"form":5}}"#, Code::UnknownField, Some("inside.form"));
    refused(r#"{"number":2,"number":2}"#, Code::DuplicateField, Some("number"));
    refused("7", Code::WrongType, None);
}

#[test]
fn the_first_of_several_wrongs_is_told() {
    refused(r#"{"number":1,"word":7,"flag":"x"}"#, Code::InvalidValue, Some("number"));
}

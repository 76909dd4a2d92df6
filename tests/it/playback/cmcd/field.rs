use proptest::prelude::*;
use usher::base::refusal::Code;
use usher::playback::cmcd::field::{
    ITEMS_MAX, Item, KEY_BYTES_MAX, KEYS_MAX, LINE_BYTES_MAX, STRING_BYTES_MAX, Value, read,
    unescaped,
};

#[test]
fn every_kind_of_value_is_read() {
    let check = |text: &str, expected: &[(&str, Value<'_>)]| {
        assert_eq!(read(text).unwrap(), expected, "{text}");
    };
    let item = Value::Item;
    check("", &[]);
    check("  ", &[]);
    check("bs", &[("bs", item(Item::Boolean(true)))]);
    check("bs=?0,su=?1", &[("bs", item(Item::Boolean(false))), ("su", item(Item::Boolean(true)))]);
    check("sn=12 , ts=-3", &[("sn", item(Item::Integer(12))), ("ts", item(Item::Integer(-3)))]);
    check("pr=1.5", &[("pr", item(Item::Decimal(1_500)))]);
    check(
        "pr=0.05,x=-2.125",
        &[("pr", item(Item::Decimal(50))), ("x", item(Item::Decimal(-2_125)))],
    );
    check("ot=av,u=a/b:c", &[("ot", item(Item::Token("av"))), ("u", item(Item::Token("a/b:c")))]);
    check(r#"cid="a \"b\" \\ c, d""#, &[("cid", item(Item::Text(r#"a \"b\" \\ c, d"#)))]);
    check("cid=\"größe\"", &[("cid", item(Item::Text("größe")))]);
    check("com.example-Key=1", &[("com.example-Key", item(Item::Integer(1)))]);
    check("ts=999999999999999", &[("ts", item(Item::Integer(999_999_999_999_999)))]);
}

#[test]
fn lists_keep_the_object_type_of_each_value() {
    let list = |items: &[(i64, &'static str)]| {
        Value::List(items.iter().map(|(n, name)| (Item::Integer(*n), *name)).collect())
    };
    assert_eq!(read("br=(152;v 43;a)").unwrap(), [("br", list(&[(152, "v"), (43, "a")]))]);
    assert_eq!(read("br=(250)").unwrap(), [("br", list(&[(250, "")]))]);
    assert_eq!(read("br=( 1  2 )").unwrap(), [("br", list(&[(1, ""), (2, "")]))]);
    assert_eq!(read("br=()").unwrap(), [("br", list(&[]))]);
    let nor = Value::List(vec![(Item::Text("a.m4s"), "r")]);
    assert_eq!(read("nor=(\"a.m4s\";r=\"0-9\")").unwrap(), [("nor", nor)]);
    assert_eq!(read("x=1;a;b=2").unwrap(), [("x", Value::Item(Item::Integer(1)))]);
}

#[test]
fn escapes_are_taken_out_of_text() {
    assert_eq!(unescaped(r#"a \"b\" \\ c"#), r#"a "b" \ c"#);
    assert_eq!(unescaped("größe"), "größe");
}

#[test]
fn what_is_no_dictionary_is_refused_at_its_key() {
    let check = |text: &str, code: Code, field: Option<&str>| {
        let refusal = read(text).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{text}: {refusal:?}");
        assert!(!refusal.message.is_empty() && !refusal.message.ends_with('.'));
    };
    let malformed = Code::MalformedField;
    check("=1", malformed, None);
    check("{\"e\":1}", malformed, None);
    check("sn=", malformed, Some("sn"));
    check("sn=1 ts=2", malformed, Some("sn"));
    check("sn=1,", malformed, Some("sn"));
    check("sn=1,,ts=2", malformed, None);
    check("cid=\"open", malformed, Some("cid"));
    check(r#"cid="a\n""#, malformed, Some("cid"));
    check(r#"cid="end\"#, malformed, Some("cid"));
    check("cid=\"a\u{1}b\"", malformed, Some("cid"));
    check("bs=?2", malformed, Some("bs"));
    check("pr=1.", malformed, Some("pr"));
    check("pr=1.2345", malformed, Some("pr"));
    check("pr=.5", malformed, Some("pr"));
    check("sn=-", malformed, Some("sn"));
    check("ts=1234567890123456", malformed, Some("ts"));
    check("br=(1 2", malformed, Some("br"));
    check("br=(1,2)", malformed, Some("br"));
    check("x=:YWI=:", malformed, Some("x"));
    check("sn=1,sn=2", Code::DuplicateField, Some("sn"));
}

#[test]
fn both_sides_of_every_limit() {
    let check = |text: &str, code: Option<Code>| {
        assert_eq!(read(text).err().map(|refusal| refusal.code), code, "{}", text.len());
    };
    let key = |length: usize| "k".repeat(length);
    check(&key(KEY_BYTES_MAX), None);
    check(&key(KEY_BYTES_MAX + 1), Some(Code::InvalidValue));
    let string = |length: usize| format!("u=\"{}\"", "x".repeat(length));
    check(&string(STRING_BYTES_MAX), None);
    check(&string(STRING_BYTES_MAX + 1), Some(Code::InvalidValue));
    let keys = |count: usize| (0..count).map(|n| format!("k{n}")).collect::<Vec<_>>().join(",");
    check(&keys(KEYS_MAX), None);
    check(&keys(KEYS_MAX + 1), Some(Code::TooMany));
    let items = |count: usize| format!("br=({})", "1 ".repeat(count));
    check(&items(ITEMS_MAX), None);
    check(&items(ITEMS_MAX + 1), Some(Code::TooMany));
    let parameters = |count: usize| format!("x=1{}", ";a".repeat(count));
    check(&parameters(ITEMS_MAX), None);
    check(&parameters(ITEMS_MAX + 1), Some(Code::TooMany));
    check(&" ".repeat(LINE_BYTES_MAX), None);
    check(&" ".repeat(LINE_BYTES_MAX + 1), Some(Code::BodyTooLarge));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = read(&text);
    }

    #[test]
    fn no_text_of_its_own_signs_panics(text in "[a-c=,;()\"\\\\?01.\\- \t]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn what_was_written_is_read(text in "[ -~ä]{0,40}", number in 0..1_000_000_000_i64) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        let line = format!("n={number},t=\"{escaped}\"");
        let fields = read(&line).unwrap();
        prop_assert_eq!(&fields[0].1, &Value::Item(Item::Integer(number)));
        let Value::Item(Item::Text(read)) = &fields[1].1 else { panic!("{fields:?}") };
        prop_assert_eq!(unescaped(read), text);
    }
}

use proptest::prelude::*;
use usher::base::refusal::{Code, Refusal};
use usher::playback::cmcd::body::{
    BODY_BYTES_MAX, CmcdBody, ERRORS_MAX, LINES_MAX, SESSIONS_MAX, Target, read,
};

const TARGET: Target<'_> = Target { viewer: Some("anna"), title: Some("plan-9"), player: None };
const GOOD: &str = "e=t,sid=\"s\",sn=1,ts=1,v=2";

fn body(text: &str) -> Result<CmcdBody, Refusal> {
    read(text.as_bytes(), TARGET)
}

#[test]
fn a_broken_line_is_told_by_its_number_and_the_rest_counts() {
    let text = format!(
        "{GOOD}\n\ne=t,sid=\"s\",what=1,sn=2,ts=2,v=2\r\n{}\n\"\n{GOOD},x-y=1\n",
        "e=t,sid=\"s\",sn=\"3\",ts=3,v=2"
    );
    let read = body(&text).unwrap();
    assert_eq!((read.lines, read.refused, read.custom_keys), (5, 3, 1));
    let errors: Vec<_> = read.errors.iter().map(|e| (e.line, e.code, e.field.as_deref())).collect();
    let expected = [
        (3, Code::UnknownField, Some("what")),
        (4, Code::WrongType, Some("sn")),
        (5, Code::MalformedField, None),
    ];
    assert_eq!(errors, expected);
    assert_eq!(read.viewers.len(), 1);
    assert_eq!((read.viewers[0].viewer.as_str(), read.viewers[0].views.len()), ("anna", 1));
    assert_eq!(read.viewers[0].views[0].title, "plan-9");
}

#[test]
fn text_that_is_not_utf8_is_told_by_its_line() {
    let bytes = [GOOD.as_bytes(), b"\nsid=\"\xff\"\n", GOOD.as_bytes()].concat();
    let read = read(&bytes, TARGET).unwrap();
    assert_eq!((read.refused, read.errors[0].line), (1, 2));
}

#[test]
fn who_watches_what_is_said_by_the_target_or_by_the_report() {
    let check = |target: Target<'_>, line: &str, viewer: &str, title: &str| {
        let read = read(line.as_bytes(), target).unwrap();
        assert_eq!(
            (read.viewers[0].viewer.as_str(), read.viewers[0].views[0].title.as_str()),
            (viewer, title)
        );
    };
    let named = "cid=\"c\",e=t,sid=\"s\",sn=1,ts=1,v=2";
    check(TARGET, named, "anna", "plan-9");
    check(Target::default(), named, "cmcd:s", "c");
    check(Target { viewer: Some("anna"), ..Target::default() }, named, "anna", "c");
    let refusal = read(GOOD.as_bytes(), Target::default()).unwrap_err();
    assert_eq!((refusal.code, refusal.field.as_deref()), (Code::MissingField, Some("line 1: cid")));
}

#[test]
fn a_target_that_cannot_be_one_is_refused() {
    let check = |target: Target<'_>, field: &str| {
        let refusal = read(GOOD.as_bytes(), target).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::InvalidValue, Some(field)));
    };
    check(Target { viewer: Some(""), ..TARGET }, "viewer");
    check(Target { title: Some("a\nb"), ..TARGET }, "title");
    check(Target { player: Some("other"), ..TARGET }, "player");
}

#[test]
fn a_body_without_any_report_is_refused_by_its_first_line() {
    let check = |text: &str, code: Code, field: Option<&str>| {
        let refusal = body(text).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, field), "{text}");
    };
    check("", Code::InvalidValue, None);
    check("\n\n", Code::InvalidValue, None);
    check("\n{\"e\":1}\n", Code::MalformedField, Some("line 2"));
    check("e=zz,v=2", Code::InvalidValue, Some("line 1: e"));
}

#[test]
fn both_sides_of_every_limit() {
    let code = |text: String| body(&text).err().map(|refusal| refusal.code);
    let padded = |bytes: usize| format!("{GOOD}{}", "\n".repeat(bytes - GOOD.len()));
    assert_eq!(code(padded(BODY_BYTES_MAX)), None);
    assert_eq!(code(padded(BODY_BYTES_MAX + 1)), Some(Code::BodyTooLarge));
    let lines = |count: usize| format!("{GOOD}\n").repeat(count);
    assert_eq!(code(lines(LINES_MAX)), None);
    assert_eq!(code(lines(LINES_MAX + 1)), Some(Code::TooMany));
    let bad = format!("{GOOD}\n{}", "x=\n".repeat(ERRORS_MAX + 5));
    let read_bad = body(&bad).unwrap();
    assert_eq!((read_bad.refused, read_bad.errors.len()), (ERRORS_MAX + 5, ERRORS_MAX));
    let sessions = |count: usize| {
        let line = |n: usize| format!("e=t,sid=\"s{n}\",sn=1,ts=1,v=2\n");
        body(&(0..count).map(line).collect::<String>()).unwrap()
    };
    assert_eq!(sessions(SESSIONS_MAX).refused, 0);
    let one_more = sessions(SESSIONS_MAX + 1);
    assert_eq!((one_more.refused, one_more.errors[0].code), (1, Code::TooMany));
}

proptest! {
    #[test]
    fn no_body_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, TARGET);
    }

    #[test]
    fn a_flipped_byte_costs_at_most_its_line(at: prop::sample::Index, byte: u8) {
        let mut bytes = format!("{GOOD}\n").repeat(10).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let read = read(&bytes, TARGET).unwrap();
        prop_assert!(read.refused <= 2, "{:?}", read.errors);
    }
}

use usher::base::plain::pieces::{More, Pieces};
use usher::base::plain::table::{Field, Kind, Member};
use usher::base::refusal::{Code, Refusal};

pub const FIELDS: [Field; 7] = [
    Field::needed("number", Kind::Whole(2, 9)),
    Field::optional("flag", Kind::Flag),
    Field::optional("word", Kind::Word(&["one", "two"])),
    Field::optional("names", Kind::List(2, &Kind::Name(0))),
    Field::optional("set", Kind::Set(Member::Of(|text| text.parse().ok(), "a byte"))),
    Field::optional("span", Kind::Span(&SPAN)),
    Field::optional("inside", Kind::Object(&SPAN)),
];
const SPAN: [Field; 2] =
    [Field::needed("from", Kind::Whole(0, 99)), Field::needed("to", Kind::Whole(0, 99))];

pub fn read(json: &str) -> Result<(Vec<u64>, Vec<String>), Refusal> {
    let mut pieces = Pieces::of_text(json.to_owned());
    let object = pieces.value(Kind::Object(&FIELDS));
    let numbers = (0..FIELDS.len()).map(|field| pieces.number(object, field)).collect();
    let mut cell = pieces.number(object, 3);
    let mut names = Vec::new();
    while let Some(name) = pieces.next(&mut cell) {
        names.push(pieces.names[0].text(u32::try_from(name).unwrap()).to_owned());
    }
    pieces.finish().map(|()| (numbers, names))
}

#[test]
fn a_text_is_read_as_json_writes_it_up_to_its_limit() {
    let name = |written: &str| {
        read(&format!(r#"{{"number":2,"names":["{written}"]}}"#)).map(|read| read.1)
    };
    assert_eq!(name(r#"\u00e9\ud83d\ude00\"\\\/"#).unwrap(), ["é\u{1f600}\"\\/"]);
    assert_eq!(name(&"\\u0061".repeat(200)).unwrap(), ["a".repeat(200)]);
    assert_eq!(name(&"\\u0061".repeat(201)).unwrap_err().code, Code::InvalidValue);
    assert_eq!(name(&"a".repeat(1_000_000)).unwrap_err().code, Code::InvalidValue);
    for wrong in [r"\ud83d", r"\q", r"\u00", "\u{1f}"] {
        assert_eq!(name(wrong).unwrap_err().code, Code::MalformedJson, "{wrong}");
    }
}

/// Gives one byte at a time, and counts how often it was asked behind the end.
struct Bytes(Vec<u8>);

impl More for Bytes {
    fn next_piece(&mut self, piece: &mut Vec<u8>) {
        if !self.0.is_empty() {
            piece.push(self.0.remove(0));
        }
    }
}

#[test]
fn pieces_may_end_anywhere() {
    let mut bytes = Bytes(r#"{"number":7,"names":["\u00e9x"]} "#.as_bytes().to_vec());
    let mut pieces = Pieces::of(&mut bytes);
    let object = pieces.value(Kind::Object(&FIELDS));
    assert_eq!(pieces.number(object, 0), 7);
    assert_eq!(pieces.finish(), Ok(()));
    assert_eq!(pieces.names[0].text(0), "éx");
    let mut none = Bytes(Vec::new());
    let mut pieces = Pieces::of(&mut none);
    pieces.value(Kind::Object(&FIELDS));
    assert_eq!(pieces.finish().unwrap_err().code, Code::MalformedJson);
}

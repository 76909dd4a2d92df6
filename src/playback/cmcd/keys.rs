//! The keys of the standard, with what each may hold.

use super::field::{Field, Item, Value, at_most, refuse, unescaped};
use super::row::place_of;
use crate::base::refusal::{Code, Refusal};

/// Characters of `sid`. Source: CTA-5004-A, `sid`.
pub const SID_CHARACTERS_MAX: usize = 64;

/// Characters of `cid`. Source: CTA-5004-A, `cid`; version 1 has 64.
pub const CID_CHARACTERS_MAX: usize = 128;

/// Characters of what a custom key holds. Source: CTA-5004-A, custom keys.
pub const CUSTOM_CHARACTERS_MAX: usize = 64;

/// What a key may hold.
///
/// Wider than the standard where the players are: Shaka 5 writes a bare number where version 2 wants a
/// list, hls.js and dash.js write decimals where it wants whole numbers, and dash.js 5 writes its error
/// code as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A whole number, not negative.
    Integer,
    /// A number, not negative.
    Number,
    /// A number, which a clock that is off makes negative.
    Signed,
    /// A number, or a list of numbers with the object types as parameters.
    Numbers,
    /// A boolean.
    Flag,
    /// Text of at most so many characters.
    Text(usize),
    /// Text, or a list of texts.
    Texts,
    /// Text or a whole number, or a list of these.
    Codes,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// Where a key may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    /// In both versions.
    One,
    /// Only in version 2.
    Two,
    /// Only in event reports, so only in version 2.
    Event,
}

/// Text whose length only [`super::field::STRING_BYTES_MAX`] limits.
const LONG: Kind = Kind::Text(usize::MAX);

const EVENTS: &[&str] = &[
    "abe", "abs", "ae", "as", "b", "bc", "c", "ce", "e", "h", "m", "pc", "pe", "pr", "ps", "rr",
    "sk", "t", "um",
];
const OBJECT_TYPES: &[&str] = &["a", "av", "c", "i", "k", "m", "o", "tt", "v"];
const STATES: &[&str] = &["a", "d", "e", "f", "k", "p", "q", "r", "s", "w"];

/// Every key, in order. Source: CTA-5004 (2020), table 1, and CTA-5004-A, tables of keys; `dfa`, `bsa`,
/// `bsda`, `lb` and `cdn` as the Common Media Library writes them, which all three players use.
const KEYS: &[(&str, Since, Kind)] = &[
    ("ab", Since::Two, Kind::Numbers),
    ("bg", Since::Two, Kind::Flag),
    ("bl", Since::One, Kind::Numbers),
    ("br", Since::One, Kind::Numbers),
    ("bs", Since::One, Kind::Flag),
    ("bsa", Since::Two, Kind::Numbers),
    ("bsd", Since::Two, Kind::Numbers),
    ("bsda", Since::Two, Kind::Numbers),
    ("cdn", Since::Two, Kind::Text(128)),
    ("cen", Since::Event, Kind::Text(64)),
    ("cid", Since::One, Kind::Text(CID_CHARACTERS_MAX)),
    ("cmsdd", Since::Event, LONG),
    ("cmsds", Since::Event, LONG),
    ("cs", Since::Two, LONG),
    ("d", Since::One, Kind::Number),
    ("df", Since::Two, Kind::Integer),
    ("dfa", Since::Two, Kind::Integer),
    ("dl", Since::One, Kind::Number),
    ("e", Since::Event, Kind::Word(EVENTS)),
    ("ec", Since::Two, Kind::Codes),
    ("h", Since::Event, Kind::Text(128)),
    ("lab", Since::Two, Kind::Numbers),
    ("lb", Since::Two, Kind::Numbers),
    ("ltc", Since::Two, Kind::Signed),
    ("msd", Since::Two, Kind::Number),
    ("mtp", Since::One, Kind::Numbers),
    ("nor", Since::One, Kind::Texts),
    ("nr", Since::Two, Kind::Flag),
    ("nrr", Since::One, LONG),
    ("ot", Since::One, Kind::Word(OBJECT_TYPES)),
    ("pb", Since::Two, Kind::Numbers),
    ("pr", Since::One, Kind::Number),
    ("pt", Since::Two, Kind::Number),
    ("rc", Since::Event, Kind::Integer),
    ("rtp", Since::One, Kind::Number),
    ("sf", Since::One, Kind::Word(&["d", "e", "h", "o", "s"])),
    ("sid", Since::One, Kind::Text(SID_CHARACTERS_MAX)),
    ("smrt", Since::Event, LONG),
    ("sn", Since::Two, Kind::Integer),
    ("st", Since::One, Kind::Word(&["l", "ll", "v"])),
    ("sta", Since::Two, Kind::Word(STATES)),
    ("su", Since::One, Kind::Flag),
    ("tab", Since::Two, Kind::Numbers),
    ("tb", Since::One, Kind::Numbers),
    ("tbl", Since::Two, Kind::Numbers),
    ("tpb", Since::Two, Kind::Numbers),
    ("ts", Since::Event, Kind::Integer),
    ("ttfb", Since::Event, Kind::Number),
    ("ttfbb", Since::Event, Kind::Number),
    ("ttlb", Since::Event, Kind::Number),
    ("url", Since::Event, LONG),
    ("v", Since::One, Kind::Integer),
];

/// Which keys may stand in a dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Beside a request for media.
    Request,
    /// In an event report.
    Event,
}

/// The fields of one dictionary, each of a known key and of its type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields<'a> {
    fields: Vec<Field<'a>>,
    /// Keys that are not of the standard but named as it asks: with a hyphen, after a reversed domain.
    pub custom: u64,
}

impl<'a> Fields<'a> {
    /// Checks a dictionary: its version (1 unless `v` says 2), then every key and what it holds.
    ///
    /// # Errors
    /// [`Code::UnknownField`], [`Code::WrongType`] or [`Code::InvalidValue`], with the key as field.
    pub fn check(fields: Vec<Field<'a>>, mode: Mode) -> Result<Self, Refusal> {
        let mut fields = Self { fields, custom: 0 };
        let version = match fields.get("v") {
            None => 1,
            Some(Value::Item(Item::Integer(version @ (1 | 2)))) => *version,
            Some(_) => return Err(refuse(Code::InvalidValue, "v", "expected version 1 or 2")),
        };
        if mode == Mode::Event && version == 1 {
            return Err(refuse(Code::InvalidValue, "v", "expected version 2 of an event report"));
        }
        let mut custom = 0_u64;
        for (key, value) in &fields.fields {
            match KEYS.iter().find(|(known, ..)| known == key) {
                Some((_, Since::Two | Since::Event, _)) if version == 1 => {
                    return Err(refuse(Code::UnknownField, key, "expected a key of version 1"));
                }
                Some((_, Since::Event, _)) if mode == Mode::Request => {
                    return Err(refuse(Code::UnknownField, key, "expected a key of a request"));
                }
                Some((_, _, kind)) => check_kind(key, *kind, value)?,
                None if is_custom(key) => {
                    check_custom(key, value)?;
                    custom = custom.saturating_add(1);
                }
                None => {
                    let message = "expected a key of CTA-5004-A, or one with a hyphen";
                    return Err(refuse(Code::UnknownField, key, message));
                }
            }
        }
        fields.custom = custom;
        Ok(fields)
    }

    /// What a key holds.
    #[inline(never)]
    fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.fields.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// The text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::Item(Item::Text(text)) => Some(unescaped(text)),
            _ => None,
        }
    }

    /// The word of a key.
    #[inline(never)]
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&'a str> {
        match self.get(key)? {
            Value::Item(Item::Token(word)) => Some(word),
            _ => None,
        }
    }

    /// The number of a key, rounded to a whole one.
    #[inline(never)]
    #[must_use]
    pub fn whole(&self, key: &str) -> Option<u64> {
        Some(rounded(self.thousandths(key)?))
    }

    /// The number of a key, in thousandths.
    #[must_use]
    pub fn thousandths(&self, key: &str) -> Option<u64> {
        match self.get(key)? {
            Value::Item(item) => thousandths(*item),
            Value::List(_) => None,
        }
    }

    /// Whether a flag is on.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Item(Item::Boolean(true))))
    }

    /// The sum of the numbers of a key, rounded; with an object type only those of it, if there are any.
    #[must_use]
    pub fn sum(&self, key: &str, object_type: &str) -> Option<u64> {
        let Value::List(items) = self.get(key)? else { return self.whole(key) };
        let has_type = items.iter().any(|(_, name)| *name == object_type);
        let taken = items.iter().filter(|(_, name)| !has_type || *name == object_type);
        Some(rounded(taken.filter_map(|(item, _)| thousandths(*item)).fold(0, u64::saturating_add)))
    }
}

fn rounded(thousandths: u64) -> u64 {
    thousandths.saturating_add(500) / 1000
}

/// None for what is negative or no number.
fn thousandths(item: Item<'_>) -> Option<u64> {
    match item {
        // At most 15 digits, which fit.
        Item::Integer(number) => Some(u64::try_from(number).ok()?.wrapping_mul(1000)),
        Item::Decimal(number) => u64::try_from(number).ok(),
        Item::Text(_) | Item::Token(_) | Item::Boolean(_) => None,
    }
}

/// `com.example-key`, as the standard asks.
fn is_custom(key: &str) -> bool {
    let inner = key.as_bytes().get(1..key.len().saturating_sub(1)).unwrap_or_default();
    inner.contains(&b'-')
}

fn check_custom(key: &str, value: &Value<'_>) -> Result<(), Refusal> {
    match value {
        Value::Item(Item::Text(text) | Item::Token(text)) => {
            check_length(key, CUSTOM_CHARACTERS_MAX, text)
        }
        Value::Item(_) => Ok(()),
        Value::List(_) => Err(refuse(Code::WrongType, key, "expected one value")),
    }
}

fn check_length(key: &str, characters_max: usize, text: &str) -> Result<(), Refusal> {
    if text.chars().count() > characters_max {
        return Err(refuse(Code::InvalidValue, key, &at_most(characters_max, "characters")));
    }
    Ok(())
}

fn check_kind(key: &str, kind: Kind, value: &Value<'_>) -> Result<(), Refusal> {
    match value {
        Value::Item(item) => check_item(key, kind, *item),
        Value::List(items) if matches!(kind, Kind::Numbers | Kind::Texts | Kind::Codes) => {
            items.iter().try_for_each(|(item, _)| check_item(key, kind, *item))
        }
        Value::List(_) => Err(wrong_type(key, kind)),
    }
}

fn check_item(key: &str, kind: Kind, item: Item<'_>) -> Result<(), Refusal> {
    match (kind, item) {
        (Kind::Integer, Item::Integer(_))
        | (Kind::Number | Kind::Numbers, Item::Integer(_) | Item::Decimal(_)) => {
            if thousandths(item).is_none() {
                return Err(refuse(
                    Code::InvalidValue,
                    key,
                    "expected a number that is not negative",
                ));
            }
            Ok(())
        }
        (Kind::Text(characters_max), Item::Text(text)) => check_length(key, characters_max, text),
        (Kind::Word(words), Item::Token(word)) if place_of(words, word).is_none() => {
            let mut message = ["`", word, "`, expected one of "].concat();
            let mut comma = "";
            for word in words {
                message.push_str(comma);
                message.push_str(word);
                comma = ", ";
            }
            Err(refuse(Code::InvalidValue, key, &message))
        }
        (Kind::Signed, Item::Integer(_) | Item::Decimal(_))
        | (Kind::Flag, Item::Boolean(_))
        | (Kind::Texts, Item::Text(_))
        | (Kind::Codes, Item::Text(_) | Item::Integer(_))
        | (Kind::Word(_), Item::Token(_)) => Ok(()),
        _ => Err(wrong_type(key, kind)),
    }
}

fn wrong_type(key: &str, kind: Kind) -> Refusal {
    let expected = match kind {
        Kind::Integer => "expected a whole number",
        Kind::Number | Kind::Signed => "expected a number",
        Kind::Numbers => "expected a number or a list of numbers",
        Kind::Flag => "expected a boolean",
        Kind::Text(_) => "expected a string",
        Kind::Texts => "expected a string or a list of strings",
        Kind::Codes => "expected a string, a whole number, or a list of these",
        Kind::Word(_) => "expected a token",
    };
    refuse(Code::WrongType, key, expected)
}

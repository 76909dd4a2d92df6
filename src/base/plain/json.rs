//! JSON as a source of plain data, from bytes that nobody has checked.

use super::failure::Failure;
use super::reader::{self, Event, Source, Wanted};
use super::values::{self, Take};
use crate::base::refusal::{Code, Refusal};
use serde::de::DeserializeOwned;

/// The largest power of ten that a float holds exactly.
const EXACT_POWER_MAX: u32 = 22;

/// Beyond this power of ten every number is 0 or infinite.
const POWER_MAX: u32 = 400;

/// Reads one JSON value, with nothing but white space behind it. Keys that come twice are refused by
/// the types.
///
/// # Errors
/// [`Code::MalformedJson`] with line and column, or what is wrong with the value, with its path.
///
/// Source: RFC 8259.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    whole(bytes, |json| reader::read(json))
}

/// Reads one JSON value by what a function asks for.
///
/// # Errors
/// Those of [`read`].
pub fn read_by(bytes: &[u8], take: Take<'_>) -> Result<(), Refusal> {
    whole(bytes, |json| values::read_by(json, take))
}

/// Reads a text whose first quotation mark was read, with nothing behind the last one; whether that could be.
pub(super) fn read_rest_of_text(rest: &str, text: &mut String) -> bool {
    let mut json = Json { text: rest, rest, is_first: false };
    json.string(text).is_ok() && json.rest.is_empty()
}

fn whole<T>(
    bytes: &[u8],
    read: impl FnOnce(&mut Json<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return Err(Refusal::of(Code::MalformedJson, "expected JSON in UTF-8"));
    };
    let mut json = Json { text, rest: text, is_first: false };
    let value = read(&mut json)?;
    json.skip_spaces();
    if !json.rest.is_empty() {
        return Err(json.malformed("nothing behind the value").at(String::new()));
    }
    Ok(value)
}

impl Source for Json<'_> {
    fn value(&mut self, _: Wanted, text: &mut String) -> Result<Event, Failure> {
        self.skip_spaces();
        match self.peek() {
            Some(b'"') => {
                self.skip(1);
                self.string(text).map(|()| Event::Text)
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'{') => Ok(self.open(Event::Object)),
            Some(b'[') => Ok(self.open(Event::List)),
            Some(b'n') => self.word("null", Event::Null),
            Some(b't') => self.word("true", Event::Boolean(true)),
            Some(b'f') => self.word("false", Event::Boolean(false)),
            _ => Err(self.malformed("a value")),
        }
    }

    fn has_item(&mut self) -> Result<bool, Failure> {
        self.goes_on(b']')
    }

    fn has_key(&mut self, _: &'static [&'static str], key: &mut String) -> Result<bool, Failure> {
        if !self.goes_on(b'}')? {
            return Ok(false);
        }
        self.skip_spaces();
        if !self.take(b'"') {
            return Err(self.malformed("a key"));
        }
        self.string(key)?;
        self.skip_spaces();
        if self.take(b':') { Ok(true) } else { Err(self.malformed("a colon")) }
    }
}

struct Json<'a> {
    text: &'a str,
    rest: &'a str,
    /// A list or an object has just begun.
    is_first: bool,
}

impl<'a> Json<'a> {
    #[inline(never)]
    fn malformed(&self, expected: &str) -> Failure {
        let read = self.text.len().saturating_sub(self.rest.len());
        let before = self.text.get(..read).unwrap_or(self.text);
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count();
        let message = format!("expected JSON: {expected} at line {line} column {column}");
        Failure::of(Code::MalformedJson, message)
    }

    fn peek(&self) -> Option<u8> {
        self.rest.bytes().next()
    }

    #[inline(never)]
    fn skip(&mut self, count: usize) -> &'a str {
        let (skipped, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.rest = rest;
        skipped
    }

    fn take(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        if is {
            self.skip(1);
        }
        is
    }

    #[inline(never)]
    fn skip_spaces(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.skip(1);
        }
    }

    fn open(&mut self, event: Event) -> Event {
        self.skip(1);
        self.is_first = true;
        event
    }

    /// Whether a list or an object that ends with `end` has another element.
    fn goes_on(&mut self, end: u8) -> Result<bool, Failure> {
        self.skip_spaces();
        let is_first = core::mem::take(&mut self.is_first);
        if self.take(end) {
            return Ok(false);
        }
        if is_first || self.take(b',') { Ok(true) } else { Err(self.malformed("a comma")) }
    }

    fn word(&mut self, word: &str, event: Event) -> Result<Event, Failure> {
        if self.skip(word.len()) == word { Ok(event) } else { Err(self.malformed("a value")) }
    }

    fn string(&mut self, text: &mut String) -> Result<(), Failure> {
        text.clear();
        loop {
            let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
            let length = self.rest.bytes().take_while(plain).count();
            text.push_str(self.skip(length));
            match self.peek() {
                Some(b'"') => {
                    self.skip(1);
                    return Ok(());
                }
                Some(b'\\') => {
                    self.skip(1);
                    text.push(self.escape()?);
                }
                _ => return Err(self.malformed("a string that ends with `\"`")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Failure> {
        let letter = self.peek();
        self.skip(1);
        Ok(match letter {
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.escaped_unit(),
            _ => return Err(self.malformed("an escape")),
        })
    }

    /// A code unit of UTF-16, or two that belong together.
    fn escaped_unit(&mut self) -> Result<char, Failure> {
        let unit = self.hex()?;
        let mut both = [unit, 0];
        let mut count = 1;
        if (0xd800..0xdc00).contains(&unit) && self.take(b'\\') && self.take(b'u') {
            both = [unit, self.hex()?];
            count = 2;
        }
        let mut characters = char::decode_utf16(both.into_iter().take(count));
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.malformed("both halves of a surrogate pair")),
        }
    }

    fn hex(&mut self) -> Result<u16, Failure> {
        let digits = self.skip(4);
        let is_hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = if is_hex { u16::from_str_radix(digits, 16).ok() } else { None };
        value.ok_or_else(|| self.malformed("four hexadecimal digits"))
    }

    fn number(&mut self) -> Result<Event, Failure> {
        let is_negative = self.take(b'-');
        let mut digits = Digits::default();
        let starts_with_zero = self.peek() == Some(b'0');
        let whole = self.digits(&mut digits, false)?;
        if starts_with_zero && whole > 1 {
            return Err(self.malformed("a number without zeros in front"));
        }
        let mut is_whole = true;
        if self.take(b'.') {
            is_whole = false;
            self.digits(&mut digits, true)?;
        }
        if self.take(b'e') || self.take(b'E') {
            is_whole = false;
            let is_small = self.take(b'-');
            let _ = is_small || self.take(b'+');
            let mut exponent = Digits::default();
            self.digits(&mut exponent, false)?;
            let power = i32::try_from(exponent.value).unwrap_or(i32::MAX);
            digits.shift(if is_small { -power } else { power });
        }
        if is_whole && digits.power == 0 {
            if !is_negative {
                return Ok(Event::Whole(digits.value));
            }
            if let Some(value) = 0_i64.checked_sub_unsigned(digits.value)
                && value < 0
            {
                return Ok(Event::Negative(value));
            }
        }
        let value = digits.fraction();
        if value.is_infinite() {
            return Err(self.malformed("a number within range"));
        }
        Ok(Event::Fraction(if is_negative { -value } else { value }))
    }

    /// At least one digit; how many there were.
    fn digits(&mut self, digits: &mut Digits, is_behind_point: bool) -> Result<usize, Failure> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.malformed("a digit"));
        }
        for digit in self.skip(count).bytes() {
            digits.push(digit - b'0', is_behind_point);
        }
        Ok(count)
    }
}

/// A decimal number: `value` times 10 to the `power`.
#[derive(Default)]
struct Digits {
    value: u64,
    power: i32,
    /// Whether a digit was left out.
    is_full: bool,
}

impl Digits {
    fn push(&mut self, digit: u8, is_behind_point: bool) {
        let room = u64::MAX.saturating_sub(digit.into()) / 10;
        self.is_full |= self.value > room;
        if self.is_full {
            // A digit that does not fit any more only moves the point.
            self.shift(i32::from(!is_behind_point));
        } else {
            self.value = self.value.saturating_mul(10).saturating_add(digit.into());
            self.shift(-i32::from(is_behind_point));
        }
    }

    fn shift(&mut self, power: i32) {
        self.power = self.power.saturating_add(power);
    }

    /// The nearest float or the one beside it.
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    fn fraction(&self) -> f64 {
        let mut value = self.value as f64;
        let mut left = self.power.unsigned_abs().min(POWER_MAX);
        while left > 0 {
            let step = left.min(EXACT_POWER_MAX);
            let ten = (0..step).fold(1.0, |ten, _| ten * 10.0);
            value = if self.power < 0 { value / ten } else { value * ten };
            left = left.saturating_sub(step);
        }
        value
    }
}

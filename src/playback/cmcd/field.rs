//! A dictionary of structured fields: the one syntax of CMCD lines, headers and query values.

use crate::base::id::check_name;
use crate::base::refusal::{Code, Refusal};
use core::fmt::Write;

/// Bytes of one dictionary. A report with a long `url` has about 2 kB.
pub const LINE_BYTES_MAX: usize = 16 * 1024;

/// Bytes of one string.
pub const STRING_BYTES_MAX: usize = 4 * 1024;

/// Bytes of one key.
pub const KEY_BYTES_MAX: usize = 64;

/// Keys of one dictionary; the standard has about 60.
pub const KEYS_MAX: usize = 128;

/// Items of one list, and parameters of one item.
pub const ITEMS_MAX: usize = 32;

/// Digits of a number before its point.
const DIGITS_MAX: usize = 15;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A whole number.
    Integer(i64),
    /// A number with one to three digits behind its point, in thousandths.
    Decimal(i64),
    /// Text in quotes, as it is written between them; see [`unescaped`].
    Text(&'a str),
    /// A word without quotes.
    Token(&'a str),
    /// `?1`, `?0`, or a key without a value.
    Boolean(bool),
}

/// What a key holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// One value.
    Item(Item<'a>),
    /// A list in parentheses: each value with the name of its first parameter, or nothing.
    List(Vec<(Item<'a>, &'a str)>),
}

/// A key and what it holds.
pub type Field<'a> = (&'a str, Value<'a>);

/// Reads a dictionary, strictly, in its order. Keys may have upper-case letters, as those of version 1
/// have. Parameters are read and dropped, but for the first name of one in a list.
///
/// # Errors
/// [`Code::BodyTooLarge`] above [`LINE_BYTES_MAX`], [`Code::TooMany`], [`Code::DuplicateField`],
/// [`Code::InvalidValue`] for a string or a key beyond its limit, [`Code::MalformedField`] for what
/// is no dictionary; the key is the field.
///
/// Source: RFC 8941, Structured Field Values for HTTP, 3.2 and 4.2.
pub fn read(text: &str) -> Result<Vec<Field<'_>>, Refusal> {
    if text.len() > LINE_BYTES_MAX {
        return Err(refuse(Code::BodyTooLarge, "", &at_most(LINE_BYTES_MAX, "bytes")));
    }
    let mut rest = Rest { text, key: "" };
    let mut fields: Vec<Field<'_>> = Vec::new();
    rest.skip_spaces();
    while !rest.text.is_empty() {
        rest.key = "";
        rest.key = rest.key()?;
        if fields.iter().any(|(known, _)| *known == rest.key) {
            return Err(refuse(Code::DuplicateField, rest.key, "expected each key once"));
        }
        if fields.len() >= KEYS_MAX {
            return Err(refuse(Code::TooMany, rest.key, &at_most(KEYS_MAX, "keys")));
        }
        let value = if rest.take(b'=') { rest.value()? } else { Value::Item(Item::Boolean(true)) };
        rest.parameters()?;
        fields.push((rest.key, value));
        rest.skip_spaces();
        if !rest.text.is_empty() {
            if !rest.take(b',') {
                return Err(rest.malformed("a comma"));
            }
            rest.skip_spaces();
            if rest.text.is_empty() {
                return Err(rest.malformed("a key behind the comma"));
            }
        }
    }
    Ok(fields)
}

/// Text without the backslashes before `"` and `\`.
#[must_use]
pub fn unescaped(text: &str) -> String {
    let mut characters = text.chars();
    let mut plain = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        push(&mut plain, escaped.unwrap_or(character));
    }
    plain
}

/// Appends a character.
// Not `push`, which is a piece of code of its own wherever it is called.
fn push(text: &mut String, character: char) {
    // A text takes whatever is written.
    let _ = text.write_char(character);
}

/// Checks the name of a viewer or a title.
#[inline(never)]
pub(super) fn check(name: &str, key: &str) -> Result<(), Refusal> {
    check_name(name).map_err(|error| Refusal::of_id(error, key))
}

/// A refusal at a key. One function for all of them, because each copy weighs on the edge build.
#[inline(never)]
pub(super) fn refuse(code: Code, key: &str, message: &str) -> Refusal {
    let field = (!key.is_empty()).then(|| key.to_owned());
    Refusal { code, message: message.to_owned(), field }
}

/// `expected at most <limit> <what>`.
#[inline(never)]
pub(super) fn at_most(limit: usize, what: &str) -> String {
    format!("expected at most {limit} {what}")
}

/// Reads from the front, never past the end.
struct Rest<'a> {
    text: &'a str,
    key: &'a str,
}

impl<'a> Rest<'a> {
    /// Takes one character of ASCII, if it is the next one.
    #[inline(never)]
    fn take(&mut self, character: u8) -> bool {
        let is_next = self.text.as_bytes().first() == Some(&character);
        if is_next {
            self.cut(1);
        }
        is_next
    }

    /// Takes so many bytes.
    #[inline(never)]
    fn cut(&mut self, length: usize) -> &'a str {
        let (cut, rest) = self.text.split_at_checked(length).unwrap_or((self.text, ""));
        self.text = rest;
        cut
    }

    /// Takes letters, digits and some signs.
    #[inline(never)]
    fn word(&mut self, signs: &[u8]) -> &'a str {
        let is = |byte: u8| byte.is_ascii_alphanumeric() || signs.contains(&byte);
        self.cut(self.text.bytes().take_while(|byte| is(*byte)).count())
    }

    fn skip_spaces(&mut self) {
        while self.take(b' ') || self.take(b'\t') {}
    }

    fn key(&mut self) -> Result<&'a str, Refusal> {
        let key = self.word(b"*_-.");
        if key.is_empty() {
            return Err(self.malformed("a key"));
        }
        if key.len() > KEY_BYTES_MAX {
            let message = at_most(KEY_BYTES_MAX, "bytes of a key");
            return Err(refuse(Code::InvalidValue, self.key, &message));
        }
        Ok(key)
    }

    fn value(&mut self) -> Result<Value<'a>, Refusal> {
        if !self.take(b'(') {
            return Ok(Value::Item(self.item()?));
        }
        let mut items = Vec::new();
        loop {
            while self.take(b' ') {}
            if self.take(b')') {
                return Ok(Value::List(items));
            }
            if items.len() >= ITEMS_MAX {
                return Err(refuse(Code::TooMany, self.key, &at_most(ITEMS_MAX, "values")));
            }
            let item = self.item()?;
            items.push((item, self.parameters()?));
            if !self.text.starts_with([' ', ')']) {
                return Err(self.malformed("a space or `)`"));
            }
        }
    }

    fn item(&mut self) -> Result<Item<'a>, Refusal> {
        match self.text.bytes().next() {
            Some(b'"') => self.string(),
            Some(b'?') => self.boolean(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'A'..=b'Z' | b'a'..=b'z' | b'*') => {
                Ok(Item::Token(self.word(b"!#$%&'*+-.^_`|~:/")))
            }
            _ => Err(self.malformed("a value")),
        }
    }

    /// The name of the first parameter, or nothing.
    #[inline(never)]
    fn parameters(&mut self) -> Result<&'a str, Refusal> {
        let mut first = "";
        let mut count = 0_usize;
        while self.take(b';') {
            while self.take(b' ') {}
            if count >= ITEMS_MAX {
                return Err(refuse(Code::TooMany, self.key, &at_most(ITEMS_MAX, "parameters")));
            }
            let name = self.key()?;
            if count == 0 {
                first = name;
            }
            count = count.saturating_add(1);
            if self.take(b'=') {
                self.item()?;
            }
        }
        Ok(first)
    }

    fn string(&mut self) -> Result<Item<'a>, Refusal> {
        self.take(b'"');
        let mut is_escaped = false;
        for (index, byte) in self.text.bytes().enumerate() {
            if index > STRING_BYTES_MAX {
                let message = at_most(STRING_BYTES_MAX, "bytes of a string");
                return Err(refuse(Code::InvalidValue, self.key, &message));
            }
            match byte {
                b'"' | b'\\' if is_escaped => is_escaped = false,
                _ if is_escaped => return Err(self.malformed("`\\\"` or `\\\\`")),
                b'\\' => is_escaped = true,
                b'"' => {
                    let text = self.cut(index);
                    self.cut(1);
                    return Ok(Item::Text(text));
                }
                0..0x20 | 0x7f => return Err(self.malformed("no control characters")),
                _ => {}
            }
        }
        Err(self.malformed("a string that ends with `\"`"))
    }

    fn boolean(&mut self) -> Result<Item<'a>, Refusal> {
        self.take(b'?');
        if self.take(b'1') {
            Ok(Item::Boolean(true))
        } else if self.take(b'0') {
            Ok(Item::Boolean(false))
        } else {
            Err(self.malformed("`?1` or `?0`"))
        }
    }

    fn number(&mut self) -> Result<Item<'a>, Refusal> {
        let is_negative = self.take(b'-');
        let signed = |number: i64| if is_negative { number.wrapping_neg() } else { number };
        let (whole, digits) = self.digits();
        if digits == 0 || digits > DIGITS_MAX {
            return Err(self.malformed("a number of 1 to 15 digits"));
        }
        if !self.take(b'.') {
            return Ok(Item::Integer(signed(whole)));
        }
        let (behind, digits) = self.digits();
        let scale = match digits {
            1 => 100,
            2 => 10,
            3 => 1,
            _ => return Err(self.malformed("1 to 3 digits behind the point")),
        };
        // At most 18 digits, which fit.
        let thousandths = whole.wrapping_mul(1000).wrapping_add(behind.wrapping_mul(scale));
        Ok(Item::Decimal(signed(thousandths)))
    }

    /// A whole number and how many digits it has.
    #[inline(never)]
    fn digits(&mut self) -> (i64, usize) {
        let mut number = 0_i64;
        let mut count = 0_usize;
        while let Some(digit @ b'0'..=b'9') = self.text.bytes().next() {
            self.cut(1);
            // One that does not fit has too many digits, and is refused.
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit & 15));
            count = count.saturating_add(1);
        }
        (number, count)
    }

    #[inline(never)]
    fn malformed(&self, expected: &str) -> Refusal {
        let mut message = String::from("`");
        for found in self.text.chars().take(16).filter(|c| !c.is_control()) {
            push(&mut message, found);
        }
        message.push_str("` found, expected ");
        message.push_str(expected);
        refuse(Code::MalformedField, self.key, &message)
    }
}

//! JSON of a known form that comes in pieces, so that a large document is never held as a whole.
//!
//! Where `reader` can read anything, this reads what tables of fields say: a catalogue has millions of values,
//! and a table is less code than a function for each field. What is wrong first is noted and nothing more comes
//! then, so that there is one way out ([`Pieces::finish`]) instead of one behind each value.

use super::json;
use super::table::Field;
use crate::base::index::Index;
use crate::base::refusal::{Code, Refusal};
use core::mem;

/// Bytes of a text, as it is written: six for each byte of the longest name.
pub const TEXT_BYTES_MAX: usize = 1_200;

/// Bytes of what was found that are repeated in a message.
const FOUND_BYTES_MAX: usize = 40;

/// The number of what is not there.
pub const NONE: u64 = u64::MAX;

/// What gives the pieces.
pub trait More {
    /// Puts the next piece in place of the last one; an empty one is the end.
    fn next_piece(&mut self, piece: &mut Vec<u8>);
}

/// A list or an object that was begun.
pub(super) struct Frame {
    /// The fields of an object; a list has none.
    pub(super) fields: &'static [Field],
    /// The place of the field, or of the element, that is being read.
    pub(super) at: usize,
    /// How many fields or elements were begun.
    count: usize,
    /// The most elements of a list.
    max: usize,
    /// The fields that were read, as bits.
    pub(super) seen: u32,
}

/// Reads JSON from the front.
#[derive(Default)]
pub struct Pieces<'a> {
    more: Option<&'a mut dyn More>,
    piece: Vec<u8>,
    at: usize,
    /// Bytes that came before this piece.
    before: usize,
    /// The text that was read last.
    pub(super) text: String,
    pub(super) frames: Vec<Frame>,
    /// What was wrong first.
    failed: Option<Refusal>,
    /// What was read.
    pub numbers: Vec<u64>,
    /// The names that were read, by tables.
    pub names: [Index; 3],
    /// The sets that were read.
    pub sets: Index,
}

impl<'a> Pieces<'a> {
    /// Reads a document that comes in pieces.
    #[must_use]
    pub fn of(more: &'a mut dyn More) -> Self {
        Self { more: Some(more), ..Self::default() }
    }

    /// Reads a text.
    #[must_use]
    pub fn of_text(text: String) -> Self {
        Self { piece: text.into_bytes(), ..Self::default() }
    }

    /// Ends reading.
    ///
    /// # Errors
    /// What was wrong first: [`Code::MalformedJson`] with the byte, or a value that is another than expected,
    /// with its path.
    #[inline(never)]
    pub fn finish(&mut self) -> Result<(), Refusal> {
        self.begin();
        if self.at < self.piece.len() {
            self.malformed("nothing behind the value");
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Begins a list.
    pub fn begin_list(&mut self, max: usize) {
        if self.expect(b'[', "a list") {
            self.push(&[], max);
        }
    }

    /// Whether the list that was begun last has another element, which is to be read then.
    #[inline(never)]
    pub fn item(&mut self) -> bool {
        if !self.goes_on(b']') {
            return false;
        }
        let Some(frame) = self.frames.last_mut() else { return false };
        frame.at = frame.count.wrapping_sub(1);
        let max = frame.max;
        if frame.at < max {
            return true;
        }
        self.frames.pop();
        let mut expected = "expected at most ".to_owned();
        push_digits(&mut expected, max as u64);
        self.fail("", Code::TooMany, expected);
        false
    }

    /// Notes that no memory is left; the number that is not there.
    #[cold]
    #[inline(never)]
    pub fn out_of_memory(&mut self) -> u64 {
        self.fail("", Code::TooMany, "expected less: no memory is left".to_owned());
        NONE
    }

    #[inline(never)]
    pub(super) fn string(&mut self) -> &str {
        if self.expect(b'"', "a text") {
            self.rest_of_string();
        }
        &self.text
    }

    /// Notes that the text that was read last, at a key of the value that was read last, is another than
    /// expected.
    #[cold]
    #[inline(never)]
    pub fn wrong(&mut self, key: &str, expected: &str) {
        let message = ["`", &self.text, "` found, expected ", expected].concat();
        self.fail(key, Code::InvalidValue, message);
    }

    /// Notes what is wrong at a key of the value that was read last, unless something was before.
    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, key: &str, code: Code, message: String) {
        if self.failed.is_none() {
            let has_place = !matches!(code, Code::MalformedJson);
            let field = Some(self.path(key)).filter(|path| has_place && !path.is_empty());
            self.failed = Some(Refusal { code, message, field });
        }
        // Nothing more comes.
        self.more = None;
        self.piece.clear();
        self.at = 0;
    }

    pub(super) fn push(&mut self, fields: &'static [Field], max: usize) {
        self.frames.push(Frame { fields, at: usize::MAX, count: 0, max, seen: 0 });
    }

    /// Whether the list or the object that was begun last, which ends with `end`, goes on.
    #[inline(never)]
    pub(super) fn goes_on(&mut self, end: u8) -> bool {
        if self.begin() == end {
            self.at = self.at.wrapping_add(1);
            self.close();
            return false;
        }
        let Some(frame) = self.frames.last_mut() else { return false };
        let is_first = frame.count == 0;
        frame.count = frame.count.wrapping_add(1);
        is_first || self.expect(b',', "a comma")
    }

    fn close(&mut self) {
        let Some(Frame { fields, seen, .. }) = self.frames.pop() else { return };
        for (place, field) in (0_u32..).zip(fields) {
            if !field.is_optional && seen >> place & 1 == 0 {
                self.fail(field.key, Code::MissingField, "expected it to be there".to_owned());
            }
        }
    }

    #[inline(never)]
    pub(super) fn whole(&mut self, min: u64, max: u64) -> u64 {
        let first = self.begin();
        if !first.is_ascii_digit() {
            self.other("a whole number from 0");
            return 0;
        }
        let mut value = 0_u64;
        let mut digits = 0_u32;
        let mut next = first;
        while next.is_ascii_digit() {
            value = value.saturating_mul(10).saturating_add(u64::from(next & 15));
            digits = digits.wrapping_add(1);
            self.at = self.at.wrapping_add(1);
            next = self.peek();
        }
        if first == b'0' && digits > 1 {
            self.malformed("a number without zeros in front");
        }
        if matches!(next, b'.' | b'e' | b'E') {
            self.fail("", Code::WrongType, "expected a whole number".to_owned());
        }
        if value < min || value > max {
            let mut message = "`".to_owned();
            for (number, behind) in [(value, "` found, expected "), (min, " to "), (max, "")] {
                push_digits(&mut message, number);
                message.push_str(behind);
            }
            self.fail("", Code::InvalidValue, message);
        }
        value
    }

    pub(super) fn flag(&mut self) -> u64 {
        match self.begin() {
            b't' => {
                self.word("true");
                return 1;
            }
            b'f' => self.word("false"),
            _ => self.other("true or false"),
        }
        0
    }

    #[inline(never)]
    pub(super) fn word(&mut self, word: &'static str) {
        for letter in word.bytes() {
            if self.peek() != letter {
                return self.malformed(word);
            }
            self.at = self.at.wrapping_add(1);
        }
    }

    #[inline(never)]
    fn rest_of_string(&mut self) {
        let mut bytes = mem::take(&mut self.text).into_bytes();
        bytes.clear();
        let mut is_escaped = false;
        loop {
            let rest = self.piece.get(self.at..).unwrap_or_default();
            let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
            let length = rest.iter().position(is_special).unwrap_or(rest.len());
            bytes.extend_from_slice(rest.get(..length).unwrap_or_default());
            self.at = self.at.wrapping_add(length);
            let next = self.peek();
            if bytes.len() > TEXT_BYTES_MAX {
                return self.fail("", Code::InvalidValue, "expected a shorter text".to_owned());
            }
            if next < 0x20 {
                return self.malformed("a text that ends with `\"`");
            }
            if next == b'\\' {
                is_escaped = true;
                bytes.push(next);
                self.at = self.at.wrapping_add(1);
                bytes.push(self.peek());
            }
            // A byte of the next piece, if it is neither.
            if matches!(next, b'"' | b'\\') {
                self.at = self.at.wrapping_add(1);
            }
            if next == b'"' {
                break;
            }
        }
        if is_escaped {
            bytes.push(b'"');
        }
        match String::from_utf8(bytes) {
            Ok(text) if !is_escaped => self.text = text,
            Ok(text) if json::read_rest_of_text(&text, &mut self.text) => {}
            _ => self.malformed("UTF-8 and escapes"),
        }
    }

    #[inline(never)]
    pub(super) fn expect(&mut self, byte: u8, expected: &str) -> bool {
        let is = self.begin() == byte;
        if is {
            self.at = self.at.wrapping_add(1);
        } else {
            self.other(expected);
        }
        is
    }

    /// The next byte that is no white space.
    #[inline(never)]
    pub(super) fn begin(&mut self) -> u8 {
        loop {
            match self.peek() {
                b' ' | b'\n' | b'\r' | b'\t' => self.at = self.at.wrapping_add(1),
                other => return other,
            }
        }
    }

    /// The next byte; 0, which begins nothing, at the end.
    #[inline]
    fn peek(&mut self) -> u8 {
        match self.piece.get(self.at) {
            Some(byte) => *byte,
            None => self.refill(),
        }
    }

    #[cold]
    #[inline(never)]
    fn refill(&mut self) -> u8 {
        self.before = self.before.wrapping_add(self.piece.len());
        self.at = 0;
        self.piece.clear();
        if let Some(more) = &mut self.more {
            more.next_piece(&mut self.piece);
        }
        self.piece.first().copied().unwrap_or(0)
    }

    #[cold]
    #[inline(never)]
    fn malformed(&mut self, expected: &str) {
        let mut message = ["expected JSON: ", expected, " at byte "].concat();
        push_digits(&mut message, self.before.wrapping_add(self.at) as u64);
        self.fail("", Code::MalformedJson, message);
    }

    /// Another value than the one that was asked for, or none.
    #[cold]
    #[inline(never)]
    fn other(&mut self, expected: &str) {
        let rest = self.piece.get(self.at..).unwrap_or_default();
        if !rest.first().is_some_and(|first| b"\"-0123456789{[tfn".contains(first)) {
            return self.malformed(expected);
        }
        let length = rest.iter().position(|byte| b",]}\n\r".contains(byte)).unwrap_or(rest.len());
        let found = rest.get(..length.min(FOUND_BYTES_MAX)).unwrap_or_default();
        let found = core::str::from_utf8(found).unwrap_or("another value");
        let message = ["`", found, "` found, expected ", expected].concat();
        self.fail("", Code::WrongType, message);
    }

    /// Where the reader is, such as `titles[3].windows[0].to`.
    #[cold]
    #[inline(never)]
    fn path(&self, key: &str) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            if let Some(field) = frame.fields.get(frame.at) {
                push_key(&mut path, field.key);
            } else if frame.fields.is_empty() && frame.at != usize::MAX {
                path.push('[');
                push_digits(&mut path, frame.at as u64);
                path.push(']');
            }
        }
        push_key(&mut path, key);
        path
    }
}

fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() && !key.is_empty() {
        path.push('.');
    }
    path.push_str(key);
}

/// Appends a whole number. Not `Display`: most figures are one digit.
#[inline(never)]
pub fn push_digits(text: &mut String, value: u64) {
    if value > 9 {
        push_digits(text, value / 10);
    }
    text.push(char::from(b'0' | u8::try_from(value % 10).unwrap_or(0)));
}

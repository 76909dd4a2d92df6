//! Tables of fields, and what is read by them: numbers.
//!
//! An object becomes as many numbers as its table has fields; names and sets become their places among those that were
//! read.

use super::pieces::{NONE, Pieces};
use crate::base::bit_set::{BitSet, MEMBERS_MAX};
use crate::base::id::check_name;
use crate::base::index::OutOfMemory;
use crate::base::refusal::{Code, Refusal};
use core::mem;

/// What a value may be, and which number becomes of it.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A whole number between two, both among them: itself.
    Whole(u64, u64),
    /// True or false: 1 or 0.
    Flag,
    /// One of some words: its place.
    Word(&'static [&'static str]),
    /// A name, of 1 to 200 bytes without control characters: its place in a table of [`Pieces::names`].
    Name(usize),
    /// A list of things that have numbers below 256: the place of their set in [`Pieces::sets`].
    Set(Member),
    /// A list of so many elements at most: the place of its first cell, which holds the place of the next one and
    /// the element.
    List(usize, &'static Kind),
    /// An object: the place of the numbers of its fields.
    Object(&'static [Field]),
    /// The same, of which the second number has to be above the first.
    Span(&'static [Field]),
    /// What the caller reads.
    Given,
}

/// What has a number below 256.
#[derive(Debug, Clone, Copy)]
pub enum Member {
    /// A name: its place in a table.
    Name(usize),
    /// A text, by a function; none for what has no number.
    Of(fn(&str) -> Option<u8>, &'static str),
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub(super) key: &'static str,
    kind: Kind,
    /// It may be missing, and null: there is no number then.
    pub(super) is_optional: bool,
}

impl Field {
    /// One that has to be there.
    #[must_use]
    pub const fn needed(key: &'static str, kind: Kind) -> Self {
        Self { key, kind, is_optional: false }
    }

    /// One that may be missing, and null.
    #[must_use]
    pub const fn optional(key: &'static str, kind: Kind) -> Self {
        Self { key, kind, is_optional: true }
    }
}

impl Pieces<'_> {
    /// The number at a place, counted from another.
    #[must_use]
    #[inline(never)]
    pub fn number(&self, place: u64, from: usize) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX).saturating_add(from);
        self.numbers.get(place).copied().unwrap_or(NONE)
    }

    /// The next element of a list, and where the list goes on.
    #[must_use]
    pub fn next(&self, cell: &mut u64) -> Option<u64> {
        if *cell == NONE {
            return None;
        }
        let element = self.number(*cell, 1);
        *cell = self.number(*cell, 0);
        Some(element)
    }

    /// Reads a value: its number.
    #[inline(never)]
    pub fn value(&mut self, kind: Kind) -> u64 {
        match kind {
            Kind::Whole(min, max) => self.whole(min, max),
            Kind::Flag => self.flag(),
            Kind::Word(words) => self.one_of(words),
            Kind::Name(table) => self.name(table).into(),
            Kind::Set(member) => self.set(member),
            Kind::List(max, of) => self.list(max, *of),
            Kind::Object(fields) => {
                let place = self.object(fields);
                while self.field(place).is_some() {}
                place
            }
            Kind::Span(fields) => {
                let place = self.value(Kind::Object(fields));
                if self.number(place, 0) >= self.number(place, 1) {
                    self.fail("to", Code::InvalidValue, "expected a time after `from`".to_owned());
                }
                place
            }
            Kind::Given => NONE,
        }
    }

    /// Begins an object: the place of its numbers.
    pub fn object(&mut self, fields: &'static [Field]) -> u64 {
        let place = self.numbers.len();
        self.numbers.resize(place.wrapping_add(fields.len()), NONE);
        if self.expect(b'{', "an object") {
            self.push(fields, usize::MAX);
        }
        place as u64
    }

    /// Reads the next field of the object that was begun last into the numbers from a place on: which one it is, and
    /// none at the end.
    #[inline(never)]
    pub fn field(&mut self, from: u64) -> Option<usize> {
        if !self.goes_on(b'}') {
            return None;
        }
        let (place, field) = self.key()?;
        if field.is_optional && self.begin() == b'n' {
            self.word("null");
            return Some(place);
        }
        let number = self.value(field.kind);
        let at = usize::try_from(from).unwrap_or(usize::MAX).saturating_add(place);
        if let Some(slot) = self.numbers.get_mut(at) {
            *slot = number;
        }
        Some(place)
    }

    fn list(&mut self, max: usize, of: Kind) -> u64 {
        let (mut first, mut last) = (NONE, usize::MAX);
        self.begin_list(max);
        while self.item() {
            let cell = self.numbers.len();
            self.numbers.extend([NONE, NONE]);
            match self.numbers.get_mut(last) {
                Some(next) => *next = cell as u64,
                None => first = cell as u64,
            }
            let element = self.value(of);
            if let Some(slot) = self.numbers.get_mut(cell.wrapping_add(1)) {
                *slot = element;
            }
            last = cell;
        }
        first
    }

    fn set(&mut self, member: Member) -> u64 {
        let mut set = BitSet::default();
        self.begin_list(MEMBERS_MAX);
        while self.item() {
            let (number, expected) = match member {
                Member::Name(table) => {
                    (u8::try_from(self.name(table)).ok(), "one of at most 256 in all")
                }
                Member::Of(number_of, expected) => (number_of(self.string()), expected),
            };
            match number {
                Some(number) => set.insert(number),
                None => self.wrong("", expected),
            }
        }
        match self.sets.add(&set.0) {
            Ok(place) => place.into(),
            Err(OutOfMemory) => self.out_of_memory(),
        }
    }

    #[inline(never)]
    fn name(&mut self, table: usize) -> u32 {
        self.string();
        if let Err(error) = check_name(&self.text) {
            let refusal = Refusal::of_id(error, "");
            self.fail("", refusal.code, refusal.message);
        }
        match self.names.get_mut(table).map(|names| names.add(self.text.as_bytes())) {
            Some(Ok(place)) => place,
            _ => {
                self.out_of_memory();
                0
            }
        }
    }

    #[inline(never)]
    fn one_of(&mut self, words: &[&str]) -> u64 {
        let text = self.string();
        let place = words.iter().position(|word| *word == text);
        if place.is_none() {
            let mut expected = "one of".to_owned();
            for word in words {
                expected.push(' ');
                expected.push_str(word);
            }
            self.wrong("", &expected);
        }
        place.unwrap_or_default() as u64
    }

    /// The next key of the object that was begun last.
    fn key(&mut self) -> Option<(usize, Field)> {
        self.string();
        if !self.expect(b':', "a colon") {
            return None;
        }
        let frame = self.frames.last_mut()?;
        // Most come in the order of the table.
        let next = frame.at.wrapping_add(1);
        let is = |field: &Field| field.key == self.text;
        let is_next = frame.fields.get(next).is_some_and(is);
        let place = if is_next { Some(next) } else { frame.fields.iter().position(is) };
        let Some(place) = place else {
            frame.at = usize::MAX;
            let key = mem::take(&mut self.text);
            self.fail(&key, Code::UnknownField, "expected one of the known fields".to_owned());
            return None;
        };
        frame.at = place;
        let bit = 1_u32.wrapping_shl(u32::try_from(place).unwrap_or(0));
        let is_again = frame.seen & bit != 0;
        frame.seen |= bit;
        let field = *frame.fields.get(place)?;
        if is_again {
            self.fail("", Code::DuplicateField, "expected it once".to_owned());
        }
        Some((place, field))
    }
}

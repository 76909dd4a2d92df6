//! Plain data into types.

use super::failure::Failure;
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use core::mem;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};

/// Lists and objects inside one another.
pub const DEPTH_MAX: usize = 64;

/// What a source holds next.
#[derive(Debug)]
pub enum Event {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number from 0.
    Whole(u64),
    /// A whole number below 0.
    Negative(i64),
    /// Any other number.
    Fraction(f64),
    /// Text, which the source has put where it was told.
    Text,
    /// Bytes; JSON has none.
    Bytes(Vec<u8>),
    /// A list begins: [`Source::has_item`] until it has none, each followed by its value.
    List,
    /// An object begins: [`Source::has_key`] until it has none, each followed by its value.
    Object,
}

impl Event {
    /// The event of a number that a host gives: whole if it is whole and a float holds it exactly.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "compared")]
    pub fn of_number(number: f64) -> Self {
        let whole = number as i64;
        if whole as f64 != number || whole.unsigned_abs() > MS_MAX {
            return Self::Fraction(number);
        }
        u64::try_from(whole).map_or(Self::Negative(whole), Self::Whole)
    }
}

/// What a type asks for, so that a source that has to find out what it holds looks for that first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// Bytes.
    Bytes,
    /// A list.
    List,
    /// An object.
    Object,
}

/// Where plain data comes from, one step after the other.
pub trait Source {
    /// The next value, or the beginning of one, whatever is `wanted`. A text replaces what is in `text`.
    ///
    /// # Errors
    /// [`Failure`] if there is none.
    fn value(&mut self, wanted: Wanted, text: &mut String) -> Result<Event, Failure>;

    /// Whether the list goes on.
    ///
    /// # Errors
    /// [`Failure`] if that cannot be told.
    fn has_item(&mut self) -> Result<bool, Failure>;

    /// Whether the object goes on; then its key replaces what is in `key`. A source that can look keys
    /// up may give only those that are `known`, if there are any.
    ///
    /// # Errors
    /// [`Failure`] if that cannot be told.
    fn has_key(
        &mut self,
        known: &'static [&'static str],
        key: &mut String,
    ) -> Result<bool, Failure>;
}

/// Reads one value.
///
/// # Errors
/// A [`Refusal`] with the path of what is wrong, such as `views[0].state`.
pub fn read<T: DeserializeOwned>(source: &mut dyn Source) -> Result<T, Refusal> {
    let mut reader = Reader::of(source);
    T::deserialize(&mut reader).map_err(|failure| failure.at(reader.path))
}

/// Reads a value. As a serde deserializer it serves derived types; its own methods (`values`) ask for the
/// same with the same refusals, in less code.
pub struct Reader<'a> {
    source: &'a mut dyn Source,
    /// An event that was looked at and not taken.
    held: Option<Event>,
    /// The text or the key that came last.
    pub(super) text: String,
    /// Where the reader is; what it is when something fails is where it failed.
    pub(super) path: String,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn of(source: &'a mut dyn Source) -> Self {
        Self { source, held: None, text: String::new(), path: String::new(), depth: 0 }
    }
}

impl Reader<'_> {
    pub(super) fn next(&mut self, wanted: Wanted) -> Result<Event, Failure> {
        match self.held.take() {
            Some(event) => Ok(event),
            None => self.source.value(wanted, &mut self.text),
        }
    }

    pub(super) fn is_null(&mut self) -> Result<bool, Failure> {
        let event = self.next(Wanted::Any)?;
        let is_null = matches!(event, Event::Null);
        self.held = (!is_null).then_some(event);
        Ok(is_null)
    }

    pub(super) fn wrong(&self, event: &Event, expected: &dyn Expected) -> Failure {
        let found = match event {
            Event::Null => Unexpected::Unit,
            Event::Boolean(value) => Unexpected::Bool(*value),
            Event::Whole(value) => Unexpected::Unsigned(*value),
            Event::Negative(value) => Unexpected::Signed(*value),
            Event::Fraction(value) => Unexpected::Float(*value),
            Event::Text => Unexpected::Str(&self.text),
            Event::Bytes(bytes) => Unexpected::Bytes(bytes),
            Event::List => Unexpected::Seq,
            Event::Object => Unexpected::Map,
        };
        Failure::invalid_type(found, expected)
    }

    pub(super) fn text(&mut self, expected: &dyn Expected) -> Result<String, Failure> {
        match self.next(Wanted::Text)? {
            Event::Text => Ok(mem::take(&mut self.text)),
            other => Err(self.wrong(&other, expected)),
        }
    }

    pub(super) fn open_list(&mut self) -> Result<(), Failure> {
        match self.next(Wanted::List)? {
            Event::List => self.descend(),
            other => Err(self.wrong(&other, &"a list")),
        }
    }

    pub(super) fn open_object(&mut self) -> Result<(), Failure> {
        match self.next(Wanted::Object)? {
            Event::Object => self.descend(),
            other => Err(self.wrong(&other, &"an object")),
        }
    }

    fn descend(&mut self) -> Result<(), Failure> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH_MAX {
            return Err(Failure::of(
                Code::WrongType,
                format!("expected at most {DEPTH_MAX} lists and objects inside one another"),
            ));
        }
        Ok(())
    }

    /// Passes an object over, in which no key comes twice, however deep.
    ///
    /// # Errors
    /// [`Failure`] for anything else.
    pub fn skip_object(&mut self) -> Result<(), Failure> {
        match self.next(Wanted::Object)? {
            Event::Object => {
                self.held = Some(Event::Object);
                self.skip(true)
            }
            other => Err(self.wrong(&other, &"an object")),
        }
    }

    /// Passes a value over; one that `is_strict` has no object in which a key comes twice.
    ///
    /// # Errors
    /// [`Failure`] for such a key, or if the source is broken.
    pub fn skip(&mut self, is_strict: bool) -> Result<(), Failure> {
        match self.next(Wanted::Any)? {
            Event::List => {
                self.descend()?;
                while self.source.has_item()? {
                    self.skip(is_strict)?;
                }
            }
            Event::Object => {
                self.descend()?;
                let mut keys: Vec<String> = Vec::new();
                while self.source.has_key(&[], &mut self.text)? {
                    if is_strict {
                        if keys.contains(&self.text) {
                            return Err(Failure::of(
                                Code::DuplicateField,
                                "expected each key once",
                            ));
                        }
                        keys.push(self.text.clone());
                    }
                    self.skip(is_strict)?;
                }
            }
            _ => return Ok(()),
        }
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn list<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Failure> {
        let mut inside = Inside::of(self, &[]);
        let value = visitor.visit_seq(&mut inside)?;
        inside.close()?;
        Ok(value)
    }

    fn object<'de, V: Visitor<'de>>(
        &mut self,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let mut inside = Inside::of(self, known);
        let value = visitor.visit_map(&mut inside)?;
        inside.close()?;
        Ok(value)
    }
}

/// The elements of a list, or the entries of an object.
pub(super) struct Inside<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    known: &'static [&'static str],
    /// Where the path of the list or object ends.
    path_end: usize,
    pub(super) count: usize,
    is_over: bool,
}

impl<'r, 'a> Inside<'r, 'a> {
    pub(super) fn of(reader: &'r mut Reader<'a>, known: &'static [&'static str]) -> Self {
        let path_end = reader.path.len();
        Self { reader, known, path_end, count: 0, is_over: false }
    }

    pub(super) fn item(&mut self) -> Result<bool, Failure> {
        self.reader.path.truncate(self.path_end);
        self.is_over = self.is_over || !self.reader.source.has_item()?;
        if !self.is_over {
            self.reader.path.push('[');
            self.reader.path.push_str(&format!("{}]", self.count));
            self.count = self.count.saturating_add(1);
        }
        Ok(!self.is_over)
    }

    pub(super) fn key(&mut self) -> Result<bool, Failure> {
        self.reader.path.truncate(self.path_end);
        let reader = &mut *self.reader;
        self.is_over = self.is_over || !reader.source.has_key(self.known, &mut reader.text)?;
        Ok(!self.is_over)
    }

    pub(super) fn push_key(&mut self) {
        if self.path_end > 0 {
            self.reader.path.push('.');
        }
        self.reader.path.push_str(&self.reader.text);
    }

    /// A visitor of tuples stops when it has enough.
    pub(super) fn close(mut self) -> Result<(), Failure> {
        if !self.is_over && self.item()? {
            self.reader.path.truncate(self.path_end);
            let message = format!("expected a list of {}", self.count.saturating_sub(1));
            return Err(Failure::of(Code::WrongType, message));
        }
        self.reader.depth = self.reader.depth.saturating_sub(1);
        Ok(())
    }
}

impl<'de> SeqAccess<'de> for &mut Inside<'_, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        if self.item()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for &mut Inside<'_, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        if !self.key()? {
            return Ok(None);
        }
        let key = seed.deserialize(self.reader.text.as_str().into_deserializer());
        if key.is_err() {
            self.push_key();
        }
        key.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        self.push_key();
        seed.deserialize(&mut *self.reader)
    }
}

/// A number of any type: serde knows which fit it.
macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            match self.next(Wanted::Number)? {
                Event::Whole(value) => visitor.visit_u64(value),
                Event::Negative(value) => visitor.visit_i64(value),
                Event::Fraction(value) => visitor.visit_f64(value),
                other => Err(self.wrong(&other, &visitor)),
            }
        })*
    };
}

/// One method for each kind of value that a type may ask for, and none for all of them: serde would
/// compile it for every type. An enum is a word; one with data needs `#[serde(tag = "..")]`.
impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Failure;

    numbers! {
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_f32 deserialize_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next(Wanted::Any)? {
            Event::Boolean(value) => visitor.visit_bool(value),
            other => Err(self.wrong(&other, &visitor)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let text = self.text(&visitor)?;
        visitor.visit_string(text)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_byte_buf(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next(Wanted::Bytes)? {
            Event::Bytes(bytes) => visitor.visit_byte_buf(bytes),
            other => Err(self.wrong(&other, &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.is_null()? { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next(Wanted::Any)? {
            Event::Null => visitor.visit_unit(),
            other => Err(self.wrong(&other, &visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.open_list()?;
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.open_object()?;
        self.object(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let word = self.text(&"a word")?;
        visitor.visit_enum(word.as_str().into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.skip(false)?;
        visitor.visit_unit()
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next(Wanted::Any)? {
            Event::Null => visitor.visit_unit(),
            Event::Boolean(value) => visitor.visit_bool(value),
            Event::Whole(value) => visitor.visit_u64(value),
            Event::Negative(value) => visitor.visit_i64(value),
            Event::Fraction(value) => visitor.visit_f64(value),
            Event::Text => visitor.visit_string(mem::take(&mut self.text)),
            Event::Bytes(bytes) => visitor.visit_byte_buf(bytes),
            Event::List => {
                self.descend()?;
                self.list(visitor)
            }
            Event::Object => {
                self.descend()?;
                self.object(&[], visitor)
            }
        }
    }
}

//! Types into plain data: JSON, and apart from it what JSON does not hold.

use super::failure::Failure;
use super::pieces::push_digits;
use super::reader::Event;
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    SerializeTupleStruct, Serializer,
};

/// A value as JSON, with `null` in the place of each value that is apart.
#[derive(Debug, Default, PartialEq)]
pub struct Written {
    /// One line.
    pub json: String,
    /// In the order of their places.
    pub apart: Vec<(Vec<Step>, Apart)>,
}

/// A step into a list or an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The key of a field.
    Field(&'static str),
    /// The key of an entry of a map.
    Key(String),
    /// The index of an element.
    Index(u32),
}

/// What is not in the JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Apart {
    /// JSON has no bytes.
    Bytes(Vec<u8>),
    /// Printing a fraction exactly costs the edge build 6 kB, and its host does it anyway.
    Fraction(f64),
}

/// Writes a value: `None` is `null`, an enum without data is a word.
///
/// # Errors
/// [`Failure`] for a whole number beyond 2^53 - 1, which JavaScript does not hold, and for enums with
/// data that have no `#[serde(tag = "..")]`.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<Written, Failure> {
    let mut writer = Writer::default();
    value.serialize(&mut writer)?;
    match writer.failed {
        None => Ok(writer.written),
        Some(failure) => Err(failure),
    }
}

/// Writes a value that JSON holds as a whole.
///
/// # Errors
/// Those of [`write`], and one for bytes and fractions.
pub fn write_json<T: Serialize + ?Sized>(value: &T) -> Result<String, Refusal> {
    let Written { json, apart } = write(value).map_err(|failure| failure.at(String::new()))?;
    let refusal = || Refusal::of(Code::Internal, "expected no bytes and no fractions");
    if apart.is_empty() { Ok(json) } else { Err(refusal()) }
}

#[derive(Default)]
struct Writer {
    written: Written,
    path: Vec<Step>,
    /// What went wrong first. Writing goes on, so that there is one way out instead of one behind each field.
    failed: Option<Failure>,
}

impl Writer {
    #[inline(never)]
    fn push(&mut self, text: &str) {
        self.written.json.push_str(text);
    }

    #[inline(never)]
    fn whole(&mut self, value: u64, is_negative: bool) {
        if value > MS_MAX {
            self.fail(format!("number `{value}`, expected at most {MS_MAX}"));
        }
        if is_negative {
            self.push("-");
        }
        push_digits(&mut self.written.json, value);
    }

    #[cold]
    fn fail(&mut self, message: String) {
        self.failed.get_or_insert_with(|| Failure::of(Code::Internal, message));
    }

    #[inline(never)]
    fn number(&mut self, value: f64) {
        match Event::of_number(value) {
            Event::Whole(value) => self.whole(value, false),
            Event::Negative(value) => self.whole(value.unsigned_abs(), true),
            _ => self.apart(Apart::Fraction(value)),
        }
    }

    #[inline(never)]
    fn text(&mut self, text: &str) {
        self.push("\"");
        let mut rest = text;
        let is_special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..0x20);
        while let Some(index) = rest.bytes().position(is_special) {
            let (plain, special) = rest.split_at_checked(index).unwrap_or((rest, ""));
            self.push(plain);
            let (special, behind) = special.split_at_checked(1).unwrap_or((special, ""));
            self.push(&match special.bytes().next() {
                Some(byte @ 0..0x20) => format!("\\u{byte:04x}"),
                _ => format!("\\{special}"),
            });
            rest = behind;
        }
        self.push(rest);
        self.push("\"");
    }

    #[inline(never)]
    fn apart(&mut self, value: Apart) {
        self.push("null");
        self.written.apart.push((self.path.clone(), value));
    }

    #[inline(never)]
    fn bytes(&mut self, bytes: &[u8]) {
        self.apart(Apart::Bytes(bytes.to_owned()));
    }

    #[inline(never)]
    fn begin(&mut self, begin: &str, end: &'static str) -> Inside<'_> {
        self.push(begin);
        self.path.push(Step::Index(0));
        Inside { writer: self, count: 0, end }
    }
}

/// The elements of a list, or the entries of an object.
struct Inside<'w> {
    writer: &'w mut Writer,
    count: u32,
    end: &'static str,
}

impl Inside<'_> {
    #[inline(never)]
    fn next(&mut self, step: Step) {
        if self.count > 0 {
            self.writer.push(",");
        }
        self.count = self.count.saturating_add(1);
        if let Some(last) = self.writer.path.last_mut() {
            *last = step;
        }
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        self.next(Step::Index(self.count));
        value.serialize(&mut *self.writer)
    }

    #[inline(never)]
    fn field(&mut self, key: &'static str) {
        self.next(Step::Field(key));
        self.writer.push("\"");
        self.writer.push(key);
        self.writer.push("\":");
    }

    #[inline(never)]
    fn close(self) {
        self.writer.push(self.end);
        self.writer.path.pop();
    }
}

macro_rules! lists {
    ($($list:ident $method:ident;)*) => {
        $(impl $list for Inside<'_> {
            type Ok = ();
            type Error = Failure;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
                self.item(value)
            }

            fn end(self) -> Result<(), Failure> {
                self.close();
                Ok(())
            }
        })*
    };
}

lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
}

impl SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        self.field(key);
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Failure> {
        self.close();
        Ok(())
    }
}

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Failure;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Failure> {
        let key = write(key)?.json;
        let mut text = String::new();
        let read = super::json::read_by(key.as_bytes(), &mut |reader| {
            text = reader.string()?;
            Ok(())
        });
        if read.is_err() {
            return Err(Failure::of(Code::Internal, "expected a key that is text"));
        }
        self.next(Step::Key(text));
        self.writer.push(&key);
        self.writer.push(":");
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Failure> {
        self.close();
        Ok(())
    }
}

macro_rules! numbers {
    ($($unsigned:ident $unsigned_type:ty, $signed:ident $signed_type:ty;)*) => {
        $(
            fn $unsigned(self, value: $unsigned_type) -> Result<(), Failure> {
                self.whole(value.into(), false);
                Ok(())
            }

            fn $signed(self, value: $signed_type) -> Result<(), Failure> {
                self.whole(value.unsigned_abs().into(), value < 0);
                Ok(())
            }
        )*
    };
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Failure;
    type SerializeSeq = Inside<'w>;
    type SerializeTuple = Inside<'w>;
    type SerializeTupleStruct = Inside<'w>;
    type SerializeTupleVariant = Impossible<(), Failure>;
    type SerializeMap = Inside<'w>;
    type SerializeStruct = Inside<'w>;
    type SerializeStructVariant = Impossible<(), Failure>;

    numbers! {
        serialize_u8 u8, serialize_i8 i8;
        serialize_u16 u16, serialize_i16 i16;
        serialize_u32 u32, serialize_i32 i32;
        serialize_u64 u64, serialize_i64 i64;
    }

    fn serialize_f32(self, value: f32) -> Result<(), Failure> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Failure> {
        self.number(value);
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Failure> {
        self.push(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Failure> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Failure> {
        self.text(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Failure> {
        self.bytes(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Failure> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Failure> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Failure> {
        self.push("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Failure> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), Failure> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), Failure> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Failure> {
        Err(untagged(name))
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Inside<'w>, Failure> {
        Ok(self.begin("[", "]"))
    }

    fn serialize_tuple(self, _length: usize) -> Result<Inside<'w>, Failure> {
        Ok(self.begin("[", "]"))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<Inside<'w>, Failure> {
        Ok(self.begin("[", "]"))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, Failure> {
        Err(untagged(name))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Inside<'w>, Failure> {
        Ok(self.begin("{", "}"))
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Inside<'w>, Failure> {
        Ok(self.begin("{", "}"))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _index: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, Failure> {
        Err(untagged(name))
    }
}

fn untagged(name: &str) -> Failure {
    Failure::of(Code::Internal, format!("enum `{name}` has data, expected a tag in it"))
}

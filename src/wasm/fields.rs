//! Plain data with many fields that comes often, read field by field.
//!
//! Derived code is a piece of its own for every field of every type; this is one function for all texts
//! and one for all numbers. For the types of the rollup that is 5 kB of the edge build, for those of coupons 9.

use super::error::thrown;
use super::plain;
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use core::cell::Cell;
use core::ops::Range;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

/// What `read` makes of the fields of an object. Throws `{ code, message, field }`.
pub(super) fn read<T>(object: JsValue, read: impl FnOnce(&Fields<'_>) -> T) -> Result<T, JsValue> {
    let given = Given { objects: Cell::new(Vec::with_capacity(OBJECTS)), failed: Cell::new(None) };
    let read = read(&given.fields(object));
    match given.failed.get() {
        None => Ok(read),
        Some((key, expected)) => Err(refusal(key, expected)),
    }
}

#[inline(never)]
fn refusal(key: &'static str, expected: &'static str) -> JsValue {
    let message = format!("expected {expected}");
    thrown(Refusal::at(Code::InvalidValue, key, message))
}

/// Objects for which there is room from the beginning.
const OBJECTS: usize = 32;

/// All objects that are read, given back to the host together: each on its own would be code wherever one is
/// read.
struct Given {
    objects: Cell<Vec<JsValue>>,
    /// What was wrong first: the key, and what was expected there. Reading goes on with empty values, so
    /// that there is one way out instead of one behind each field.
    failed: Cell<Option<(&'static str, &'static str)>>,
}

impl Given {
    #[inline(never)]
    fn fields(&self, value: JsValue) -> Fields<'_> {
        if !value.is_object() {
            return Fields { given: self, place: NOWHERE };
        }
        let mut objects = self.objects.take();
        let place = objects.len();
        objects.push(value);
        self.objects.set(objects);
        Fields { given: self, place }
    }
}

/// The place of what is no object.
const NOWHERE: usize = usize::MAX;

/// The fields of one object; anything else has none.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    given: &'a Given,
    // INVARIANT (fields of objects): the place of an object, or NOWHERE; `texts` alone looks at other values.
    place: usize,
}

#[cfg_attr(not(feature = "edge"), allow(dead_code, reason = "the other builds read less"))]
impl<'a> Fields<'a> {
    #[inline(never)]
    pub(super) fn text(&self, key: &'static str) -> String {
        let text = self.get(key).as_string();
        text.unwrap_or_else(|| self.wrong(key, "a text").unwrap_or_default())
    }

    /// A text, or null.
    #[inline(never)]
    pub(super) fn optional_text(&self, key: &'static str) -> Option<String> {
        let value = self.get(key);
        if is_null(&value) { None } else { value.as_string().or_else(|| self.wrong(key, "a text")) }
    }

    /// The place of a text among some words, of which it has to be one.
    #[inline(never)]
    pub(super) fn word(&self, key: &'static str, words: &'static [&'static str]) -> usize {
        let place = plain::place_of(&self.get(key), words);
        place.unwrap_or_else(|| self.wrong(key, WORDS).unwrap_or_default())
    }

    /// The place of a text among some words; that of `null` is `absent`.
    #[inline(never)]
    pub(super) fn choice(
        &self,
        key: &'static str,
        words: &'static [&'static str],
        absent: usize,
    ) -> usize {
        let value = self.get(key);
        match plain::place_of(&value, words) {
            Some(place) => place,
            None if is_null(&value) => absent,
            None => self.wrong(key, WORDS).unwrap_or(absent),
        }
    }

    #[inline(never)]
    pub(super) fn flag(&self, key: &'static str) -> bool {
        let flag = self.get(key).as_bool();
        flag.unwrap_or_else(|| self.wrong(key, "true or false").unwrap_or_default())
    }

    /// A truth value, or null, which stands for `absent`.
    #[inline(never)]
    pub(super) fn optional_flag(&self, key: &'static str, absent: bool) -> bool {
        if self.is_null(key) { absent } else { self.flag(key) }
    }

    /// A whole number from 0 to 2^53 - 1.
    #[inline(never)]
    pub(super) fn whole(&self, key: &'static str) -> u64 {
        let number = u64::try_from(self.signed(key)).ok();
        number.unwrap_or_else(|| self.wrong(key, "a number from 0").unwrap_or_default())
    }

    /// A whole number up to 2^53 - 1, above or below 0.
    #[inline(never)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "compared")]
    pub(super) fn signed(&self, key: &'static str) -> i64 {
        let number = self.fraction(key);
        let whole = number as i64;
        if whole as f64 == number && whole.unsigned_abs() <= MS_MAX {
            return whole;
        }
        self.wrong(key, "a whole number").unwrap_or_default()
    }

    /// The same, or null.
    #[inline(never)]
    pub(super) fn optional_signed(&self, key: &'static str) -> Option<i64> {
        if self.is_null(key) { None } else { Some(self.signed(key)) }
    }

    /// A whole number from 0 to 2^53 - 1, or null.
    #[inline(never)]
    pub(super) fn optional_whole(&self, key: &'static str) -> Option<u64> {
        if self.is_null(key) { None } else { Some(self.whole(key)) }
    }

    /// The same, in 32 bits.
    #[inline(never)]
    pub(super) fn optional_small(&self, key: &'static str) -> Option<u32> {
        let number = u32::try_from(self.optional_whole(key)?).ok();
        number.or_else(|| self.wrong(key, "a number from 0 to 4294967295"))
    }

    /// The same as [`Self::optional_whole`], of money.
    pub(super) fn optional_minor(&self, key: &'static str) -> Option<i64> {
        self.optional_whole(key).map(u64::cast_signed)
    }

    /// Any number.
    #[inline(never)]
    pub(super) fn fraction(&self, key: &'static str) -> f64 {
        let number = self.get(key).as_f64();
        number.unwrap_or_else(|| self.wrong(key, "a number").unwrap_or_default())
    }

    /// Any number, or null.
    pub(super) fn optional_fraction(&self, key: &'static str) -> Option<f64> {
        if self.is_null(key) { None } else { Some(self.fraction(key)) }
    }

    /// Bytes.
    #[inline(never)]
    pub(super) fn bytes(&self, key: &'static str) -> Vec<u8> {
        let bytes = self.get(key).dyn_ref().map(Uint8Array::to_vec);
        bytes.unwrap_or_else(|| self.wrong(key, "bytes").unwrap_or_default())
    }

    /// Bytes; null for none.
    #[inline(never)]
    pub(super) fn optional_bytes(&self, key: &'static str) -> Vec<u8> {
        if self.is_null(key) { Vec::new() } else { self.bytes(key) }
    }

    /// The fields of the object in a field, or null, which has none.
    #[inline(never)]
    pub(super) fn inside(&self, key: &'static str) -> Fields<'a> {
        let fields = self.given.fields(self.get(key));
        if !fields.is_there() && !self.is_null(key) {
            self.wrong::<()>(key, "an object");
        }
        fields
    }

    /// The object itself.
    pub(super) fn value(&self) -> Option<JsValue> {
        self.with(|object| Some(object.clone()))
    }

    /// Whether there is an object.
    pub(super) fn is_there(&self) -> bool {
        self.place != NOWHERE
    }

    /// What `read` makes of each object of a list.
    pub(super) fn list<T>(&self, key: &'static str, read: fn(&Fields<'_>) -> T) -> Vec<T> {
        if self.is_null(key) {
            self.wrong::<()>(key, "a list");
        }
        self.optional_list(key, read)
    }

    /// The same, or null for none.
    pub(super) fn optional_list<T>(&self, key: &'static str, read: fn(&Fields<'_>) -> T) -> Vec<T> {
        self.elements(key).map(|place| read(&self.element(place))).collect()
    }

    #[inline(never)]
    fn element(&self, place: usize) -> Fields<'a> {
        let element = Fields { given: self.given, place };
        let is_object = element.with(|value| value.is_object().then_some(())).is_some();
        if is_object { element } else { Fields { place: NOWHERE, ..element } }
    }

    /// Texts.
    pub(super) fn needed_texts(&self, key: &'static str) -> Vec<String> {
        if self.is_null(key) {
            self.wrong::<()>(key, "a list");
        }
        self.texts(key)
    }

    /// Texts; null for none.
    #[inline(never)]
    pub(super) fn texts(&self, key: &'static str) -> Vec<String> {
        let text = |place| {
            let text = Fields { given: self.given, place }.with(JsValue::as_string);
            text.unwrap_or_else(|| self.wrong(key, "texts").unwrap_or_default())
        };
        self.elements(key).map(text).collect()
    }

    /// Whether there is nothing in a field.
    #[inline(never)]
    pub(super) fn is_null(&self, key: &'static str) -> bool {
        is_null(&self.get(key))
    }

    /// A value that was made of a field, if it could be.
    pub(super) fn expected<T>(
        &self,
        key: &'static str,
        expected: &'static str,
        value: Option<T>,
    ) -> Option<T> {
        value.or_else(|| self.wrong(key, expected))
    }

    /// The places of the elements of a list; null has none.
    #[inline(never)]
    fn elements(&self, key: &'static str) -> Range<usize> {
        let value = self.get(key);
        let list = match value.dyn_into::<Array>() {
            Ok(list) => list,
            Err(value) => {
                if !is_null(&value) {
                    self.wrong::<()>(key, "a list");
                }
                return 0..0;
            }
        };
        let mut objects = self.given.objects.take();
        let first = objects.len();
        for index in 0..list.length() {
            objects.push(list.get(index));
        }
        let places = first..objects.len();
        self.given.objects.set(objects);
        places
    }

    #[inline(never)]
    fn get(&self, key: &'static str) -> JsValue {
        self.with(|object| Some(plain::field(object, key))).unwrap_or(JsValue::UNDEFINED)
    }

    /// What `work` makes of the value that was read.
    fn with<T>(&self, work: impl FnOnce(&JsValue) -> Option<T>) -> Option<T> {
        let objects = self.given.objects.take();
        let done = objects.get(self.place).and_then(work);
        self.given.objects.set(objects);
        done
    }

    /// Notes what was wrong first; there is no value then.
    #[inline(never)]
    fn note(&self, key: &'static str, expected: &'static str) {
        let first = self.given.failed.get().unwrap_or((key, expected));
        self.given.failed.set(Some(first));
    }

    fn wrong<T>(&self, key: &'static str, expected: &'static str) -> Option<T> {
        self.note(key, expected);
        None
    }
}

const WORDS: &str = "one of the words of the contract";

/// Null or undefined.
fn is_null(value: &JsValue) -> bool {
    value.loose_eq(&JsValue::NULL)
}

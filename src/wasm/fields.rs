//! Plain data with many fields that comes often, read field by field.
//!
//! Derived code is a piece of its own for every field of every type; this is one function for all texts
//! and one for all numbers. For the types of the rollup that is 5 kB of the edge build.

use super::error::of_refusal;
use super::plain;
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use core::cell::Cell;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// What `read` makes of the fields of an object. Throws `{ code, message, field }`.
pub(super) fn read<T>(object: JsValue, read: impl FnOnce(&Fields<'_>) -> T) -> Result<T, JsValue> {
    let failed = Cell::new(None);
    let read = read(&Fields { object, failed: &failed });
    match failed.get() {
        None => Ok(read),
        Some((key, expected)) => {
            let message = ["expected ", expected].concat();
            Err(of_refusal(&Refusal::at(Code::InvalidValue, key, message)))
        }
    }
}

/// The fields of one object; anything else has none.
pub(super) struct Fields<'a> {
    object: JsValue,
    /// What was wrong first: the key, and what was expected there. Reading goes on with empty values, so
    /// that there is one way out instead of one behind each field.
    failed: &'a Cell<Option<(&'static str, &'static str)>>,
}

impl<'a> Fields<'a> {
    pub(super) fn text(&self, key: &'static str) -> String {
        let text = self.get(key).as_string();
        text.unwrap_or_else(|| self.wrong(key, "a text").unwrap_or_default())
    }

    /// A text, or null.
    pub(super) fn optional_text(&self, key: &'static str) -> Option<String> {
        if self.is_null(key) { None } else { Some(self.text(key)) }
    }

    /// What `read` makes of a text, which has to be one of some words.
    pub(super) fn word<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(String) -> Option<T>,
    ) -> Option<T> {
        read(self.text(key)).or_else(|| self.wrong(key, "one of the words of the contract"))
    }

    pub(super) fn flag(&self, key: &'static str) -> bool {
        let flag = self.get(key).as_bool();
        flag.unwrap_or_else(|| self.wrong(key, "true or false").unwrap_or_default())
    }

    /// A whole number from 0 to 2^53 - 1.
    pub(super) fn whole(&self, key: &'static str) -> u64 {
        let number = u64::try_from(self.signed(key)).ok();
        number.unwrap_or_else(|| self.wrong(key, "a number from 0").unwrap_or_default())
    }

    /// A whole number up to 2^53 - 1, above or below 0.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "compared")]
    pub(super) fn signed(&self, key: &'static str) -> i64 {
        let number = self.fraction(key);
        let whole = number as i64;
        if whole as f64 == number && whole.unsigned_abs() <= MS_MAX {
            return whole;
        }
        self.wrong(key, "a whole number").unwrap_or_default()
    }

    /// Any number.
    pub(super) fn fraction(&self, key: &'static str) -> f64 {
        let number = self.get(key).as_f64();
        number.unwrap_or_else(|| self.wrong(key, "a number").unwrap_or_default())
    }

    /// The fields of the object in a field.
    pub(super) fn inside(&self, key: &'static str) -> Fields<'a> {
        Fields { object: self.get(key), failed: self.failed }
    }

    /// What `read` makes of each object of a list.
    pub(super) fn list<T>(&self, key: &'static str, read: fn(&Fields<'_>) -> T) -> Vec<T> {
        let Ok(list) = self.get(key).dyn_into::<Array>() else {
            return self.wrong(key, "a list").unwrap_or_default();
        };
        list.iter().map(|object| read(&Fields { object, failed: self.failed })).collect()
    }

    /// Whether there is nothing in a field.
    pub(super) fn is_null(&self, key: &'static str) -> bool {
        let value = self.get(key);
        value.is_null() || value.is_undefined()
    }

    #[inline(never)]
    fn get(&self, key: &'static str) -> JsValue {
        if self.object.is_object() { plain::field(&self.object, key) } else { JsValue::UNDEFINED }
    }

    /// Notes what was wrong first; there is no value then.
    #[inline(never)]
    fn wrong<T>(&self, key: &'static str, expected: &'static str) -> Option<T> {
        let first = self.failed.get().unwrap_or((key, expected));
        self.failed.set(Some(first));
        None
    }
}

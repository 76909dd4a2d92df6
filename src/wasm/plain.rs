//! Plain data over the border: JavaScript values into types, and types into JavaScript values.
//!
//! `let input = plain::read(&input)?` stands where tsify has `input.to_rust()`, and `plain::write(&output)`
//! where it has `Ts::from_rust(&output)`; both throw `{ code, message, field }` already. See `base::plain`
//! for why.

use super::error::of_refusal;
use crate::base::plain::failure::Failure;
use crate::base::plain::writer::{self, Apart, Step, Written};
use core::cell::Cell;
use js_sys::Uint8Array;
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

// Without `catch`, which doubles the time of a call: plain data has no getters that throw, and the text
// is our own.
#[wasm_bindgen]
extern "C" {
    /// An object or a list.
    pub(super) type Place;
    #[wasm_bindgen(method, structural, indexing_getter)]
    pub(super) fn get(this: &Place, key: &JsValue) -> JsValue;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Place, key: &JsValue, value: &JsValue);
    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(text: &str) -> JsValue;
}

#[cfg(feature = "office")]
pub(super) use super::host::read;

/// What JavaScript is given. Throws `{ code, message, field }`.
pub(super) fn write<T: Serialize + Tsify>(value: &T) -> Result<Ts<T>, JsValue> {
    value_of(value).map(Ts::new_unchecked)
}

/// A JavaScript value of a type.
pub(super) fn value_of<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    held(writer::write(value))
}

#[inline(never)]
fn held(written: Result<Written, Failure>) -> Result<JsValue, JsValue> {
    match written {
        Ok(written) => Ok(parsed(written)),
        Err(failure) => Err(of_refusal(&failure.at(String::new()))),
    }
}

/// JSON of our own as a value.
#[cfg(any(feature = "edge", feature = "rights"))]
pub(super) fn of_json(text: &str) -> JsValue {
    parse(text)
}

/// What stands in a field of an object, which `object` has to be.
pub(super) fn field(object: &JsValue, key: &'static str) -> JsValue {
    let mut keys = KEYS.take();
    let value = keys.with(key, |key| object.unchecked_ref::<Place>().get(key));
    KEYS.set(keys);
    value
}

/// The place of a text among some words.
pub(super) fn place_of(value: &JsValue, words: &'static [&'static str]) -> Option<usize> {
    let mut keys = KEYS.take();
    let place = words.iter().position(|word| keys.with(word, |known| known == value));
    KEYS.set(keys);
    place
}

/// One JSON text, which the host reads much faster than it sets keys one by one; then what is apart.
fn parsed(written: Written) -> JsValue {
    let root = parse(&written.json);
    let mut keys = KEYS.take();
    for (path, apart) in written.apart {
        let value = match apart {
            Apart::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            Apart::Fraction(number) => JsValue::from_f64(number),
        };
        let Some((last, way)) = path.split_last() else { return value };
        let mut place = root.clone();
        for step in way {
            place = keys.with_step(step, |key| place.unchecked_ref::<Place>().get(key));
        }
        keys.with_step(last, |key| place.unchecked_ref::<Place>().set(key, &value));
    }
    KEYS.set(keys);
    root
}

thread_local! {
    pub(super) static KEYS: Cell<Keys> = const { Cell::new(Keys(Vec::new())) };
}

/// Places for keys: a power of two, several times as many as the types have.
const KEYS_MAX: usize = 1024;

/// Keys that the host has already: making a string costs more than all else that is done with it. Only
/// those of types, so there are no more than the types have. Found by the address of their text.
#[derive(Default)]
pub(super) struct Keys(Vec<(&'static str, JsValue)>);

impl Keys {
    pub(super) fn with<T>(&mut self, key: &'static str, make: impl FnOnce(&JsValue) -> T) -> T {
        let place = self.place(key);
        match self.0.get(place) {
            Some((_, value)) => make(value),
            None => make(&JsValue::from_str(key)),
        }
    }

    /// Where a key is, after it was put there.
    #[inline(never)]
    fn place(&mut self, key: &'static str) -> usize {
        if self.0.is_empty() {
            self.0.resize(KEYS_MAX, ("", JsValue::UNDEFINED));
        }
        let mut at = key.as_ptr().addr();
        for _ in 0..KEYS_MAX {
            at %= KEYS_MAX;
            match self.0.get_mut(at) {
                Some((known, _)) if core::ptr::eq(*known, key) => return at,
                Some(free) if free.0.is_empty() => {
                    *free = (key, JsValue::from_str(key));
                    return at;
                }
                Some(_) | None => at += 1,
            }
        }
        KEYS_MAX
    }

    fn with_step<T>(&mut self, step: &Step, make: impl FnOnce(&JsValue) -> T) -> T {
        match step {
            Step::Field(key) => self.with(key, make),
            Step::Key(key) => make(&JsValue::from_str(key)),
            Step::Index(index) => make(&JsValue::from(*index)),
        }
    }
}

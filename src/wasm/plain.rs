//! Plain data over the border: JavaScript values into types, and types into JavaScript values.
//!
//! `let input = plain::read(&input)?` stands where tsify has `input.to_rust()`, and `plain::write(&output)`
//! where it has `Ts::from_rust(&output)`; both throw `{ code, message, field }` already. See `base::plain`
//! for why.

use super::error::of_refusal;
use crate::base::plain::failure::Failure;
use crate::base::plain::reader::{self, Event, Source, Wanted};
use crate::base::plain::writer::{self, Apart, Step, Written};
use crate::base::refusal::{Code, Refusal};
use core::cell::Cell;
use js_sys::{Array, Object, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

// Without `catch`, which doubles the time of a call: plain data has no getters that throw, and the text
// is our own.
#[wasm_bindgen]
extern "C" {
    /// An object or a list.
    type Place;
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn get(this: &Place, key: &JsValue) -> JsValue;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Place, key: &JsValue, value: &JsValue);
    #[wasm_bindgen(js_namespace = JSON)]
    fn parse(text: &str) -> JsValue;
}

/// Reads what JavaScript gives. Only the keys of the type are looked at. Throws `{ code, message, field }`,
/// with `invalid_value` whatever is wrong: the caller broke the contract.
pub(super) fn read<T: DeserializeOwned + Tsify>(value: &Ts<T>) -> Result<T, JsValue> {
    let mut host = Host { value: value.js_value(), frames: Vec::new(), keys: KEYS.take() };
    let read = reader::read(&mut host);
    KEYS.set(host.keys);
    read.map_err(|refusal| of_refusal(&Refusal { code: Code::InvalidValue, ..refusal }))
}

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
#[cfg(feature = "edge")]
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
    static KEYS: Cell<Keys> = const { Cell::new(Keys(Vec::new())) };
}

/// Places for keys: a power of two, several times as many as the types have.
const KEYS_MAX: usize = 1024;

/// Keys that the host has already: making a string costs more than all else that is done with it. Only
/// those of types, so there are no more than the types have. Found by the address of their text.
#[derive(Default)]
struct Keys(Vec<(&'static str, JsValue)>);

impl Keys {
    fn with<T>(&mut self, key: &'static str, make: impl FnOnce(&JsValue) -> T) -> T {
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

/// A JavaScript value as a source.
struct Host {
    value: JsValue,
    frames: Vec<Frame>,
    keys: Keys,
}

/// A list or an object that was begun.
struct Frame {
    of: JsValue,
    /// The keys of an object, if they are not those of a type.
    keys: Option<Array>,
    next: u32,
}

impl Host {
    fn begin(&mut self, of: JsValue, event: Event) -> Event {
        self.frames.push(Frame { of, keys: None, next: 0 });
        event
    }
}

impl Source for Host {
    fn value(&mut self, wanted: Wanted, text: &mut String) -> Result<Event, Failure> {
        let value = core::mem::take(&mut self.value);
        if matches!(wanted, Wanted::Any | Wanted::Text)
            && let Some(string) = value.as_string()
        {
            *text = string;
            return Ok(Event::Text);
        }
        if matches!(wanted, Wanted::Any | Wanted::Number)
            && let Some(number) = value.as_f64()
        {
            return Ok(Event::of_number(number));
        }
        if value.is_object() {
            if wanted != Wanted::Bytes && Array::is_array(&value) {
                return Ok(self.begin(value, Event::List));
            }
            return Ok(match value.dyn_into::<Uint8Array>() {
                Ok(bytes) => Event::Bytes(bytes.to_vec()),
                Err(value) => self.begin(value, Event::Object),
            });
        }
        if wanted != Wanted::Any {
            self.value = value;
            return self.value(Wanted::Any, text);
        }
        if value.is_null() || value.is_undefined() {
            return Ok(Event::Null);
        }
        let plain = || Failure::of(Code::WrongType, "expected plain data");
        value.as_bool().map(Event::Boolean).ok_or_else(plain)
    }

    fn has_item(&mut self) -> Result<bool, Failure> {
        let Some(frame) = self.frames.last_mut() else { return Ok(false) };
        let list: &Array = frame.of.unchecked_ref();
        if frame.next < list.length() {
            self.value = list.get(frame.next);
            frame.next = frame.next.saturating_add(1);
            return Ok(true);
        }
        self.frames.pop();
        Ok(false)
    }

    fn has_key(
        &mut self,
        known: &'static [&'static str],
        key: &mut String,
    ) -> Result<bool, Failure> {
        let Some(frame) = self.frames.last_mut() else { return Ok(false) };
        loop {
            let place = frame.of.unchecked_ref::<Place>();
            self.value = if known.is_empty() {
                let object: &Object = frame.of.unchecked_ref();
                let name = frame.keys.get_or_insert_with(|| Object::keys(object)).get(frame.next);
                let Some(text) = name.as_string() else { break };
                *key = text;
                place.get(&name)
            } else {
                let Some(name) = known.get(frame.next as usize) else { break };
                key.clear();
                key.push_str(name);
                self.keys.with(name, |name| place.get(name))
            };
            frame.next = frame.next.saturating_add(1);
            if !self.value.is_undefined() {
                return Ok(true);
            }
        }
        self.frames.pop();
        Ok(false)
    }
}

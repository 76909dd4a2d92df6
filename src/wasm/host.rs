//! What JavaScript gives as a source of plain data, for types that derive how they are read. The edge and the
//! collector read theirs field by field (`fields`), which is smaller.

use super::error::of_refusal;
use super::plain::{KEYS, Keys, Place};
use crate::base::plain::failure::Failure;
use crate::base::plain::reader::{self, Event, Source, Wanted};
use crate::base::refusal::{Code, Refusal};
use js_sys::{Array, Object, Uint8Array};
use serde::de::DeserializeOwned;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// Reads what JavaScript gives. Only the keys of the type are looked at. Throws `{ code, message, field }`,
/// with `invalid_value` whatever is wrong: the caller broke the contract.
pub(super) fn read<T: DeserializeOwned + Tsify>(value: &Ts<T>) -> Result<T, JsValue> {
    let mut host = Host { value: value.js_value(), frames: Vec::new(), keys: KEYS.take() };
    let read = reader::read(&mut host);
    KEYS.set(host.keys);
    read.map_err(|refusal| of_refusal(&Refusal { code: Code::InvalidValue, ..refusal }))
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

//! Refusals as JavaScript sees them: `{ code, message, field }`.

#[cfg(any(feature = "player", feature = "office"))]
use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// The object that is thrown.
#[cfg(any(feature = "player", feature = "office"))]
pub(super) fn refusal(code: &str, message: &str, field: Option<&str>) -> JsValue {
    let object = Object::new();
    for (key, value) in [("code", Some(code)), ("message", Some(message)), ("field", field)] {
        let value = value.map_or(JsValue::NULL, JsValue::from_str);
        // Setting a key of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(key), &value);
    }
    object.into()
}

/// A refusal of the core, on its way out.
#[cfg(feature = "wire")]
#[cold]
#[inline(never)]
pub(super) fn thrown(refusal: crate::base::refusal::Refusal) -> JsValue {
    of_refusal(&refusal)
}

/// A refusal of the core.
#[cfg(feature = "wire")]
#[inline(never)]
pub(super) fn of_refusal(refusal: &crate::base::refusal::Refusal) -> JsValue {
    super::plain::value_of(refusal).unwrap_or_else(|error| error)
}

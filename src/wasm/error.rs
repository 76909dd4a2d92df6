//! Refusals as JavaScript sees them: `{ code, message, field }`.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

/// The object that is thrown.
pub(super) fn refusal(code: &str, message: &str, field: Option<&str>) -> JsValue {
    let object = Object::new();
    for (key, value) in [("code", Some(code)), ("message", Some(message)), ("field", field)] {
        let value = value.map_or(JsValue::NULL, JsValue::from_str);
        // Setting a key of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(key), &value);
    }
    object.into()
}

/// What serde could not carry over the border, as a refusal: the caller broke the contract.
#[cfg(feature = "wire")]
pub(super) fn of_border(error: &dyn core::fmt::Display) -> JsValue {
    refusal("invalid_value", &error.to_string(), None)
}

/// A refusal of the core.
#[cfg(feature = "wire")]
pub(super) fn of_refusal(error: &crate::base::refusal::Refusal) -> JsValue {
    let code = serde_json::to_value(error.code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str).unwrap_or("internal");
    refusal(code, &error.message, error.field.as_deref())
}

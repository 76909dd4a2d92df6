//! The border of coupon codes, for who looks them up.

use super::error::of_refusal;
use crate::base::refusal::{Code as RefusalCode, Refusal};
use crate::coupon::code::{Code, CodeError, Kind, Lookups, TEXT_UNITS_MAX};
use crate::coupon::tagged::{TagKeys, TagKeysError};
use core::cell::RefCell;
use js_sys::JsString;
use wasm_bindgen::prelude::*;

/// Reads a code as it was typed: `kind code generated`, the code as it is looked up, or the reason why it is
/// none. `pkg/code.js` makes an object of it: writing one here would be a kilobyte of the edge build.
///
/// In the office build there follow, behind the reason, the index of the first character that is surely wrong
/// and the code that was meant, if they are known: the edge tells nobody, and the player has its own.
#[wasm_bindgen(js_name = spellCode)]
#[must_use]
pub fn spell_code(text: &JsString) -> String {
    let normal = if text.length() <= TEXT_UNITS_MAX { in_nfkc(text) } else { String::new() };
    match Code::parse(&normal) {
        Ok(code) => {
            let kind = match code.kind() {
                Kind::Named => "named",
                Kind::Generated => "generated",
                Kind::Tagged => "tagged",
            };
            let Lookups { named, generated } = code.lookups();
            [kind, &named, &generated].join(" ")
        }
        Err(error) => refused(error, text, &normal),
    }
}

#[cfg(not(feature = "office"))]
fn refused(error: CodeError, _: &JsString, _: &str) -> String {
    reason(error).to_owned()
}

#[cfg(feature = "office")]
fn refused(error: CodeError, text: &JsString, normal: &str) -> String {
    use crate::coupon::code::{place_of, symbols_of};
    use crate::coupon::typing_error::{corrected, wrong_symbol};
    let (at, meant) = match error {
        CodeError::Malformed { at } => (at, Vec::new()),
        CodeError::WrongCheckSymbol => {
            let symbols = symbols_of(normal.as_bytes());
            let wrong = wrong_symbol(&symbols);
            (
                wrong.and_then(|wrong| place_of(normal.as_bytes(), wrong)),
                wrong.map_or_else(Vec::new, |wrong| corrected(&symbols, wrong)),
            )
        }
    };
    let place = at.map_or_else(String::new, |at| index_of(text, at).to_string());
    [reason(error), &place, core::str::from_utf8(&meant).unwrap_or_default()].join(" ")
}

const fn reason(error: CodeError) -> &'static str {
    match error {
        CodeError::Malformed { .. } => "malformed",
        CodeError::WrongCheckSymbol => "wrong_check_symbol",
    }
}

/// The number of a tagged code, in any spelling in ASCII: `slot * 2^22 + serial`, or -1 if none of the keys
/// has made it. `keys` are `slot:base64url[,slot:base64url...]`; throws `{ code, message, field }` if they
/// are not.
#[wasm_bindgen(js_name = verifyTaggedCode)]
pub fn verify_tagged_code(keys: &str, code: &str) -> Result<f64, JsValue> {
    let tagged = match Code::parse(code) {
        Ok(code) => with_keys(keys, |keys| keys.verify(&code))?,
        Err(_) => None,
    };
    Ok(tagged.map_or(-1.0, |tagged| f64::from(tagged.number())))
}

/// Uses the keys of tagged codes: they are the same from call to call, and reading them is more work than
/// anything that is done with them.
pub(super) fn with_keys<T>(text: &str, work: impl FnOnce(&TagKeys) -> T) -> Result<T, JsValue> {
    thread_local! {
        static LAST: RefCell<Option<(String, TagKeys)>> = const { RefCell::new(None) };
    }
    let (text, keys) = match LAST.take() {
        Some((known, keys)) if known == text => (known, keys),
        _ => (text.to_owned(), TagKeys::parse(text).map_err(|e| of_refusal(&of_keys(e)))?),
    };
    let done = work(&keys);
    LAST.set(Some((text, keys)));
    Ok(done)
}

fn of_keys(error: TagKeysError) -> Refusal {
    let message = match error {
        TagKeysError::Keyring(_) => "expected keys as `slot:key`, of 32 bytes or more in base64url",
        TagKeysError::Slot => "expected slots from 0 to 7",
    };
    Refusal::of(RefusalCode::NotConfigured, message)
}

pub(super) fn in_nfkc(text: &JsString) -> String {
    String::from(text.normalize("NFKC"))
}

/// The index in a text of what stands at a byte of its normal form.
#[cfg(feature = "office")]
fn index_of(typed: &JsString, at: usize) -> u32 {
    let (mut index, mut bytes) = (0, 0);
    while index < typed.length() {
        // A pair of surrogates is one character.
        let units = if typed.char_code_at(index) as u32 & 0xfc00 == 0xd800 { 2 } else { 1 };
        bytes += in_nfkc(&typed.substring(index, index + units)).len();
        if bytes > at {
            break;
        }
        index += units;
    }
    index
}

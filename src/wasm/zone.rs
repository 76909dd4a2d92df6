//! Zones of time, as the host knows them.

use core::cell::Cell;
use js_sys::Object;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type Formatter;
    #[wasm_bindgen(catch, constructor, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locale: &str, options: &JsValue) -> Result<Formatter, JsValue>;
    #[wasm_bindgen(catch, method)]
    fn format(this: &Formatter, instant_ms: f64) -> Result<String, JsValue>;
    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries)]
    fn object_of(entries: &JsValue) -> Object;
}

thread_local! {
    /// The zone that was asked for last: making a formatter takes the host a hundred times as long as asking it.
    static LAST: Cell<Option<(String, Formatter)>> = const { Cell::new(None) };
}

/// The offset of a zone of the IANA database at an instant, both in milliseconds; none for a zone that the host
/// does not know, and beyond its range of time.
pub(super) fn offset_ms(zone: &str, instant_ms: i64) -> Option<i64> {
    let last = match LAST.take() {
        Some(last) if last.0 == zone => last,
        _ => (zone.to_owned(), formatter(zone)?),
    };
    #[expect(clippy::cast_precision_loss, reason = "the host refuses what a float does not hold")]
    let text = last.1.format(instant_ms as f64).ok();
    LAST.set(Some(last));
    text.map(|text| parse_offset(&text))
}

fn formatter(zone: &str) -> Option<Formatter> {
    let entries = js_sys::Array::new();
    for (key, value) in [("timeZone", zone), ("timeZoneName", "longOffset")] {
        entries.push(&js_sys::Array::of2(&key.into(), &value.into()));
    }
    Formatter::new("en-US", &object_of(&entries)).ok()
}

/// The offset behind a date, `GMT-03:00` or `GMT-00:43:08`, and `GMT` alone for none.
fn parse_offset(text: &str) -> i64 {
    let (mut seconds, mut unit, mut part) = (0, 3_600, 0);
    let mut is_negative = false;
    for byte in text.bytes() {
        match byte {
            // What came before belongs to the date.
            b'T' => (seconds, unit, part) = (0, 3_600, 0),
            b'-' => is_negative = true,
            b'0'..=b'9' => part = part % 100 * 10 + i64::from(byte - b'0'),
            b':' => (seconds, unit, part) = (seconds + part * unit, unit / 60, 0),
            _ => {}
        }
    }
    seconds += part * unit;
    if is_negative { -1_000 * seconds } else { 1_000 * seconds }
}

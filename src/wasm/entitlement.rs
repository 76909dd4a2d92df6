//! The border of entitlements: a catalogue and a viewer are read once, then decisions are integers.
//!
//! `pkg/rights.js` makes objects of what is kept here: classes of the glue would be a kilobyte more.

use super::error::thrown;
use crate::base::plain::pieces::{More, NONE, push_digits};
use crate::base::refusal::{Code, Refusal};
use crate::entitlement::catalogue::Catalogue;
use crate::entitlement::catalogue_json::read_catalogue;
use crate::entitlement::decide::Verdict;
use crate::entitlement::decision::numbers;
use crate::entitlement::explanation::explain;
use crate::entitlement::grant::SECONDS_MAX;
use crate::entitlement::listing::list;
use crate::entitlement::plan::DeviceClass;
use crate::entitlement::request::Request;
use crate::entitlement::rights::Rights;
use crate::entitlement::territory::Country;
use core::cell::{Cell, RefCell};
use js_sys::Uint8Array;
use std::rc::Rc;
use tsify::Tsify;
use wasm_bindgen::prelude::*;

/// Bytes of the document that are in the module's memory at a time.
const PIECE_BYTES: u32 = 64 * 1024;

/// Catalogues and rights that are open at a time: whoever opens more has forgotten to free them.
const OPEN_MAX: usize = 10_000;

/// What is asked of some titles or of all of them.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
#[expect(dead_code, reason = "only its type crosses the border; see `decide`")]
pub struct EntitlementCircumstances {
    /// Where the viewer is, ISO 3166-1 alpha-2; null, or what is no country, where nobody knows.
    #[tsify(optional)]
    country: Option<String>,
    /// What is watched on.
    device_class: DeviceClass,
    /// The device; null for one that is new.
    #[tsify(optional)]
    device_id: Option<String>,
    /// Now, in seconds, UTC.
    now: u64,
}

// The steps of an explanation, written by `entitlement::explanation`: one type a rule, because each has its own
// parameters.
#[wasm_bindgen(typescript_custom_section)]
const STEPS: &str = r#"
/**
 * A step of an explanation: a rule, how it was judged, and by what. Times are in seconds, UTC. One that is `skip`
 * may lack its parameters: it was not judged, or means nothing here.
 */
export type EntitlementStep =
  | Judged<"account", { status: AccountStatus; since?: number }>
  | Judged<"past_due", { since?: number; grace_days?: number; grace_ends_at?: number }>
  | Judged<"title", { title: string }>
  | Judged<"country", { country?: string }>
  | Judged<"territory", { country?: string }>
  | Judged<"window", { open_until?: number; opens_at?: number }>
  | Judged<"blackout", { until?: number; next_at?: number }>
  | Judged<"rating", { rating?: number; max_rating?: number }>
  | Judged<"grant", EntitlementGrantParameters>
  | Judged<"entitlement", { grant?: string; max_height?: number; ads?: boolean }>
  | Judged<"device_limit", { registered?: boolean; devices?: number; limit?: number }>
  | Judged<"stream_limit", { streams?: number; limit?: number }>;

/** What a grant was judged by; `kind` is `free` for a free title. It covers nothing where it is `skip`. */
export interface EntitlementGrantParameters {
  grant?: string;
  kind?: GrantKind | "free";
  plan?: string;
  title?: string;
  from?: number;
  to?: number;
  obstacles?: EntitlementReason[];
  max_height?: number;
  ads?: boolean;
}

interface Judged<RuleOf extends Rule, Parameters> {
  rule: RuleOf;
  outcome: Outcome;
  parameters: Parameters;
}

/** A decision, and how every rule was judged, in order. */
export interface EntitlementExplanation {
  decision: EntitlementDecision;
  steps: EntitlementStep[];
}
"#;

/// What is kept for JavaScript.
#[derive(Clone)]
enum Open {
    Catalogue(Rc<Catalogue>),
    Rights(Rc<Judge>),
}

/// Rights, and what was decided last.
struct Judge {
    rights: Rights,
    last: Cell<Option<(Request, Verdict)>>,
}

thread_local! {
    /// What is open, by its number; what is freed makes room.
    static OPEN: RefCell<Vec<Option<Open>>> = const { RefCell::new(Vec::new()) };
}

#[inline(never)]
fn keep(open: Open) -> Result<usize, JsValue> {
    OPEN.with_borrow_mut(|all| {
        let free = all.iter().position(Option::is_none).unwrap_or(all.len());
        if free >= OPEN_MAX {
            let message = "expected fewer that are open: free those of before";
            return Err(thrown(Refusal::of(Code::TooMany, message)));
        }
        match all.get_mut(free) {
            Some(slot) => *slot = Some(open),
            None => all.push(Some(open)),
        }
        Ok(free)
    })
}

/// Frees a catalogue or rights; what is not there is passed over.
#[wasm_bindgen(js_name = closeEntitlement)]
pub fn close(number: usize) {
    let closed = OPEN.with_borrow_mut(|all| all.get_mut(number).and_then(Option::take));
    drop(closed);
}

#[inline(never)]
fn opened(number: usize) -> Option<Open> {
    OPEN.with_borrow(|all| all.get(number).cloned().flatten())
}

#[inline(never)]
fn catalogue(number: usize) -> Result<Rc<Catalogue>, JsValue> {
    match opened(number) {
        Some(Open::Catalogue(catalogue)) => Ok(catalogue),
        Some(Open::Rights(_)) | None => {
            Err(thrown(Refusal::of(Code::Internal, "expected what was not freed")))
        }
    }
}

/// The document of a catalogue, as JavaScript holds it.
struct Document<'d> {
    json: &'d Uint8Array,
    at: u32,
}

impl More for Document<'_> {
    fn next_piece(&mut self, piece: &mut Vec<u8>) {
        let end = self.json.length().min(self.at.saturating_add(PIECE_BYTES));
        // In the memory of the last piece: there may be no other left.
        piece.resize((end - self.at) as usize, 0);
        self.json.subarray(self.at, end).copy_to(piece);
        self.at = end;
    }
}

/// Reads the document of a catalogue and keeps it: `number version titles bytes`, with spaces between them, and the
/// policy's version. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = openCatalogue)]
pub fn open_catalogue(json: &Uint8Array) -> Result<String, JsValue> {
    let mut catalogue = Catalogue::default();
    read_catalogue(&mut catalogue, &mut Document { json, at: 0 }).map_err(thrown)?;
    let numbers = [catalogue.version, catalogue.len() as u64, catalogue.bytes() as u64];
    let policy = catalogue.policy_version().to_owned();
    let mut told = String::new();
    push_digits(&mut told, keep(Open::Catalogue(Rc::new(catalogue)))? as u64);
    for number in numbers {
        told.push(' ');
        push_digits(&mut told, number);
    }
    told.push(' ');
    told.push_str(&policy);
    Ok(told)
}

/// The titles of a catalogue, one a line. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = titlesOf)]
pub fn titles_of(number: usize) -> Result<String, JsValue> {
    catalogue(number).map(|catalogue| catalogue.ids())
}

/// Reads a viewer in JSON against a catalogue and keeps the rights: their number. Throws
/// `{ code, message, field }`.
#[wasm_bindgen(js_name = openRights)]
pub fn open_rights(number: usize, viewer: String) -> Result<usize, JsValue> {
    let rights = Rights::read(catalogue(number)?, viewer).map_err(thrown)?;
    keep(Open::Rights(Rc::new(Judge { rights, last: Cell::new(None) })))
}

/// The place of a title in a catalogue, or of a device in rights; -1 for one that is not there.
#[wasm_bindgen(js_name = placeOf)]
pub fn place_of(number: usize, name: &str) -> f64 {
    let place = match opened(number) {
        Some(Open::Catalogue(catalogue)) => catalogue.place_of(name.as_bytes()),
        Some(Open::Rights(judge)) => judge.rights.device(name.as_bytes()),
        None => None,
    };
    place.map_or(-1.0, f64::from)
}

/// Decides by numbers: the reasons against it as bits, 0 for leave to watch. -1, all reasons at once, without a
/// class of devices or a time, and of rights that are not there.
#[wasm_bindgen(js_name = decideByNumbers)]
pub fn decide(
    number: usize,
    title: f64,
    country: f64,
    device_class: f64,
    device: f64,
    now: f64,
) -> i32 {
    let Some(Open::Rights(judge)) = opened(number) else { return -1 };
    let class = whole(device_class, 3).and_then(DeviceClass::of_place);
    let decided = class.zip(whole(now, SECONDS_MAX)).map(|(class, now)| {
        let country =
            whole(country, 255).and_then(|place| Country::of_place(place.try_into().ok()?));
        let [title, device] = [title, device]
            .map(|place| whole(place, u32::MAX.into()).and_then(|place| place.try_into().ok()));
        let request = Request { title, country, class, device, now };
        (request, judge.rights.decide(&request))
    });
    judge.last.set(decided);
    decided.map_or(-1, |(_, verdict)| verdict.reasons.bits().cast_signed())
}

/// What the last decision says in numbers (0), how every rule was judged (1), or what was asked decided for all
/// titles (2). -1 for what is not there.
#[wasm_bindgen(js_name = lastNumbers)]
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn last_numbers(number: usize, what: u8) -> Vec<f64> {
    let Some(Open::Rights(judge)) = opened(number) else { return Vec::new() };
    let Some((request, verdict)) = judge.last.get() else { return Vec::new() };
    let mut found = Vec::new();
    match what {
        0 => found.extend_from_slice(&numbers(&verdict)),
        1 => found = explain(&judge.rights, &request),
        _ => found = list(&judge.rights, &request),
    }
    let mut numbers = Vec::new();
    for number in found {
        numbers.push(if number == NONE { -1.0 } else { number as f64 });
    }
    numbers
}

/// How many streams (0) or devices (1) the viewer's live plans allow; -1 of rights that are not there, or without a
/// time.
#[wasm_bindgen(js_name = limitOf)]
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn limit_of(number: usize, which: u8, now: f64) -> f64 {
    let (Some(Open::Rights(judge)), Some(now)) = (opened(number), whole(now, SECONDS_MAX)) else {
        return -1.0;
    };
    let (streams, devices) = judge.rights.limits(now);
    (if which == 0 { streams } else { devices }) as f64
}

/// The number of a country of ISO 3166-1 alpha-2; -1 for what is none.
#[wasm_bindgen(js_name = countryCode)]
pub fn country_code(country: &str) -> f64 {
    Country::parse(country).map_or(-1.0, |country| country.place().into())
}

/// A number that is whole and from 0 to `max`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "compared"
)]
fn whole(number: f64, max: u64) -> Option<u64> {
    let whole = number as u64;
    (whole as f64 == number && whole <= max).then_some(whole)
}

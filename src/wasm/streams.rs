//! The border of devices and stream leases, whose rows a `Viewer` object keeps.

use super::error::thrown;
use super::fields::{self, Fields};
use super::plain;
use crate::entitlement::device::{Device, Slot};
use crate::entitlement::lease::{Ended, Lease};
use crate::entitlement::receipt::{self, Receipt};
use crate::entitlement::stream::{Reached, Start, Streams, Terms};
use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// One step of a viewer's devices and streams, with all rows that it needs.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
#[expect(dead_code, reason = "only its type crosses the border; see `Fields`")]
pub struct StreamsInput {
    /// What is to be done. `look` only lets end what is over.
    #[tsify(
        type = "\"look\" | \"start\" | \"heartbeat\" | \"stop\" | \"refuse\" | \"register\" | \"remove\""
    )]
    step: String,
    /// The clock of the object, UTC.
    now_ms: f64,
    /// How long a lease lives that nobody renews.
    lease_ms: f64,
    /// How long the slot of a device that was removed stays taken.
    cooling_ms: f64,
    /// Slots of devices that the viewer's plans give.
    device_limit: f64,
    /// Streams at a time that they give.
    stream_limit: f64,
    /// The device that starts, comes or goes, by the number that its rows have; else 0.
    device: f64,
    /// The title that starts, by its number; else 0.
    title: f64,
    /// Of a start: whether nothing else stands in the way.
    #[tsify(optional)]
    is_allowed: bool,
    /// Of a start: whether the oldest stream of another device makes room.
    #[tsify(optional)]
    takes_over: bool,
    /// Of a heartbeat, a stop and a refusal: the place of the lease.
    place: f64,
    /// The devices that have a slot.
    devices: Vec<DeviceRow>,
    /// The leases that live, the oldest first.
    leases: Vec<LeaseRow>,
}

/// A device that has a slot.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
#[expect(dead_code, reason = "only its type crosses the border")]
pub struct DeviceRow {
    /// Which one: any number, the same for the same id.
    id: f64,
    /// When the slot of a removed device is free, UTC; null if it is registered.
    free_ms: Option<f64>,
}

/// A lease that lives.
#[derive(Debug, Tsify)]
#[expect(dead_code, reason = "only its type crosses the border")]
pub struct LeaseRow {
    /// The device that plays, by its number.
    device: f64,
    /// What it plays, by its number.
    title: f64,
    /// When it ends, UTC.
    until_ms: f64,
}

/// What became of the rows. A new device and a new lease stand behind those that were given.
#[derive(Debug, Serialize, Tsify)]
pub struct StreamsMoved {
    /// Whether the step was done.
    is_done: bool,
    /// Whether the device needs a slot, and there is none.
    device_limit: bool,
    /// Whether as many other devices have a stream as may.
    stream_limit: bool,
    /// Of a start: the place of its lease.
    place: u32,
    /// Of each device, when its slot is free, UTC: 0 as long as it is registered, below 0 if it is free.
    devices: Vec<i64>,
    /// Of each lease, when it ends, UTC; for one that is over, below 0, why: see `ended` in lease.rs.
    leases: Vec<i64>,
}

/// What may be asked.
const STEPS: [&str; 7] = ["look", "start", "heartbeat", "stop", "refuse", "register", "remove"];

/// Does one step. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = moveStreams)]
pub fn move_streams(input: Ts<StreamsInput>) -> Result<Ts<StreamsMoved>, JsValue> {
    plain::write(&fields::read(input.js_value(), moved)?)
}

/// Signs the receipt of a decision, whose claims are JSON: `{ receipt, digest }`. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = signReceipt, unchecked_return_type = "{ receipt: string; digest: string }")]
pub fn sign_receipt(keys: &str, claims: &str) -> Result<JsValue, JsValue> {
    let Receipt { receipt, digest } = receipt::make(keys, claims).map_err(thrown)?;
    // Base64url and points need no escape.
    Ok(plain::of_json(&format!(r#"{{"receipt":"{receipt}","digest":"{digest}"}}"#)))
}

/// What a receipt says, if one of the keys has signed it: `{ digest, claims }`. Throws `{ code, message, field }`.
#[wasm_bindgen(js_name = checkReceipt, unchecked_return_type = "{ digest: string; claims: any }")]
pub fn check_receipt(keys: &str, receipt: &str) -> Result<JsValue, JsValue> {
    let (claims, digest) = receipt::check(keys, receipt).map_err(thrown)?;
    Ok(plain::of_json(&[r#"{"digest":""#, &digest, r#"","claims":"#, &claims, "}"].concat()))
}

fn moved(of: &Fields<'_>) -> StreamsMoved {
    let terms = Terms {
        now_ms: of.whole("now_ms"),
        lease_ms: of.whole("lease_ms"),
        cooling_ms: of.whole("cooling_ms"),
        device_limit: size(of, "device_limit"),
        stream_limit: size(of, "stream_limit"),
    };
    let mut streams = Streams {
        devices: of.list("devices", |of| Device {
            id: of.whole("id"),
            slot: of.optional_whole("free_ms").map_or(Slot::Registered, Slot::Cooling),
        }),
        leases: of.list("leases", |of| Lease {
            device: of.whole("device"),
            title: of.whole("title"),
            until_ms: of.whole("until_ms"),
            ended: None,
        }),
    };
    let (device, title) = (of.whole("device"), of.whole("title"));
    let mut place = size(of, "place");
    let mut reached = Reached::default();
    let is_done = match of.word("step", &STEPS) {
        1 => {
            let (is_allowed, takes_over) =
                (of.optional_flag("is_allowed", false), of.optional_flag("takes_over", false));
            let start = Start { device, title, is_allowed, takes_over };
            match streams.start(&terms, &start) {
                Ok(started) => {
                    place = started;
                    true
                }
                Err(limits) => {
                    reached = limits;
                    false
                }
            }
        }
        2 => streams.heartbeat(&terms, place),
        3 => streams.end(&terms, place, Ended::Stopped),
        4 => streams.end(&terms, place, Ended::Refused),
        5 => {
            reached.devices = !streams.register(&terms, device);
            !reached.devices
        }
        6 => streams.remove(&terms, device),
        _ => {
            streams.settle(&terms);
            true
        }
    };
    StreamsMoved {
        is_done,
        device_limit: reached.devices,
        stream_limit: reached.streams,
        place: u32::try_from(place).unwrap_or(u32::MAX),
        devices: streams.devices.iter().map(|device| device.slot.number()).collect(),
        leases: streams.leases.iter().map(Lease::number).collect(),
    }
}

fn size(of: &Fields<'_>, key: &'static str) -> usize {
    usize::try_from(of.whole(key)).unwrap_or(usize::MAX)
}

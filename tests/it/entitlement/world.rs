//! What the tests of entitlements share: catalogues and viewers in JSON, and decisions in words.

use super::second::{Decision, Request};
use serde_json::{Value, json};
use std::rc::Rc;
use usher::base::plain::pieces::{More, NONE};
use usher::base::refusal::Refusal;
use usher::entitlement::catalogue::Catalogue;
use usher::entitlement::catalogue_json::read_catalogue;
use usher::entitlement::decide::{Used, Verdict};
use usher::entitlement::plan::DeviceClass;
use usher::entitlement::request;
use usher::entitlement::rights::Rights;
use usher::entitlement::territory::Country;

/// A document in pieces of some bytes.
pub struct Document {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
}

impl Document {
    pub fn of(text: &str, step: usize) -> Self {
        Self { bytes: text.as_bytes().to_vec(), at: 0, step }
    }
}

impl More for Document {
    fn next_piece(&mut self, piece: &mut Vec<u8>) {
        let end = self.bytes.len().min(self.at + self.step);
        piece.extend_from_slice(&self.bytes[self.at..end]);
        self.at = end;
    }
}

pub fn open(document: &Value) -> Result<Rc<Catalogue>, Refusal> {
    open_text(&document.to_string(), 64 * 1024)
}

pub fn open_text(text: &str, step: usize) -> Result<Rc<Catalogue>, Refusal> {
    let mut catalogue = Catalogue::default();
    read_catalogue(&mut catalogue, &mut Document::of(text, step)).map(|()| Rc::new(catalogue))
}

/// A plan that covers the pack `series` without limits that matter.
pub fn plan(id: &str) -> Value {
    json!({
        "id": id, "packs": ["series"], "max_height": 1080, "ads": false, "streams": 2, "devices": 2,
        "device_classes": ["mobile", "web", "tv", "console"],
    })
}

/// A title of the pack `series`, shown in Sweden from 1,000 to 2,000.
pub fn title(id: &str) -> Value {
    json!({
        "id": id, "packs": ["series"], "rating": 0, "max_height": 2160, "ad_tier": true, "free": false,
        "windows": [{ "from": 1000, "to": 2000, "territories": ["SE"] }],
    })
}

/// A catalogue of one plan and one title.
pub fn document() -> Value {
    json!({
        "version": 1,
        "policy": {
            "version": "p", "past_due_grace_days": 3, "fallback_streams": 1, "fallback_devices": 1,
            "decision_ttl_s": 300, "plans": [plan("basic")],
        },
        "titles": [title("film")],
    })
}

/// A viewer who holds that plan from 1,000 to 2,000.
pub fn viewer() -> Value {
    json!({
        "account": { "status": "active" }, "max_rating": null, "devices": ["d1"], "open_streams": [],
        "grants": [{ "id": "g", "kind": "plan", "plan": "basic", "from": 1000, "to": 2000 }],
    })
}

pub fn rights(catalogue: &Rc<Catalogue>, viewer: &Value) -> Result<Rights, Refusal> {
    Rights::read(Rc::clone(catalogue), viewer.to_string())
}

/// What is asked of that title.
pub fn ask(now: i64) -> Request {
    Request {
        title: "film".to_owned(),
        country: Some("SE".to_owned()),
        device_class: "tv".to_owned(),
        device_id: "d1".to_owned(),
        now,
    }
}

/// A request in numbers.
pub fn numbers(rights: &Rights, request: &Request) -> request::Request {
    let class = DeviceClass::WORDS.iter().position(|word| *word == request.device_class).unwrap();
    request::Request {
        title: rights.catalogue().place_of(request.title.as_bytes()),
        country: request.country.as_deref().and_then(Country::parse),
        class: DeviceClass::ALL[class],
        device: rights.device(request.device_id.as_bytes()),
        now: request.now.try_into().unwrap(),
    }
}

/// A decision in words; `viewer` is the JSON that the rights were read from.
pub fn told(rights: &Rights, viewer: &Value, request: &Request) -> Decision {
    words(&rights.decide(&numbers(rights, request)), viewer)
}

pub fn words(verdict: &Verdict, viewer: &Value) -> Decision {
    let number = |number: u64| i64::try_from(number).unwrap();
    let notice = verdict.grace_ends_at.map(|_| "PAST_DUE_GRACE".to_owned());
    let leave = verdict.leave;
    assert_eq!(leave.is_some(), verdict.reasons.is_empty());
    Decision {
        reasons: verdict.reasons.iter().map(|reason| reason.word().to_owned()).collect(),
        notices: notice.into_iter().collect(),
        grant: leave.map(|leave| match leave.offer.used {
            Used::Free => "free".to_owned(),
            Used::Grant(place) => viewer["grants"][place]["id"].as_str().unwrap().to_owned(),
        }),
        max_height: leave.map(|leave| leave.offer.max_height.into()),
        ads: leave.map(|leave| leave.offer.ads),
        expires_at: leave.map(|leave| number(leave.expires_at)),
        recheck_at: leave.map(|leave| number(leave.recheck_at)),
        opens_at: verdict.opens_at.map(number),
    }
}

/// What is decided of the title for a viewer.
pub fn decided(document: &Value, viewer: &Value, request: &Request) -> Decision {
    told(&rights(&open(document).unwrap(), viewer).unwrap(), viewer, request)
}

/// The reasons of it.
pub fn reasons(document: &Value, viewer: &Value, request: &Request) -> Vec<String> {
    decided(document, viewer, request).reasons
}

/// A number that may be missing.
pub fn some(number: u64) -> Option<u64> {
    (number != NONE).then_some(number)
}

pub fn open_bytes(bytes: &[u8]) -> Result<Rc<Catalogue>, Refusal> {
    let mut catalogue = Catalogue::default();
    let mut document = Document { bytes: bytes.to_vec(), at: 0, step: 16 };
    read_catalogue(&mut catalogue, &mut document).map(|()| Rc::new(catalogue))
}

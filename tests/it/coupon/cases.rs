//! The shared cases of `usher-coupon-cases/1`, judged by the core; `tests/conformance` judges them through the
//! package. Their keys become ours, and nothing else is done here.

use super::shop::counts;
use crate::zones::offset_ms;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;
use usher::base::calendar::parse_instant;
use usher::base::refusal::Refusal;
use usher::coupon::check::{Question, check};
use usher::coupon::code_shape::{CodeShape, Shape};
use usher::coupon::coupon::Coupon;
use usher::coupon::duration;
use usher::coupon::generator::{Spelling, generate};
use usher::coupon::purchase::{Carried, Purchase};
use usher::coupon::written::CouponDraft;

/// Cases with zones that `zones.rs` does not know would be refused, not passed over.
const CASES: usize = 88;

#[test]
fn every_shared_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/coupons");
    let mut judged = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let file: Value =
            serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        assert_eq!(file["format"], "usher-coupon-cases/1");
        for case in file["cases"].as_array().unwrap() {
            let got = match case["context"]["op"].as_str() {
                None => checked(case),
                Some("reverse") => reversed(case),
                Some("generate") => generated(&case["coupon"]),
                Some(other) => panic!("{other}"),
            };
            for (key, expected) in case["expect"].as_object().unwrap() {
                assert_eq!(&found(&got, key), expected, "{}: {key}", case["id"]);
            }
            judged += 1;
        }
    }
    assert_eq!(judged, CASES);
}

/// What is found under a key of `expect`, in its form.
fn found(got: &Value, key: &str) -> Value {
    match key {
        "remaining_minor" | "periods_remaining" | "terminated" => got["carried"][key].clone(),
        "access_until" => {
            let text = |ms: i64| usher::base::calendar::instant_text(ms).replace(" UTC", ":00Z");
            got["access_until_ms"].as_i64().map(|ms| text(ms).replace(' ', "T")).into()
        }
        "per_line" => {
            let line = |line: &Value| {
                (line["id"].as_str().unwrap().to_owned(), line["discount_minor"].clone())
            };
            Value::Object(got["lines"].as_array().unwrap().iter().map(line).collect())
        }
        _ => got[key].clone(),
    }
}

fn checked(case: &Value) -> Value {
    let (written, context) = (&case["coupon"], &case["context"]);
    let coupon = made(written, context).unwrap();
    let beside = context["stack"].as_array().cloned().unwrap_or_default();
    let stack: Vec<Coupon> = beside.iter().map(|other| made(other, context).unwrap()).collect();
    let code: String = context["code_entered"].as_str().unwrap().nfkc().collect();
    let uses = |of: &Value| take(of, &["redeemed", "held", "reversed"]);
    let mut counted = uses(written);
    counted.extend(take(written, &["budget_used_minor"]));
    counted.extend(take(context, &["own_hold"]));
    counted.insert("customer".into(), Value::Object(uses(&context["customer"])));
    let question = Question {
        code: &code,
        issued: written["code"].as_str().filter(|_| written["code_class"] == "generated"),
        coupon: Some(&coupon),
        purchase: &bought(written, context),
        counts: Some(&counts(Value::Object(counted))),
        now_ms: parse_instant(case["now"].as_str().unwrap()).unwrap(),
        stack: &stack,
    };
    serde_json::to_value(check(&question, &offset_ms).unwrap()).unwrap()
}

fn reversed(case: &Value) -> Value {
    let coupon = made(&case["coupon"], &case["context"]).unwrap();
    let left = duration::reverse(&coupon, Some(carried(&case["coupon"])), None);
    json!({ "valid": true, "carried": left })
}

fn generated(order: &Value) -> Value {
    let number = |key: &str| order[key].as_u64();
    let text = |key: &str| order[key].as_str().map(str::to_owned);
    let shape = CodeShape {
        alphabet: text("alphabet"),
        length: number("length"),
        pattern: text("pattern"),
        max_length: number("max_length"),
        max_fill: order["max_fill"].as_str().map(|fill| fill.parse().unwrap()),
        ..CodeShape::default()
    };
    let mut seed = 0_u8;
    let random = |bytes: &mut [u8]| {
        bytes.fill_with(|| {
            seed = seed.wrapping_mul(29).wrapping_add(113);
            seed
        });
        true
    };
    let (quantity, existing) = (number("count").unwrap(), number("existing").unwrap());
    let made = Shape::new(&shape)
        .and_then(|shape| generate(&shape, quantity, existing, Spelling::Shown, random));
    match made {
        Err(Refusal { code, .. }) => {
            let reason = serde_json::to_value(code).unwrap().as_str().unwrap().to_uppercase();
            json!({ "valid": false, "reason": reason, "discount_minor": 0 })
        }
        Ok(lines) => {
            let lines = String::from_utf8(lines).unwrap();
            let mut codes: Vec<&str> = lines.lines().collect();
            let count = codes.len();
            // The one pattern of the cases.
            let is_digits = |(at, byte): (usize, u8)| {
                if at == 2 || at == 6 { byte == b'-' } else { byte.is_ascii_digit() }
            };
            let matches =
                codes.iter().all(|code| code.len() == 9 && code.bytes().enumerate().all(is_digits));
            codes.sort_unstable();
            codes.dedup();
            let pattern = matches.then_some("^[0-9]{2}-[0-9]{3}-[0-9]{2}$");
            json!({ "valid": true, "count": count, "unique": codes.len() == count, "matches": pattern })
        }
    }
}

/// Some keys of an object, if they are there.
fn take(of: &Value, keys: &[&str]) -> Map<String, Value> {
    let entry = |key: &&str| of.get(*key).map(|value| ((*key).to_owned(), value.clone()));
    keys.iter().filter_map(entry).collect()
}

/// One key under another name, null if it is not there.
fn renamed(of: &Value, key: &str) -> Value {
    of.get(key).cloned().unwrap_or(Value::Null)
}

fn made(of: &Value, context: &Value) -> Result<Coupon, Refusal> {
    let tz = of.get("tz").or(context.get("tz")).cloned().unwrap_or(Value::Null);
    let mut window = take(of, &["starts_at", "ends_at", "starts_on", "ends_on"]);
    window.insert("tz".into(), tz.clone());
    let mut benefit =
        take(of, &["kind", "percent", "amount_minor", "days", "days_mode", "until_on"]);
    if of["kind"] == "fixed" {
        benefit.insert("currency".into(), of["currency"].clone());
    }
    if of["kind"] == "trial_until" {
        benefit.insert("tz".into(), tz);
    }
    let target = match of["target"].as_str().unwrap_or("order") {
        "each_line" => json!({ "kind": "each_line", "max_units": renamed(of, "max_units") }),
        other => match other.strip_prefix("lines:") {
            Some(ids) => json!({ "kind": "lines", "ids": ids.split(',').collect::<Vec<_>>() }),
            None => json!({ "kind": other }),
        },
    };
    let duration = match of["frequency"].as_str().unwrap_or("once") {
        "repeating" => json!({ "kind": "repeating", "periods": of["periods"] }),
        other => json!({ "kind": other }),
    };
    let limited = [
        "max_redemptions",
        "budget_minor",
        "customer_ids",
        "segment",
        "min_subtotal_minor",
        "min_quantity",
    ];
    let mut limits = take(of, &limited);
    limits.insert("per_customer".into(), renamed(of, "per_customer_limit"));
    let first = ["first_purchase_only", "new_subscribers_only"].iter().any(|key| of[key] == true);
    limits.insert("first_purchase_only".into(), first.into());
    if limits.contains_key("budget_minor") || limits.contains_key("min_subtotal_minor") {
        let currency = of.get("currency").unwrap_or(&context["currency"]);
        limits.insert("budget_currency".into(), currency.clone());
    }
    let codes = match of["code_class"].as_str() {
        Some(class) => json!({ "kind": class }),
        None => json!({ "kind": "named", "code": of["code"].as_str().unwrap_or("CASE") }),
    };
    let mut written = take(of, &["active", "scopes", "combine", "release_on_cancel"]);
    for (key, value) in [
        ("window", Value::Object(window)),
        ("benefit", Value::Object(benefit)),
        ("target", target),
        ("duration", duration),
        ("limits", Value::Object(limits)),
        ("codes", codes),
        ("stacking", json!({ "exclusive_group": renamed(of, "exclusive_group") })),
    ] {
        written.insert(key.into(), value);
    }
    let draft = json!({ "id": "case", "group": "cases", "version": 1, "written": written });
    serde_json::from_value::<CouponDraft>(draft).unwrap().resolve(&offset_ms)
}

fn bought(of: &Value, context: &Value) -> Purchase {
    let line = |line: &Value| json!({ "id": line["id"], "unit_minor": line["unit_minor"], "quantity": line["qty"] });
    let lines = context["lines"].as_array().map(|lines| lines.iter().map(line).collect::<Value>());
    let instant = |key: &str| context[key].as_str().map(|text| parse_instant(text).unwrap());
    let same = [
        "scope",
        "currency",
        "shipping_minor",
        "applied_groups",
        "already_on_this_bill",
        "tz",
        "existing_trial_days",
    ];
    let mut purchase = take(context, &same);
    if context["customer"].is_object() {
        let customer = take(&context["customer"], &["id", "paid_before", "segments"]);
        purchase.insert("customer".into(), Value::Object(customer));
    }
    for (key, value) in [
        ("lines", lines.unwrap_or(json!([]))),
        ("applied_codes", context.get("already_applied_codes").cloned().unwrap_or(json!([]))),
        ("trial_from_ms", instant("trial_from").into()),
        ("current_access_until_ms", instant("current_access_until").into()),
    ] {
        purchase.insert(key.into(), value);
    }
    let purchase: Purchase = serde_json::from_value(Value::Object(purchase)).unwrap();
    Purchase { carried: Some(carried(of)), ..purchase }
}

fn carried(of: &Value) -> Carried {
    let mut left = take(of, &["remaining_minor", "periods_remaining"]);
    if of["terminated"] == true {
        left.insert("remaining_minor".into(), 0.into());
    }
    serde_json::from_value(Value::Object(left)).unwrap()
}

//! The border of coupons: a question in, a decision out.

use super::code::in_nfkc;
use super::error::of_refusal;
use super::fields::{self, Fields};
use super::plain;
use super::zone::offset_ms;
use crate::base::money::Currency;
use crate::base::percent::Percent;
use crate::coupon::check::{self, Question};
use crate::coupon::code::TEXT_UNITS_MAX;
use crate::coupon::coupon::{
    Benefit, Codes, Combine, Coupon, DaysMode, Duration, Limits, Stacking, Target,
};
use crate::coupon::decision::Decision;
use crate::coupon::purchase::{Carried, Counts, Customer, CustomerCounts, Line, Purchase};
use crate::coupon::window::Window;
use core::cell::RefCell;
use js_sys::{JsString, Object};
use std::rc::Rc;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What is asked of a coupon.
#[derive(Debug, Tsify)]
#[tsify(missing_as_null)]
pub struct CouponQuestion {
    /// As it was typed.
    code: String,
    /// The generated code that was found for it; null if it was found by its lookups, or is named.
    #[tsify(optional, type = "string | null")]
    issued: Option<String>,
    /// What was found for it; null for nothing. One that is frozen (`Object.freeze`) with all that is in it is
    /// read once and remembered.
    coupon: Option<Coupon>,
    /// What it is to be used on.
    purchase: Purchase,
    /// How often it was used; null where that is not known: limits are not judged, and the answer is
    /// provisional.
    counts: Option<Counts>,
    /// The host's clock, UTC.
    now_ms: i64,
    /// Coupons that apply after it, to what it leaves.
    #[tsify(optional)]
    stack: Vec<Coupon>,
}

/// Whether a coupon may be used on a purchase, and what it gives. Throws `{ code, message, field }` for what is
/// no purchase, and an unknown zone.
#[wasm_bindgen(js_name = checkCoupon)]
pub fn check_coupon(question: Ts<CouponQuestion>) -> Result<Ts<Decision>, JsValue> {
    let mut definition = Definition::default();
    let read = |of: &Fields<'_>| CouponQuestion {
        code: normalized(of.text("code")),
        issued: of.optional_text("issued"),
        coupon: definition.read(of.inside("coupon")),
        purchase: purchase(&of.inside("purchase")),
        counts: optional(of.inside("counts"), counts),
        now_ms: of.signed("now_ms"),
        stack: of.optional_list("stack", coupon),
    };
    let asked = fields::read(question.js_value(), read)?;
    let remembered = definition.remember(asked.coupon);
    let question = Question {
        code: &asked.code,
        issued: asked.issued.as_deref(),
        coupon: remembered.as_deref(),
        purchase: &asked.purchase,
        counts: asked.counts.as_ref(),
        now_ms: asked.now_ms,
        stack: &asked.stack,
    };
    plain::write(&check::check(&question, &offset_ms).map_err(|e| of_refusal(&e))?)
}

/// A text in NFKC; one that is too long for a code is none.
pub(super) fn normalized(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let typed = JsString::from(text);
    if typed.length() <= TEXT_UNITS_MAX { in_nfkc(&typed) } else { String::new() }
}

/// Frozen definitions that are remembered.
const FROZEN_MAX: usize = 256;

/// A definition and the frozen object that it was read from.
type Frozen = (JsValue, Rc<Coupon>);

thread_local! {
    static FROZEN: RefCell<Vec<Option<Frozen>>> = const { RefCell::new(Vec::new()) };
}

/// The definition of a question. An edge asks of the same ones again and again, and reading one takes longer than
/// judging it; what is frozen cannot have changed since it was read.
#[derive(Default)]
struct Definition {
    /// The object, if it is frozen, and its place among those that are remembered.
    frozen: Option<(JsValue, usize)>,
    known: Option<Rc<Coupon>>,
}

impl Definition {
    /// Reads it, unless it is remembered.
    fn read(&mut self, of: Fields<'_>) -> Option<Coupon> {
        let object = of.value()?;
        if Object::is_frozen(object.unchecked_ref::<Object>()) {
            let hash = |hash: usize, byte: u8| (hash ^ usize::from(byte)).wrapping_mul(16_777_619);
            let place = of.text("id").bytes().fold(0, hash) % FROZEN_MAX;
            self.known = FROZEN.with_borrow(|all| match all.get(place) {
                Some(Some((known, coupon))) if *known == object => Some(Rc::clone(coupon)),
                _ => None,
            });
            self.frozen = Some((object, place));
        }
        if self.known.is_some() { None } else { Some(coupon(&of)) }
    }

    /// Remembers what was read well.
    fn remember(self, read: Option<Coupon>) -> Option<Rc<Coupon>> {
        let Some(coupon) = read.map(Rc::new) else { return self.known };
        if let Some((object, place)) = self.frozen {
            FROZEN.with_borrow_mut(|all| {
                all.resize(FROZEN_MAX, None);
                if let Some(kept) = all.get_mut(place) {
                    *kept = Some((object, Rc::clone(&coupon)));
                }
            });
        }
        Some(coupon)
    }
}

fn optional<T>(of: Fields<'_>, read: fn(&Fields<'_>) -> T) -> Option<T> {
    of.is_there().then(|| read(&of))
}

/// What is judged of a coupon; what is only told of it is left out.
fn coupon(of: &Fields<'_>) -> Coupon {
    Coupon {
        id: String::new(),
        group: String::new(),
        version: 0,
        detail: String::new(),
        active: of.flag("active"),
        window: window(&of.inside("window")),
        codes: codes(&of.inside("codes")),
        scopes: of.texts("scopes"),
        benefit: benefit(&of.inside("benefit")),
        target: target(&of.inside("target")),
        combine: match of.choice("combine", &["replace", "add", "max"], 0) {
            0 => Combine::Replace,
            1 => Combine::Add,
            _ => Combine::Max,
        },
        stacking: Stacking {
            exclusive_group: of.inside("stacking").optional_text("exclusive_group"),
        },
        duration: duration(&of.inside("duration")),
        limits: limits(&of.inside("limits")),
        release_on_cancel: of.optional_flag("release_on_cancel", true),
    }
}

fn window(of: &Fields<'_>) -> Window {
    Window {
        starts_ms: of.optional_signed("starts_ms"),
        ends_ms: of.optional_signed("ends_ms"),
        ..Window::default()
    }
}

fn codes(of: &Fields<'_>) -> Codes {
    match of.choice("kind", &["named", "generated"], 2) {
        0 => Codes::Named { code: of.text("code") },
        1 => Codes::Generated { tagged: false },
        _ => missing(of, Codes::Generated { tagged: false }),
    }
}

fn benefit(of: &Fields<'_>) -> Benefit {
    match of.choice("kind", &["percent", "fixed", "trial_days", "trial_until"], 4) {
        0 => {
            let percent = Percent::parse(&of.text("percent"));
            let percent = of.expected("percent", "a decimal from 0 to 100", percent.ok());
            Benefit::Percent { percent: percent.unwrap_or_default() }
        }
        1 => Benefit::Fixed {
            amount_minor: of.whole("amount_minor").cast_signed(),
            currency: currency(of, "currency", of.text("currency")).unwrap_or_default(),
        },
        2 => Benefit::TrialDays {
            days: of.optional_small("days").unwrap_or_default(),
            days_mode: match of.choice("days_mode", &["calendar", "elapsed"], 1) {
                0 => DaysMode::Calendar,
                _ => DaysMode::Elapsed,
            },
        },
        3 => Benefit::TrialUntil { until_ms: of.signed("until_ms"), until_on: None, tz: None },
        _ => missing(of, Benefit::Percent { percent: Percent::default() }),
    }
}

/// Notes that an object has no kind.
fn missing<T>(of: &Fields<'_>, instead: T) -> T {
    of.expected::<()>("kind", "one of the words of the contract", None);
    instead
}

fn optional_currency(of: &Fields<'_>, key: &'static str) -> Option<Currency> {
    currency(of, key, of.optional_text(key)?)
}

fn currency(of: &Fields<'_>, key: &'static str, text: String) -> Option<Currency> {
    of.expected(key, "three capitals of ISO 4217", Currency::parse(&text).ok())
}

fn target(of: &Fields<'_>) -> Target {
    match of.choice("kind", &["order", "lines", "each_unit", "each_line", "cheapest_unit"], 0) {
        0 => Target::Order,
        1 => Target::Lines { ids: of.texts("ids") },
        2 => Target::EachUnit,
        3 => Target::EachLine { max_units: of.optional_whole("max_units") },
        _ => Target::CheapestUnit,
    }
}

fn duration(of: &Fields<'_>) -> Duration {
    match of.choice("kind", &["once", "repeating", "forever"], 0) {
        0 => Duration::Once,
        1 => Duration::Repeating { periods: of.optional_small("periods").unwrap_or_default() },
        _ => Duration::Forever,
    }
}

fn limits(of: &Fields<'_>) -> Limits {
    Limits {
        max_redemptions: of.optional_whole("max_redemptions"),
        per_customer: of.optional_whole("per_customer"),
        budget_minor: of.optional_minor("budget_minor"),
        budget_currency: optional_currency(of, "budget_currency"),
        first_purchase_only: of.optional_flag("first_purchase_only", false),
        customer_ids: of.texts("customer_ids"),
        segment: of.optional_text("segment"),
        plans: of.texts("plans"),
        min_subtotal_minor: of.optional_minor("min_subtotal_minor"),
        min_quantity: of.optional_whole("min_quantity"),
        countries: of.texts("countries"),
    }
}

fn purchase(of: &Fields<'_>) -> Purchase {
    Purchase {
        customer: optional(of.inside("customer"), customer),
        country: of.optional_text("country"),
        scope: of.optional_text("scope"),
        currency: optional_currency(of, "currency"),
        lines: of.optional_list("lines", line),
        shipping_minor: of.optional_minor("shipping_minor").unwrap_or_default(),
        basket: None,
        applied_groups: of.texts("applied_groups"),
        applied_codes: of.texts("applied_codes"),
        already_on_this_bill: of.optional_flag("already_on_this_bill", false),
        tz: of.optional_text("tz"),
        trial_from_ms: of.optional_signed("trial_from_ms"),
        current_access_until_ms: of.optional_signed("current_access_until_ms"),
        existing_trial_days: of.optional_small("existing_trial_days"),
        carried: optional(of.inside("carried"), carried),
    }
}

fn customer(of: &Fields<'_>) -> Customer {
    Customer {
        id: of.text("id"),
        paid_before: of.optional_flag("paid_before", false),
        segments: of.texts("segments"),
    }
}

fn line(of: &Fields<'_>) -> Line {
    Line { id: of.text("id"), unit_minor: of.signed("unit_minor"), quantity: of.whole("quantity") }
}

fn carried(of: &Fields<'_>) -> Carried {
    Carried {
        remaining_minor: of.optional_minor("remaining_minor"),
        periods_remaining: of.optional_small("periods_remaining"),
    }
}

fn counts(of: &Fields<'_>) -> Counts {
    let all = uses(of);
    Counts {
        redeemed: all.redeemed,
        held: all.held,
        reversed: all.reversed,
        budget_used_minor: of.optional_minor("budget_used_minor").unwrap_or_default(),
        customer: uses(&of.inside("customer")),
        own_hold: of.optional_flag("own_hold", false),
    }
}

fn uses(of: &Fields<'_>) -> CustomerCounts {
    let count = |key| of.optional_whole(key).unwrap_or_default();
    CustomerCounts { redeemed: count("redeemed"), held: count("held"), reversed: count("reversed") }
}

//! Whether a coupon may be used on a purchase, asked in one order everywhere.

use super::code::{Code as CouponCode, fold};
use super::coupon::{Benefit, Codes, Coupon};
use super::decision::{CarriedOver, Decision, LineDiscount, Parameter};
use super::duration;
use super::purchase::{Counts, Customer, CustomerCounts, Purchase};
use super::reason::Reason;
use super::stack::Priced;
use super::trial::{self, Zones};
use super::window::Position;
use crate::base::money::{Currency, decimal};
use crate::base::refusal::Refusal;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// As it was typed, in NFKC.
    pub code: &'a str,
    /// The generated code that was found for it; none if it was found by its lookups, or is named.
    pub issued: Option<&'a str>,
    /// What was found for it, if anything.
    pub coupon: Option<&'a Coupon>,
    /// What it is to be used on.
    pub purchase: &'a Purchase,
    /// How often it was used; without them limits are not judged, and the answer is provisional.
    pub counts: Option<&'a Counts>,
    /// UTC.
    pub now_ms: i64,
    /// Coupons that apply after it, to what it leaves. They were checked when they came to the purchase.
    pub stack: &'a [Coupon],
}

/// Checks a coupon: the first of [`Reason`] that refuses it, or what it gives.
///
/// # Errors
/// Those of [`Priced::of`] and [`trial::access`]: the purchase itself is none.
pub fn check(question: &Question<'_>, zones: Zones<'_>) -> Result<Decision, Refusal> {
    let purchase = question.purchase;
    let mut priced = Priced::of(purchase)?;
    let mut decision = Decision {
        subtotal_minor: priced.subtotal_minor,
        total_minor: priced.subtotal_minor + purchase.shipping_minor,
        currency: purchase.currency,
        provisional: question.counts.is_none(),
        ..Decision::default()
    };
    decision.reason = judge(question, &mut priced, &mut decision, zones)?;
    decision.valid = decision.reason.is_none();
    if decision.valid {
        decision.total_minor = priced.total_minor();
        for (line, discount_minor) in purchase.lines.iter().zip(priced.discounts) {
            decision.discount_minor += discount_minor;
            decision.lines.push(LineDiscount { id: line.id.clone(), discount_minor });
        }
    }
    Ok(decision)
}

/// The reason that refuses a coupon, with its parameters; without one, the discounts are taken off, and what it
/// gives beside them is in the decision.
fn judge(
    question: &Question<'_>,
    priced: &mut Priced<'_>,
    decision: &mut Decision,
    zones: Zones<'_>,
) -> Result<Option<Reason>, Refusal> {
    let Question { purchase, now_ms, .. } = *question;
    let Ok(code) = CouponCode::parse(question.code) else {
        return Ok(Some(Reason::Malformed));
    };
    let Some(coupon) = question.coupon.filter(|coupon| is_called(coupon, &code, question.issued))
    else {
        return Ok(Some(Reason::NotFound));
    };
    let mut tell = Parameters(&mut decision.parameters);
    let before = duration::before(coupon, purchase.carried);
    let refused = in_time(coupon, question, &mut tell)
        .or_else(|| for_whom(coupon, purchase, &mut tell))
        .or_else(|| large_enough(coupon, priced, purchase, &mut tell))
        .or_else(|| beside_others(coupon, question, &code, &mut tell))
        .or_else(|| often_enough(coupon, question, &before, &mut tell));
    if refused.is_some() {
        return Ok(refused);
    }
    let access = trial::access(coupon, purchase, now_ms, zones)?;
    let discount_minor = priced.take(&coupon.benefit, before.remaining_minor, &coupon.target);
    if let (Some(counts), Some(budget)) = (question.counts, coupon.limits.budget_minor)
        && counts.budget_used_minor.saturating_add(discount_minor) > budget
    {
        tell.number("budget_used_minor", counts.budget_used_minor);
        tell.number("discount_minor", discount_minor);
        tell.number("budget_minor", budget);
        return Ok(Some(Reason::BudgetExceeded));
    }
    for other in question.stack {
        priced.take(&other.benefit, None, &other.target);
    }
    decision.access_until_ms = access.map(|access| access.until_ms);
    decision.consumes = discount_minor > 0 || access.is_some_and(|access| access.is_longer);
    decision.carried = Some(duration::after(coupon, before, discount_minor, decision.consumes));
    Ok(None)
}

/// What a reason speaks of.
struct Parameters<'a>(&'a mut Vec<Parameter>);

impl Parameters<'_> {
    #[inline(never)]
    fn text(&mut self, name: &str, value: &str) {
        self.0.push(Parameter { name: name.to_owned(), value: value.to_owned() });
    }

    #[inline(never)]
    fn number(&mut self, name: &str, value: i64) {
        self.text(name, &decimal(value));
    }
}

fn is_called(coupon: &Coupon, code: &CouponCode, issued: Option<&str>) -> bool {
    match &coupon.codes {
        Codes::Named { code: name } => code.as_str() == name,
        Codes::Generated { .. } => issued.is_none_or(|issued| {
            CouponCode::parse(issued).is_ok_and(|issued| {
                let [issued, code] =
                    [&issued, code].map(|code| code.as_bytes().iter().map(|symbol| fold(*symbol)));
                issued.eq(code)
            })
        }),
    }
}

fn in_time(coupon: &Coupon, question: &Question<'_>, tell: &mut Parameters<'_>) -> Option<Reason> {
    let (now_ms, window) = (question.now_ms, &coupon.window);
    if !coupon.active {
        return Some(Reason::Inactive);
    }
    let (reason, bound_ms) = match (window.position(now_ms), &coupon.benefit) {
        (Position::Before, _) => (Reason::NotStarted, window.starts_ms),
        (Position::After, _) => (Reason::Expired, window.ends_ms),
        (Position::Inside, Benefit::TrialUntil { until_ms, .. }) => {
            let from_ms = question.purchase.trial_from_ms.unwrap_or(now_ms).max(now_ms);
            (Reason::Expired, Some(*until_ms).filter(|until_ms| *until_ms <= from_ms))
        }
        (Position::Inside, _) => return None,
    };
    tell.number("bound_ms", bound_ms?);
    Some(reason)
}

fn for_whom(coupon: &Coupon, purchase: &Purchase, tell: &mut Parameters<'_>) -> Option<Reason> {
    let (limits, customer) = (&coupon.limits, purchase.customer.as_ref());
    if !covers(coupon, purchase.scope.as_deref().unwrap_or_default()) {
        tell.text("scope", purchase.scope.as_deref().unwrap_or_default());
        return Some(Reason::WrongScope);
    }
    let is_named = |customer: &Customer| {
        limits.customer_ids.is_empty() || limits.customer_ids.contains(&customer.id)
    };
    let is_one_of_them = |customer: &Customer| {
        limits.segment.as_ref().is_none_or(|segment| customer.segments.contains(segment))
    };
    let is_for_all = limits.customer_ids.is_empty() && limits.segment.is_none();
    if !customer.map_or(is_for_all, |customer| is_named(customer) && is_one_of_them(customer)) {
        tell.text("segment", limits.segment.as_deref().unwrap_or_default());
        return Some(Reason::WrongCustomer);
    }
    let country = purchase.country.as_deref().unwrap_or_default();
    if !limits.countries.is_empty() && !limits.countries.iter().any(|one| one == country) {
        tell.text("country", country);
        return Some(Reason::WrongCountry);
    }
    let paid_before = customer.is_some_and(|customer| customer.paid_before);
    (limits.first_purchase_only && paid_before).then_some(Reason::NotFirstPurchase)
}

/// Whether a coupon is for what is bought.
fn covers(coupon: &Coupon, scope: &str) -> bool {
    let covers = |covering: &String| match covering.as_bytes() {
        [all @ .., b'*'] if all.ends_with(b":") => scope.as_bytes().starts_with(all),
        one => one == scope.as_bytes(),
    };
    let plan = scope.as_bytes().strip_prefix(b"plan:");
    let plans = &coupon.limits.plans;
    (coupon.scopes.is_empty() || coupon.scopes.iter().any(covers))
        && (plans.is_empty() || plans.iter().any(|one| Some(one.as_bytes()) == plan))
}

fn large_enough(
    coupon: &Coupon,
    priced: &Priced<'_>,
    purchase: &Purchase,
    tell: &mut Parameters<'_>,
) -> Option<Reason> {
    let limits = &coupon.limits;
    if let Some(expected) = other_currency(coupon, purchase) {
        return Some(mismatch(expected, purchase, tell));
    }
    if let Some(least) = limits.min_subtotal_minor.filter(|least| priced.subtotal_minor < *least) {
        tell.number("subtotal_minor", priced.subtotal_minor);
        tell.number("min_subtotal_minor", least);
        return Some(Reason::MinSubtotal);
    }
    let least = limits.min_quantity.filter(|least| priced.quantity < *least)?;
    tell.number("quantity", priced.quantity.cast_signed());
    tell.number("min_quantity", least.cast_signed());
    Some(Reason::MinQuantity)
}

/// A currency of a coupon that is not that of the purchase.
fn other_currency(coupon: &Coupon, purchase: &Purchase) -> Option<Currency> {
    let of_benefit = match &coupon.benefit {
        Benefit::Fixed { currency, .. } => Some(*currency),
        Benefit::Percent { .. } | Benefit::TrialDays { .. } | Benefit::TrialUntil { .. } => None,
    };
    let differs = |one: Option<Currency>| one.filter(|_| one != purchase.currency);
    differs(of_benefit).or(differs(coupon.limits.budget_currency))
}

fn mismatch(expected: Currency, purchase: &Purchase, tell: &mut Parameters<'_>) -> Reason {
    tell.text("currency", purchase.currency.as_ref().map(Currency::as_str).unwrap_or_default());
    tell.text("expected", expected.as_str());
    Reason::CurrencyMismatch
}

/// Whether it goes with the coupons that are on the purchase, and those with one another.
fn beside_others(
    coupon: &Coupon,
    question: &Question<'_>,
    code: &CouponCode,
    tell: &mut Parameters<'_>,
) -> Option<Reason> {
    let Question { purchase, stack, .. } = *question;
    if purchase.already_on_this_bill {
        return Some(Reason::AlreadyApplied);
    }
    // Entered again, a code changes nothing: its own group is not in its way.
    let is_again = purchase.applied_codes.iter().any(|applied| applied == code.as_str());
    let applied = if is_again { &[][..] } else { &purchase.applied_groups };
    let mut others = stack;
    let mut one = coupon;
    loop {
        let own = &one.stacking.exclusive_group;
        if let Some(group) = own
            && (applied.contains(group)
                || others.iter().any(|other| other.stacking.exclusive_group == *own))
        {
            tell.text("exclusive_group", group);
            return Some(Reason::NotStackable);
        }
        let Some((next, rest)) = others.split_first() else { break };
        (one, others) = (next, rest);
    }
    let expected = stack.iter().find_map(|other| other_currency(other, purchase))?;
    Some(mismatch(expected, purchase, tell))
}

fn often_enough(
    coupon: &Coupon,
    question: &Question<'_>,
    before: &CarriedOver,
    tell: &mut Parameters<'_>,
) -> Option<Reason> {
    let limits = &coupon.limits;
    let is_of_a_customer = limits.per_customer.is_some() || limits.first_purchase_only;
    if is_of_a_customer && question.purchase.customer.is_none() {
        return Some(Reason::CustomerRequired);
    }
    if let Some(counts) = question.counts.filter(|counts| !counts.own_hold) {
        let Counts { redeemed, held, reversed, customer, .. } = *counts;
        let all = CustomerCounts { redeemed, held, reversed };
        let limits = [
            (Reason::CustomerLimitReached, customer, limits.per_customer),
            (Reason::LimitReached, all, limits.max_redemptions),
        ];
        for (reason, CustomerCounts { redeemed, held, reversed }, limit) in limits {
            let given_back = if coupon.release_on_cancel { reversed } else { 0 };
            let used = redeemed.saturating_sub(given_back).saturating_add(held);
            if let Some(limit) = limit.filter(|limit| used >= *limit) {
                tell.number("used", used.cast_signed());
                tell.number("limit", limit.cast_signed());
                return Some(reason);
            }
        }
    }
    // Nothing is left of it for this customer's bills.
    before.terminated.then_some(Reason::LimitReached)
}

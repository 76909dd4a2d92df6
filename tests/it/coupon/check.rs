use super::shop::{NOW_MS, ask, ask_stacked, counts, coupon, fixed, purchase};
use crate::zones::offset_ms;
use serde_json::{Value, json};
use usher::base::refusal::Code;
use usher::coupon::check::{Question, check};
use usher::coupon::coupon::Coupon;
use usher::coupon::decision::Decision;
use usher::coupon::purchase::Counts;
use usher::coupon::reason::Reason;

fn none() -> Counts {
    Counts::default()
}

fn decide(coupon_changes: Value, purchase_changes: Value, counted: Value) -> Decision {
    ask(&coupon(coupon_changes), &purchase(purchase_changes), &counts(counted)).unwrap()
}

/// The reason of one, with its parameters as `name=value`.
fn reason(decision: &Decision) -> (Option<Reason>, String) {
    assert_eq!(decision.valid, decision.reason.is_none());
    if !decision.valid {
        assert_eq!(
            (decision.discount_minor, decision.consumes, decision.lines.len()),
            (0, false, 0)
        );
        assert_eq!((decision.access_until_ms, decision.carried), (None, None));
    }
    let parameters = decision.parameters.iter().map(|one| format!("{}={}", one.name, one.value));
    (decision.reason, parameters.collect::<Vec<_>>().join(" "))
}

fn by_code(code: &str, issued: Option<&str>, found: Option<&Coupon>) -> Option<Reason> {
    let (purchase, counts) = (purchase(json!({})), none());
    let question = Question {
        code,
        issued,
        coupon: found,
        purchase: &purchase,
        counts: Some(&counts),
        now_ms: NOW_MS,
        stack: &[],
    };
    check(&question, &offset_ms).unwrap().reason
}

#[test]
fn a_coupon_is_found_by_any_spelling_of_its_code_and_by_no_other() {
    let named = coupon(json!({ "codes": { "kind": "named", "code": "OIL_10" } }));
    assert_eq!(by_code(" o-i l_10\u{200b}", None, Some(&named)), None);
    // Only generated codes are folded.
    assert_eq!(by_code("011_10", None, Some(&named)), Some(Reason::NotFound));
    assert_eq!(by_code("OIL_10", None, None), Some(Reason::NotFound));
    assert_eq!(by_code("O\u{406}L_10", None, Some(&named)), Some(Reason::Malformed));
    assert_eq!(by_code("", None, Some(&named)), Some(Reason::Malformed));
    assert_eq!(by_code(&"A".repeat(10_000), None, Some(&named)), Some(Reason::Malformed));
}

#[test]
fn a_generated_code_is_compared_folded_if_it_is_given() {
    let generated = coupon(json!({ "codes": { "kind": "generated", "tagged": false } }));
    assert_eq!(by_code("OIlO-abcd", Some("0110ABCD"), Some(&generated)), None);
    assert_eq!(by_code("0110ABCE", Some("0110ABCD"), Some(&generated)), Some(Reason::NotFound));
    assert_eq!(by_code("0110ABCE", None, Some(&generated)), None);
}

#[test]
fn every_reason_is_given_with_what_it_speaks_of() {
    let window =
        |starts: Value, ends: Value| json!({ "window": { "starts_ms": starts, "ends_ms": ends } });
    let limits = |limits: Value| json!({ "limits": limits });
    let customer = json!({ "customer": { "id": "anna", "paid_before": true } });
    let nobody = json!({});
    let unused = json!({});
    for (changes, bought, counted, expected, parameters) in [
        (json!({ "active": false }), &nobody, &unused, Reason::Inactive, String::new()),
        (
            window(json!(NOW_MS + 1), Value::Null),
            &nobody,
            &unused,
            Reason::NotStarted,
            format!("bound_ms={}", NOW_MS + 1),
        ),
        (
            window(Value::Null, json!(NOW_MS)),
            &nobody,
            &unused,
            Reason::Expired,
            format!("bound_ms={NOW_MS}"),
        ),
        (
            json!({ "scopes": ["plan:family"] }),
            &json!({ "scope": "plan:single" }),
            &unused,
            Reason::WrongScope,
            "scope=plan:single".into(),
        ),
        (
            limits(json!({ "customer_ids": ["bert"] })),
            &customer,
            &unused,
            Reason::WrongCustomer,
            "segment=".into(),
        ),
        (
            limits(json!({ "segment": "staff" })),
            &customer,
            &unused,
            Reason::WrongCustomer,
            "segment=staff".into(),
        ),
        (
            limits(json!({ "countries": ["CL"] })),
            &json!({ "country": "AR" }),
            &unused,
            Reason::WrongCountry,
            "country=AR".into(),
        ),
        (
            limits(json!({ "first_purchase_only": true })),
            &customer,
            &unused,
            Reason::NotFirstPurchase,
            String::new(),
        ),
        (
            json!({ "benefit": { "kind": "fixed", "amount_minor": 1, "currency": "NOK" } }),
            &nobody,
            &unused,
            Reason::CurrencyMismatch,
            "currency=USD expected=NOK".into(),
        ),
        (
            limits(json!({ "budget_minor": 9, "budget_currency": "NOK" })),
            &nobody,
            &unused,
            Reason::CurrencyMismatch,
            "currency=USD expected=NOK".into(),
        ),
        (
            limits(json!({ "min_subtotal_minor": 1_001 })),
            &nobody,
            &unused,
            Reason::MinSubtotal,
            "subtotal_minor=1000 min_subtotal_minor=1001".into(),
        ),
        (
            limits(json!({ "min_quantity": 2 })),
            &nobody,
            &unused,
            Reason::MinQuantity,
            "quantity=1 min_quantity=2".into(),
        ),
        (
            json!({}),
            &json!({ "already_on_this_bill": true }),
            &unused,
            Reason::AlreadyApplied,
            String::new(),
        ),
        (
            json!({ "stacking": { "exclusive_group": "x" } }),
            &json!({ "applied_groups": ["y", "x"] }),
            &unused,
            Reason::NotStackable,
            "exclusive_group=x".into(),
        ),
        (
            limits(json!({ "per_customer": 1 })),
            &nobody,
            &unused,
            Reason::CustomerRequired,
            String::new(),
        ),
        (
            limits(json!({ "first_purchase_only": true })),
            &nobody,
            &unused,
            Reason::CustomerRequired,
            String::new(),
        ),
        (
            limits(json!({ "per_customer": 2 })),
            &customer,
            &json!({ "customer": { "redeemed": 1, "held": 1 } }),
            Reason::CustomerLimitReached,
            "used=2 limit=2".into(),
        ),
        (
            limits(json!({ "max_redemptions": 3 })),
            &nobody,
            &json!({ "redeemed": 3, "held": 1, "reversed": 1 }),
            Reason::LimitReached,
            "used=3 limit=3".into(),
        ),
        (
            limits(json!({ "budget_minor": 99, "budget_currency": "USD" })),
            &nobody,
            &unused,
            Reason::BudgetExceeded,
            "budget_used_minor=0 discount_minor=100 budget_minor=99".into(),
        ),
    ] {
        let decision = decide(changes, bought.clone(), counted.clone());
        assert_eq!(reason(&decision), (Some(expected), parameters));
        assert_eq!((decision.subtotal_minor, decision.total_minor), (1_000, 1_000));
    }
}

#[test]
fn of_several_reasons_the_first_in_the_order_is_given() {
    // Each step takes away the reason that was given.
    let mut changes = json!({
        "active": false,
        "window": { "starts_ms": NOW_MS + 1 },
        "scopes": ["plan:x"],
        "benefit": { "kind": "fixed", "amount_minor": 100, "currency": "NOK" },
        "stacking": { "exclusive_group": "x" },
        "limits": {
            "customer_ids": ["bert"], "countries": ["CL"], "first_purchase_only": true,
            "min_subtotal_minor": 9_000, "min_quantity": 9, "per_customer": 1, "max_redemptions": 1,
            "budget_minor": 1,
        },
    });
    let mut bought = json!({
        "customer": { "id": "anna", "paid_before": true },
        "already_on_this_bill": true,
        "applied_groups": ["x"],
    });
    let mut counted = json!({ "redeemed": 1, "customer": { "redeemed": 1 } });
    type Step = fn(&mut Value, &mut Value, &mut Value);
    let steps: [(Reason, Step); 14] = [
        (Reason::Inactive, |c, _, _| c["active"] = true.into()),
        (Reason::NotStarted, |c, _, _| c["window"] = json!({ "ends_ms": NOW_MS })),
        (Reason::Expired, |c, _, _| c["window"] = json!({})),
        (Reason::WrongScope, |_, p, _| p["scope"] = "plan:x".into()),
        (Reason::WrongCustomer, |_, p, _| p["customer"]["id"] = "bert".into()),
        (Reason::WrongCountry, |_, p, _| p["country"] = "CL".into()),
        (Reason::NotFirstPurchase, |_, p, _| p["customer"]["paid_before"] = false.into()),
        (Reason::CurrencyMismatch, |c, _, _| c["benefit"]["currency"] = "USD".into()),
        (Reason::MinSubtotal, |c, _, _| c["limits"]["min_subtotal_minor"] = 1_000.into()),
        (Reason::MinQuantity, |c, _, _| c["limits"]["min_quantity"] = 1.into()),
        (Reason::AlreadyApplied, |_, p, _| p["already_on_this_bill"] = false.into()),
        (Reason::NotStackable, |_, p, _| p["applied_groups"] = json!([])),
        (Reason::CustomerLimitReached, |_, _, n| n["customer"] = json!({})),
        (Reason::LimitReached, |_, _, n| n["redeemed"] = 0.into()),
    ];
    for (expected, mend) in steps {
        assert_eq!(decide(changes.clone(), bought.clone(), counted.clone()).reason, Some(expected));
        mend(&mut changes, &mut bought, &mut counted);
    }
    assert_eq!(
        decide(changes.clone(), bought.clone(), counted.clone()).reason,
        Some(Reason::BudgetExceeded)
    );
    changes["limits"]["budget_minor"] = 100.into();
    assert!(decide(changes, bought, counted).valid);
}

#[test]
fn a_scope_covers_itself_or_all_of_its_kind() {
    let is_for = |scopes: Value, scope: Value| {
        decide(json!({ "scopes": scopes }), json!({ "scope": scope }), json!({})).valid
    };
    assert!(is_for(json!([]), Value::Null));
    assert!(is_for(json!(["vod:a", "live:b"]), json!("live:b")));
    assert!(is_for(json!(["plan:*"]), json!("plan:family")));
    for (scopes, scope) in [
        (json!(["plan:*"]), json!("planet:x")),
        (json!(["plan:*"]), json!("vod:plan:x")),
        (json!(["vod:a"]), json!("vod:ab")),
        (json!(["vod:a"]), json!("VOD:A")),
        (json!(["vod:a"]), Value::Null),
    ] {
        assert!(!is_for(scopes, scope));
    }
    let plans = |scope: &str| {
        let limits = json!({ "limits": { "plans": ["family", "single"] } });
        decide(limits, json!({ "scope": scope }), json!({})).reason
    };
    assert_eq!(plans("plan:single"), None);
    assert_eq!(plans("vod:single"), Some(Reason::WrongScope));
}

#[test]
fn a_slot_is_free_again_only_if_a_reversal_gives_it_back() {
    let counted =
        json!({ "redeemed": 1, "reversed": 1, "customer": { "redeemed": 1, "reversed": 1 } });
    let valid = |release: bool| {
        let limits = json!({ "max_redemptions": 1, "per_customer": 1 });
        let changes = json!({ "limits": limits, "release_on_cancel": release });
        decide(changes, json!({ "customer": { "id": "anna" } }), counted.clone()).valid
    };
    assert_eq!((valid(true), valid(false)), (true, false));
}

#[test]
fn a_hold_does_not_stand_in_its_own_way_but_its_budget_is_judged() {
    let limits = json!({ "max_redemptions": 1, "per_customer": 1, "budget_minor": 100, "budget_currency": "USD" });
    let customer = json!({ "customer": { "id": "anna" } });
    let of = |used: i64| {
        let counted = json!({ "held": 1, "customer": { "held": 1 }, "own_hold": true, "budget_used_minor": used });
        decide(json!({ "limits": limits.clone() }), customer.clone(), counted).reason
    };
    assert_eq!((of(0), of(1)), (None, Some(Reason::BudgetExceeded)));
}

#[test]
fn without_counts_limits_are_not_judged_and_the_answer_is_provisional() {
    let limited = coupon(
        json!({ "limits": { "max_redemptions": 0, "budget_minor": 0, "budget_currency": "USD" } }),
    );
    let bought = purchase(json!({}));
    let question = Question {
        code: "C",
        issued: None,
        coupon: Some(&limited),
        purchase: &bought,
        counts: None,
        now_ms: NOW_MS,
        stack: &[],
    };
    let decision = check(&question, &offset_ms).unwrap();
    assert!(decision.valid && decision.provisional);
    let known = check(&Question { counts: Some(&none()), ..question }, &offset_ms).unwrap();
    assert_eq!((known.reason, known.provisional), (Some(Reason::LimitReached), false));
}

#[test]
fn a_code_that_is_entered_again_is_not_in_its_own_way() {
    let grouped = json!({ "stacking": { "exclusive_group": "x" } });
    let applied = json!({ "applied_groups": ["x"], "applied_codes": ["C"] });
    let decision = decide(grouped, applied, json!({}));
    assert!(decision.valid && decision.consumes);
}

#[test]
fn what_changes_nothing_uses_nothing_up() {
    let free =
        json!({ "lines": [{ "id": "l1", "unit_minor": 0, "quantity": 1 }], "shipping_minor": 500 });
    let decision = decide(json!({ "benefit": fixed(5_000) }), free, json!({}));
    assert_eq!((decision.valid, decision.consumes, decision.total_minor), (true, false, 500));
    assert_eq!(decision.carried.unwrap().remaining_minor, Some(5_000));
    let nothing = decide(json!({ "benefit": fixed(0) }), json!({}), json!({}));
    assert_eq!((nothing.valid, nothing.consumes, nothing.total_minor), (true, false, 1_000));
}

#[test]
fn what_is_left_of_a_coupon_is_what_it_gives() {
    let carried = |carried: Value| {
        let bought = json!({ "carried": carried });
        decide(json!({ "benefit": fixed(700) }), bought, json!({}))
    };
    let rest = carried(json!({ "remaining_minor": 200 }));
    assert_eq!((rest.discount_minor, rest.carried.unwrap().terminated), (200, true));
    assert_eq!(carried(json!({ "remaining_minor": 0 })).reason, Some(Reason::LimitReached));
}

#[test]
fn coupons_of_a_stack_go_with_one_another_or_are_refused() {
    let one = coupon(json!({ "stacking": { "exclusive_group": "x" } }));
    let bought = purchase(json!({}));
    let beside = |changes: Value| ask_stacked(&one, &bought, &none(), &[coupon(changes)]).unwrap();
    assert_eq!(beside(json!({})).discount_minor, 190);
    let same = beside(json!({ "stacking": { "exclusive_group": "x" } }));
    assert_eq!(reason(&same), (Some(Reason::NotStackable), "exclusive_group=x".into()));
    let other =
        beside(json!({ "benefit": { "kind": "fixed", "amount_minor": 1, "currency": "EUR" } }));
    assert_eq!(
        reason(&other),
        (Some(Reason::CurrencyMismatch), "currency=USD expected=EUR".into())
    );
}

#[test]
fn what_is_no_purchase_is_refused_whatever_the_code() {
    let bought = purchase(json!({ "lines": [{ "id": "l1", "unit_minor": 1, "quantity": 0 }] }));
    let refusal = ask(&coupon(json!({})), &bought, &none()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (Code::InvalidValue, Some("purchase.lines[0].quantity"))
    );
}

use proptest::prelude::*;
use usher::base::refusal::Code;
use usher::entitlement::coupon_grant::{CouponGrant, Granted, Redeemed, coupon_grant};

const SETTLED_MS: u64 = 1_795_305_600_500;

/// A week on trial, confirmed.
fn trial() -> Redeemed {
    Redeemed {
        customer: "ann".to_owned(),
        state: "confirmed".to_owned(),
        scope: Some("plan:gold".to_owned()),
        settled_ms: Some(SETTLED_MS),
        access_until_ms: Some(SETTLED_MS.cast_signed() + 7 * 86_400_000),
        subtotal_minor: 1000,
        total_minor: 1000,
    }
}

/// A film for nothing.
fn film() -> Redeemed {
    Redeemed {
        scope: Some("vod:movie-1".to_owned()),
        access_until_ms: None,
        total_minor: 0,
        ..trial()
    }
}

#[test]
fn a_trial_of_a_plan_becomes_a_grant_of_the_plan_until_it_ends() {
    let expected = CouponGrant {
        to: Granted::Plan("gold".to_owned()),
        from: 1_795_305_600,
        // The half second belongs to the customer.
        until: Some(1_795_305_601 + 7 * 86_400),
    };
    assert_eq!(coupon_grant("ann", &trial()), Ok(expected));
}

#[test]
fn a_title_for_nothing_is_granted_without_an_end() {
    let expected =
        CouponGrant { to: Granted::Title("movie-1".to_owned()), from: 1_795_305_600, until: None };
    assert_eq!(coupon_grant("ann", &film()), Ok(expected));
    let colon = Redeemed { scope: Some("vod:a:b".to_owned()), ..film() };
    let granted = coupon_grant("ann", &colon).map(|grant| grant.to);
    assert_eq!(granted, Ok(Granted::Title("a:b".to_owned())));
}

#[test]
fn what_gives_nothing_is_refused_with_its_reason() {
    let check = |redeemed: Redeemed, code, field: &str| {
        let refusal = coupon_grant("ann", &redeemed).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (code, Some(field)), "{redeemed:?}");
    };
    for state in ["held", "released", "expired", "reversed"] {
        check(Redeemed { state: state.to_owned(), ..trial() }, Code::RedemptionState, "redemption");
    }
    check(Redeemed { settled_ms: None, ..trial() }, Code::RedemptionState, "redemption");
    check(Redeemed { customer: "bob".to_owned(), ..trial() }, Code::InvalidValue, "redemption");
    let scoped =
        |scope: Option<&str>, of: Redeemed| Redeemed { scope: scope.map(str::to_owned), ..of };
    for redeemed in [
        scoped(None, trial()),
        scoped(Some("plan"), trial()),
        scoped(Some("live:match-1"), trial()),
        scoped(Some("vod:movie-1"), trial()),
        scoped(Some("plan:gold"), film()),
        scoped(Some("live:match-1"), film()),
        Redeemed { total_minor: 1, ..film() },
        // Nothing was bought.
        Redeemed { subtotal_minor: 0, ..film() },
    ] {
        check(redeemed, Code::InvalidValue, "redemption.scope");
    }
}

#[test]
fn a_trial_that_was_over_before_it_was_confirmed_is_refused() {
    let ends = |until_ms: i64| Redeemed { access_until_ms: Some(until_ms), ..trial() };
    let settled = 1_795_305_600_000;
    assert!(coupon_grant("ann", &ends(settled)).is_err());
    assert!(coupon_grant("ann", &ends(settled - 1)).is_err());
    let grant = coupon_grant("ann", &ends(settled + 1)).unwrap();
    assert_eq!((grant.from, grant.until), (1_795_305_600, Some(1_795_305_601)));
}

proptest! {
    #[test]
    fn a_trial_is_never_shorter_than_what_was_promised(
        settled_ms in 0_u64..4_000_000_000_000,
        promised_ms in 1_i64..4_000_000_000_000,
    ) {
        let access_until_ms = settled_ms.cast_signed() + promised_ms;
        let redeemed = Redeemed { settled_ms: Some(settled_ms), access_until_ms: Some(access_until_ms), ..trial() };
        let grant = coupon_grant("ann", &redeemed).unwrap();
        prop_assert!(grant.from * 1000 <= settled_ms.cast_signed());
        let until_ms = grant.until.unwrap() * 1000;
        prop_assert!(until_ms >= access_until_ms && until_ms < access_until_ms + 1000);
    }
}

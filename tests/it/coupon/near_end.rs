use usher::coupon::coupon::Limits;
use usher::coupon::near_end::is_near_end;
use usher::coupon::purchase::Counts;

fn limits(max_redemptions: Option<u64>, budget_minor: Option<i64>) -> Limits {
    Limits { max_redemptions, budget_minor, ..Limits::default() }
}

fn counts(redeemed: u64, held: u64, budget_used_minor: i64) -> Counts {
    Counts { redeemed, held, budget_used_minor, ..Counts::default() }
}

#[test]
fn a_coupon_is_near_its_end_when_a_tenth_is_left() {
    let check = |limits: &Limits, counts: &Counts, expected| {
        assert_eq!(is_near_end(limits, counts), expected, "{limits:?} {counts:?}");
    };
    check(&limits(None, None), &counts(u64::MAX, u64::MAX, i64::MAX), false);
    check(&limits(Some(100), None), &counts(80, 9, 0), false);
    check(&limits(Some(100), None), &counts(80, 10, 0), true);
    check(&limits(Some(100), None), &counts(200, 0, 0), true);
    check(&limits(Some(1), None), &counts(0, 0, 0), false);
    check(&limits(Some(1), None), &counts(0, 1, 0), true);
    check(&limits(Some(0), None), &counts(0, 0, 0), true);
    check(&limits(None, Some(1000)), &counts(0, 0, 899), false);
    check(&limits(None, Some(1000)), &counts(0, 0, 900), true);
    check(&limits(Some(100), Some(1000)), &counts(0, 0, 900), true);
}

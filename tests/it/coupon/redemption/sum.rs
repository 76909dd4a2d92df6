use super::{granted, reserve, settle};
use usher::coupon::redemption::ledger::RedemptionLedger;
use usher::coupon::redemption::operation::{Settlement, Step};
use usher::coupon::redemption::sum::RedemptionSum;

const DAY_MS: u64 = 86_400_000;

#[test]
fn each_step_is_counted_on_its_day_with_what_was_bought() {
    let mut ledger = RedemptionLedger::default();
    let mut first = reserve("1", "ann");
    if let Step::Reserve(reserve) = &mut first.step {
        reserve.scope = Some("vod:film".to_owned());
        reserve.hold_ms = DAY_MS;
    }
    let reverse = Settlement::Reverse { gives_back: true };
    for (operation, now_ms) in [
        (first, DAY_MS - 1),
        (settle("2", Settlement::Confirm, "of-1"), DAY_MS),
        (settle("3", reverse, "of-1"), 2 * DAY_MS),
    ] {
        ledger.operate(&operation, now_ms, &mut granted).unwrap();
    }
    let sums = ledger.take_changes().sums;
    let keys: Vec<_> = sums.keys().map(|key| (key.day_ms, key.kind.as_str())).collect();
    assert_eq!(keys, [(0, "vod"), (DAY_MS, "vod"), (2 * DAY_MS, "vod")]);
    let none = RedemptionSum::default();
    let expected = [
        RedemptionSum { reserved: 1, ..none },
        RedemptionSum { confirmed: 1, discount_minor: 130, ..none },
    ];
    assert_eq!(sums.values().take(2).copied().collect::<Vec<_>>(), expected);
}

#[test]
fn a_reversal_is_counted_when_it_happens() {
    let mut ledger = RedemptionLedger::default();
    let reverse = Settlement::Reverse { gives_back: true };
    for (operation, now_ms) in [
        (reserve("1", "ann"), 0),
        (settle("2", Settlement::Confirm, "of-1"), 1),
        (settle("3", reverse, "of-1"), DAY_MS),
    ] {
        ledger.operate(&operation, now_ms, &mut granted).unwrap();
    }
    let sums = ledger.take_changes().sums;
    let last = sums.iter().next_back().unwrap();
    assert_eq!(last.0.day_ms, DAY_MS);
    assert_eq!((last.1.reversed, last.1.discount_minor), (1, -130));
}

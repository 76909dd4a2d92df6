use super::{granted, held, reserve, settle};
use usher::coupon::redemption::answer::{Answer, Problem};
use usher::coupon::redemption::ledger::RedemptionLedger;
use usher::coupon::redemption::operation::{CouponRefusal, Operation, Settlement, Step, Verdict};
use usher::coupon::redemption::record::{Redemption, RedemptionState, WrongState};
use usher::coupon::redemption::tally::{OutOfStep, Tally};

fn done(answer: Answer) -> Redemption {
    match answer {
        Answer::Done { redemption, .. } => *redemption,
        other => panic!("{other:?}"),
    }
}

fn operate(ledger: &mut RedemptionLedger, operation: &Operation, now_ms: u64) -> Answer {
    ledger.operate(operation, now_ms, &mut granted).unwrap()
}

fn nothing() -> Verdict {
    Verdict::Nothing { decision: "{}".to_owned() }
}

fn refused() -> CouponRefusal {
    let reason = "LIMIT_REACHED".to_owned();
    CouponRefusal { reason, message: String::new(), parameters: Vec::new() }
}

#[test]
fn the_same_key_gets_the_same_answer_and_changes_nothing() {
    let mut ledger = RedemptionLedger::default();
    let first = operate(&mut ledger, &reserve("k", "ann"), 100);
    ledger.take_changes();
    assert_eq!(operate(&mut ledger, &reserve("k", "ann"), 5_000), first);
    assert_eq!(operate(&mut ledger, &reserve("k", "bob"), 200), Problem::KeyTaken.into());
    assert_eq!(ledger.take_changes(), Default::default());
}

#[test]
fn a_refusal_is_not_remembered() {
    let mut ledger = RedemptionLedger::default();
    let answer =
        ledger.operate(&reserve("k", "ann"), 1, &mut |_, _| Verdict::Refused(refused())).unwrap();
    assert_eq!(answer, Problem::Coupon(refused()).into());
    assert_eq!(ledger.take_changes(), Default::default());
    assert_eq!(done(operate(&mut ledger, &reserve("k", "ann"), 2)).state, RedemptionState::Held);
}

#[test]
fn a_basket_is_judged_without_its_own_hold_and_keeps_its_redemption() {
    let mut ledger = RedemptionLedger::default();
    let first = done(operate(&mut ledger, &reserve("1", "ann"), 100));
    let mut seen = Vec::new();
    let again = ledger
        .operate(&reserve("2", "ann"), 300, &mut |reserve, standing| {
            seen.push((standing.tally, standing.customer));
            granted(reserve, standing)
        })
        .unwrap();
    assert_eq!(seen, [(Tally::default(), Tally::default())]);
    let again = done(again);
    assert_eq!((again.id, again.reserved_ms), (first.id, 100));
    assert_eq!(again.held_until_ms, Some(1_200));
    assert_eq!(ledger.tally("c"), Tally { held: 1, budget_used_minor: 130, ..Tally::default() });
}

#[test]
fn a_basket_that_is_refused_keeps_the_hold_that_it_has() {
    let mut ledger = RedemptionLedger::default();
    let first = done(operate(&mut ledger, &reserve("1", "ann"), 100));
    let refuse = &mut |_: &_, _| Verdict::Refused(refused());
    ledger.operate(&reserve("2", "ann"), 300, refuse).unwrap();
    assert_eq!(ledger.redemption(&first.id), Some(&first));
    assert_eq!(ledger.tally("c").held, 1);
}

#[test]
fn nothing_to_take_off_uses_nothing_up_and_gives_back_what_was_held() {
    let mut ledger = RedemptionLedger::default();
    let first = done(operate(&mut ledger, &reserve("1", "ann"), 100));
    let answer = ledger.operate(&reserve("2", "ann"), 300, &mut |_, _| nothing()).unwrap();
    assert_eq!(answer, Answer::Nothing { decision: "{}".to_owned() });
    let one = ledger.redemption(&first.id).unwrap();
    assert_eq!(one.state, RedemptionState::Released);
    assert_eq!(ledger.tally("c"), Tally::default());
}

#[test]
fn a_basket_that_changes_hands_moves_the_count_of_its_customers() {
    let mut ledger = RedemptionLedger::default();
    operate(&mut ledger, &reserve("1", "guest"), 100);
    let mut login = reserve("2", "ann");
    if let Step::Reserve(reserve) = &mut login.step {
        reserve.basket = Some("basket of guest".to_owned());
    }
    assert_eq!(done(operate(&mut ledger, &login, 200)).customer, "ann");
    assert_eq!(ledger.customer("c", "guest"), Tally::default());
    assert_eq!(ledger.customer("c", "ann").held, 1);
}

#[test]
fn a_code_that_may_be_redeemed_once_is_taken_by_others_only() {
    let mut ledger = RedemptionLedger::default();
    ledger
        .load_tally("c".to_owned(), Tally { held: 1, budget_used_minor: 130, ..Tally::default() });
    ledger.load_customer("c".to_owned(), "ann".to_owned(), ledger.tally("c"));
    ledger.load_redemption(Redemption { once: true, ..held() });
    let mut taken = Vec::new();
    for (key, basket) in [("1", "another"), ("2", "b")] {
        let mut asks = reserve(key, "ann");
        if let Step::Reserve(reserve) = &mut asks.step {
            (reserve.once, reserve.basket) = (true, Some(basket.to_owned()));
        }
        let judge = &mut |_: &_, standing: usher::coupon::redemption::operation::Standing| {
            taken.push(standing.code_taken);
            Verdict::Refused(refused())
        };
        ledger.operate(&asks, 200, judge).unwrap();
    }
    assert_eq!(taken, [true, false]);
}

#[test]
fn holds_that_are_over_give_their_slots_back_once() {
    let mut ledger = RedemptionLedger::default();
    let one = done(operate(&mut ledger, &reserve("1", "ann"), 100));
    ledger.expire(999).unwrap();
    assert_eq!(ledger.tally("c").held, 1);
    for _ in 0..2 {
        ledger.expire(1_000).unwrap();
        assert_eq!(ledger.tally("c"), Tally::default());
    }
    for (key, settlement) in [("2", Settlement::Confirm), ("3", Settlement::Release)] {
        let wrong = WrongState { state: RedemptionState::Expired, expected: RedemptionState::Held };
        let answer = operate(&mut ledger, &settle(key, settlement, &one.id), 1_001);
        assert_eq!(answer, Problem::State(wrong).into());
    }
}

#[test]
fn a_reversal_with_another_key_has_nothing_to_give_back() {
    for (gives_back, redeemed) in [(true, 0), (false, 1)] {
        let mut ledger = RedemptionLedger::default();
        let one = done(operate(&mut ledger, &reserve("1", "ann"), 100));
        operate(&mut ledger, &settle("2", Settlement::Confirm, &one.id), 200);
        let reverse = Settlement::Reverse { gives_back };
        for key in ["3", "3", "4"] {
            operate(&mut ledger, &settle(key, reverse, &one.id), 300);
            assert_eq!((ledger.tally("c").redeemed, ledger.tally("c").reversed), (redeemed, 1));
        }
    }
}

#[test]
fn an_unknown_redemption_is_said_to_be_unknown() {
    let mut ledger = RedemptionLedger::default();
    let answer = operate(&mut ledger, &settle("1", Settlement::Confirm, "nobody"), 1);
    assert_eq!(answer, Problem::Unknown.into());
}

#[test]
fn rows_that_do_not_belong_together_stop_everything() {
    let mut ledger = RedemptionLedger::default();
    ledger.load_redemption(held());
    assert_eq!(ledger.expire(1_000), Err(OutOfStep));
}

#[test]
fn a_clock_that_goes_back_ends_no_hold_and_begins_none_twice() {
    let mut ledger = RedemptionLedger::default();
    let first = done(operate(&mut ledger, &reserve("1", "ann"), 10_000));
    ledger.expire(0).unwrap();
    let again = done(operate(&mut ledger, &reserve("2", "ann"), 0));
    assert_eq!((again.id, again.held_until_ms), (first.id, Some(900)));
    assert_eq!(ledger.tally("c").held, 1);
}

use super::held;
use usher::coupon::redemption::record::RedemptionState::{
    Confirmed, Expired, Held, Released, Reversed,
};
use usher::coupon::redemption::record::{Redemption, RedemptionState, WrongState};
use usher::coupon::redemption::tally::Movement;

fn at(state: RedemptionState) -> Redemption {
    Redemption { state, ..held() }
}

#[test]
fn only_a_hold_is_confirmed_released_or_expired_and_only_a_purchase_reversed() {
    for state in [Held, Confirmed, Released, Expired, Reversed] {
        let wrong = |expected| Err(WrongState { state, expected });
        let open =
            |expected, movement| if state == expected { Ok(movement) } else { wrong(expected) };
        assert_eq!(at(state).confirm(500), open(Held, Movement::Confirm));
        assert_eq!(at(state).release(500), open(Held, Movement::GiveBack));
        assert_eq!(at(state).expire(), open(Held, Movement::GiveBack));
        assert_eq!(at(state).reverse(500, true), open(Confirmed, Movement::Reverse));
        assert_eq!(at(state).reverse(500, false), open(Confirmed, Movement::ReverseKeeping));
    }
}

#[test]
fn a_hold_is_over_at_its_end_and_not_before() {
    assert!(!held().is_due(999));
    assert!(held().is_due(1_000));
    assert!(!at(Confirmed).is_due(1_000));
    let mut expired = held();
    expired.expire().unwrap();
    assert_eq!((expired.settled_ms, expired.held_until_ms), (Some(1_000), None));
}

#[test]
fn a_slot_is_taken_while_it_is_held_redeemed_or_kept() {
    for (state, is_taking) in
        [(Held, true), (Confirmed, true), (Released, false), (Expired, false), (Reversed, false)]
    {
        assert_eq!(at(state).is_taking(), is_taking, "{}", state.name());
    }
    let mut kept = at(Confirmed);
    kept.reverse(500, false).unwrap();
    assert!(kept.is_taking());
    assert_eq!(kept.reversed_ms, Some(500));
}

use usher::coupon::redemption::tally::{Movement, OutOfStep, Tally};

const TAKEN: Tally = Tally { redeemed: 2, held: 1, reversed: 3, budget_used_minor: 30 };

#[test]
fn each_movement_counts_what_it_takes_and_gives_back() {
    let moved = |movement| TAKEN.moved(movement, 10).unwrap();
    assert_eq!(moved(Movement::Hold), Tally { held: 2, budget_used_minor: 40, ..TAKEN });
    assert_eq!(moved(Movement::Confirm), Tally { held: 0, redeemed: 3, ..TAKEN });
    assert_eq!(moved(Movement::GiveBack), Tally { held: 0, budget_used_minor: 20, ..TAKEN });
    let reversed = Tally { redeemed: 1, reversed: 4, budget_used_minor: 20, ..TAKEN };
    assert_eq!(moved(Movement::Reverse), reversed);
    assert_eq!(moved(Movement::ReverseKeeping), Tally { reversed: 4, ..TAKEN });
}

#[test]
fn what_was_never_counted_does_not_move() {
    for movement in [Movement::Confirm, Movement::GiveBack, Movement::Reverse] {
        assert_eq!(Tally::default().moved(movement, 0), Err(OutOfStep));
    }
    assert_eq!(TAKEN.moved(Movement::GiveBack, 30).map(|tally| tally.budget_used_minor), Ok(0));
    assert_eq!(TAKEN.moved(Movement::GiveBack, 31), Err(OutOfStep));
    let full = Tally { budget_used_minor: i64::MAX, ..TAKEN };
    assert_eq!(full.moved(Movement::Hold, 1), Err(OutOfStep));
}

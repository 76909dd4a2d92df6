use usher::entitlement::reason::{EntitlementReason, Reasons};

#[test]
fn reasons_are_told_in_their_order_whatever_the_order_in_which_they_are_found() {
    let mut reasons = Reasons::NONE;
    assert!(reasons.is_empty());
    for reason in EntitlementReason::ALL.into_iter().rev() {
        assert!(!reasons.contains(reason));
        reasons.add(reason);
        reasons.add(reason);
        assert!(reasons.contains(reason));
    }
    assert!(reasons.iter().eq(EntitlementReason::ALL));
    assert_eq!(reasons.bits(), (1 << 18) - 1);
}

#[test]
fn a_reason_s_bit_is_its_place() {
    for (place, reason) in EntitlementReason::ALL.into_iter().enumerate() {
        assert_eq!(Reasons::of(reason).bits(), 1 << place);
        assert_eq!(reason.word(), EntitlementReason::WORDS[place]);
    }
    assert_eq!(EntitlementReason::WORDS[0], "ACCOUNT_CLOSED");
    assert_eq!(EntitlementReason::WORDS[17], "STREAM_LIMIT");
}

#[test]
fn a_reason_is_added_only_if_it_holds() {
    let mut reasons = Reasons::NONE;
    reasons.add_if(false, EntitlementReason::Blackout);
    assert!(reasons.is_empty());
    reasons.add_if(true, EntitlementReason::Blackout);
    reasons.extend(Reasons::of(EntitlementReason::PastDue));
    assert!(reasons.iter().eq([EntitlementReason::PastDue, EntitlementReason::Blackout]));
}

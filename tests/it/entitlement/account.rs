use super::world::{ask, decided, document, viewer};
use serde_json::{Value, json};
use usher::entitlement::account::{Account, AccountStatus, DAY_SECONDS};
use usher::entitlement::reason::EntitlementReason;

#[test]
fn every_status_but_active_stands_in_the_way_by_its_own_reason() {
    let rows = [
        (AccountStatus::Active, None),
        (AccountStatus::PastDue, Some(EntitlementReason::PastDue)),
        (AccountStatus::Suspended, Some(EntitlementReason::AccountSuspended)),
        (AccountStatus::Chargeback, Some(EntitlementReason::Chargeback)),
        (AccountStatus::Closed, Some(EntitlementReason::AccountClosed)),
    ];
    for (place, (status, reason)) in (0..).zip(rows) {
        assert_eq!(AccountStatus::of_place(place), status);
        let standing = Account { status, since: None }.standing(3, 1000);
        assert_eq!(standing.reasons.iter().next(), reason);
        assert_eq!(standing.grace_ends_at, None);
    }
    assert_eq!(AccountStatus::WORDS.len(), 5);
}

#[test]
fn grace_runs_from_when_a_payment_is_due_up_to_its_end() {
    let account = Account { status: AccountStatus::PastDue, since: Some(1000) };
    let end = 1000 + 3 * DAY_SECONDS;
    for (now, is_grace) in
        [(0, true), (1000, true), (end - 1, true), (end, false), (end + 1, false)]
    {
        let standing = account.standing(3, now);
        assert_eq!(standing.reasons.is_empty(), is_grace, "{now}");
        assert_eq!(standing.grace_ends_at, is_grace.then_some(end));
    }
    assert!(!account.standing(0, 1000).reasons.is_empty());
    assert_eq!(account.standing(u64::MAX, 1000).grace_ends_at, Some(u64::MAX));
}

#[test]
fn the_end_of_grace_ends_a_leave() {
    let mut document = document();
    document["titles"][0]["windows"][0]["to"] = json!(1_000_000);
    let mut viewer = viewer();
    viewer["account"] = json!({ "status": "past_due", "since": 1000 });
    viewer["grants"][0]["to"] = Value::Null;
    let found = decided(&document, &viewer, &ask(1500));
    assert_eq!(found.notices, ["PAST_DUE_GRACE"]);
    assert_eq!(found.expires_at, Some(1000 + 3 * 86_400));
}

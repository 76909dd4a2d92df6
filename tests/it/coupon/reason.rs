use usher::coupon::reason::Reason;

/// In the order in which they are asked.
pub const REASONS: [(Reason, &str); 18] = [
    (Reason::Malformed, "MALFORMED"),
    (Reason::NotFound, "NOT_FOUND"),
    (Reason::Inactive, "INACTIVE"),
    (Reason::NotStarted, "NOT_STARTED"),
    (Reason::Expired, "EXPIRED"),
    (Reason::WrongScope, "WRONG_SCOPE"),
    (Reason::WrongCustomer, "WRONG_CUSTOMER"),
    (Reason::WrongCountry, "WRONG_COUNTRY"),
    (Reason::NotFirstPurchase, "NOT_FIRST_PURCHASE"),
    (Reason::CurrencyMismatch, "CURRENCY_MISMATCH"),
    (Reason::MinSubtotal, "MIN_SUBTOTAL"),
    (Reason::MinQuantity, "MIN_QUANTITY"),
    (Reason::AlreadyApplied, "ALREADY_APPLIED"),
    (Reason::NotStackable, "NOT_STACKABLE"),
    (Reason::CustomerRequired, "CUSTOMER_REQUIRED"),
    (Reason::CustomerLimitReached, "CUSTOMER_LIMIT_REACHED"),
    (Reason::LimitReached, "LIMIT_REACHED"),
    (Reason::BudgetExceeded, "BUDGET_EXCEEDED"),
];

#[test]
fn reasons_are_named_as_in_the_contract() {
    for (reason, name) in REASONS {
        assert_eq!(serde_json::to_value(reason).unwrap(), name);
        assert_eq!(serde_json::from_value::<Reason>(name.into()).unwrap(), reason);
    }
    assert!(REASONS.is_sorted_by_key(|(reason, _)| *reason));
}

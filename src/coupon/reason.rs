//! Why a coupon is refused, in the order in which it is checked.

use serde::{Deserialize, Serialize, Serializer};
use tsify::Tsify;

/// Every reason there is, for the operator. The customer sees one sentence for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Tsify)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// The text is no code.
    Malformed,
    /// No coupon is called so.
    NotFound,
    /// It was switched off.
    Inactive,
    /// Its window has not begun.
    NotStarted,
    /// Its window is over.
    Expired,
    /// It is for something else.
    WrongScope,
    /// It is for somebody else.
    WrongCustomer,
    /// It is for another country.
    WrongCountry,
    /// It is for customers who never paid.
    NotFirstPurchase,
    /// It is in another currency.
    CurrencyMismatch,
    /// The purchase is too small.
    MinSubtotal,
    /// The purchase has too few units.
    MinQuantity,
    /// It is on this bill already.
    AlreadyApplied,
    /// It does not go with another coupon of the purchase.
    NotStackable,
    /// Who buys has to be known.
    CustomerRequired,
    /// The customer used it as often as one may.
    CustomerLimitReached,
    /// It was used as often as it may be.
    LimitReached,
    /// The discount is more than is left of the budget.
    BudgetExceeded,
}

/// In the order of the variants. A list, because derived code writes each of them by itself.
const NAMES: [&str; 18] = [
    "MALFORMED",
    "NOT_FOUND",
    "INACTIVE",
    "NOT_STARTED",
    "EXPIRED",
    "WRONG_SCOPE",
    "WRONG_CUSTOMER",
    "WRONG_COUNTRY",
    "NOT_FIRST_PURCHASE",
    "CURRENCY_MISMATCH",
    "MIN_SUBTOTAL",
    "MIN_QUANTITY",
    "ALREADY_APPLIED",
    "NOT_STACKABLE",
    "CUSTOMER_REQUIRED",
    "CUSTOMER_LIMIT_REACHED",
    "LIMIT_REACHED",
    "BUDGET_EXCEEDED",
];

impl Reason {
    /// Its name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or_default()
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

mod answer;
mod batch;
mod judge;
mod ledger;
mod operation;
mod record;
mod request;
mod sum;
mod tally;

use usher::coupon::redemption::operation::{
    Operation, Reserve, Settlement, Standing, Step, Verdict,
};
use usher::coupon::redemption::record::{Redemption, RedemptionState};

/// A hold of `ann` until 1,000.
pub fn held() -> Redemption {
    Redemption {
        id: "r".to_owned(),
        coupon: "c".to_owned(),
        code: "CODE".to_owned(),
        once: false,
        customer: "ann".to_owned(),
        basket: Some("b".to_owned()),
        scope: Some("plan:premium".to_owned()),
        state: RedemptionState::Held,
        keeps_slot: false,
        decision: "{}".to_owned(),
        discount_minor: 130,
        currency: Some("EUR".to_owned()),
        budget_minor: 130,
        held_until_ms: Some(1_000),
        reserved_ms: 100,
        settled_ms: None,
        reversed_ms: None,
        reason: None,
    }
}

/// `customer` asks for a hold of 900.
pub fn reserve(key: &str, customer: &str) -> Operation {
    let reserve = Reserve {
        new_id: format!("of-{key}"),
        coupon: "c".to_owned(),
        code: "CODE".to_owned(),
        once: false,
        customer: customer.to_owned(),
        basket: Some(format!("basket of {customer}")),
        scope: None,
        hold_ms: 900,
        confirm: false,
    };
    let step = Step::Reserve(Box::new(reserve));
    Operation { key: key.to_owned(), fingerprint: customer.to_owned(), step }
}

pub fn settle(key: &str, settlement: Settlement, id: &str) -> Operation {
    let step = Step::Settle(settlement, id.to_owned(), None);
    Operation { key: key.to_owned(), fingerprint: format!("{settlement:?} {id}"), step }
}

/// A coupon without limits that takes 130 off.
pub fn granted(_: &Reserve, _: Standing) -> Verdict {
    Verdict::Granted {
        decision: "{}".to_owned(),
        discount_minor: 130,
        currency: Some("EUR".to_owned()),
        budget_minor: 130,
    }
}

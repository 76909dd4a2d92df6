//! Some operations and the rows that they need, as the object of a group hands them over, all at once; and the
//! rows and answers that it gets back.

use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::coupon::{Codes, Coupon};
use crate::coupon::redemption::answer::{Answer, Place, Problem, RememberedAnswer};
use crate::coupon::redemption::judge::{Asked, judge};
use crate::coupon::redemption::ledger::{Changes, RedemptionLedger};
use crate::coupon::redemption::operation::{
    Operation, Reserve, Settlement, Step, Verdict, fingerprint,
};
use crate::coupon::redemption::record::Redemption;
use crate::coupon::redemption::request::{ReserveRequest, SettleRequest};
use crate::coupon::redemption::sum::{RedemptionSum, SumKey};
use crate::coupon::redemption::tally::Tally;
use crate::coupon::trial::Zones;
use alloc::collections::BTreeMap;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Operations in one batch.
pub const BATCH_OPERATIONS_MAX: usize = 256;

/// Random bytes that an operation needs: one for each symbol of an id, of which 5 bits are used.
pub const RANDOM_BYTES: usize = 16;

const COUPON_UNKNOWN: &str = "the coupon is not known here yet, try again";

const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What is to be done, and the rows for it: see [`RedemptionLedger`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Whose rows they are.
    pub group: String,
    /// Which shard of it.
    pub shard: u32,
    /// UTC.
    pub now_ms: u64,
    /// Every coupon that an operation or a redemption names.
    pub coupons: Vec<CouponRow>,
    /// Their customers that are named.
    pub customers: Vec<CustomerRow>,
    /// Redemptions that are named, due, or in the way.
    pub redemptions: Vec<Redemption>,
    /// What was answered to the keys.
    pub answers: Vec<AnswerRow>,
    /// In their order.
    pub operations: Vec<BatchOperation>,
}

/// A coupon and what is taken of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct CouponRow {
    /// The coupon.
    pub definition: Coupon,
    /// What is taken.
    pub tally: Tally,
}

/// What is taken of a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct TallyRow {
    /// Its id.
    pub coupon: String,
    /// What is taken.
    pub tally: Tally,
}

/// What a customer has of a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct CustomerRow {
    /// The coupon's id.
    pub coupon: String,
    /// Who.
    pub customer: String,
    /// What they have.
    pub tally: Tally,
}

/// A remembered answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct AnswerRow {
    /// `Idempotency-Key`.
    pub key: String,
    /// Of what was asked for.
    pub fingerprint: String,
    /// Of HTTP.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// When, UTC.
    pub stored_ms: u64,
}

/// An operation as it came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct BatchOperation {
    /// `Idempotency-Key`.
    pub key: String,
    /// What to do.
    pub step: BatchStep,
    /// The body of the request.
    pub body: String,
    /// What it is about: the coupon that was found for the code, or the redemption.
    pub id: String,
    /// The code that was found, canonical; empty if the step does not need one.
    pub code: String,
    /// The code was revoked.
    pub revoked: bool,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum BatchStep {
    /// Hold a slot.
    Reserve,
    /// The purchase was made.
    Confirm,
    /// The slot is not needed any more.
    Release,
    /// The purchase was cancelled or refunded.
    Reverse,
}

/// What is to be written and answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Tsify)]
pub struct BatchResult {
    /// One for each operation.
    pub answers: Vec<BatchAnswer>,
    /// Rows that changed.
    pub redemptions: Vec<Redemption>,
    /// Rows that changed.
    pub tallies: Vec<TallyRow>,
    /// Rows that changed.
    pub customers: Vec<CustomerRow>,
    /// Rows that are new.
    pub remembered: Vec<AnswerRow>,
    /// What is added to the figures.
    pub sums: Vec<SumRow>,
}

/// What a caller is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct BatchAnswer {
    /// Of HTTP.
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// What is added to the figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct SumRow {
    /// Which figures.
    pub of: SumKey,
    /// What is added.
    pub sum: RedemptionSum,
}

impl Batch {
    /// Does the operations one after the other, after all holds that are due have run out. `random` has
    /// [`RANDOM_BYTES`] for each.
    ///
    /// # Errors
    /// [`Code::Internal`] if the rows do not belong together: nothing may be written then.
    pub fn run(self, random: &[u8], zones: Zones<'_>) -> Result<BatchResult, Refusal> {
        let internal = |message: &str| Refusal::of(Code::Internal, message);
        let Self { group, shard, now_ms, coupons, customers, redemptions, answers, operations } =
            self;
        if operations.len() > BATCH_OPERATIONS_MAX {
            return Err(internal("too many operations in a batch"));
        }
        let mut ledger = RedemptionLedger::default();
        let mut known = BTreeMap::new();
        for CouponRow { definition, tally } in coupons {
            ledger.load_tally(definition.id.clone(), tally);
            known.insert(definition.id.clone(), definition);
        }
        for CustomerRow { coupon, customer, tally } in customers {
            ledger.load_customer(coupon, customer, tally);
        }
        for redemption in redemptions {
            ledger.load_redemption(redemption);
        }
        for AnswerRow { key, fingerprint, status, body, stored_ms } in answers {
            let answer = Answer::Again { status, body };
            ledger.load_answer(RememberedAnswer { key, fingerprint, answer, stored_ms });
        }
        let apart = |_| internal("the rows of a redemption do not belong together");
        ledger.expire(now_ms).map_err(apart)?;
        let place = Place { group: &group, shard };
        let mut told = Vec::with_capacity(operations.len());
        let mut random = random.chunks_exact(RANDOM_BYTES);
        for operation in &operations {
            let random = random.next().ok_or_else(|| internal("too few random bytes"))?;
            let answer = match operation.read(&known, &ledger, random) {
                Err(problem) => problem.into(),
                Ok((asked, request)) => {
                    let mut verdict = |reserve: &Reserve, standing| {
                        let (Some(coupon), Some(request)) = (known.get(&reserve.coupon), &request)
                        else {
                            return Verdict::Unreadable(Refusal::of(
                                Code::Unavailable,
                                COUPON_UNKNOWN,
                            ));
                        };
                        let asked = Asked {
                            coupon,
                            code: &reserve.code,
                            revoked: operation.revoked,
                            purchase: &request.purchase,
                            standing,
                            now_ms,
                        };
                        judge(&asked, zones)
                    };
                    ledger.operate(&asked, now_ms, &mut verdict).map_err(apart)?
                }
            };
            told.push(BatchAnswer { status: answer.status(), body: answer.body(place)? });
        }
        result(&mut ledger, told, place)
    }
}

impl BatchOperation {
    /// Reads what is asked for.
    fn read(
        &self,
        coupons: &BTreeMap<String, Coupon>,
        ledger: &RedemptionLedger,
        random: &[u8],
    ) -> Result<(Operation, Option<ReserveRequest>), Problem> {
        let name = match self.step {
            BatchStep::Reserve => "reserve",
            BatchStep::Confirm => "confirm",
            BatchStep::Release => "release",
            BatchStep::Reverse => "reverse",
        };
        // Of a reservation the body says all; what else there is was found by it.
        let about = if self.step == BatchStep::Reserve { "" } else { &self.id };
        let fingerprint = fingerprint([name, about, &self.body]);
        let settle = |settlement| {
            let SettleRequest { reason } =
                SettleRequest::read(&self.body).map_err(Problem::Request)?;
            Ok((Step::Settle(settlement, self.id.clone(), reason), None))
        };
        let (step, request) = match self.step {
            BatchStep::Reserve => {
                let request = ReserveRequest::read(&self.body).map_err(Problem::Request)?;
                let reserve = self.reserve(&request, coupons, random)?;
                (Step::Reserve(Box::new(reserve)), Some(request))
            }
            BatchStep::Confirm => settle(Settlement::Confirm)?,
            BatchStep::Release => settle(Settlement::Release)?,
            BatchStep::Reverse => {
                let coupon = ledger.redemption(&self.id).and_then(|one| coupons.get(&one.coupon));
                let gives_back = coupon.is_none_or(|coupon| coupon.release_on_cancel);
                settle(Settlement::Reverse { gives_back })?
            }
        };
        Ok((Operation { key: self.key.clone(), fingerprint, step }, request))
    }

    fn reserve(
        &self,
        request: &ReserveRequest,
        coupons: &BTreeMap<String, Coupon>,
        random: &[u8],
    ) -> Result<Reserve, Problem> {
        let coupon = coupons
            .get(&self.id)
            .ok_or_else(|| Problem::Request(Refusal::of(Code::Unavailable, COUPON_UNKNOWN)))?;
        let customer = request.customer().map_err(Problem::Request)?;
        Ok(Reserve {
            new_id: id_of(random),
            coupon: self.id.clone(),
            code: self.code.clone(),
            once: match coupon.codes {
                Codes::Named { .. } => false,
                Codes::Generated { .. } => true,
            },
            customer: customer.to_owned(),
            basket: request.purchase.basket.clone(),
            scope: request.purchase.scope.clone(),
            hold_ms: request.hold_ms(),
            confirm: request.confirm,
        })
    }
}

fn id_of(random: &[u8]) -> String {
    let symbol = |byte: &u8| SYMBOLS.get(usize::from(byte & 31)).copied().unwrap_or(b'0');
    random.iter().map(|byte| char::from(symbol(byte))).collect()
}

fn result(
    ledger: &mut RedemptionLedger,
    answers: Vec<BatchAnswer>,
    place: Place<'_>,
) -> Result<BatchResult, Refusal> {
    let changes = ledger.take_changes();
    let Changes { tallies, customers, redemptions, answers: keys, sums } = changes;
    let tallies = tallies.into_iter().map(|coupon| {
        let tally = ledger.tally(&coupon);
        TallyRow { coupon, tally }
    });
    let customers = customers.into_iter().map(|(coupon, customer)| {
        let tally = ledger.customer(&coupon, &customer);
        CustomerRow { coupon, customer, tally }
    });
    let remembered = keys.iter().filter_map(|key| ledger.answer(key)).map(|known| {
        Ok(AnswerRow {
            key: known.key.clone(),
            fingerprint: known.fingerprint.clone(),
            status: known.answer.status(),
            body: known.answer.body(place)?,
            stored_ms: known.stored_ms,
        })
    });
    Ok(BatchResult {
        answers,
        redemptions: redemptions.iter().filter_map(|id| ledger.redemption(id)).cloned().collect(),
        tallies: tallies.collect(),
        customers: customers.collect(),
        remembered: remembered.collect::<Result<_, Refusal>>()?,
        sums: sums.into_iter().map(|(of, sum)| SumRow { of, sum }).collect(),
    })
}

/// Reads a batch.
///
/// # Errors
/// A [`Refusal`] that names the field: the object broke the contract.
pub fn read(text: &str) -> Result<Batch, Refusal> {
    json::read(text.as_bytes())
}

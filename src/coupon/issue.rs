//! What an operator orders: a coupon of a group, and the codes that are to be made for it.

use super::code_shape::{CodeShape, Shape};
use super::coupon::{Codes, Coupon};
use super::tagged::SERIALS;
use super::trial::Zones;
use super::written::{CouponDraft, WrittenCodes, WrittenCoupon};
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Codes that one job makes.
pub const QUANTITY_MAX: u64 = 10_000_000;

/// Where a coupon belongs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct CouponPlace {
    /// For the coupon.
    pub id: String,
    /// Its group.
    pub group: String,
    /// Of the group.
    pub shards: u32,
}

/// Codes that are to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct Making {
    /// How many.
    pub quantity: u64,
    /// Whether they are tagged.
    pub tagged: bool,
    /// Their form; of nothing, 12 symbols and a check symbol.
    pub pattern: Option<String>,
    /// Their symbols, if not the usual ones.
    pub alphabet: Option<String>,
    /// Whether they are only found as they are spelled.
    pub exact: bool,
}

/// A coupon, and what is to be made for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct NewCoupon {
    /// The definition.
    pub coupon: Coupon,
    /// Of a coupon with generated codes. With a quantity of 0 none are made now.
    pub making: Option<Making>,
}

/// How many further codes are wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    quantity: u64,
}

impl NewCoupon {
    /// Reads the JSON of a coupon as operators write it and makes the coupon of it.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn from_json(
        body: &[u8],
        place: CouponPlace,
        zones: Zones<'_>,
        to_nfkc: impl Fn(String) -> String,
    ) -> Result<Self, Refusal> {
        let mut written: WrittenCoupon = json::read(body)?;
        let making = match &mut written.codes {
            WrittenCodes::Named { code } => {
                *code = to_nfkc(core::mem::take(code));
                None
            }
            WrittenCodes::Generated { quantity, tagged, pattern, alphabet } => {
                let exact = pattern.is_some() || alphabet.is_some();
                let (pattern, alphabet) = (pattern.clone(), alphabet.clone());
                let making = Making { quantity: 0, tagged: *tagged, pattern, alphabet, exact };
                Some(match quantity {
                    Some(quantity) => making.with(*quantity, 0, "codes.")?,
                    None => making.checked("codes.")?,
                })
            }
        };
        let CouponPlace { id, group, shards } = place;
        let coupon = CouponDraft { id, group, version: 1, written }.resolve(zones)?;
        check_shards(&coupon, shards)?;
        Ok(Self { coupon, making })
    }
}

impl Making {
    /// Reads the JSON of an order of further codes, beside `existing` ones.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn again(self, body: &[u8], existing: u64) -> Result<Self, Refusal> {
        let Order { quantity } = json::read(body)?;
        self.with(quantity, existing, "")
    }

    /// The shape of the codes.
    #[must_use]
    pub fn shape(&self) -> CodeShape {
        let (pattern, alphabet) = (self.pattern.clone(), self.alphabet.clone());
        CodeShape { pattern, alphabet, ..CodeShape::default() }
    }

    fn checked(self, path: &str) -> Result<Self, Refusal> {
        if self.tagged && self.exact {
            let field = if self.pattern.is_some() { "pattern" } else { "alphabet" };
            let message = "tagged codes have a shape of their own, expected none";
            return Err(Refusal::at(Code::InvalidValue, format!("{path}{field}"), message));
        }
        Shape::new(&self.shape()).map_err(|error| below(path, error))?;
        Ok(self)
    }

    fn with(self, quantity: u64, existing: u64, path: &str) -> Result<Self, Refusal> {
        let making = self.checked(path)?;
        let shape = Shape::new(&making.shape()).map_err(|error| below(path, error))?;
        shape.check_quantity(quantity, existing).map_err(|error| below(path, error))?;
        if quantity > QUANTITY_MAX {
            let message = format!("`{quantity}` codes, expected at most {QUANTITY_MAX} at a time");
            return Err(Refusal::at(Code::TooMany, format!("{path}quantity"), message));
        }
        Ok(Self { quantity, ..making })
    }
}

/// The first serial number of `quantity` tagged codes, of which `used` were given out.
///
/// # Errors
/// [`Code::SpaceTooSmall`] with the largest quantity there is.
pub fn next_serial(used: u64, quantity: u64) -> Result<u64, Refusal> {
    let most = u64::from(SERIALS).saturating_sub(used);
    if quantity == 0 || quantity > most {
        let message = format!(
            "`{quantity}` tagged codes, of this key at most {most} are possible; another key in front of it has new ones"
        );
        return Err(Refusal::at(Code::SpaceTooSmall, "quantity", message));
    }
    Ok(used)
}

/// What no object sees as a whole cannot be limited there: a group with several shards counts a code in one
/// of them.
fn check_shards(coupon: &Coupon, shards: u32) -> Result<(), Refusal> {
    if shards <= 1 {
        return Ok(());
    }
    let limits = &coupon.limits;
    let broken = match &coupon.codes {
        Codes::Named { .. } => Some("codes.kind"),
        Codes::Generated { .. } => [
            ("limits.max_redemptions", limits.max_redemptions.is_some()),
            ("limits.per_customer", limits.per_customer.is_some()),
            ("limits.budget_minor", limits.budget_minor.is_some()),
        ]
        .into_iter()
        .find_map(|(field, is_set)| is_set.then_some(field)),
    };
    let Some(field) = broken else { return Ok(()) };
    let message = format!(
        "the group has `{shards}` shards, which count apart: expected a group with one shard, or \
         generated codes without this limit"
    );
    Err(Refusal::at(Code::InvalidValue, field, message))
}

/// A refusal of a field that stands below another.
fn below(path: &str, refusal: Refusal) -> Refusal {
    Refusal { field: refusal.field.map(|field| format!("{path}{field}")), ..refusal }
}

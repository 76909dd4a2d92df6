//! An offer on its way to be signed.

use super::code::Code;
use super::coupon::{Codes, Coupon};
use super::offer::{HEADER, LIFETIME_SECONDS_MAX, OFFER_BYTES_MAX};
use crate::base::id::check_name;
use crate::base::plain::json;
use crate::base::refusal::{self, Refusal};
use crate::token::ed25519::SIGNATURE_BYTES;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tsify::Tsify;

/// Bytes of the body of `POST /v1/coupon-offers`.
pub const BODY_BYTES_MAX: usize = 4 * 1024;

/// What an operator's program wants to offer, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct OfferRequest {
    /// The coupon's id.
    pub coupon: String,
    /// The code to use it by, in one spelling; that of the coupon, if it has one and none is given.
    #[tsify(optional)]
    pub code: Option<String>,
    /// When the offer ends, UTC.
    pub expires_ms: u64,
    /// For whom, if not for everybody.
    #[tsify(optional)]
    pub customer: Option<String>,
}

/// Who signs, for whom, when.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The name of the key.
    pub kid: &'a str,
    /// The tenant.
    pub audience: &'a str,
    /// Now, UTC.
    pub now_seconds: u64,
}

impl OfferRequest {
    /// Reads the body of `POST /v1/coupon-offers`.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > BODY_BYTES_MAX {
            let message = format!("`{}` bytes, expected at most {BODY_BYTES_MAX}", body.len());
            return Err(Refusal::of(refusal::Code::BodyTooLarge, message));
        }
        let request: Self = json::read(body)?;
        check_name(&request.coupon).map_err(|e| Refusal::of_id(e, "coupon"))?;
        if let Some(customer) = &request.customer {
            check_name(customer).map_err(|e| Refusal::of_id(e, "customer"))?;
        }
        Ok(request)
    }

    /// Header and claims of the offer, to be signed; the code has to be in NFKC.
    ///
    /// # Errors
    /// A [`Refusal`] of `expires_ms`, of a code that is another coupon's, or of a coupon that does not
    /// fit into an offer.
    pub fn compose(mut self, coupon: Coupon, signer: Signer<'_>) -> Result<String, Refusal> {
        let refuse = |code, field, message: String| Err(Refusal::at(code, field, message));
        let exp = self.expires_ms / 1000;
        let latest = signer.now_seconds.saturating_add(LIFETIME_SECONDS_MAX);
        if exp <= signer.now_seconds || exp > latest {
            let message = format!("`{}`, expected a time within 366 days", self.expires_ms);
            return refuse(refusal::Code::InvalidValue, "expires_ms", message);
        }
        if !coupon.active {
            let message = format!("the coupon `{}` is switched off", coupon.id);
            return refuse(refusal::Code::InvalidValue, "coupon", message);
        }
        if let Some(code) = &mut self.code {
            let read = Code::parse(code.as_str()).map_err(|_| {
                let message = format!("`{code}` is no code, expected letters, digits and `_`");
                Refusal::at(refusal::Code::InvalidValue, "code", message)
            })?;
            *code = read.as_str().to_owned();
        }
        let known = match &coupon.codes {
            Codes::Named { code } => Some(code.clone()),
            Codes::Generated { .. } => None,
        };
        if let (Some(known), Some(given)) = (&known, &self.code)
            && known != given
        {
            let message = format!("`{given}`, expected the code of the coupon `{}`", coupon.id);
            return refuse(refusal::Code::InvalidValue, "code", message);
        }
        let claims = Claims {
            iss: signer.audience,
            iat: signer.now_seconds,
            exp,
            sub: self.customer.clone(),
            code: self.code.or(known),
            coupon: shown(coupon, self.customer),
        };
        let claims = brief(&claims)?;
        let header = format!("{}{}{}", HEADER.0, signer.kid, HEADER.1);
        let message =
            [header, claims].map(|part| Base64UrlUnpadded::encode_string(part.as_bytes()));
        let message = message.join(".");
        // A dot, and four letters for three bytes.
        let whole = message.len().saturating_add(1 + (SIGNATURE_BYTES * 4).div_ceil(3));
        if whole > OFFER_BYTES_MAX {
            let message =
                format!("`{whole}` bytes in an offer, expected at most {OFFER_BYTES_MAX}");
            return refuse(refusal::Code::TooMany, "coupon", message);
        }
        Ok(message)
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: u64,
    exp: u64,
    sub: Option<String>,
    code: Option<String>,
    coupon: Coupon,
}

/// A coupon without what is only the operator's, and for one customer if it is.
fn shown(mut coupon: Coupon, customer: Option<String>) -> Coupon {
    coupon.detail.clear();
    coupon.release_on_cancel = true;
    if matches!(coupon.codes, Codes::Generated { .. }) {
        coupon.codes = Codes::Generated { tagged: false };
    }
    let limits = &mut coupon.limits;
    // Of all customers that the coupon is for, the offer tells one at most.
    limits.customer_ids = customer.into_iter().collect();
    limits.segment = None;
    limits.max_redemptions = None;
    limits.per_customer = None;
    limits.budget_minor = None;
    coupon
}

/// JSON without what stands for nothing: null, false, and what is empty. Each has its default where it is
/// read.
fn brief(claims: &Claims<'_>) -> Result<String, Refusal> {
    let internal = |_| Refusal::of(refusal::Code::Internal, "the offer could not be written");
    let mut value = serde_json::to_value(claims).map_err(internal)?;
    prune(&mut value);
    Ok(value.to_string())
}

fn prune(value: &mut Value) {
    if let Value::Object(object) = value {
        object.retain(|_, value| {
            prune(value);
            !matches!(value, Value::Null | Value::Bool(false))
                && value.as_str() != Some("")
                && value.as_array().is_none_or(|list| !list.is_empty())
                && value.as_object().is_none_or(|object| !object.is_empty())
        });
    }
}

//! The bodies of `POST /v1/redemptions` and of its steps.

use crate::base::id::check_name;
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use crate::coupon::purchase::Purchase;
use serde::Deserialize;

/// Bytes of the body of a reservation.
pub const RESERVE_BYTES_MAX: usize = 64 * 1024;

/// Bytes of the body of a step.
pub const SETTLE_BYTES_MAX: usize = 4 * 1024;

/// Bytes of a reason.
pub const REASON_BYTES_MAX: usize = 500;

/// How long a hold lasts, if the caller does not say.
pub const HOLD_SECONDS: u64 = 900;

/// The longest hold.
pub const HOLD_SECONDS_MAX: u64 = 86_400;

/// `POST /v1/redemptions`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReserveRequest {
    /// As the customer typed it.
    pub code: String,
    /// What is bought.
    pub purchase: Purchase,
    /// How long the slot is held.
    #[serde(default)]
    pub hold_seconds: Option<u64>,
    /// The purchase is made already.
    #[serde(default)]
    pub confirm: bool,
}

/// `POST /v1/redemptions/{id}/confirm` and its like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettleRequest {
    /// For people.
    #[serde(default)]
    pub reason: Option<String>,
}

impl ReserveRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn read(body: &str) -> Result<Self, Refusal> {
        check_size(body, RESERVE_BYTES_MAX)?;
        let request: Self = json::read(body.as_bytes())?;
        if let Some(seconds) = request.hold_seconds
            && !(1..=HOLD_SECONDS_MAX).contains(&seconds)
        {
            let message = format!("`{seconds}`, expected 1 to {HOLD_SECONDS_MAX} seconds");
            return Err(Refusal::at(Code::InvalidValue, "hold_seconds", message));
        }
        request.customer()?;
        if let Some(basket) = &request.purchase.basket {
            check_name(basket).map_err(|e| Refusal::of_id(e, "purchase.basket"))?;
        }
        Ok(request)
    }

    /// Who buys: whoever consumes is known.
    ///
    /// # Errors
    /// A [`Refusal`] of a purchase without a customer, or whose name is none.
    pub fn customer(&self) -> Result<&str, Refusal> {
        let Some(customer) = &self.purchase.customer else {
            let message = "expected a customer, who is to have the redemption";
            return Err(Refusal::at(Code::MissingField, "purchase.customer", message));
        };
        check_name(&customer.id).map_err(|e| Refusal::of_id(e, "purchase.customer.id"))?;
        Ok(&customer.id)
    }

    /// How long the slot is held, in milliseconds.
    #[must_use]
    pub fn hold_ms(&self) -> u64 {
        self.hold_seconds.unwrap_or(HOLD_SECONDS).saturating_mul(1000)
    }
}

impl SettleRequest {
    /// Reads a body; an empty one asks for nothing more.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn read(body: &str) -> Result<Self, Refusal> {
        check_size(body, SETTLE_BYTES_MAX)?;
        if body.is_empty() {
            return Ok(Self::default());
        }
        let request: Self = json::read(body.as_bytes())?;
        if request.reason.as_ref().is_some_and(|reason| reason.len() > REASON_BYTES_MAX) {
            let message = format!("expected at most {REASON_BYTES_MAX} bytes");
            return Err(Refusal::at(Code::InvalidValue, "reason", message));
        }
        Ok(request)
    }
}

fn check_size(body: &str, bytes_max: usize) -> Result<(), Refusal> {
    if body.len() <= bytes_max {
        return Ok(());
    }
    let message = format!("`{}` bytes, expected at most {bytes_max}", body.len());
    Err(Refusal::of(Code::BodyTooLarge, message))
}

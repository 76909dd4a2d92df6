//! What a caller is told when something is refused: the same shape in Rust, JavaScript and HTTP.

use crate::base::id::IdError;
use crate::base::limits::NAME_BYTES_MAX;
use serde::Serialize;
use tsify::Tsify;

/// Every code there is, closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The text is not JSON, or is cut off.
    MalformedJson,
    /// The text is no dictionary of structured fields.
    MalformedField,
    /// A key that is not known.
    UnknownField,
    /// A key that is needed.
    MissingField,
    /// A key that is there twice.
    DuplicateField,
    /// A value of another type than expected.
    WrongType,
    /// A value out of its range or form.
    InvalidValue,
    /// Not 32 lower-case hexadecimal digits.
    InvalidView,
    /// Bytes that are not a view's state.
    InvalidState,
    /// The view id was made for another viewer.
    ViewOfAnotherViewer,
    /// The view is known with another title.
    TitleChanged,
    /// More producers contribute to one view than a view may have.
    TooManyProducers,
    /// More elements than allowed.
    TooMany,
    /// More bytes than allowed.
    BodyTooLarge,
    /// More codes than a shape has room for.
    SpaceTooSmall,
    /// More symbols than a code may have, fewer, or as many as would look like another kind of code.
    LengthOutOfRange,
    /// The number of rows is not what was announced.
    RowCount,
    /// No session token came with the body.
    TokenMissing,
    /// The session token is none, or none of ours.
    TokenInvalid,
    /// The session token is over.
    TokenExpired,
    /// The session token is of another viewer or other titles.
    TokenScope,
    /// The token, its subject or its subject's key epoch is on the deny list.
    TokenRevoked,
    /// No operator key came with the request.
    OperatorKeyMissing,
    /// Another operator key came with the request.
    OperatorKeyInvalid,
    /// No key of a sender came with a batch.
    BatchKeyMissing,
    /// Another key than that of a sender came with a batch.
    BatchKeyInvalid,
    /// The key was used for another request.
    IdempotencyConflict,
    /// The coupon cannot be used for this purchase.
    CouponRefused,
    /// There is no redemption of this id.
    RedemptionUnknown,
    /// The redemption stands where this step is not open.
    RedemptionState,
    /// A title cannot go from its state to this one.
    AssetState,
    /// What is needed is not there yet: the same request may go well the next time.
    Unavailable,
    /// A key is not set in the environment.
    NotConfigured,
    /// The caller broke the contract of a function.
    Internal,
}

/// A refusal: nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Refusal {
    /// What is wrong, for programs.
    pub code: Code,
    /// What is wrong and what was expected, for people.
    pub message: String,
    /// Where: a path such as `views[0].state`.
    pub field: Option<String>,
}

impl Refusal {
    /// A refusal of one field.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn at(code: Code, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: Some(field.into()) }
    }

    /// A refusal of the whole.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn of(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None }
    }

    /// A refusal of a name or an id.
    #[must_use]
    pub fn of_id(error: IdError, field: impl Into<String>) -> Self {
        let (code, message) = of_id(error);
        Self::at(code, field.into(), message)
    }
}

#[cold]
#[inline(never)]
fn of_id(error: IdError) -> (Code, String) {
    let message = match error {
        IdError::Hex => {
            return (Code::InvalidView, "expected 32 lower-case hexadecimal digits".to_owned());
        }
        IdError::Empty => "expected at least one character",
        IdError::Long => {
            return (Code::InvalidValue, format!("expected at most {NAME_BYTES_MAX} bytes"));
        }
        IdError::Control => "expected no control characters",
    };
    (Code::InvalidValue, message.to_owned())
}

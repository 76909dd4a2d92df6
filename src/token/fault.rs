//! Why a token is not taken, by the step that found out.

use crate::base::refusal::{Code, Refusal};

/// The steps from a text that anybody may have written to claims that hold, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The bytes are no token at all. Nothing of it depends on a key.
    Malformed,
    /// The header is not understood, or tries to say how it has to be verified.
    Header,
    /// The keyset has no such key, or not at this time.
    Key,
    /// The key has not signed it.
    Signature,
    /// What is signed is not what is expected of a token.
    Claims,
    /// It is not valid yet.
    Early,
    /// It is over.
    Expired,
    /// It is for something else than what is asked, or restricts in a way that cannot be judged.
    Scope,
    /// It is on the deny list.
    Revoked,
}

impl Step {
    /// The name of the step, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Header => "header",
            Self::Key => "key",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Early | Self::Expired => "time",
            Self::Scope => "scope",
            Self::Revoked => "revoked",
        }
    }

    const fn code(self) -> Code {
        match self {
            Self::Expired => Code::TokenExpired,
            Self::Scope => Code::TokenScope,
            Self::Revoked => Code::TokenRevoked,
            Self::Malformed
            | Self::Header
            | Self::Key
            | Self::Signature
            | Self::Claims
            | Self::Early => Code::TokenInvalid,
        }
    }
}

/// A token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Who found out.
    pub step: Step,
    /// What was expected. What was found is not told: it is a stranger's.
    pub expected: &'static str,
}

impl Fault {
    /// The refusal of a result.
    ///
    /// # Errors
    /// Always.
    pub fn at<T>(step: Step, expected: &'static str) -> Result<T, Self> {
        Err(Self { step, expected })
    }
}

impl From<Fault> for Refusal {
    #[inline(never)]
    fn from(fault: Fault) -> Self {
        let message = ["expected ", fault.expected].concat();
        Self::at(fault.step.code(), fault.step.name(), message)
    }
}

//! Where a code stands, for the operator.

/// What is known of a code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeUse {
    /// The operator took it back.
    pub revoked: bool,
    /// It has a redemption that is confirmed.
    pub confirmed: bool,
    /// It has one that is held.
    pub held: bool,
    /// It has one that was reversed.
    pub reversed: bool,
}

/// Where a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeState {
    /// Nobody has it, or whoever had it gave it back.
    Unused,
    /// A basket keeps it.
    Held,
    /// It was redeemed, one of many times if many may use it.
    Used,
    /// What it was redeemed for was cancelled.
    Reversed,
    /// The operator took it back.
    Revoked,
}

impl CodeState {
    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unused => "unused",
            Self::Held => "held",
            Self::Used => "used",
            Self::Reversed => "reversed",
            Self::Revoked => "revoked",
        }
    }
}

impl CodeUse {
    /// Where it stands: what weighs most first.
    #[must_use]
    pub fn state(self) -> CodeState {
        if self.revoked {
            CodeState::Revoked
        } else if self.confirmed {
            CodeState::Used
        } else if self.held {
            CodeState::Held
        } else if self.reversed {
            CodeState::Reversed
        } else {
            CodeState::Unused
        }
    }
}

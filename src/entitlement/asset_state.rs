//! Where a title stands on its way into the catalogue.
//!
//! ```text
//! ingest ──> ready ──> published ──> retired
//!              ^                        │
//!              └────────────────────────┘
//! ```

use crate::base::refusal::{Code, Refusal};

/// Where a title stands. Only what is published is told to the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetState {
    /// Its files are being made.
    Ingest,
    /// It could be published.
    Ready,
    /// It is in every catalogue that is published from now on.
    Published,
    /// It was published and is not any more.
    Retired,
}

impl AssetState {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Ready, Self::Published, Self::Retired];

    /// As it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Ready => "ready",
            Self::Published => "published",
            Self::Retired => "retired",
        }
    }

    /// The state that comes next.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Ingest | Self::Retired => Self::Ready,
            Self::Ready => Self::Published,
            Self::Published => Self::Retired,
        }
    }

    fn named(name: &str) -> Result<Self, Refusal> {
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| {
            let message = format!("`{name}`, expected ingest, ready, published or retired");
            Refusal::at(Code::InvalidValue, "state", message)
        })
    }
}

/// Checks a move from one state to another by their names; staying is one. A title without a state may begin in any:
/// one that is taken over from elsewhere has come some way.
///
/// # Errors
/// A [`Refusal`] of a state that is none, and of a move that is not open.
pub fn check_move(from: Option<&str>, to: &str) -> Result<(), Refusal> {
    let to = AssetState::named(to)?;
    let Some(from) = from else { return Ok(()) };
    let from = AssetState::named(from)?;
    if from == to || from.next() == to {
        return Ok(());
    }
    let message =
        format!("`{}`, expected `{}` after `{}`", to.name(), from.next().name(), from.name());
    Err(Refusal::at(Code::AssetState, "state", message))
}

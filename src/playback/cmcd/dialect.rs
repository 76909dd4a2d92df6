//! Which player it is, as far as it matters.

/// How a player uses the words of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// As the standard has them: hls.js 1.7, dash.js 5.
    Standard,
    /// Shaka Player 5 says `p` whenever its buffer is full, also while it is paused, and nothing when
    /// it then plays. So `p` after `r` counts from a proof on: at the start from the start delay
    /// (`msd`, told when the first frame was shown), after a seek or a stall that ended in a pause
    /// from a response that a paused player would not have asked for.
    ///
    /// The release builds of 5.2 name no state at all (their compiler renames the key), only the debug
    /// builds do: of a release build nothing but start delay and delivery is known, and all of its time
    /// is `suspended_ms`.
    Shaka,
}

impl Dialect {
    /// By the name in the address of the target: none, `hls.js` and `dash.js` are by the standard.
    #[must_use]
    pub fn of_player(player: Option<&str>) -> Option<Self> {
        match player {
            None | Some("hls.js" | "dash.js") => Some(Self::Standard),
            Some("shaka-player") => Some(Self::Shaka),
            Some(_) => None,
        }
    }

    /// One byte for the wire.
    #[must_use]
    pub fn code(self) -> u64 {
        match self {
            Self::Standard => 0,
            Self::Shaka => 1,
        }
    }

    /// The inverse of [`Dialect::code`].
    #[must_use]
    pub fn of_code(code: u64) -> Option<Self> {
        match code {
            0 => Some(Self::Standard),
            1 => Some(Self::Shaka),
            _ => None,
        }
    }
}

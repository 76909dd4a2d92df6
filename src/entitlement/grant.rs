//! What a viewer holds.

use crate::base::plain::pieces::NONE;
use tsify::Tsify;

/// The last instant there is: the end of the year 9999, in seconds, UTC.
pub const SECONDS_MAX: u64 = 253_402_300_799;

/// Longest time for which a rental may be played, in seconds: ten years.
pub const PLAY_WINDOW_SECONDS_MAX: u64 = 3_650 * 86_400;

/// How a grant came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum GrantKind {
    /// A subscription to a plan.
    Plan,
    /// A plan, on trial.
    Trial,
    /// A title, for good or until it ends.
    Purchase,
    /// A title, bought for a span in which it may be begun.
    Rental,
    /// A plan or a title, given for a coupon.
    Coupon,
}

impl GrantKind {
    /// The words of all of them, in order.
    pub const WORDS: [&'static str; 5] = ["plan", "trial", "purchase", "rental", "coupon"];

    /// The one of a place among the words.
    #[must_use]
    pub const fn of_place(place: u64) -> Self {
        match place {
            0 => Self::Plan,
            1 => Self::Trial,
            2 => Self::Purchase,
            3 => Self::Rental,
            _ => Self::Coupon,
        }
    }
}

/// What a viewer holds, `[from, to)`.
#[derive(Debug, Clone, PartialEq, Eq, Tsify)]
#[tsify(missing_as_null)]
pub struct EntitlementGrant {
    /// Its name, 1 to 200 bytes.
    pub id: String,
    /// How it came to be.
    pub kind: GrantKind,
    /// The plan of a plan, a trial or a coupon. One that the catalogue does not have covers nothing.
    #[tsify(optional)]
    pub plan: Option<String>,
    /// The title of a purchase, a rental or a coupon.
    #[tsify(optional)]
    pub title: Option<String>,
    /// From when on, in seconds, UTC.
    pub from: u64,
    /// Until when, in seconds, UTC; null for ever.
    #[tsify(optional)]
    pub to: Option<u64>,
    /// How long a rental may be played from its first play on, in seconds.
    #[tsify(optional)]
    pub play_window_s: Option<u64>,
    /// When a rental was first played, in seconds, UTC.
    #[tsify(optional)]
    pub first_play_at: Option<u64>,
}

/// The numbers of a grant, [`NONE`] for those that are not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) kind: GrantKind,
    pub(super) has_plan: bool,
    pub(super) has_title: bool,
    pub(super) to: u64,
    pub(super) play_window_s: u64,
    pub(super) first_play_at: u64,
}

impl Terms {
    /// The field in which a grant says something else than its kind, and what was expected there: plans and trials
    /// are of a plan, purchases and rentals of a title, coupons of either; only rentals are played for a time.
    pub(super) const fn fault(&self) -> Option<(&'static str, &'static str)> {
        let is_of_one = self.has_plan != self.has_title;
        let is_of_its_kind = match self.kind {
            GrantKind::Plan | GrantKind::Trial => self.has_plan,
            GrantKind::Purchase | GrantKind::Rental => self.has_title,
            GrantKind::Coupon => true,
        };
        if !is_of_one || !is_of_its_kind {
            return Some((
                "kind",
                "expected a plan for plans and trials, a title for purchases and rentals, one of both for coupons",
            ));
        }
        let expected = "expected it of rentals only";
        match self.kind {
            GrantKind::Rental => None,
            GrantKind::Plan | GrantKind::Trial | GrantKind::Purchase | GrantKind::Coupon => {
                if self.play_window_s != NONE {
                    Some(("play_window_s", expected))
                } else if self.first_play_at != NONE {
                    Some(("first_play_at", expected))
                } else {
                    None
                }
            }
        }
    }

    /// When a grant ends, in seconds, UTC; [`NONE`] for never. A rental that was played ends its play window after its
    /// first play, even past the span in which it could be begun.
    pub(super) const fn ends_at(&self) -> u64 {
        if self.play_window_s == NONE || self.first_play_at == NONE {
            return self.to;
        }
        self.first_play_at.saturating_add(self.play_window_s)
    }
}

//! Why something may not be watched, and what is to be said though it may.

use tsify::Tsify;

/// Why a title may not be watched, in the order in which reasons are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Tsify)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntitlementReason {
    /// The account is closed.
    AccountClosed,
    /// The account is suspended.
    AccountSuspended,
    /// A payment was taken back.
    Chargeback,
    /// A payment is due, and the days of grace are over.
    PastDue,
    /// The catalogue has no such title; nothing that comes after is judged.
    TitleUnknown,
    /// Nobody knows where the viewer is; it takes the place of the next four.
    CountryUnknown,
    /// No window names the country.
    GeoBlocked,
    /// The first window of the country opens later.
    NotYetAvailable,
    /// The last window of the country has closed.
    NoLongerAvailable,
    /// The title is blacked out in the country now.
    Blackout,
    /// The title's rating is above the viewer's.
    RatingBlocked,
    /// A grant that covers the title begins later.
    GrantNotStarted,
    /// A grant that covers the title is over.
    GrantExpired,
    /// A grant that covers the title is not for this class of device.
    DeviceClassBlocked,
    /// A grant that covers the title is paid with advertisements, and the title may not carry any.
    AdTierExcluded,
    /// No grant covers the title.
    NotEntitled,
    /// The device is new, and there are as many as there may be.
    DeviceLimit,
    /// As many streams run on other devices as may run.
    StreamLimit,
}

impl EntitlementReason {
    /// All of them, in order.
    pub const ALL: [Self; 18] = [
        Self::AccountClosed,
        Self::AccountSuspended,
        Self::Chargeback,
        Self::PastDue,
        Self::TitleUnknown,
        Self::CountryUnknown,
        Self::GeoBlocked,
        Self::NotYetAvailable,
        Self::NoLongerAvailable,
        Self::Blackout,
        Self::RatingBlocked,
        Self::GrantNotStarted,
        Self::GrantExpired,
        Self::DeviceClassBlocked,
        Self::AdTierExcluded,
        Self::NotEntitled,
        Self::DeviceLimit,
        Self::StreamLimit,
    ];

    /// Their words, in order.
    pub const WORDS: [&'static str; 18] = [
        "ACCOUNT_CLOSED",
        "ACCOUNT_SUSPENDED",
        "CHARGEBACK",
        "PAST_DUE",
        "TITLE_UNKNOWN",
        "COUNTRY_UNKNOWN",
        "GEO_BLOCKED",
        "NOT_YET_AVAILABLE",
        "NO_LONGER_AVAILABLE",
        "BLACKOUT",
        "RATING_BLOCKED",
        "GRANT_NOT_STARTED",
        "GRANT_EXPIRED",
        "DEVICE_CLASS_BLOCKED",
        "AD_TIER_EXCLUDED",
        "NOT_ENTITLED",
        "DEVICE_LIMIT",
        "STREAM_LIMIT",
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.get(self as usize).copied().unwrap_or_default()
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons(u32);

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);

    /// Those of some bits: bit 0 is the first reason.
    #[must_use]
    pub const fn of(reason: EntitlementReason) -> Self {
        Self(reason.bit())
    }

    /// Adds one.
    pub const fn add(&mut self, reason: EntitlementReason) {
        self.0 |= reason.bit();
    }

    /// Adds one if something holds.
    pub fn add_if(&mut self, holds: bool, reason: EntitlementReason) {
        if holds {
            self.add(reason);
        }
    }

    /// Adds those of another set.
    pub const fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn contains(self, reason: EntitlementReason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// Their bits: bit 0 is the first reason.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Each of them, in order.
    pub fn iter(self) -> impl Iterator<Item = EntitlementReason> {
        EntitlementReason::ALL.into_iter().filter(move |reason| self.contains(*reason))
    }
}

/// What is to be said though the title may be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Tsify)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EntitlementNotice {
    /// A payment is due; the days of grace are running.
    PastDueGrace,
}

impl EntitlementNotice {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PastDueGrace => "PAST_DUE_GRACE",
        }
    }
}

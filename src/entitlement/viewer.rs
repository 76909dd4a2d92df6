//! What is known of a viewer when a title is asked for.

use super::account::{Account, AccountStatus};
use super::grant::{EntitlementGrant, GrantKind, PLAY_WINDOW_SECONDS_MAX, SECONDS_MAX};
use crate::base::limits::MS_MAX;
use crate::base::plain::table::{Field, Kind};
use tsify::Tsify;

/// Grants of a viewer.
pub const GRANTS_MAX: usize = 64;

/// Devices of a viewer that are registered.
pub const DEVICES_MAX: usize = 64;

/// Streams of a viewer that are open.
pub const STREAMS_MAX: usize = 64;

/// A stream that is open.
#[derive(Debug, Clone, PartialEq, Eq, Tsify)]
#[tsify(missing_as_null)]
pub struct OpenStream {
    /// On which device.
    pub device: String,
    /// Until when its lease lives, in seconds, UTC; null for as long as it is said to be open.
    #[tsify(optional)]
    pub until: Option<u64>,
}

/// What is known of a viewer.
#[derive(Debug, Clone, PartialEq, Eq, Tsify)]
#[tsify(missing_as_null)]
pub struct EntitlementViewer {
    /// The account.
    pub account: Account,
    /// The highest rating that may be watched, in years; null for any.
    pub max_rating: Option<u64>,
    /// The devices that are registered.
    pub devices: Vec<String>,
    /// The streams that are open; null for none.
    #[tsify(optional)]
    pub open_streams: Vec<OpenStream>,
    /// What is held, in any order.
    pub grants: Vec<EntitlementGrant>,
}

const TIME: Kind = Kind::Whole(0, SECONDS_MAX);

/// The fields of [`EntitlementViewer`].
pub(super) const VIEWER: [Field; 5] = [
    Field::needed("account", Kind::Object(&ACCOUNT)),
    Field::optional("max_rating", Kind::Whole(0, MS_MAX)),
    Field::needed("devices", Kind::List(DEVICES_MAX, &Kind::Name(0))),
    Field::optional("open_streams", Kind::List(STREAMS_MAX, &Kind::Object(&STREAM))),
    Field::needed("grants", Kind::List(GRANTS_MAX, &Kind::Object(&GRANT))),
];
const ACCOUNT: [Field; 2] =
    [Field::needed("status", Kind::Word(&AccountStatus::WORDS)), Field::optional("since", TIME)];
const STREAM: [Field; 2] = [Field::needed("device", Kind::Name(0)), Field::optional("until", TIME)];
const GRANT: [Field; 8] = [
    Field::needed("id", Kind::Name(0)),
    Field::needed("kind", Kind::Word(&GrantKind::WORDS)),
    Field::optional("plan", Kind::Name(0)),
    Field::optional("title", Kind::Name(0)),
    Field::needed("from", TIME),
    Field::optional("to", TIME),
    Field::optional("play_window_s", Kind::Whole(0, PLAY_WINDOW_SECONDS_MAX)),
    Field::optional("first_play_at", TIME),
];

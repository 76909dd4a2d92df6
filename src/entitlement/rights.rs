//! A viewer, compiled against a catalogue.

use super::account::{Account, AccountStatus};
use super::catalogue::{Catalogue, NAMES};
use super::grant::{GrantKind, Terms};
use super::viewer::VIEWER;
use crate::base::index::Index;
use crate::base::plain::pieces::{NONE, Pieces, push_digits};
use crate::base::plain::table::Kind;
use crate::base::refusal::{Code, Refusal};
use std::rc::Rc;

/// The name of the grant that is a title's being free.
pub const FREE: &[u8] = b"free";

/// The end of what has none.
pub(super) const NEVER: u64 = NONE;

/// What a grant is of, in places of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A plan.
    Plan(usize),
    /// A title.
    Title(u32),
    /// A plan or a title that the catalogue does not have: it covers nothing.
    Nothing,
}

/// A grant in numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// The place of its name.
    name: u32,
    /// Its place among the grants of the viewer.
    pub(super) given: usize,
    pub(super) target: Target,
    /// From when on, in seconds, UTC.
    pub(super) from: u64,
    /// Until when, in seconds, UTC; [`NEVER`] for ever.
    pub(super) end: u64,
}

/// What a viewer may do, for any number of decisions.
#[derive(Debug, Default)]
pub struct Rights {
    pub(super) catalogue: Rc<Catalogue>,
    /// The names that the viewer's JSON has, devices among them.
    names: [Index; 3],
    pub(super) account: Account,
    pub(super) max_rating: Option<u64>,
    /// The devices that are registered, each once.
    pub(super) registered: Vec<u32>,
    /// The device and the end of each open stream.
    pub(super) streams: Vec<(u64, u64)>,
    // INVARIANT (names decide last): sorted by name, so that of two equal grants the first one wins.
    pub(super) held: Vec<Held>,
    /// Where `free` stands among them.
    pub(super) free_rank: usize,
}

impl Rights {
    /// Reads a viewer in JSON ([`EntitlementViewer`](super::viewer::EntitlementViewer)) and compiles it.
    ///
    /// # Errors
    /// A [`Refusal`] with the path of what is wrong, such as `grants[1].to`.
    pub fn read(catalogue: Rc<Catalogue>, json: String) -> Result<Self, Refusal> {
        let mut rights = Self { catalogue, ..Self::default() };
        let mut pieces = Pieces::of_text(json);
        let viewer = pieces.value(Kind::Object(&VIEWER));
        rights.take(&mut pieces, viewer);
        core::mem::swap(&mut rights.names, &mut pieces.names);
        pieces.finish().map(|()| rights)
    }

    #[inline(never)]
    fn take(&mut self, pieces: &mut Pieces<'_>, viewer: u64) {
        let account = pieces.number(viewer, 0);
        self.account.status = AccountStatus::of_place(pieces.number(account, 0));
        self.account.since = some(pieces.number(account, 1));
        self.max_rating = some(pieces.number(viewer, 1));
        let mut cell = pieces.number(viewer, 2);
        while let Some(device) = pieces.next(&mut cell) {
            let device = place(device);
            if !self.is_known(device) {
                self.registered.push(device);
            }
        }
        let mut cell = pieces.number(viewer, 3);
        while let Some(stream) = pieces.next(&mut cell) {
            self.streams.push((pieces.number(stream, 0), pieces.number(stream, 1)));
        }
        let mut cell = pieces.number(viewer, 4);
        let mut given = 0;
        while let Some(grant) = pieces.next(&mut cell) {
            self.hold(pieces, grant, given);
            given = given.wrapping_add(1);
        }
    }

    /// Whether a device is registered.
    #[inline(never)]
    pub(super) fn is_known(&self, device: u32) -> bool {
        self.registered.contains(&device)
    }

    #[inline(never)]
    fn hold(&mut self, pieces: &mut Pieces<'_>, grant: u64, given: usize) {
        let number = |field| pieces.number(grant, field);
        let [plan, title, end] = [2, 3, 5].map(number);
        let terms = Terms {
            kind: GrantKind::of_place(number(1)),
            has_plan: plan != NONE,
            has_title: title != NONE,
            to: end,
            play_window_s: number(6),
            first_play_at: number(7),
        };
        let fault = terms.fault();
        let [names, ..] = &pieces.names;
        let text = |name| names.get(place(name)).unwrap_or_default();
        let plan = self.catalogue.find(NAMES, text(plan)).map_or(NONE, u64::from);
        let target = match self.catalogue.policy.place_of(plan) {
            usize::MAX => {
                self.catalogue.place_of(text(title)).map_or(Target::Nothing, Target::Title)
            }
            plan => Target::Plan(plan),
        };
        let name = place(number(0));
        let id = text(name.into());
        let mut rank = 0;
        // Not sorted: the code for that is four kilobytes, and these are few.
        while self.held.get(rank).is_some_and(|held| text(held.name.into()) <= id) {
            rank += 1;
        }
        self.free_rank += usize::from(id < FREE);
        let held = Held { name, given, target, from: number(4), end: terms.ends_at() };
        self.held.insert(rank, held);
        if let Some((field, expected)) = fault {
            let mut path = "grants[".to_owned();
            push_digits(&mut path, given as u64);
            path.push_str("].");
            path.push_str(field);
            pieces.fail(&path, Code::InvalidValue, expected.to_owned());
        }
    }

    /// The catalogue.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The place of a device; none for one that is neither registered nor streaming.
    #[must_use]
    pub fn device(&self, name: &[u8]) -> Option<u32> {
        let [names, ..] = &self.names;
        names.find(name)
    }
}

fn some(number: u64) -> Option<u64> {
    (number != NONE).then_some(number)
}

fn place(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

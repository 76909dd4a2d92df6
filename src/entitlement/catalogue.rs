//! All titles and the policy, compiled for decisions.

use super::policy::Policy;
use super::title::{Title, Window};
use crate::base::index::Index;
use crate::base::rows::Rows;

/// Titles that a catalogue may have.
pub const TITLES_MAX: usize = 1_000_000;

/// The tables of names of plans and the policy, and of titles.
pub(super) const NAMES: usize = 0;
pub(super) const IDS: usize = 1;

/// All titles and the policy: integers, sets of bits, and the names in one piece.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The version of the document.
    pub version: u64,
    /// What holds for all of them.
    pub policy: Policy,
    /// The titles, in the order of the document.
    pub(super) titles: Rows<Title>,
    /// How many there are.
    pub(super) count: u32,
    // INVARIANT (windows of a title): those from `first_window` on belong to it, blackouts last.
    pub(super) windows: Rows<Window>,
    /// Names: of plans and the policy, of titles, of packs.
    // INVARIANT (one name a title): in the order of `titles`.
    pub(super) names: [Index; 3],
    /// Sets of packs or territories, each once: thousands of titles share them.
    pub(super) sets: Index,
}

impl Catalogue {
    /// The version of the policy.
    #[must_use]
    pub fn policy_version(&self) -> &str {
        let [names, ..] = &self.names;
        names.text(u32::try_from(self.policy.version).unwrap_or(u32::MAX))
    }

    /// How many titles there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The place of a title.
    #[must_use]
    pub fn place_of(&self, id: &[u8]) -> Option<u32> {
        self.find(IDS, id)
    }

    /// The titles of all places, one a line.
    #[must_use]
    pub fn ids(&self) -> String {
        let [_, names, _] = &self.names;
        let mut ids = String::new();
        for place in 0..self.count {
            ids.push_str(names.text(place));
            ids.push('\n');
        }
        ids
    }

    /// Bytes of memory that it holds, the few of the policy left out.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let [_, names, _] = &self.names;
        let names = names.bytes().saturating_add(self.sets.bytes());
        self.titles.bytes().saturating_add(self.windows.bytes()).saturating_add(names)
    }

    /// The place of a name in a table.
    pub(super) fn find(&self, table: usize, name: &[u8]) -> Option<u32> {
        self.names.get(table)?.find(name)
    }

    pub(super) fn title(&self, place: u32) -> Option<&Title> {
        self.titles.get(place as usize, 1).first()
    }

    /// The windows and the blackouts of a title.
    pub(super) fn windows_of(&self, title: &Title) -> (&[Window], &[Window]) {
        let (windows, blackouts) = (usize::from(title.windows), usize::from(title.blackouts));
        let all = self.windows.get(title.first_window as usize, windows.saturating_add(blackouts));
        all.split_at_checked(windows).unwrap_or_default()
    }
}

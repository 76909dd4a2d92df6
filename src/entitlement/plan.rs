//! Plans: what a viewer may hold a grant of.

use tsify::Tsify;

/// A class of devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// Telephones and tablets.
    Mobile,
    /// Browsers on computers.
    Web,
    /// Television sets and what is plugged into them.
    Tv,
    /// Game consoles.
    Console,
}

impl DeviceClass {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Mobile, Self::Web, Self::Tv, Self::Console];

    /// The words of all of them, in order.
    pub const WORDS: [&'static str; 4] = ["mobile", "web", "tv", "console"];

    /// The number of a word.
    #[must_use]
    pub fn number_of(word: &str) -> Option<u8> {
        u8::try_from(Self::WORDS.iter().position(|known| *known == word)?).ok()
    }

    /// The one of a place among the words.
    #[must_use]
    pub fn of_place(place: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(place).ok()?).copied()
    }
}

/// A plan, compiled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The place of its name among those of the catalogue.
    pub name: u64,
    /// The place of its packs among the sets of the catalogue.
    pub packs: u32,
    /// The tallest picture, in lines.
    pub max_height: u16,
    /// Whether it is paid with advertisements.
    pub ads: bool,
    /// Streams at a time.
    pub streams: u64,
    /// Devices that may be registered.
    pub devices: u64,
    /// The place of the classes of devices that it is for, among the sets of the catalogue.
    pub classes: u32,
    /// Where its parts begin among those of the policy: itself and all that it includes, each of which covers what it
    /// covers under its own height, advertisements and classes.
    pub first_part: usize,
    /// Where they end.
    pub end_part: usize,
}

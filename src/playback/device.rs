//! What kind of device a view was watched on.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// A kind of device.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Tsify,
)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// Nobody could tell.
    #[default]
    Unknown,
    /// A computer.
    Desktop,
    /// A telephone.
    Mobile,
    /// A tablet.
    Tablet,
    /// A television, a stick or a box at one.
    Tv,
}

/// What a `User-Agent` of a kind of device holds, in lower case: the first row of which one word is in
/// it decides.
///
/// Televisions come first because many call themselves Android or Linux too. A tablet with Android does
/// not say `Mobile`, a telephone does (Google's advice to makers of browsers). An iPad of today calls
/// itself a Macintosh: only the player can tell, from its touch points, and says so in the body.
const WORDS: [(Device, &[&str]); 4] = [
    (
        Device::Tv,
        &[
            "smart-tv",
            "smarttv",
            "smart tv",
            "googletv",
            "google tv",
            "android tv",
            "appletv",
            "apple tv",
            "hbbtv",
            "netcast",
            "web0s",
            "webos",
            "tizen",
            "roku",
            "viera",
            "bravia",
            "; aft",
            "crkey",
            "playstation",
            "xbox",
            "nintendo",
            "vidaa",
            "dtv",
        ],
    ),
    (Device::Tablet, &["ipad", "tablet", "kindle", "silk/", "playbook"]),
    (Device::Mobile, &["mobile", "iphone", "ipod", "windows phone", "opera mini"]),
    (Device::Desktop, &["windows nt", "macintosh", "cros ", "x11", "linux"]),
];

/// Bytes of a `User-Agent` that are looked at.
const USER_AGENT_BYTES_MAX: usize = 512;

impl Device {
    /// The names; the place is the code on the wire.
    pub const NAMES: [&str; 5] = ["unknown", "desktop", "mobile", "tablet", "tv"];

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|code| Self::of_code(code as u64))
    }

    /// A number for the wire, from 0.
    #[must_use]
    pub fn to_code(self) -> u64 {
        self as u64
    }

    /// The inverse of [`Device::to_code`]; any other number is unknown.
    #[must_use]
    pub fn of_code(code: u64) -> Self {
        match code {
            1 => Self::Desktop,
            2 => Self::Mobile,
            3 => Self::Tablet,
            4 => Self::Tv,
            _ => Self::Unknown,
        }
    }

    /// What a `User-Agent` header says.
    #[must_use]
    pub fn of_user_agent(header: &str) -> Self {
        let end = header.floor_char_boundary(USER_AGENT_BYTES_MAX);
        let text = header.get(..end).unwrap_or("").to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| holds(&text, word));
        let found = WORDS.iter().find(|(_, words)| says(words)).map(|(device, _)| *device);
        match found {
            Some(Self::Desktop) if holds(&text, "android") => Self::Tablet,
            found => found.unwrap_or(Self::Unknown),
        }
    }
}

/// Text has a search of its own, of 2 kB: it is quick in long texts, and these are short.
#[inline(never)]
fn holds(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|at| at == word.as_bytes())
}

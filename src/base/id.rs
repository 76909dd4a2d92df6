//! Identities: 128 bits, written as 32 lower-case hexadecimal digits.

use crate::base::limits::NAME_BYTES_MAX;
use alloc::string::String;

/// Why a text is not an identity or a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdError {
    /// Not 32 lower-case hexadecimal digits.
    Hex,
    /// No characters at all.
    Empty,
    /// More than [`NAME_BYTES_MAX`] bytes.
    Long,
    /// Holds an ASCII control character.
    Control,
}

/// 128 bits that name something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub [u8; 16]);

impl Id {
    /// Reads 32 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`IdError::Hex`] for anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(IdError::Hex);
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                *byte = (*byte << 4) | hex_value(*digit).ok_or(IdError::Hex)?;
            }
        }
        Ok(Self(bytes))
    }

    /// The 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        let mut text = String::with_capacity(32);
        for byte in self.0 {
            for value in [byte >> 4, byte & 15] {
                text.push(char::from(if value < 10 { b'0' + value } else { b'a' - 10 + value }));
            }
        }
        text
    }
}

fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The id of one playback: a 32-bit tag of the viewer, then 96 random bits.
///
/// The tag lets the edge refuse a view that belongs to another viewer without asking anybody; the
/// random part is what nobody can guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ViewId(pub Id);

impl ViewId {
    /// A new id for a view of `viewer`; `random` comes from the host's randomness, its first 32 bits
    /// give way to the tag.
    #[must_use]
    pub fn new(viewer: impl AsRef<[u8]>, random: [u8; 16]) -> Self {
        let untagged = u128::from_be_bytes(random) & (u128::MAX >> 32);
        let tag = u128::from(viewer_tag(viewer.as_ref())) << 96;
        Self(Id((tag | untagged).to_be_bytes()))
    }

    /// Whether this id was made for `viewer`.
    #[must_use]
    pub fn belongs_to(self, viewer: &str) -> bool {
        u128::from_be_bytes(self.0.0) >> 96 == u128::from(viewer_tag(viewer.as_bytes()))
    }
}

/// The tag of a viewer: FNV-1a, 32 bits. Source: Fowler, Noll, Vo, RFC 9923.
#[must_use]
pub fn viewer_tag(viewer: &[u8]) -> u32 {
    viewer
        .iter()
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// One page load that measures: random, never restored from storage, the only writer of its tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Producer(pub Id);

/// Checks the name of a viewer or a title: 1 to [`NAME_BYTES_MAX`] bytes, no ASCII control
/// characters.
///
/// # Errors
/// The first rule that is broken.
pub fn check_name(name: impl AsRef<[u8]>) -> Result<(), IdError> {
    let name = name.as_ref();
    if name.is_empty() {
        return Err(IdError::Empty);
    }
    if name.len() > NAME_BYTES_MAX {
        return Err(IdError::Long);
    }
    if name.iter().any(u8::is_ascii_control) {
        return Err(IdError::Control);
    }
    Ok(())
}

//! Codes that the edge can tell from inventions without asking anybody.
//!
//! 14 symbols: 3 bits for the slot of the key and 22 for a serial number, masked; 40 bits of HMAC-SHA-256 of
//! slot and serial; the check symbol. The mask is the HMAC of the tag: who has no key sees neither an order
//! nor how many there are. A guess is right once in 2^40.

use super::check_symbol::check_value;
use super::code::{Code, Kind, TAGGED_SYMBOLS, symbol_of};
use crate::token::keyring::{KEYS_MAX, KeyedMac, Keyring, KeyringError};

/// Slots of keys, named `0` to `7`.
pub const SLOTS: u8 = 8;

/// Serial numbers of one key, from 0.
pub const SERIALS: u32 = 1 << SERIAL_BITS;

/// Codes that are minted at once.
pub const MINTED_PER_CALL_MAX: u32 = 1_000_000;

const SERIAL_BITS: u32 = 22;

const HEAD_SYMBOLS: usize = 5;

const TAG_SYMBOLS: usize = 8;

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKeysError {
    /// The text is no keyring.
    Keyring(KeyringError),
    /// A key is not named `0` to `7`.
    Slot,
}

/// Why a range of serial numbers is not minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MintError {
    /// No code, or more than [`MINTED_PER_CALL_MAX`].
    Count,
    /// The range goes beyond the last serial number, [`SERIALS`] - 1.
    Serial,
}

/// What a tagged code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tagged {
    /// Which key has made it.
    pub slot: u8,
    /// Its number.
    pub serial: u32,
}

/// The keys of tagged codes. The first mints, all verify.
pub struct TagKeys {
    // INVARIANT (a key that mints): at least one.
    keys: Vec<TagKey>,
}

struct TagKey {
    slot: u8,
    mac: KeyedMac,
}

impl Tagged {
    /// Slot and serial number as one number: the serial number is its lowest 22 bits.
    #[must_use]
    pub const fn number(self) -> u32 {
        (self.slot as u32) << SERIAL_BITS | self.serial
    }
}

impl TagKeys {
    /// Reads `slot:base64url[,slot:base64url...]`.
    ///
    /// # Errors
    /// [`TagKeysError`]; none of them holds a part of a key.
    pub fn parse(text: &str) -> Result<Self, TagKeysError> {
        let ring = Keyring::parse(text).map_err(TagKeysError::Keyring)?;
        let mut keys = Vec::with_capacity(KEYS_MAX);
        for (kid, mac) in ring.macs() {
            let [digit @ b'0'..=b'7'] = kid.as_bytes() else { return Err(TagKeysError::Slot) };
            keys.push(TagKey { slot: digit & 7, mac });
        }
        Ok(Self { keys })
    }

    /// The slot of the key that mints.
    #[must_use]
    pub fn minting_slot(&self) -> u8 {
        self.keys.first().map_or(0, |key| key.slot)
    }

    /// The codes of `count` serial numbers from `first`, as lines of ASCII with a newline between them.
    ///
    /// # Errors
    /// [`MintError`]
    pub fn mint(&self, first: u32, count: u32) -> Result<Vec<u8>, MintError> {
        if !(1..=MINTED_PER_CALL_MAX).contains(&count) {
            return Err(MintError::Count);
        }
        let end =
            first.checked_add(count).filter(|end| *end <= SERIALS).ok_or(MintError::Serial)?;
        let mut lines = Vec::with_capacity((TAGGED_SYMBOLS + 1) * count as usize);
        for serial in first..end {
            if let Some(key) = self.keys.first() {
                lines.extend(key.symbols(serial));
                lines.push(b'\n');
            }
        }
        lines.pop();
        Ok(lines)
    }

    /// What a code says, if one of the keys has made it. Takes the same time wherever a tag differs.
    #[must_use]
    pub fn verify(&self, code: &Code) -> Option<Tagged> {
        if code.kind() != Kind::Tagged {
            return None;
        }
        let mut values = code.values();
        let head = number(values.by_ref().take(HEAD_SYMBOLS));
        let tag = number(values.take(TAG_SYMBOLS));
        let slot = (head >> SERIAL_BITS).to_le_bytes()[0];
        let key = self.keys.iter().find(|key| key.slot == slot)?;
        let serial = serial_of(head ^ key.mask(tag));
        // One comparison of numbers, which takes the same time whatever they are.
        (key.tag(serial) == tag).then_some(Tagged { slot, serial })
    }
}

impl TagKey {
    fn tag(&self, serial: u32) -> u64 {
        self.mac_of(b't', u64::from(serial)) >> 24
    }

    /// As many bits as a serial number has.
    fn mask(&self, tag: u64) -> u64 {
        self.mac_of(b'm', tag) >> (64 - SERIAL_BITS)
    }

    /// The first 64 bits of the HMAC of a number, for one purpose.
    #[inline(never)]
    fn mac_of(&self, purpose: u8, number: u64) -> u64 {
        let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
        let mac = self.mac.of(&[purpose, self.slot, a, b, c, d, e, f, g, h]);
        let [a, b, c, d, e, f, g, h, ..] = mac;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    fn symbols(&self, serial: u32) -> [u8; TAGGED_SYMBOLS] {
        let tag = self.tag(serial);
        let head = u64::from(self.slot) << SERIAL_BITS | (u64::from(serial) ^ self.mask(tag));
        let mut values = [0; TAGGED_SYMBOLS];
        let (heads, behind) = values.split_at_mut(HEAD_SYMBOLS);
        write(heads, head);
        write(behind.get_mut(..TAG_SYMBOLS).unwrap_or_default(), tag);
        let check = check_value(values.iter().take(TAGGED_SYMBOLS - 1).copied());
        let [.., last] = &mut values;
        *last = check;
        values.map(symbol_of)
    }
}

fn number(values: impl Iterator<Item = u8>) -> u64 {
    values.fold(0, |number, value| (number << 5) | u64::from(value))
}

fn write(values: &mut [u8], mut number: u64) {
    for value in values.iter_mut().rev() {
        *value = number.to_le_bytes()[0] & 31;
        number >>= 5;
    }
}

/// The lowest bits of a number.
fn serial_of(number: u64) -> u32 {
    u32::try_from(number & u64::from(SERIALS - 1)).unwrap_or(0)
}

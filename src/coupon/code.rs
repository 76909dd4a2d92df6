//! The code that a customer types, in one spelling.
//!
//! A text becomes a code once, before it is looked up and before it is consumed: the host brings it into
//! NFKC, then white space, dashes and format characters go, and small letters of ASCII become capitals.
//! What then is not a letter, a digit or `_` of ASCII belongs to no code.
//!
//! A code of 13 or 14 symbols of the [`ALPHABET`] looks generated, and nothing that looks so is a code
//! without the right check symbol: a typing error can be told for certain, offline.

use super::check_symbol::next_interim;
use alloc::string::String;
use alloc::vec::Vec;

/// The symbols of generated codes: no I, L, O, which are read as 1, 1, 0, and no U. Source: D. Crockford,
/// Base 32.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Most symbols of a code.
pub const SYMBOLS_MAX: usize = 64;

/// Most UTF-16 units of a text as it was typed: the host takes a longer one for no code without looking
/// into it.
pub const TEXT_UNITS_MAX: u32 = 256;

/// Most bytes of a text in NFKC; what is typed in [`TEXT_UNITS_MAX`] and may be a code has fewer.
pub const TEXT_BYTES_MAX: usize = 1024;

/// What stands for the value of a symbol that generated codes do not have.
pub const WITHOUT_VALUE: u8 = 32;

/// What stands for the value of what is no symbol.
const NO_SYMBOL: u8 = 33;

/// By the byte of a symbol from `0` to `z`, small letters included.
const VALUES: [u8; 75] = values();

/// Symbols of a generated code, with its check symbol.
pub const GENERATED_SYMBOLS: usize = 13;

/// Symbols of a tagged code, with its check symbol.
pub const TAGGED_SYMBOLS: usize = 14;

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeError {
    /// No code is written so.
    Malformed {
        /// The first character that can belong to no code, in bytes from the start of the text; none if
        /// the text is empty or too long.
        at: Option<usize>,
    },
    /// It looks generated, and the check symbol says that it was mistyped.
    WrongCheckSymbol,
}

/// What a code looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Chosen by people, or of another shape than the two below.
    Named,
    /// [`GENERATED_SYMBOLS`] with the right check symbol.
    Generated,
    /// [`TAGGED_SYMBOLS`] with the right check symbol.
    Tagged,
}

/// The texts under which a code may be known, in the order in which they are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookups {
    /// What a named code is stored as, and any other as well.
    pub named: String,
    /// What a generated code is stored as, with O, I and L read as 0, 1 and 1. A *named* code that is
    /// found under it, and not under `named`, is another one.
    pub generated: String,
}

/// A code in the one spelling in which it is looked up and consumed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    // INVARIANT (one spelling): 1 to SYMBOLS_MAX of A-Z, 0-9 and `_`.
    // INVARIANT (check symbol): if it looks generated, its check symbol is right.
    symbols: Vec<u8>,
    kind: Kind,
}

impl Code {
    /// Reads what was typed, in NFKC and UTF-8; what is not UTF-8 is malformed.
    ///
    /// # Errors
    /// [`CodeError`]
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, CodeError> {
        Self::of_bytes(text.as_ref())
    }

    // Once, wherever it is called.
    #[inline(never)]
    fn of_bytes(text: &[u8]) -> Result<Self, CodeError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(CodeError::Malformed { at: None });
        }
        let mut symbols = symbols_of(text);
        match judge(&symbols) {
            Ok(kind) => {
                symbols.make_ascii_uppercase();
                Ok(Self { symbols, kind })
            }
            Err(CodeError::Malformed { at: Some(index) }) => {
                Err(CodeError::Malformed { at: place_of(text, index) })
            }
            Err(error) => Err(error),
        }
    }

    /// The code as it is stored if it is named.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // ASCII is always UTF-8.
        core::str::from_utf8(&self.symbols).unwrap_or_default()
    }

    /// The same in bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.symbols
    }

    /// What it looks like. Codes of a pattern of the operator's own are [`Kind::Named`] here.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The texts to look up.
    #[inline(never)]
    #[must_use]
    pub fn lookups(&self) -> Lookups {
        let generated = self.symbols.iter().map(|symbol| char::from(fold(*symbol))).collect();
        Lookups { named: String::from(self.as_str()), generated }
    }

    /// The values of its symbols in the [`ALPHABET`], without those that have none.
    pub fn values(&self) -> impl Iterator<Item = u8> {
        self.symbols.iter().map(|symbol| value_of(*symbol)).filter(|value| *value < 32)
    }
}

/// What was typed, in NFKC, without what is stripped; 0 for what is not ASCII.
#[must_use]
pub fn symbols_of(text: &[u8]) -> Vec<u8> {
    let mut symbols = Vec::new();
    for (_, symbol) in (Kept { text, at: 0 }) {
        symbols.push(symbol);
    }
    symbols
}

/// Where the symbol with this index stands in a text, in bytes.
#[must_use]
pub fn place_of(text: &[u8], index: usize) -> Option<usize> {
    Kept { text, at: 0 }.nth(index).map(|(at, _)| at)
}

/// What symbols, of which none is to be stripped and small letters are capitals, look like.
///
/// # Errors
/// [`CodeError`], with an index into the symbols.
pub fn judge(symbols: &[u8]) -> Result<Kind, CodeError> {
    let (mut interim, mut largest) = (0, 0);
    for (index, symbol) in symbols.iter().enumerate() {
        let value = value_of(*symbol);
        if value == NO_SYMBOL || index == SYMBOLS_MAX {
            return Err(CodeError::Malformed { at: Some(index) });
        }
        interim = next_interim(interim, value);
        largest = value.max(largest);
    }
    let has_others = largest == WITHOUT_VALUE;
    match symbols.len() {
        0 => Err(CodeError::Malformed { at: None }),
        GENERATED_SYMBOLS | TAGGED_SYMBOLS if !has_others && interim != 0 => {
            Err(CodeError::WrongCheckSymbol)
        }
        GENERATED_SYMBOLS if !has_others => Ok(Kind::Generated),
        TAGGED_SYMBOLS if !has_others => Ok(Kind::Tagged),
        _ => Ok(Kind::Named),
    }
}

/// What a symbol of a generated code is read as.
#[must_use]
pub const fn fold(symbol: u8) -> u8 {
    match symbol {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    }
}

/// The value of a symbol in the [`ALPHABET`], as it is read; [`WITHOUT_VALUE`] for another symbol of codes,
/// more for anything else.
#[must_use]
pub fn value_of(symbol: u8) -> u8 {
    VALUES.get(usize::from(symbol.wrapping_sub(b'0'))).copied().unwrap_or(NO_SYMBOL)
}

/// The symbol of a value, of which the lowest five bits count.
#[must_use]
pub fn symbol_of(value: u8) -> u8 {
    ALPHABET.get(usize::from(value & 31)).copied().unwrap_or(b'0')
}

#[expect(
    clippy::indexing_slicing,
    reason = "at compile time, where an index too far does not compile"
)]
const fn values() -> [u8; 75] {
    let mut values = [NO_SYMBOL; 75];
    let mut byte = b'0';
    while byte <= b'z' {
        let symbol = fold(byte.to_ascii_uppercase());
        let mut value = 0;
        while value < 32 && ALPHABET[value as usize] != symbol {
            value += 1;
        }
        if value < 32 || byte.is_ascii_alphanumeric() || byte == b'_' {
            values[(byte - b'0') as usize] = value;
        }
        byte += 1;
    }
    values
}

/// The characters of a text that are not white space (White_Space), dashes (Pd) or format characters (Cf),
/// each with its place in bytes; 0 for what is not ASCII.
struct Kept<'a> {
    text: &'a [u8],
    at: usize,
}

impl Iterator for Kept<'_> {
    type Item = (usize, u8);

    // Reads UTF-8 itself: the standard library's reading is three times as long, and comes twice. Of bytes
    // that are not UTF-8 it makes characters, but none of ASCII.
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (at, lead) = (self.at, *self.text.get(self.at)?);
            self.at += 1;
            let mut character = u32::from(lead);
            if !lead.is_ascii() {
                // What stands alone, or begins nothing, is no character that is stripped.
                character =
                    if lead < 0xc0 { 1 << 24 } else { character & (0x7f >> lead.leading_ones()) };
                while let Some(next @ 0x80..0xc0) = self.text.get(self.at) {
                    character = (character << 6) | u32::from(next & 0x3f);
                    self.at += 1;
                }
            }
            if !is_stripped(character) {
                return Some((at, if lead.is_ascii() { lead } else { 0 }));
            }
        }
    }
}

fn is_stripped(character: u32) -> bool {
    let mut first = 0;
    for (gap, more) in STRIPPED {
        first += u32::from(gap);
        let last = first + u32::from(more);
        if character <= last {
            return character >= first;
        }
        first = last;
    }
    // Tags.
    character == 0xe0001 || (0xe0020..=0xe007f).contains(&character)
}

/// White_Space and the general categories Pd and Cf in order, but for the last two ranges: how far the
/// first of a range is from the last of the one before, and how many follow it. Source: Unicode 17.0.
const STRIPPED: [(u16, u8); 44] = [
    (0x9, 4),
    (0x13, 0),
    (0xd, 0),
    (0x58, 0),
    (0x1b, 0),
    (0xd, 0),
    (0x4dd, 0),
    (0x34, 0),
    (0x42, 5),
    (0x17, 0),
    (0xc1, 0),
    (0x32, 0),
    (0x181, 1),
    (0x51, 0),
    (0xb1e, 0),
    (0x280, 0),
    (0x186, 0),
    (0x8, 0),
    (0x7f2, 21),
    (0x13, 7),
    (0x30, 5),
    (0x2, 9),
    (0xda8, 0),
    (0x3, 0),
    (0x20, 1),
    (0x5, 0),
    (0x1d, 0),
    (0x1a3, 0),
    (0x1c, 0),
    (0x14, 0),
    (0x70, 0),
    (0xcd91, 1),
    (0x26, 0),
    (0xb, 0),
    (0x9c, 0),
    (0xe, 0),
    (0xec, 2),
    (0xd73, 0),
    (0x13f, 0),
    (0x210, 0),
    (0x10, 0),
    (0x2363, 15),
    (0x8861, 3),
    (0x14d0, 7),
];

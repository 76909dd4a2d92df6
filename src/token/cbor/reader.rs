//! CBOR from bytes that anybody may have written.
//!
//! No library: a decoder that can do all of CBOR is larger after brotli than all that tokens need of it, and would still
//! leave it to us to find keys that come twice.

use core::str;

/// What stands next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Item<'a> {
    /// A whole number from 0.
    Whole(u64),
    /// A whole number below 0: this less than -1.
    Negative(u64),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A text.
    Text(&'a str),
    /// A list of so many items, which follow.
    List(u64),
    /// A map of so many pairs, which follow.
    Map(u64),
    /// A tag, for the item that follows.
    Tag(u64),
    /// A fraction; neither infinite nor none.
    Fraction(f64),
    /// True, false, null, or what nobody asks for.
    Other,
}

/// The key of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label<'a> {
    /// A whole number.
    Number(i64),
    /// A text.
    Text(&'a str),
    /// There is no further pair.
    End,
}

/// The pairs of a map that is being read.
#[derive(Debug, Clone)]
pub struct Pairs<'a> {
    left: u64,
    // INVARIANT (keys once): those that were read, of which no two are the same.
    seen: Vec<Label<'a>>,
}

/// The tag of a map of which the keys are more than texts, which some writers set.
///
/// Source: IANA, CBOR tags, 259.
const MAP_TAG: u64 = 259;

/// Reads one item after the other. Every method gives nothing where the bytes are cut off, of indefinite length, or of
/// another type.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the first byte on.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all is read.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next item, or the beginning of one.
    ///
    /// Source: RFC 8949, section 3.
    #[inline(never)]
    pub fn item(&mut self) -> Option<Item<'a>> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        let size = first & 31;
        let mut value = u64::from(size);
        if size >= 24 {
            // What stands for indefinite lengths, or for nothing yet, would be 16 bytes and more.
            value = 0;
            for byte in self.take(1_u64.wrapping_shl(u32::from(size & 7))).filter(|_| size < 28)? {
                value = (value << 8) | u64::from(*byte);
            }
        }
        Some(match first >> 5 {
            0 => Item::Whole(value),
            1 => Item::Negative(value),
            2 => Item::Bytes(self.take(value)?),
            3 => Item::Text(str::from_utf8(self.take(value)?).ok()?),
            4 => Item::List(value),
            5 => Item::Map(value),
            6 => Item::Tag(value),
            _ => {
                let fraction = match size {
                    // No time that a token can have fits into 16 bits.
                    26 => f64::from(f32::from_bits(value as u32)),
                    27 => f64::from_bits(value),
                    _ => f64::NAN,
                };
                if fraction.is_finite() { Item::Fraction(fraction) } else { Item::Other }
            }
        })
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self) -> Option<&'a str> {
        if let Item::Text(text) = self.item()? { Some(text) } else { None }
    }

    /// Bytes.
    #[inline(never)]
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        if let Item::Bytes(bytes) = self.item()? { Some(bytes) } else { None }
    }

    /// A whole number from 0.
    #[inline(never)]
    pub fn whole(&mut self) -> Option<u64> {
        if let Item::Whole(number) = self.item()? { Some(number) } else { None }
    }

    /// The length of a list.
    #[inline(never)]
    pub fn list(&mut self) -> Option<u64> {
        if let Item::List(count) = self.item()? { Some(count) } else { None }
    }

    /// A whole number.
    pub fn signed(&mut self) -> Option<i64> {
        if let Label::Number(number) = self.label()? { Some(number) } else { None }
    }

    /// A number: whole or not, as near as a float has it.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds far beyond any clock are only compared"
    )]
    #[inline(never)]
    pub fn number(&mut self) -> Option<f64> {
        match self.item()? {
            Item::Whole(number) => Some(number as f64),
            Item::Negative(number) => Some(-1.0 - number as f64),
            Item::Fraction(number) => Some(number),
            _ => None,
        }
    }

    /// A list of texts, or one alone if that `may_be_one`; whether one of them is the wanted one.
    #[inline(never)]
    pub fn has_text(&mut self, wanted: Option<&str>, may_be_one: bool) -> Option<bool> {
        let mut left = match self.item()? {
            Item::List(count) => count,
            Item::Text(text) if may_be_one => return Some(wanted == Some(text)),
            _ => return None,
        };
        let mut is_found = false;
        while left > 0 {
            is_found |= Some(self.text()?) == wanted;
            left = left.wrapping_sub(1);
        }
        Some(is_found)
    }

    /// The beginning of a map.
    #[inline(never)]
    pub fn map(&mut self) -> Option<Pairs<'a>> {
        let mut head = self.item()?;
        if head == Item::Tag(MAP_TAG) {
            head = self.item()?;
        }
        if let Item::Map(left) = head { Some(Pairs { left, seen: Vec::new() }) } else { None }
    }

    /// The next key of a map, of which the value follows. A key that comes twice is none.
    #[inline(never)]
    pub fn key(&mut self, pairs: &mut Pairs<'a>) -> Option<Label<'a>> {
        if pairs.left == 0 {
            return Some(Label::End);
        }
        pairs.left = pairs.left.wrapping_sub(1);
        let label = self.label().filter(|label| !pairs.seen.contains(label))?;
        // INVARIANT (keys once)
        pairs.seen.push(label);
        Some(label)
    }

    /// Passes an item over, with all that is inside it.
    #[inline(never)]
    pub fn skip(&mut self) -> Option<()> {
        let mut left = 1_u64;
        while left > 0 {
            let inside = match self.item()? {
                Item::List(count) => count,
                Item::Map(count) => count.checked_mul(2)?,
                Item::Tag(_) => 1,
                _ => 0,
            };
            left = left.wrapping_sub(1).checked_add(inside)?;
        }
        Some(())
    }

    #[inline(never)]
    fn label(&mut self) -> Option<Label<'a>> {
        Some(match self.item()? {
            Item::Whole(number) => Label::Number(i64::try_from(number).ok()?),
            // One less than the number below 0 is the number with all its bits turned.
            Item::Negative(number) => Label::Number(!i64::try_from(number).ok()?),
            Item::Text(text) => Label::Text(text),
            _ => return None,
        })
    }

    #[inline(never)]
    fn take(&mut self, length: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(taken)
    }
}

//! Codes that nobody can guess: as many different ones as are asked for, of the caller's randomness.

use super::check_symbol::next_interim;
use super::code::{symbol_of, value_of};
use super::code_shape::{Place, Shape};
use crate::base::refusal::{Code, Refusal};

/// Codes of one call: some 30 MB while it runs. Who needs more calls again, and asks the one who knows all
/// codes whether one came twice.
pub const CODES_PER_CALL_MAX: u64 = 1_000_000;

/// Random bytes that are asked for at once: as many as a host gives in one piece.
const RANDOM_BYTES: usize = 65_536;

/// Tries for a code, on average, before the randomness is taken for broken. A space that is filled whole
/// takes some 14 for a million codes, and more than 64 with a chance below 10^-20.
const TRIES_PER_CODE_MAX: u64 = 64;

/// How codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As they are looked up.
    Stored,
    /// As people read them: in groups, or with the dashes and spaces of the pattern.
    Shown,
}

/// Makes `quantity` different codes, beside `existing` ones of the same shape, as lines of ASCII with a
/// newline between them. `fill` fills a buffer with random bytes.
///
/// # Errors
/// A [`Refusal`]: of [`Shape::check_quantity`]; `too_many` above [`CODES_PER_CALL_MAX`]; `internal` if the
/// randomness fails or repeats itself.
pub fn generate(
    shape: &Shape,
    quantity: u64,
    existing: u64,
    spelling: Spelling,
    fill: impl FnMut(&mut [u8]) -> bool,
) -> Result<Vec<u8>, Refusal> {
    shape.check_quantity(quantity, existing)?;
    if quantity > CODES_PER_CALL_MAX {
        let message = format!("`{quantity}` codes, expected at most {CODES_PER_CALL_MAX} a call");
        return Err(Refusal::at(Code::TooMany, "quantity", message));
    }
    let mut random = Random { fill, bytes: vec![0; RANDOM_BYTES], next: RANDOM_BYTES };
    let written =
        |place: &&Place| spelling == Spelling::Shown || !matches!(place, Place::Separator(_));
    let places: Vec<Place> = shape.places.iter().filter(written).copied().collect();
    let mut lines = Lines::new(places.len(), usize::try_from(quantity).unwrap_or(0));
    for _ in 0..quantity.saturating_mul(TRIES_PER_CODE_MAX) {
        let mark = write_code(&mut lines.bytes, &places, &shape.alphabet, &mut random)?;
        if lines.keep_if_new(mark) && lines.count == lines.wanted {
            lines.bytes.pop();
            return Ok(lines.bytes);
        }
    }
    Err(Refusal::of(Code::Internal, "the host's randomness repeats itself"))
}

/// Appends one code, and gives a number that is the same for the same code.
fn write_code(
    bytes: &mut Vec<u8>,
    places: &[Place],
    alphabet: &[u8],
    random: &mut Random<impl FnMut(&mut [u8]) -> bool>,
) -> Result<u64, Refusal> {
    let (mut interim, mut mark) = (0, 0_u64);
    for place in places {
        bytes.push(match place {
            Place::Random => {
                let index = random.below(alphabet.len())?;
                let symbol = alphabet.get(index).copied().unwrap_or_default();
                interim = next_interim(interim, value_of(symbol));
                mark = mark.wrapping_mul(alphabet.len() as u64).wrapping_add(index as u64);
                symbol
            }
            Place::Symbol(symbol) | Place::Separator(symbol) => *symbol,
            Place::Check => symbol_of(interim),
        });
    }
    bytes.push(b'\n');
    Ok(mark)
}

/// Randomness, a byte at a time.
struct Random<F> {
    fill: F,
    bytes: Vec<u8>,
    next: usize,
}

impl<F: FnMut(&mut [u8]) -> bool> Random<F> {
    /// A number below `count`, which is at most 256; each is as likely as the others.
    ///
    /// Source: D. Lemire, Fast Random Integer Generation in an Interval, 2019.
    fn below(&mut self, count: usize) -> Result<usize, Refusal> {
        loop {
            let product = usize::from(self.byte()?) * count;
            // The lowest products of a number are one too many for some numbers.
            if product % 256 >= 256 % count {
                return Ok(product / 256);
            }
        }
    }

    fn byte(&mut self) -> Result<u8, Refusal> {
        if self.next >= self.bytes.len() {
            if !(self.fill)(&mut self.bytes) {
                return Err(Refusal::of(Code::Internal, "the host has no randomness"));
            }
            self.next = 0;
        }
        let byte = self.bytes.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        Ok(byte)
    }
}

/// Lines of one length, and where they are found.
struct Lines {
    bytes: Vec<u8>,
    /// Of a line, with its newline.
    length: usize,
    count: usize,
    wanted: usize,
    /// Open addressing: the number of a line from 1, or 0.
    // INVARIANT (room): a power of two, and at least twice as many places as lines.
    table: Vec<u32>,
}

impl Lines {
    fn new(symbols: usize, wanted: usize) -> Self {
        let length = symbols + 1;
        let bytes = Vec::with_capacity(length * (wanted + 1));
        Self { bytes, length, count: 0, wanted, table: vec![0; (2 * wanted).next_power_of_two()] }
    }

    /// Keeps the last line, if it came for the first time; otherwise it is gone.
    fn keep_if_new(&mut self, mark: u64) -> bool {
        let begin = self.count * self.length;
        let (before, last) = self.bytes.split_at(begin.min(self.bytes.len()));
        // The highest bits of the product depend on all of the mark. Source: D. Knuth, 6.4.
        let mixed = mark.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut place = usize::try_from(mixed >> 32).unwrap_or(0);
        loop {
            place &= self.table.len() - 1;
            let Some(known) = self.table.get_mut(place) else { return false };
            if *known == 0 {
                self.count += 1;
                *known = u32::try_from(self.count).unwrap_or(u32::MAX);
                return true;
            }
            let other = (*known as usize - 1) * self.length;
            if before.get(other..other + self.length) == Some(last) {
                self.bytes.truncate(begin);
                return false;
            }
            place += 1;
        }
    }
}

//! What generated codes look like, and how many of them there may be.

use super::code::{
    ALPHABET, GENERATED_SYMBOLS, SYMBOLS_MAX, TAGGED_SYMBOLS, WITHOUT_VALUE, value_of,
};
use crate::base::limits::MS_MAX;
use crate::base::refusal::{Code, Refusal};
use serde::Deserialize;
use tsify::Tsify;

/// Random symbols of a code, if nothing else is said: 60 bits.
pub const RANDOM_SYMBOLS: usize = GENERATED_SYMBOLS - 1;

/// Most symbols of a code, if nothing else is said.
pub const LENGTH_MAX: u64 = 40;

/// How much of all possible codes may exist, if nothing else is said: of a fuller space the next guess is
/// more likely right than wrong.
pub const FILL_MAX: f64 = 0.5;

/// Symbols in a group, as a generated code is shown.
const GROUP_SYMBOLS: usize = 4;

/// Parts of one in which a fill is counted.
const FILL_PARTS: f64 = 1_000_000.0;

/// What codes are to look like; of nothing, 12 symbols of 32 and a check symbol.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct CodeShape {
    /// Letters, digits and `_`; one that comes twice counts once. The 32 without look-alikes by default.
    pub alphabet: Option<String>,
    /// How many symbols are random, 12 by default.
    pub length: Option<u64>,
    /// `#` stands for a random symbol, other symbols for themselves. Instead of a length.
    pub pattern: Option<String>,
    /// What every code begins with.
    pub prefix: Option<String>,
    /// Most symbols of a code, 40 by default and 64 at most.
    pub max_length: Option<u64>,
    /// How much of all possible codes may exist, above 0 to 1; 0.5 by default, counted in millionths.
    pub max_fill: Option<f64>,
}

/// One place of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Any symbol of the alphabet.
    Random,
    /// This symbol.
    Symbol(u8),
    /// Shown, but not a part of the code.
    Separator(u8),
    /// The check symbol of the random ones.
    Check,
}

/// A shape that codes can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    // INVARIANT (alphabet): 1 to 37 different symbols of codes.
    pub(super) alphabet: Vec<u8>,
    // INVARIANT (length): 1 to SYMBOLS_MAX places that are no separators.
    pub(super) places: Vec<Place>,
    fill_parts: u64,
}

impl Shape {
    /// Checks a shape.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field: `length_out_of_range` for a length that is not between 1 and the
    /// maximum, or of which a code would look as if it had a check symbol; `invalid_value` otherwise.
    pub fn new(shape: &CodeShape) -> Result<Self, Refusal> {
        let fill = shape.max_fill.unwrap_or(FILL_MAX);
        let fill_parts = (fill * FILL_PARTS).round();
        if !(1.0..=FILL_PARTS).contains(&fill_parts) {
            let message = format!("`{fill}`, expected a part above 0 and up to 1");
            return Err(Refusal::at(Code::InvalidValue, "max_fill", message));
        }
        let alphabet = match &shape.alphabet {
            Some(given) => alphabet(given)?,
            None => ALPHABET.to_vec(),
        };
        let is_own = shape.alphabet.is_some() || shape.length.is_some() || shape.pattern.is_some();
        let is_default = !is_own && shape.prefix.as_deref().unwrap_or_default().is_empty();
        let places = if is_default { default_places() } else { own_places(shape)? };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 10^6")]
        let shape = Self { alphabet, places, fill_parts: fill_parts as u64 };
        if !is_default && shape.may_look_generated() {
            let message = format!(
                "codes of `{}` symbols of this alphabet would need a check symbol; expected fewer than \
                 {GENERATED_SYMBOLS} or more than {TAGGED_SYMBOLS}",
                shape.symbols()
            );
            return Err(Refusal::at(Code::LengthOutOfRange, "length", message));
        }
        Ok(shape)
    }

    /// How many codes of this shape may still be made when so many exist.
    #[must_use]
    pub fn quantity_max(&self, existing: u64) -> u64 {
        let random = self.places.iter().filter(|place| **place == Place::Random).count();
        let symbols = u128::try_from(self.alphabet.len()).unwrap_or(1);
        let space = symbols.saturating_pow(u32::try_from(random).unwrap_or(u32::MAX));
        // A space too large to count is as good as endless: no more is counted than JavaScript can.
        let filled = space.min(1 << 100).saturating_mul(u128::from(self.fill_parts)) / 1_000_000;
        u64::try_from(filled).unwrap_or(u64::MAX).saturating_sub(existing).min(MS_MAX)
    }

    /// Checks that so many codes may be added to those that exist.
    ///
    /// # Errors
    /// A [`Refusal`]: `invalid_value` for none, `space_too_small` with the largest quantity there is.
    pub fn check_quantity(&self, quantity: u64, existing: u64) -> Result<(), Refusal> {
        if quantity == 0 {
            let message = "`0`, expected at least 1 code";
            return Err(Refusal::at(Code::InvalidValue, "quantity", message));
        }
        let most = self.quantity_max(existing);
        if quantity > most {
            let message = format!("`{quantity}` codes, of this shape at most {most} are possible");
            return Err(Refusal::at(Code::SpaceTooSmall, "quantity", message));
        }
        Ok(())
    }

    /// Symbols of a code.
    #[must_use]
    pub fn symbols(&self) -> usize {
        self.places.iter().filter(|place| !matches!(place, Place::Separator(_))).count()
    }

    /// Whether a code of this shape may be taken for one with a check symbol.
    fn may_look_generated(&self) -> bool {
        let has_value = |symbol: u8| value_of(symbol) < WITHOUT_VALUE;
        let may = |place: &Place| match place {
            Place::Random => self.alphabet.iter().any(|symbol| has_value(*symbol)),
            Place::Symbol(symbol) => has_value(*symbol),
            Place::Separator(_) | Place::Check => true,
        };
        [GENERATED_SYMBOLS, TAGGED_SYMBOLS].contains(&self.symbols()) && self.places.iter().all(may)
    }
}

fn alphabet(given: &str) -> Result<Vec<u8>, Refusal> {
    let mut alphabet = Vec::new();
    for character in given.chars() {
        let symbol = symbol_of(character).ok_or_else(|| {
            let message = format!("`{character}`, expected letters, digits and `_` of ASCII");
            Refusal::at(Code::InvalidValue, "alphabet", message)
        })?;
        if !alphabet.contains(&symbol) {
            alphabet.push(symbol);
        }
    }
    if alphabet.is_empty() {
        let message = "expected at least one symbol";
        return Err(Refusal::at(Code::InvalidValue, "alphabet", message));
    }
    Ok(alphabet)
}

fn default_places() -> Vec<Place> {
    let mut places = Vec::new();
    for index in 0..GENERATED_SYMBOLS {
        if index > 0 && index % GROUP_SYMBOLS == 0 {
            places.push(Place::Separator(b'-'));
        }
        places.push(if index < RANDOM_SYMBOLS { Place::Random } else { Place::Check });
    }
    places
}

fn own_places(shape: &CodeShape) -> Result<Vec<Place>, Refusal> {
    let length_max = shape.max_length.unwrap_or(LENGTH_MAX).min(SYMBOLS_MAX as u64);
    let out_of_range = |length: u64, field: &str| {
        let message = format!("`{length}` symbols, expected 1 to {length_max}");
        Refusal::at(Code::LengthOutOfRange, field, message)
    };
    let field = if shape.pattern.is_some() { "pattern" } else { "length" };
    let mut places = literal_places(shape.prefix.as_deref().unwrap_or_default(), "prefix", false)?;
    match (&shape.pattern, shape.length) {
        (Some(_), Some(_)) => {
            let message = "expected a length or a pattern, not both";
            return Err(Refusal::at(Code::InvalidValue, "length", message));
        }
        (Some(pattern), None) => places.extend(literal_places(pattern, "pattern", true)?),
        (None, length) => {
            let length = length.unwrap_or(RANDOM_SYMBOLS as u64);
            if !(1..=length_max).contains(&length) {
                return Err(out_of_range(length, field));
            }
            places.extend((0..length).map(|_| Place::Random));
        }
    }
    let symbols =
        places.iter().filter(|place| !matches!(place, Place::Separator(_))).count() as u64;
    if !(1..=length_max).contains(&symbols) {
        return Err(out_of_range(symbols, field));
    }
    Ok(places)
}

fn literal_places(text: &str, field: &str, is_pattern: bool) -> Result<Vec<Place>, Refusal> {
    let place = |character: char| match character {
        '#' if is_pattern => Ok(Place::Random),
        '-' => Ok(Place::Separator(b'-')),
        ' ' => Ok(Place::Separator(b' ')),
        _ => symbol_of(character).map(Place::Symbol).ok_or_else(|| {
            let message =
                format!("`{character}`, expected letters, digits, `_`, dashes and spaces of ASCII");
            Refusal::at(Code::InvalidValue, field, message)
        }),
    };
    text.chars().map(place).collect()
}

/// The symbol of codes that a character is.
fn symbol_of(character: char) -> Option<u8> {
    let symbol = u8::try_from(character).ok().filter(u8::is_ascii)?;
    (value_of(symbol) <= WITHOUT_VALUE).then_some(symbol.to_ascii_uppercase())
}

//! Where a customer mistyped a code whose check symbol is wrong, and what was meant.

use super::check_symbol::{check_value, over_x, times_x};
#[cfg(feature = "office")]
use super::code::ALPHABET;
use super::code::value_of;

/// Values of symbols that are taken for each other, the smaller one first: 8 B, 5 S, 2 Z, 6 G, 0 D, 0 Q, M N.
const LOOK_ALIKES: [[u8; 2]; 7] = [[8, 11], [5, 25], [2, 31], [6, 16], [0, 13], [0, 23], [20, 21]];

/// The wrong one of symbols that look generated, or the first of two that were swapped: if one look-alike,
/// or one swap of neighbours, makes the check symbol right, and only one.
#[must_use]
pub fn wrong_symbol(symbols: &[u8]) -> Option<usize> {
    let value_of = |symbol: &u8| value_of(*symbol);
    // What a symbol has to be changed by: walking to the front, it is divided by x with each step.
    let mut change = check_value(symbols.iter().map(value_of));
    let mut found = None;
    let mut candidates = 0;
    // No value: nothing is behind the last one.
    let mut behind = 64;
    for (index, symbol) in symbols.iter().enumerate().rev() {
        let value = value_of(symbol);
        let swapped = value ^ behind;
        let is_swapped = swapped ^ times_x(swapped) == change;
        change = over_x(change);
        let right = value ^ change;
        let is_look_alike = LOOK_ALIKES.contains(&[value.min(right), value.max(right)]);
        candidates += u8::from(is_swapped) + u8::from(is_look_alike);
        if is_swapped || is_look_alike {
            found = Some(index);
        }
        behind = value;
    }
    found.filter(|_| candidates == 1)
}

/// The code that was meant: symbols of which the [`wrong_symbol`] is swapped with the one behind, or replaced.
#[cfg(feature = "office")]
#[must_use]
pub fn corrected(symbols: &[u8], wrong: usize) -> Vec<u8> {
    let is_right =
        |symbols: &[u8]| check_value(symbols.iter().map(|symbol| value_of(*symbol))) == 0;
    let mut meant = symbols.to_ascii_uppercase();
    if let Some([one, other]) = meant.get_mut(wrong..).and_then(|rest| rest.first_chunk_mut()) {
        core::mem::swap(one, other);
    }
    if !is_right(&meant) {
        meant = symbols.to_ascii_uppercase();
        for symbol in ALPHABET {
            if let Some(place) = meant.get_mut(wrong) {
                *place = *symbol;
            }
            if is_right(&meant) {
                break;
            }
        }
    }
    meant
}

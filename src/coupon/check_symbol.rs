//! The last symbol of a generated code: it tells a typing error before anybody is asked.
//!
//! Damm's algorithm over GF(32), whose elements are the values of the 32 symbols: `interim` becomes
//! `(interim + symbol) * x`, and the check symbol is what it is at the end. Every single wrong symbol and
//! every swap of two neighbours is caught, that of the check symbol included.
//!
//! Source: H. M. Damm, Total anti-symmetrische Quasigruppen, 2004; the field's polynomial is
//! x^5 + x^2 + 1, which is primitive.

const POLYNOMIAL: u8 = 0b10_0101;

/// The value of the check symbol that follows these values, each below 32. Of a whole code, the check
/// symbol included, it is 0.
#[must_use]
pub fn check_value(values: impl IntoIterator<Item = u8>) -> u8 {
    values.into_iter().fold(0, next_interim)
}

/// The interim value behind one more value.
#[must_use]
pub const fn next_interim(interim: u8, value: u8) -> u8 {
    times_x((interim ^ value) & 31)
}

/// The product with x.
pub(super) const fn times_x(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ POLYNOMIAL }
}

/// What has this product with x.
pub(super) const fn over_x(value: u8) -> u8 {
    (if value & 1 == 0 { value } else { value ^ POLYNOMIAL }) >> 1
}

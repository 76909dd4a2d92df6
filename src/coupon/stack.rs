//! What a purchase costs, and what coupons take off it, one after the other.

use super::coupon::{Benefit, Target};
use super::discount::discounts;
use super::purchase::{LINES_MAX, Line, Purchase, QUANTITY_MAX};
use crate::base::money::{checked, decimal, sum};
use crate::base::refusal::{Code, Refusal};

/// A purchase with its sums, and what is left of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced<'a> {
    purchase: &'a Purchase,
    // INVARIANT (within money): from 0, and their sum with the shipping is at most MINOR_MAX.
    left: Vec<i64>,
    /// All lines, before any discount, in minor units.
    pub subtotal_minor: i64,
    /// Units on all lines.
    pub quantity: u64,
    /// What was taken off so far, by line, in minor units.
    pub discounts: Vec<i64>,
}

impl<'a> Priced<'a> {
    /// Adds a purchase up.
    ///
    /// # Errors
    /// [`Code::TooMany`] lines; [`Code::InvalidValue`] for an amount below 0, a quantity of 0 or beyond
    /// [`QUANTITY_MAX`], and sums beyond 2^53 - 1 minor units.
    pub fn of(purchase: &'a Purchase) -> Result<Self, Refusal> {
        let lines = &purchase.lines;
        if lines.len() > LINES_MAX {
            let message = "expected at most 200 lines";
            return Err(Refusal::at(Code::TooMany, "purchase.lines", message));
        }
        let mut left = Vec::with_capacity(lines.len());
        let mut quantity = 0;
        for (index, line) in lines.iter().enumerate() {
            if !(1..=QUANTITY_MAX).contains(&line.quantity) {
                let found = line.quantity.cast_signed();
                return Err(refusal(index, "quantity", found, "1 to 1000000000 units"));
            }
            quantity += line.quantity;
            let Some(amount) = amount_of(line) else {
                let expected = "0 or more, times the quantity at most 2^53 - 1";
                return Err(refusal(index, "unit_minor", line.unit_minor, expected));
            };
            left.push(amount);
        }
        let Some(subtotal_minor) = sum(left.iter().copied())
            .filter(|subtotal| sum([*subtotal, purchase.shipping_minor]).is_some())
        else {
            let message = "lines and shipping, expected a sum from 0 to 2^53 - 1";
            return Err(Refusal::at(Code::InvalidValue, "purchase", message));
        };
        let discounts = vec![0; lines.len()];
        Ok(Self { purchase, left, subtotal_minor, quantity, discounts })
    }

    /// Takes off what one more coupon gives on what is left, and says how much that is, in minor units.
    /// `remaining_minor` is what is left of a fixed amount, if not all of it.
    pub fn take(
        &mut self,
        benefit: &Benefit,
        remaining_minor: Option<i64>,
        target: &Target,
    ) -> i64 {
        let lines = &self.purchase.lines;
        let parts = discounts(benefit, remaining_minor, target, lines, &self.left);
        let mut all = 0;
        for ((part, left), discount) in parts.iter().zip(&mut self.left).zip(&mut self.discounts) {
            *left -= part;
            *discount += part;
            all += part;
        }
        all
    }

    /// What is left of the lines, and shipping, in minor units.
    #[must_use]
    pub fn total_minor(&self) -> i64 {
        self.left.iter().sum::<i64>() + self.purchase.shipping_minor
    }
}

fn amount_of(line: &Line) -> Option<i64> {
    checked(checked(line.unit_minor)?.checked_mul(i64::try_from(line.quantity).ok()?)?)
}

#[inline(never)]
fn refusal(index: usize, field: &str, found: i64, expected: &str) -> Refusal {
    let field = format!("purchase.lines[{index}].{field}");
    Refusal::at(Code::InvalidValue, field, format!("`{}`, expected {expected}", decimal(found)))
}

//! One amount spread over lines, so that the parts add up to it exactly.

use crate::base::money::part;

/// The part of `amount` for each weight: in proportion, rounded down, and what is then left, a unit each, to
/// the largest remainders, the first of equal ones. Neither `amount` nor a weight is below 0, and no sum of them
/// beyond what money may be; without any weight, all parts are 0. No part is above its weight if `amount` is not
/// above their sum.
#[must_use]
pub fn spread(amount: i64, weights: &[i64]) -> Vec<i64> {
    let whole = weights.iter().sum::<i64>().max(1);
    let mut shares: Vec<_> = weights.iter().map(|weight| part(amount, *weight, whole)).collect();
    let left = amount - shares.iter().map(|(part, _)| part).sum::<i64>();
    // Less often than there are lines, and they are few: sorting would be more code, and no faster.
    for _ in 0..left {
        let mut largest = 0;
        let mut taker = None;
        for share in &mut shares {
            if share.1 > largest {
                largest = share.1;
                taker = Some(share);
            }
        }
        // Without any weight.
        let Some((part, remainder)) = taker else { break };
        *part += 1;
        *remainder = 0;
    }
    shares.into_iter().map(|(part, _)| part).collect()
}

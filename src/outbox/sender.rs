//! One sender: how much goes into a request, when the next may go, and what an answer means.

use super::backoff::{DELAY_MS_MAX, retry_delay_ms};
use crate::base::mutant::planted;

/// Answers that the same body will always get.
const REFUSED: [u16; 5] = [400, 403, 409, 413, 422];

/// What an answer means for the items that were in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Committed: what the acknowledgement covers is done.
    Committed,
    /// The only item of the request will never be taken: it is set aside and counted.
    SetAside,
    /// All of them are still owed. Refused together, they go again in smaller parts.
    Owed,
}

/// Brings items to one receiver, one request at a time, for as long as it takes.
///
/// Items that are refused together are bisected until the poisoned one stands alone; a body that is too
/// large is split the same way. There is no limit to the attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, tsify::Tsify))]
pub struct Sender {
    items_max: usize,
    /// Most items of the next request.
    items: usize,
    /// Failures in a row.
    failures: u32,
    /// When the next try is due.
    next_try_ms: u64,
    /// Until then the receiver asked to be left alone.
    silent_until_ms: u64,
}

impl Sender {
    /// A sender of at most `items_max` items a request.
    #[must_use]
    pub fn new(items_max: usize) -> Self {
        Self { items_max, items: items_max, failures: 0, next_try_ms: 0, silent_until_ms: 0 }
    }

    /// A sender as it was stored, in the order of its fields.
    #[must_use]
    pub fn restored(
        items_max: u64,
        items: u64,
        failures: u64,
        next_try_ms: u64,
        silent_until_ms: u64,
    ) -> Self {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let failures = u32::try_from(failures).unwrap_or(u32::MAX);
        let (items_max, items) = (count(items_max), count(items));
        Self { items_max, items, failures, next_try_ms, silent_until_ms }
    }

    /// Most items of the next request, at least 1.
    #[must_use]
    pub fn items(&self) -> usize {
        self.items.max(1)
    }

    /// Failures in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Milliseconds until the next request may go. A clock that was put back costs no more than one delay:
    /// what is further away than the longest was said by another clock, and holds no longer.
    #[must_use]
    pub fn wait_ms(&self, now_ms: u64) -> u64 {
        let silent_until_ms = believed(self.silent_until_ms, now_ms);
        believed(self.next_try_ms, now_ms).max(silent_until_ms).saturating_sub(now_ms)
    }

    /// Tries again at once, unless the receiver asked to be left alone.
    pub fn hurry(&mut self) {
        self.next_try_ms = 0;
    }

    /// Takes what another sender to the same receiver was told: to stay silent until then. What is further
    /// away than the longest delay was said by another clock, and is not believed.
    pub fn hush(&mut self, until_ms: u64, now_ms: u64) {
        if !planted("silence_not_shared") {
            let told_ms = believed(self.silent_until_ms, now_ms);
            self.silent_until_ms = told_ms.max(believed(until_ms, now_ms));
        }
    }

    /// Until then the receiver asked to be left alone; 0 if it never did.
    #[must_use]
    pub fn silent_until_ms(&self) -> u64 {
        self.silent_until_ms
    }

    /// Takes the answer to a request of `items` items: its HTTP `status`, or 0 for none. `random` is
    /// from 0 to 1, `retry_after_ms` what `Retry-After` says.
    pub fn answer(
        &mut self,
        status: u16,
        items: usize,
        now_ms: u64,
        random: f64,
        retry_after_ms: Option<u64>,
    ) -> Verdict {
        self.silent_until_ms = believed(self.silent_until_ms, now_ms);
        let retry_after_ms = retry_after_ms.filter(|_| !planted("retry_after_ignored"));
        let verdict = match status {
            200..=299 => Verdict::Committed,
            _ if !is_refused(status) => {
                self.failures = self.failures.saturating_add(1);
                let delay_ms = retry_delay_ms(self.failures, random, retry_after_ms);
                self.next_try_ms = now_ms.saturating_add(delay_ms);
                if retry_after_ms.is_some() {
                    self.silent_until_ms = self.silent_until_ms.max(self.next_try_ms);
                }
                return Verdict::Owed;
            }
            _ if items > 1 && !planted("set_aside_together") => {
                self.items = items.div_ceil(2);
                Verdict::Owed
            }
            _ => Verdict::SetAside,
        };
        if verdict != Verdict::Owed {
            self.items = self.items.saturating_mul(2).min(self.items_max);
        }
        (self.failures, self.next_try_ms) = (0, 0);
        verdict
    }
}

fn is_refused(status: u16) -> bool {
    REFUSED.contains(&status) || (planted("drop_on_503") && status == 503)
}

/// A time that this clock can have given: no delay is longer than the longest.
fn believed(until_ms: u64, now_ms: u64) -> u64 {
    if until_ms > now_ms.saturating_add(DELAY_MS_MAX) { 0 } else { until_ms }
}

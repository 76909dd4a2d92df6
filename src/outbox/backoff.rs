//! When to try again.

/// Longest first delay.
const DELAY_MS_MIN: u64 = 1_000;

/// Longest delay of all, also when the server asks for more.
pub(super) const DELAY_MS_MAX: u64 = 300_000;

/// Milliseconds to wait before the next try: jitter over the upper half of a span that doubles from 1 s
/// to 5 min.
///
/// `attempt` counts failures so far, from 1; `random` is from 0 to 1. What the server asks for with
/// `Retry-After` is a lower bound, clamped to 5 min. The lower half is left out so that five requests
/// span at least 15 s whatever the dice say. Source: "Exponential Backoff And Jitter", AWS Architecture
/// Blog, 2015 (equal jitter).
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most DELAY_MS_MAX")]
#[expect(clippy::cast_precision_loss, reason = "at most DELAY_MS_MAX")]
pub fn retry_delay_ms(attempt: u32, random: f64, retry_after_ms: Option<u64>) -> u64 {
    let doublings = attempt.saturating_sub(1).min(9);
    let half_ms = (DELAY_MS_MIN << doublings).min(DELAY_MS_MAX) / 2;
    // Not a number is 0 here: clamp keeps NaN, the cast makes it 0.
    let jitter_ms = (random.clamp(0.0, 1.0) * half_ms as f64) as u64;
    half_ms.saturating_add(jitter_ms).max(retry_after_ms.unwrap_or(0)).min(DELAY_MS_MAX)
}

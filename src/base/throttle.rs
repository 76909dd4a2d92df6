//! Whether one more request is taken: so many a second for long, and so many at once.

/// What one that asks may do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Requests a second, for long.
    pub per_second: f64,
    /// Requests at once.
    pub burst: f64,
}

/// Takes one more request at `now_ms`. `used_ms` is when what was taken so far is used up, 0 at first.
/// Gives when it is used up now.
///
/// # Errors
/// Milliseconds to wait, at least 1, if it is too early.
///
/// Source: ITU-T I.371, generic cell rate algorithm: a token bucket that keeps one number.
pub fn admit(used_ms: f64, now_ms: f64, pace: Pace) -> Result<f64, f64> {
    // `max` and `min` pass over what is not a number.
    let interval_ms = 1000.0 / pace.per_second.max(0.001);
    let most_ms = now_ms + interval_ms * pace.burst.max(1.0);
    // A clock that was put back costs nobody more than one burst.
    let used_ms = used_ms.max(now_ms).min(most_ms) + interval_ms;
    // Sums of fractions: a millionth of a millisecond is none.
    let early_ms = used_ms - most_ms;
    if early_ms > 1e-6 { Err(early_ms.max(1.0)) } else { Ok(used_ms) }
}

//! What a token is judged for.

/// What is asked for, and what has to stand in a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    /// The address, as the host's URL parser writes it.
    pub url: Option<&'a str>,
    /// The method, in upper case.
    pub method: Option<&'a str>,
    /// Where it comes from.
    pub ip: Option<&'a str>,
    /// The country of that: ISO 3166-1 alpha-2, in upper case.
    pub country: Option<&'a str>,
    /// Whether the token was seen before; none if nobody keeps account of that.
    pub is_replayed: Option<bool>,
    /// `iss`; none for any or none at all in a common access token.
    pub issuer: Option<&'a str>,
    /// What has to be in `aud`; none if it may not be there.
    pub audience: Option<&'a str>,
    /// The clock, in seconds, UTC.
    pub now: u64,
    /// How far the clocks may be apart, in seconds: at most [`SKEW_SECONDS_MAX`].
    pub skew: u64,
}

/// How far the clocks of who issues and who verifies may be apart, at most.
pub const SKEW_SECONDS_MAX: u64 = 5;

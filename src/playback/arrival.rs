//! What is known of a request beside the states in it.

use super::clock::PageTime;
use super::device::Device;
use crate::base::varint::{self, Reader, WireError};

/// A country: two capital letters of ISO 3166-1 alpha-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// What the network in front of the edge says: two letters, and not `XX` (unknown) or `T1` (Tor).
    ///
    /// Source: Cloudflare, HTTP headers, `CF-IPCountry`.
    #[must_use]
    pub fn of_header(header: &str) -> Option<Self> {
        let letters: [u8; 2] = header.trim().as_bytes().try_into().ok()?;
        Self::of_letters(letters.map(|letter| letter.to_ascii_uppercase()))
    }

    /// The country of these letters.
    #[must_use]
    pub fn of_letters(letters: [u8; 2]) -> Option<Self> {
        let is_known = letters.iter().all(u8::is_ascii_uppercase) && letters != *b"XX";
        is_known.then_some(Self(letters))
    }

    /// Its two letters.
    #[must_use]
    pub fn letters(self) -> [u8; 2] {
        self.0
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0.into_iter().map(char::from).collect()
    }
}

/// What a request says beside the states in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// When the session token was issued, UTC; none if there was none.
    pub issued_ms: Option<u64>,
    /// The page's clocks when it sent the body.
    pub clock: Option<PageTime>,
    /// What it was sent from.
    pub device: Device,
    /// Where it was sent from.
    pub country: Option<Country>,
    /// The clocks of the page that measured it, when it did, for each state; those of an earlier page
    /// load if the state was kept from there.
    pub at: Vec<Option<PageTime>>,
}

impl Said {
    /// The bytes of it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // 0 is none, so what may be 0 is written one higher.
        varint::write(&mut bytes, self.issued_ms.map_or(0, |ms| ms.saturating_add(1)));
        varint::write(&mut bytes, self.device.to_code());
        bytes.extend(self.country.map_or([0; 2], Country::letters));
        for time in [self.clock].iter().chain(&self.at) {
            let (monotonic_ms, wall_ms) =
                time.map_or((0, 0), |t| (t.monotonic_ms.saturating_add(1), t.wall_ms));
            varint::write(&mut bytes, monotonic_ms);
            varint::write(&mut bytes, wall_ms);
        }
        bytes
    }

    /// Reads what [`Said::encode`] wrote; no bytes say nothing.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let reader = &mut Reader::new(bytes);
        let issued_ms = reader.varint()?.checked_sub(1);
        let device = Device::of_code(reader.varint()?);
        let country = Country::of_letters(reader.bytes()?);
        let clock = decode_time(reader)?;
        let mut at = Vec::new();
        while !reader.is_done() {
            at.push(decode_time(reader)?);
        }
        Ok(Self { issued_ms, clock, device, country, at })
    }
}

fn decode_time(reader: &mut Reader<'_>) -> Result<Option<PageTime>, WireError> {
    let (monotonic_ms, wall_ms) = (reader.varint()?, reader.varint()?);
    Ok(monotonic_ms.checked_sub(1).map(|monotonic_ms| PageTime { monotonic_ms, wall_ms }))
}

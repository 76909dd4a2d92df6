//! How a token is signed. An algorithm belongs to a key; a header only has to name the same.

/// Those that are verified, in the order in which they cross the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256, verified here.
    Hs256,
    /// Ed25519, verified by the host.
    EdDsa,
    /// ECDSA on P-256 with SHA-256 and a signature of r and s, verified by the host.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, verified by the host.
    Rs256,
}

/// Each with its name, its number in COSE if it is verified there, and the length of its signatures if that is
/// always the same.
///
/// Source: RFC 7518, section 3.1; RFC 8037; RFC 9053.
const ALGORITHMS: [(Algorithm, &str, Option<i64>, usize); 4] = [
    (Algorithm::Hs256, "HS256", Some(5), 32),
    (Algorithm::EdDsa, "EdDSA", Some(-8), 64),
    (Algorithm::Es256, "ES256", Some(-7), 64),
    (Algorithm::Rs256, "RS256", None, 0),
];

/// Fewest bytes of a public RSA key as SPKI: one of 2048 bits.
const SPKI_BYTES_MIN: usize = 290;

/// Most bytes of any key: RSA of 8192 bits is a kilobyte.
const KEY_BYTES_MAX: usize = 2048;

impl Algorithm {
    /// The algorithm of a name in JOSE.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        ALGORITHMS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The algorithm of a number in COSE.
    #[must_use]
    pub fn of_number(number: i64) -> Option<Self> {
        ALGORITHMS.iter().find(|row| row.2 == Some(number)).map(|row| row.0)
    }

    /// Its number in COSE.
    #[must_use]
    pub fn number(self) -> Option<i64> {
        ALGORITHMS.iter().find(|row| row.0 == self).and_then(|row| row.2)
    }

    /// Whether bytes can be a signature.
    #[must_use]
    pub fn has_signatures_of(self, length: usize) -> bool {
        let row = ALGORITHMS.iter().find(|row| row.0 == self);
        row.is_some_and(|row| row.3 == length || row.3 == 0)
    }

    /// Whether bytes can be a key that verifies: a secret of 32 bytes or more, the 32 bytes of an Ed25519 key, the
    /// 65 of an uncompressed point of P-256, or the SPKI of an RSA key of 2048 bits or more.
    #[must_use]
    pub fn takes_key(self, key: &[u8]) -> bool {
        let has_length = match self {
            Self::Hs256 => 32..=KEY_BYTES_MAX,
            Self::EdDsa => 32..=32,
            Self::Es256 => 65..=65,
            Self::Rs256 => SPKI_BYTES_MIN..=KEY_BYTES_MAX,
        }
        .contains(&key.len());
        has_length && (self != Self::Es256 || key.first() == Some(&4))
    }
}

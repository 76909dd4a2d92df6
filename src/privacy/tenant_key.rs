//! The key under which viewers and views are known at the centre.

use crate::base::id::Id;
use sha2::{Digest, Sha256};

/// Bytes that a key has at least: 128 bits cannot be tried out.
pub const TENANT_KEY_BYTES_MIN: usize = 16;

/// Turns the name of a viewer or the id of a view into a value that says nothing without the key, and is
/// always the same with it.
#[derive(Clone)]
pub struct TenantKey([u8; 32]);

/// What a value is derived for: the same input gives unrelated values for different purposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Names a viewer.
    Viewer,
    /// Names a view.
    View,
    /// Seals what a view says of its viewer.
    SealOfView,
    /// Seals what is kept of a viewer.
    SealOfViewer,
    /// Recognises the key itself, or one of the operator's.
    Fingerprint,
}

impl TenantKey {
    /// A key of any bytes; none if there are fewer than [`TENANT_KEY_BYTES_MIN`].
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= TENANT_KEY_BYTES_MIN).then(|| Self(Sha256::digest(bytes).into()))
    }

    /// SHA-256 over the purpose, the key and the text.
    #[must_use]
    pub fn derive(&self, purpose: Purpose, text: &str) -> [u8; 32] {
        // Purpose and key have fixed lengths, so no two inputs give the same bytes.
        let mut hash = Sha256::new();
        hash.update(purpose.label());
        hash.update(self.0);
        hash.update(text.as_bytes());
        hash.finalize().into()
    }

    /// The first 128 bits of [`TenantKey::derive`], in hexadecimal digits.
    #[must_use]
    pub fn name(&self, purpose: Purpose, text: &str) -> String {
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(self.derive(purpose, text)) {
            *to = from;
        }
        Id(id).to_hex()
    }
}

impl Purpose {
    fn label(self) -> [u8; 16] {
        match self {
            Self::Viewer => *b"usher viewer  1\n",
            Self::View => *b"usher view    1\n",
            Self::SealOfView => *b"usher s view  1\n",
            Self::SealOfViewer => *b"usher s vwr   1\n",
            Self::Fingerprint => *b"usher finger  1\n",
        }
    }
}

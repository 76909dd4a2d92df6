//! From a text that anybody may have written to claims that hold.

use super::compact::{Compact, Part};
use super::keyring::Keyring;
use crate::base::id::check_name;

/// Bytes of a token.
pub const TOKEN_BYTES_MAX: usize = 4 * 1024;

/// Titles that a token may name.
pub const TITLES_MAX: usize = 20;

/// Longest life of a token.
pub const LIFETIME_SECONDS_MAX: u64 = 24 * 3600;

/// How far the clocks of who issues and who verifies may be apart.
pub const LEEWAY_SECONDS: u64 = 60;

/// Why a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParseError {
    /// More than [`TOKEN_BYTES_MAX`] bytes.
    Long,
    /// Not three parts of base64url without padding, with a dot between them.
    Parts,
    /// The header is no JSON object with `alg` and `kid`, or has a key twice.
    Header,
    /// `alg` is not `HS256`. It is looked at before anything else is believed.
    Algorithm,
    /// The header demands what is not understood (`crit`).
    Critical,
}

/// Why a token was not signed by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// No key has this `kid`.
    Key,
    /// The signature is another.
    Mismatch,
}

/// Why claims do not hold, though they are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimsError {
    /// Not a JSON object with `iss`, `sub`, `iat` and `exp`, or one of them is none.
    Claims,
    /// `iss` is another tenant.
    Issuer,
    /// Longer valid than [`LIFETIME_SECONDS_MAX`], or not at all.
    Lifetime,
    /// Not valid yet.
    Early,
    /// Over.
    Expired,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// It is none.
    Parse(ParseError),
    /// It is not ours.
    Signature(SignatureError),
    /// It does not hold, here and now.
    Claims(ClaimsError),
}

impl From<ParseError> for TokenError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}

impl From<SignatureError> for TokenError {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error)
    }
}

impl From<ClaimsError> for TokenError {
    fn from(error: ClaimsError) -> Self {
        Self::Claims(error)
    }
}

/// A token as it came: nothing of it is believed yet.
pub struct UntrustedToken<'a> {
    kid: String,
    /// Header and claims with the dot between them: what is signed.
    message: &'a str,
    claims: Vec<u8>,
    signature: Vec<u8>,
}

/// Claims that one of our keys has signed; whether they hold here and now is not known yet.
pub struct SignedClaims(Vec<u8>);

/// Who may send views of whom, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    viewer: String,
    issued_seconds: u64,
    expires_seconds: u64,
    titles: Option<Vec<String>>,
}

impl<'a> UntrustedToken<'a> {
    /// Reads the compact form of a JSON Web Token.
    ///
    /// # Errors
    /// [`ParseError`].
    ///
    /// Source: RFC 7515, section 5.2; RFC 8725, section 3.1.
    pub fn parse(text: &'a str) -> Result<Self, ParseError> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(ParseError::Long);
        }
        let Compact { message, header, claims, signature } =
            Compact::split(text).ok_or(ParseError::Parts)?;
        let header = Part::read(&header).map_err(|_| ParseError::Header)?;
        if header.alg.ok_or(ParseError::Header)? != "HS256" {
            return Err(ParseError::Algorithm);
        }
        if header.crit.is_some() {
            return Err(ParseError::Critical);
        }
        let kid = header.kid.ok_or(ParseError::Header)?;
        Ok(Self { kid, message, claims, signature })
    }

    /// The claims, if one of the keys has signed them.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(self, keys: &Keyring) -> Result<SignedClaims, SignatureError> {
        match keys.verify(&self.kid, self.message.as_bytes(), &self.signature) {
            None => Err(SignatureError::Key),
            Some(false) => Err(SignatureError::Mismatch),
            Some(true) => Ok(SignedClaims(self.claims)),
        }
    }
}

impl SignedClaims {
    /// The token, if it holds for this tenant now. Keys that are not known are passed over.
    ///
    /// # Errors
    /// [`ClaimsError`].
    ///
    /// Source: RFC 7519, section 4.1.
    pub fn check(&self, tenant: &str, now_seconds: u64) -> Result<Token, ClaimsError> {
        let claims = Part::read(&self.0).map_err(|_| ClaimsError::Claims)?;
        let (Some(iss), Some(viewer), Some(iat), Some(exp)) =
            (claims.iss, claims.sub, claims.iat, claims.exp)
        else {
            return Err(ClaimsError::Claims);
        };
        let titles = claims.titles;
        let is_named = check_name(&viewer).is_ok()
            && titles.iter().flatten().all(|title| check_name(title).is_ok())
            && titles.as_ref().is_none_or(|titles| titles.len() <= TITLES_MAX);
        if !is_named {
            return Err(ClaimsError::Claims);
        }
        if iss != tenant {
            return Err(ClaimsError::Issuer);
        }
        let from = iat.max(claims.nbf.unwrap_or(0));
        if exp <= iat || exp - iat > LIFETIME_SECONDS_MAX {
            return Err(ClaimsError::Lifetime);
        }
        if now_seconds.saturating_add(LEEWAY_SECONDS) < from {
            return Err(ClaimsError::Early);
        }
        if now_seconds >= exp.saturating_add(LEEWAY_SECONDS) {
            return Err(ClaimsError::Expired);
        }
        Ok(Token { viewer, issued_seconds: iat, expires_seconds: exp, titles })
    }
}

impl Token {
    /// Parses, verifies and checks.
    ///
    /// # Errors
    /// [`TokenError`], by the step that failed.
    pub fn read(
        text: &str,
        keys: &Keyring,
        tenant: &str,
        now_seconds: u64,
    ) -> Result<Self, TokenError> {
        Ok(UntrustedToken::parse(text)?.verify(keys)?.check(tenant, now_seconds)?)
    }

    /// Whose views may be sent.
    #[must_use]
    pub fn viewer(&self) -> &str {
        &self.viewer
    }

    /// When it was issued, in seconds, UTC.
    #[must_use]
    pub fn issued_seconds(&self) -> u64 {
        self.issued_seconds
    }

    /// When it ends, in seconds, UTC.
    #[must_use]
    pub fn expires_seconds(&self) -> u64 {
        self.expires_seconds
    }

    /// Whether views of this title may be sent: of any, if the token names none.
    #[must_use]
    pub fn allows(&self, title: &str) -> bool {
        self.titles.as_ref().is_none_or(|titles| titles.iter().any(|known| known == title))
    }
}

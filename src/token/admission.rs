//! Whether a body of views is taken at all: who sends it, and for whom.

use super::claims::{ClaimsError, ParseError, SignatureError, Token, TokenError};
use super::keyring::{Keyring, KeyringError};
use crate::base::refusal::{Code, Refusal};

/// What the edge is set up with.
#[derive(Debug, Clone, Copy)]
pub struct Access<'a> {
    /// `SESSION_KEYS`.
    pub session_keys: Option<&'a str>,
    /// Who runs the edge.
    pub tenant: &'a str,
    /// Views without a token are taken: development and tests.
    pub unsigned: bool,
    /// The edge's clock, UTC.
    pub now_ms: u64,
}

impl Access<'_> {
    /// The keys.
    ///
    /// # Errors
    /// [`Code::NotConfigured`]; the message holds no part of a key.
    pub fn keyring(&self) -> Result<Keyring, Refusal> {
        Keyring::parse(self.session_keys.unwrap_or("")).map_err(|error| {
            let message = match error {
                KeyringError::Empty => "`SESSION_KEYS` is not set",
                KeyringError::Many => "`SESSION_KEYS` has more than 8 keys",
                KeyringError::Name => "`SESSION_KEYS` is not `kid:key[,kid:key...]`",
                KeyringError::Twice => "`SESSION_KEYS` has two keys of one name",
                KeyringError::Key => {
                    "a key of `SESSION_KEYS` is not base64url without padding of 32 bytes or more"
                }
            };
            Refusal::of(Code::NotConfigured, message)
        })
    }

    /// Whose token came; none where what has none is taken.
    ///
    /// # Errors
    /// Those of [`Access::admit`].
    // Of its own, so that it is compiled once, whatever the titles come from.
    #[inline(never)]
    pub fn admit_viewer(
        &self,
        token: Option<&str>,
        viewer: &str,
    ) -> Result<Option<Token>, Refusal> {
        let unset = self.session_keys.is_none_or(|keys| keys.trim().is_empty());
        if self.unsigned && (unset || token.is_none()) {
            return Ok(None);
        }
        let keys = self.keyring()?;
        let token = token.ok_or_else(|| refuse(Code::TokenMissing, "expected a session token"))?;
        let token = Token::read(token, &keys, self.tenant, self.now_ms / 1000).map_err(of_token)?;
        if token.viewer() != viewer {
            let message = "the session token is another viewer's";
            return Err(Refusal::at(Code::TokenScope, "viewer", message));
        }
        Ok(Some(token))
    }

    /// Whose token came with a body of views of this viewer and these titles; none where views without
    /// one are taken.
    ///
    /// # Errors
    /// A [`Refusal`] by [`Code::TokenMissing`], [`Code::TokenInvalid`], [`Code::TokenExpired`],
    /// [`Code::TokenScope`] or [`Code::NotConfigured`].
    pub fn admit<'t>(
        &self,
        token: Option<&str>,
        viewer: &str,
        titles: impl Iterator<Item = &'t str>,
    ) -> Result<Option<Token>, Refusal> {
        let Some(token) = self.admit_viewer(token, viewer)? else { return Ok(None) };
        for (index, title) in titles.enumerate() {
            if !token.allows(title) {
                let message = format!("the session token does not name the title `{title}`");
                return Err(Refusal::at(
                    Code::TokenScope,
                    format!("views[{index}].title"),
                    message,
                ));
            }
        }
        Ok(Some(token))
    }
}

fn refuse(code: Code, message: &str) -> Refusal {
    Refusal::at(code, "token", message)
}

fn of_token(error: TokenError) -> Refusal {
    let message = match error {
        TokenError::Claims(ClaimsError::Expired) => {
            return refuse(Code::TokenExpired, "the session token is over");
        }
        TokenError::Parse(ParseError::Long) => "expected at most 4096 bytes",
        TokenError::Parse(ParseError::Parts) => "expected three parts of base64url",
        TokenError::Parse(ParseError::Header) => "expected a header with `alg` and `kid`",
        TokenError::Parse(ParseError::Algorithm) => "expected `alg` to be `HS256`",
        TokenError::Parse(ParseError::Critical) => "expected a header without `crit`",
        TokenError::Signature(SignatureError::Key) => "no key has the `kid` of the token",
        TokenError::Signature(SignatureError::Mismatch) => "expected another signature",
        TokenError::Claims(ClaimsError::Claims) => "expected claims `iss`, `sub`, `iat` and `exp`",
        TokenError::Claims(ClaimsError::Issuer) => "the session token is another tenant's",
        TokenError::Claims(ClaimsError::Lifetime) => "expected a life of at most 24 hours",
        TokenError::Claims(ClaimsError::Early) => "the session token is not valid yet",
    };
    refuse(Code::TokenInvalid, message)
}

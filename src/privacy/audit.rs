//! The audit log: rows that each carry the hash of the one before, so that none can be changed, left out
//! or put in between without a trace.
//!
//! What a hash is made of, in this order, numbers as 8 bytes, little-endian:
//!
//! 1. the 16 bytes `usher audit   1\n`
//! 2. the hash of the row before as its 64 lower-case hexadecimal digits; 64 zeros before the first row
//! 3. `sequence`, then `at_ms`
//! 4. `actor`, `action`, `subject` and `detail`, each as its length in bytes and its bytes in UTF-8
//!
//! `hash` is SHA-256 of that. Whoever notes the hash of the last row elsewhere can show later that no row
//! up to it was touched, not even by somebody who rewrote all of them.

use crate::base::id::check_name;
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tsify::Tsify;

/// First bytes of everything that is hashed.
const LABEL: &[u8; 16] = b"usher audit   1\n";

/// Bytes of the name of an action.
pub const ACTION_BYTES_MAX: usize = 40;

/// Bytes of the details of a row.
pub const DETAIL_BYTES_MAX: usize = 4000;

/// What somebody wants to have noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
#[tsify(missing_as_null)]
pub struct AuditRequest {
    /// Who did it.
    pub actor: String,
    /// What was done, such as `viewer_erased`.
    pub action: String,
    /// To what, unless it was to a viewer.
    #[serde(default)]
    pub subject: String,
    /// To which viewer, by name; the log gets the viewer's key as the subject.
    #[serde(default)]
    pub viewer: Option<String>,
    /// Anything else, for people and programs.
    #[serde(default)]
    pub detail: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct AuditEntry {
    /// Who did it.
    pub actor: String,
    /// What was done, such as `viewer_erased`.
    pub action: String,
    /// To whom or what. Never a viewer's name: its key.
    pub subject: String,
    /// Anything else, for people and programs.
    pub detail: String,
}

/// An entry in its place of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct AuditRow {
    /// From 1, without gaps.
    pub sequence: u64,
    /// When it was written, UTC.
    pub at_ms: u64,
    /// See [`AuditEntry`].
    pub actor: String,
    /// See [`AuditEntry`].
    pub action: String,
    /// See [`AuditEntry`].
    pub subject: String,
    /// See [`AuditEntry`].
    pub detail: String,
    /// The hash of the row before: 64 hexadecimal digits, all 0 for the first.
    pub previous: String,
    /// See the head of this file.
    pub hash: String,
}

/// The end of a part of the log: where the next row follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// Of the last row; 0 before the first.
    pub sequence: u64,
    /// Of the last row.
    pub hash: String,
}

impl Default for AuditHead {
    fn default() -> Self {
        Self { sequence: 0, hash: "0".repeat(64) }
    }
}

/// What a part of the log turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditCheck {
    /// Every row follows from the one before.
    Intact(AuditHead),
    /// The row that should have this sequence is missing, or is not what was written.
    BrokenAt(u64),
}

impl AuditRequest {
    /// Reads the JSON of a request and checks it.
    ///
    /// # Errors
    /// A [`Refusal`] that names the field.
    pub fn from_json(text: &[u8]) -> Result<Self, Refusal> {
        let request: Self = json::read(text)?;
        request.check()?;
        Ok(request)
    }

    fn check(&self) -> Result<(), Refusal> {
        check_name(&self.actor).map_err(|e| Refusal::of_id(e, "actor"))?;
        if !self.subject.is_empty() {
            check_name(&self.subject).map_err(|e| Refusal::of_id(e, "subject"))?;
        }
        if let Some(viewer) = &self.viewer {
            check_name(viewer).map_err(|e| Refusal::of_id(e, "viewer"))?;
            if !self.subject.is_empty() {
                let message = "expected either a subject or a viewer";
                return Err(Refusal::at(Code::InvalidValue, "subject", message));
            }
        }
        let named = (1..=ACTION_BYTES_MAX).contains(&self.action.len())
            && self.action.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if !named {
            let message = format!("expected 1 to {ACTION_BYTES_MAX} small letters or underscores");
            return Err(Refusal::at(Code::InvalidValue, "action", message));
        }
        if self.detail.len() > DETAIL_BYTES_MAX {
            let message = format!("expected at most {DETAIL_BYTES_MAX} bytes");
            return Err(Refusal::at(Code::InvalidValue, "detail", message));
        }
        Ok(())
    }
}

/// The row of an entry that follows `head`.
#[must_use]
pub fn append(head: &AuditHead, at_ms: u64, entry: AuditEntry) -> AuditRow {
    let AuditEntry { actor, action, subject, detail } = entry;
    let mut row = AuditRow {
        sequence: head.sequence.saturating_add(1),
        at_ms,
        actor,
        action,
        subject,
        detail,
        previous: head.hash.clone(),
        hash: String::new(),
    };
    row.hash = hash(&row);
    row
}

/// Whether rows that should follow `head` do, each from the one before.
#[must_use]
pub fn check(head: AuditHead, rows: &[AuditRow]) -> AuditCheck {
    let mut head = head;
    for row in rows {
        let sequence = head.sequence.saturating_add(1);
        let follows = row.sequence == sequence && row.previous == head.hash;
        if !follows || row.hash != hash(row) {
            return AuditCheck::BrokenAt(sequence);
        }
        head = AuditHead { sequence, hash: row.hash.clone() };
    }
    AuditCheck::Intact(head)
}

fn hash(row: &AuditRow) -> String {
    let mut hash = Sha256::new();
    hash.update(LABEL);
    hash.update(row.previous.as_bytes());
    hash.update(row.sequence.to_le_bytes());
    hash.update(row.at_ms.to_le_bytes());
    for text in [&row.actor, &row.action, &row.subject, &row.detail] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

//! What a player says beside a request for media, in version 1 or 2.

use super::field::{self, check};
use super::keys::{Fields, Mode};
use crate::base::refusal::Refusal;
use serde::Serialize;
use tsify::Tsify;

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct MediaRequest {
    /// `cid`, or the title that was given.
    pub title: String,
    /// 1 or 2.
    pub version: u8,
    /// `su`: needed to start, to seek or to recover.
    pub is_startup: bool,
    /// `bs`: the buffer ran dry since the request before.
    pub is_starved: bool,
}

/// Reads what came with a request for `title`: the parameter `CMCD` of its query, decoded, or the
/// headers `CMCD-Request`, `CMCD-Object`, `CMCD-Status` and `CMCD-Session`, joined by commas; all of it
/// is one dictionary.
///
/// # Errors
/// Those of [`field::read`] and [`Fields::check`].
pub fn read(text: &str, title: &str) -> Result<MediaRequest, Refusal> {
    let fields = Fields::check(field::read(text)?, Mode::Request)?;
    let title = fields.text("cid").unwrap_or_else(|| title.to_owned());
    check(&title, "cid")?;
    Ok(MediaRequest {
        title,
        version: if fields.whole("v") == Some(2) { 2 } else { 1 },
        is_startup: fields.is("su"),
        is_starved: fields.is("bs"),
    })
}

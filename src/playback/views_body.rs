//! The body of `POST /v1/views`: untrusted bytes to view states.

use super::arrival::{Country, Said};
use super::clock::PageTime;
use super::device::Device;
use super::state::{StateError, ViewState};
use crate::base::id::{Id, ViewId, check_name};
use crate::base::limits::{BODY_BYTES_MAX, STATE_BYTES_MAX, VIEWS_PER_BODY_MAX};
use crate::base::plain::json;
use crate::base::refusal::{Code, Refusal};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// The body as it is written: JSON, nothing trusted yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UntrustedBody {
    viewer: String,
    views: Vec<UntrustedView>,
    token: Option<String>,
    clock: Option<PageTime>,
    device: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UntrustedView {
    view: String,
    title: String,
    state: String,
    at: Option<PageTime>,
}

/// What one viewer's player has sent, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Tsify)]
pub struct ViewsBody {
    /// Who watched.
    pub viewer: String,
    /// The views.
    pub views: Vec<ViewEntry>,
    /// What else is known of the request, for `mergeViews`: opaque outside, because each type at the
    /// border costs a kilobyte.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub said: Vec<u8>,
}

/// What a request tells beside its body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// What the network in front says of where it comes from.
    pub country: Option<&'a str>,
    /// The header of this name.
    pub user_agent: Option<&'a str>,
    /// When the session token was issued, UTC; none if there was none.
    pub issued_ms: Option<u64>,
}

/// One view's state beside its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct ViewEntry {
    /// The view: 32 lower-case hexadecimal digits.
    pub view: String,
    /// What was watched.
    pub title: String,
    /// The encoded state.
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub state: Vec<u8>,
}

/// Reads and checks a body of which nothing else is known.
///
/// # Errors
/// Those of [`UntrustedBody::parse`] and [`UntrustedBody::check`].
pub fn read(body: &[u8]) -> Result<ViewsBody, Refusal> {
    UntrustedBody::parse(body)?.check(Circumstances::default())
}

impl UntrustedBody {
    /// Reads the JSON of a body.
    ///
    /// # Errors
    /// A [`Refusal`] of its size or form.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > BODY_BYTES_MAX {
            let message = format!("`{}` bytes, expected at most {BODY_BYTES_MAX}", body.len());
            return Err(Refusal::of(Code::BodyTooLarge, message));
        }
        let body: Self = json::read(body)?;
        check_name(&body.viewer).map_err(|e| Refusal::of_id(e, "viewer"))?;
        if body.views.is_empty() {
            return Err(Refusal::at(Code::InvalidValue, "views", "expected at least one view"));
        }
        if body.views.len() > VIEWS_PER_BODY_MAX {
            let message =
                format!("`{}` views, expected at most {VIEWS_PER_BODY_MAX}", body.views.len());
            return Err(Refusal::at(Code::TooMany, "views", message));
        }
        Ok(body)
    }

    /// Who is said to have watched.
    #[must_use]
    pub fn viewer(&self) -> &str {
        &self.viewer
    }

    /// The session token.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// What is said to have been watched.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.views.iter().map(|view| view.title.as_str())
    }

    /// Checks names, ids, owner, and every byte of every state.
    ///
    /// # Errors
    /// The first [`Refusal`]; of a body that is refused nothing may be stored.
    pub fn check(self, circumstances: Circumstances<'_>) -> Result<ViewsBody, Refusal> {
        let Self { viewer, views, clock, device, .. } = self;
        let device = match device {
            Some(name) => read_device(&name)?,
            None => circumstances.user_agent.map_or(Device::Unknown, Device::of_user_agent),
        };
        let said = Said {
            issued_ms: circumstances.issued_ms,
            clock,
            device,
            country: circumstances.country.and_then(Country::of_header),
            at: views.iter().map(|view| view.at).collect(),
        };
        let check = |(index, view)| check_view(&viewer, index, view);
        let views = views.into_iter().enumerate().map(check).collect::<Result<_, _>>()?;
        Ok(ViewsBody { viewer, views, said: said.encode() })
    }
}

fn read_device(name: &str) -> Result<Device, Refusal> {
    Device::of_name(name).ok_or_else(|| {
        let message = format!("`{name}`, expected unknown, desktop, mobile, tablet or tv");
        Refusal::at(Code::InvalidValue, "device", message)
    })
}

fn check_view(viewer: &str, index: usize, view: UntrustedView) -> Result<ViewEntry, Refusal> {
    let at = |field: &str| format!("views[{index}].{field}");
    let id = Id::parse(&view.view).map_err(|e| Refusal::of_id(e, at("view")))?;
    if !ViewId(id).belongs_to(viewer) {
        let message = format!("view `{}` was not begun by viewer `{viewer}`", view.view);
        return Err(Refusal::at(Code::ViewOfAnotherViewer, at("view"), message));
    }
    check_name(&view.title).map_err(|e| Refusal::of_id(e, at("title")))?;
    let state = Base64UrlUnpadded::decode_vec(&view.state).map_err(|_| {
        Refusal::at(Code::InvalidState, at("state"), "expected base64url without padding")
    })?;
    check_state(&state).map_err(|message| Refusal::at(Code::InvalidState, at("state"), message))?;
    Ok(ViewEntry { view: view.view, title: view.title, state })
}

fn check_state(bytes: &[u8]) -> Result<(), String> {
    if bytes.len() > STATE_BYTES_MAX {
        return Err(format!("`{}` bytes, expected at most {STATE_BYTES_MAX}", bytes.len()));
    }
    let state = ViewState::decode(bytes).map_err(describe)?;
    // When a view was seen is for the edge to say, whatever a sender claims.
    if state.seen.is_some() {
        Err("a player does not say when it was seen".to_owned())
    } else {
        Ok(())
    }
}

/// What is wrong with a state, and what was expected.
#[must_use]
pub fn describe(error: StateError) -> String {
    use super::state::FORMAT_VERSION;
    use crate::base::varint::WireError;
    match error {
        StateError::Format(format) => format!("format `{format}`, expected {FORMAT_VERSION}"),
        StateError::Flags(flags) => format!("flags `{flags}` mean nothing"),
        StateError::Wire(WireError::Truncated) => "the state is cut off".to_owned(),
        StateError::Wire(WireError::Overlong) => "a number is not in its shortest form".to_owned(),
        StateError::Wire(WireError::TooLarge) => "a number is above its limit".to_owned(),
        StateError::Producers => "expected 1 to 16 producers in ascending order".to_owned(),
        StateError::Seen => "it was seen last before it was seen first".to_owned(),
        StateError::Trailing => "bytes are left over behind the state".to_owned(),
    }
}

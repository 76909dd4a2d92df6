//! The body of `POST /v1/views`: untrusted bytes to view states.

use super::arrival::{Country, Said};
use super::clock::PageTime;
use super::device::Device;
use super::state::{StateError, ViewState};
use crate::base::id::{Id, ViewId, check_name};
use crate::base::limits::{BODY_BYTES_MAX, STATE_BYTES_MAX, VIEWS_PER_BODY_MAX};
use crate::base::plain::failure::Failure;
use crate::base::plain::json;
use crate::base::plain::reader::Reader;
use crate::base::plain::values::Keys;
use crate::base::refusal::{Code, Refusal};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// The body as it is written: JSON, nothing trusted yet.
#[derive(Debug, Default)]
pub struct UntrustedBody {
    viewer: String,
    views: Vec<UntrustedView>,
    token: Option<String>,
    clock: Option<PageTime>,
    device: Option<String>,
}

#[derive(Debug, Default)]
struct UntrustedView {
    view: String,
    title: String,
    state: String,
    at: Option<PageTime>,
}

/// In the order of [`UntrustedBody`].
const BODY: Keys =
    Keys { known: &["viewer", "views", "token", "clock", "device"], needed: 2, is_closed: true };

/// In the order of [`UntrustedView`].
const VIEW: Keys = Keys { known: &["view", "title", "state", "at"], needed: 3, is_closed: true };

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
        let body = Self::read(body)?;
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

    fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut body = Self::default();
        json::read_by(bytes, &mut |reader| {
            reader.fields(&BODY, &mut |reader, place| {
                match place {
                    0 => body.viewer = reader.string()?,
                    1 => {
                        return reader.items(&mut |reader| {
                            body.views.push(read_view(reader)?);
                            Ok(())
                        });
                    }
                    2 => body.token = reader.optional_string()?,
                    3 => body.clock = reader.optional_pair()?.map(PageTime::from),
                    _ => body.device = reader.optional_string()?,
                }
                Ok(())
            })
        })?;
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
        let mut checked = Vec::with_capacity(views.len());
        for (index, view) in views.into_iter().enumerate() {
            checked.push(check_view(&viewer, index, view)?);
        }
        Ok(ViewsBody { viewer, views: checked, said: said.encode() })
    }
}

fn read_view(reader: &mut Reader<'_>) -> Result<UntrustedView, Failure> {
    let mut view = UntrustedView::default();
    reader.fields(&VIEW, &mut |reader, place| {
        let text = match place {
            0 => &mut view.view,
            1 => &mut view.title,
            2 => &mut view.state,
            _ => {
                view.at = reader.optional_pair()?.map(PageTime::from);
                return Ok(());
            }
        };
        *text = reader.string()?;
        Ok(())
    })?;
    Ok(view)
}

fn read_device(name: &str) -> Result<Device, Refusal> {
    Device::of_name(name).ok_or_else(|| {
        let message = format!("`{name}`, expected unknown, desktop, mobile, tablet or tv");
        Refusal::at(Code::InvalidValue, "device", message)
    })
}

fn check_view(viewer: &str, index: usize, view: UntrustedView) -> Result<ViewEntry, Refusal> {
    let at = |field| place("views", index, field);
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

/// Where something stands, for a refusal.
#[cold]
#[inline(never)]
pub(super) fn place(list: &str, index: usize, field: &str) -> String {
    format!("{list}[{index}].{field}")
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
#[cold]
#[inline(never)]
pub fn describe(error: StateError) -> String {
    use super::state::FORMAT_VERSION;
    use crate::base::varint::WireError;
    let message = match error {
        StateError::Format(format) => {
            return format!("format `{format}`, expected {FORMAT_VERSION}");
        }
        StateError::Flags(flags) => return format!("flags `{flags}` mean nothing"),
        StateError::Wire(WireError::Truncated) => "the state is cut off",
        StateError::Wire(WireError::Overlong) => "a number is not in its shortest form",
        StateError::Wire(WireError::TooLarge) => "a number is above its limit",
        StateError::Producers => "expected 1 to 16 producers in ascending order",
        StateError::Seen => "it was seen last before it was seen first",
        StateError::Trailing => "bytes are left over behind the state",
    };
    message.to_owned()
}

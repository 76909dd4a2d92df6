//! What a common access token says, judged for one request.

use super::{network, uri};
use crate::token::cbor::reader::{Label, Reader};
use crate::token::fault::{Fault, Step};
use crate::token::request::{Request, SKEW_SECONDS_MAX};
use crate::token::signed::Verified;
use crate::token::url::Url;

/// Labels of claims. Source: IANA, CBOR Web Token claims.
pub mod label {
    #![expect(missing_docs, reason = "the names of RFC 8392 and CTA-5007")]
    pub const ISS: i64 = 1;
    pub const SUB: i64 = 2;
    pub const AUD: i64 = 3;
    pub const EXP: i64 = 4;
    pub const NBF: i64 = 5;
    pub const IAT: i64 = 6;
    pub const CTI: i64 = 7;
    pub const CATREPLAY: i64 = 308;
    pub const CATV: i64 = 310;
    pub const CATNIP: i64 = 311;
    pub const CATU: i64 = 312;
    pub const CATM: i64 = 313;
    pub const CATGEOISO3166: i64 = 316;
    pub const CATR: i64 = 323;
}

/// The version of common access tokens that is known.
const VERSION: u64 = 1;

/// A token that holds for a request.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cat<'a> {
    /// `iss`.
    pub issuer: Option<&'a str>,
    /// `sub`.
    pub subject: Option<&'a str>,
    /// `exp`, in seconds, UTC.
    pub expires: f64,
    /// `iat`, in seconds, UTC.
    pub issued: Option<f64>,
    /// `cti`.
    pub id: Option<&'a [u8]>,
    /// `catr`.
    pub renewal: Option<Renewal>,
}

/// How a token may be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Renewal {
    /// 0 as the host likes, 1 in a cookie, 2 in a header, 3 by redirection.
    pub kind: f64,
    /// By how many seconds.
    pub expadd: Option<f64>,
    /// How many seconds before the end.
    pub deadline: Option<f64>,
}

#[derive(Default)]
struct Found {
    expires: Option<f64>,
    starts: Option<f64>,
    has_audience: Option<bool>,
    is_version_known: bool,
    /// The last restriction that the request does not meet.
    outside: i64,
}

impl Verified {
    /// The claims, if they hold for a request. A claim that is not known may restrict, and is refused like one that
    /// cannot be judged.
    ///
    /// # Errors
    /// A [`Fault`] of the steps `claims`, `time` and `scope`.
    ///
    /// Source: RFC 8392, section 3; CTA-5007, section 4.
    #[inline(never)]
    pub fn check_cat(&self, request: &Request<'_>) -> Result<Cat<'_>, Fault> {
        let mut cat = Cat::default();
        let mut found = Found { is_version_known: true, ..Found::default() };
        if read_claims(&self.payload, request, &mut cat, &mut found).is_none() {
            return Fault::at(Step::Claims, "known claims, each of its type and once");
        }
        if !found.is_version_known {
            return Fault::at(Step::Claims, "`catv` 1");
        }
        let is_issuer = request.issuer.is_none() || cat.issuer == request.issuer;
        if !is_issuer || !found.has_audience.unwrap_or(request.audience.is_none()) {
            return Fault::at(Step::Claims, "another `iss` or `aud`");
        }
        let Some(expires) = found.expires else { return Fault::at(Step::Claims, "`exp`") };
        let skew = request.skew.min(SKEW_SECONDS_MAX);
        if found.starts.is_some_and(|starts| float(request.now.saturating_add(skew)) < starts) {
            return Fault::at(Step::Early, "a later time");
        }
        if float(request.now.saturating_sub(skew)) >= expires {
            return Fault::at(Step::Expired, "an earlier time");
        }
        if found.outside != 0 {
            return Fault::at(Step::Scope, outside(found.outside));
        }
        Ok(Cat { expires, ..cat })
    }
}

/// Reads the claims, and judges those that restrict. A claim that is not known may restrict too.
#[inline(never)]
fn read_claims<'a>(
    payload: &'a [u8],
    request: &Request<'_>,
    cat: &mut Cat<'a>,
    found: &mut Found,
) -> Option<()> {
    let mut reader = Reader::of(payload);
    let mut pairs = reader.map()?;
    loop {
        let label = match reader.key(&mut pairs)? {
            Label::Number(label) => label,
            Label::Text(_) => return None,
            Label::End => return reader.is_over().then_some(()),
        };
        let is_met = match label {
            label::ISS => {
                cat.issuer = Some(plain_text(&mut reader)?);
                true
            }
            label::SUB => {
                cat.subject = Some(plain_text(&mut reader)?);
                true
            }
            label::AUD => {
                found.has_audience = Some(reader.has_text(request.audience, true)?);
                true
            }
            label::EXP..=label::IAT => {
                let time = Some(reader.number()?);
                match label {
                    label::EXP => found.expires = time,
                    label::NBF => found.starts = time,
                    _ => cat.issued = time,
                }
                true
            }
            label::CTI => {
                cat.id = Some(reader.bytes()?);
                true
            }
            label::CATV => {
                found.is_version_known = reader.whole()? == VERSION;
                true
            }
            label::CATR => {
                cat.renewal = Some(read_renewal(&mut reader)?);
                true
            }
            label::CATREPLAY => match reader.whole()? {
                0 => true,
                1 | 2 => request.is_replayed == Some(false),
                _ => return None,
            },
            label::CATNIP => network::is_allowed(&mut reader, request.ip)?,
            label::CATU => uri::is_allowed(&mut reader, request.url.and_then(Url::parse).as_ref())?,
            label::CATM => reader.has_text(request.method, false)?,
            label::CATGEOISO3166 => reader.has_text(request.country, false)?,
            _ => return None,
        };
        if !is_met {
            found.outside = label;
        }
    }
}

/// A text that can be told from others with NUL between them.
fn plain_text<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    reader.text().filter(|text| !text.contains('\0'))
}

/// Labels: type, expadd, deadline, cookie-name, header-name, cookie-params, header-params, code.
#[inline(never)]
fn read_renewal(reader: &mut Reader<'_>) -> Option<Renewal> {
    let mut renewal = Renewal::default();
    let mut pairs = reader.map()?;
    loop {
        match reader.key(&mut pairs)? {
            Label::Number(0) => {
                renewal.kind = reader.number().filter(|kind| [0.0, 1.0, 2.0, 3.0].contains(kind))?
            }
            Label::Number(1) => renewal.expadd = Some(reader.number()?),
            Label::Number(2) => renewal.deadline = Some(reader.number()?),
            Label::Number(3 | 4) => {
                reader.text()?;
            }
            Label::Number(5 | 6) => {
                reader.has_text(None, false)?;
            }
            Label::Number(7) => {
                reader.whole()?;
            }
            Label::Number(_) | Label::Text(_) => return None,
            Label::End => return Some(renewal),
        }
    }
}

/// What a restriction is on.
fn outside(label: i64) -> &'static str {
    match label {
        label::CATREPLAY => "`catreplay` to be met",
        label::CATNIP => "`catnip` to be met",
        label::CATU => "`catu` to be met",
        label::CATM => "`catm` to be met",
        _ => "`catgeoiso3166` to be met",
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds far beyond any clock are only compared")]
fn float(seconds: u64) -> f64 {
    seconds as f64
}

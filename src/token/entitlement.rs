//! Entitlement tokens: what a viewer holds, for at most a day.

use super::claims::LIFETIME_SECONDS_MAX;
use super::fault::{Fault, Step};
use super::request::{Request, SKEW_SECONDS_MAX};
use super::signed::Verified;
use crate::base::id::check_name;
use crate::base::plain::failure::Failure;
use crate::base::plain::json;
use crate::base::plain::reader::Reader;
use crate::base::plain::values::Keys;
use crate::base::refusal::Code;

/// Grants and devices of a viewer, each.
const RIGHTS_MAX: usize = 64;

/// In the order of [`Verified::check`]. A claim that is not known may restrict, and is refused.
const CLAIMS: Keys = Keys {
    known: &["iss", "aud", "sub", "jti", "iat", "exp", "epoch", "ent"],
    needed: 8,
    is_closed: true,
};

/// In the order of [`read_rights`].
const RIGHTS: Keys =
    Keys { known: &["account", "grants", "devices", "max_rating"], needed: 3, is_closed: true };

impl Verified {
    /// The claims, if they hold here and now: a JSON object with `sub`, `jti`, `epoch`, `iat`, `exp`, `ent`, and `iss`
    /// and `aud` as expected.
    ///
    /// # Errors
    /// A [`Fault`] of the steps `header`, `claims` and `time`.
    ///
    /// Source: RFC 7519, section 4.1.
    #[inline(never)]
    pub fn check(self, request: &Request<'_>) -> Result<String, Fault> {
        if !self.is_jwt {
            return Fault::at(Step::Header, "`kid`, and `typ` `JWT`");
        }
        let mut claims = Claims::default();
        let is_read = json::read_by(&self.payload, &mut |reader| {
            reader.fields(&CLAIMS, &mut |reader, place| claims.read(reader, place))
        });
        let Claims { texts: [issuer, audience, viewer, id], numbers: [issued, expires, _] } =
            &claims;
        let json = String::from_utf8(self.payload).unwrap_or_default();
        let is_lasting = issued < expires && expires.wrapping_sub(*issued) <= LIFETIME_SECONDS_MAX;
        if is_read.is_err() || check_name(viewer).is_err() || check_name(id).is_err() || !is_lasting
        {
            return Fault::at(
                Step::Claims,
                "known claims, each of its type and once, of 24 hours at most",
            );
        }
        if Some(issuer.as_str()) != request.issuer || Some(audience.as_str()) != request.audience {
            return Fault::at(Step::Claims, "another `iss` or `aud`");
        }
        let skew = request.skew.min(SKEW_SECONDS_MAX);
        if request.now.saturating_add(skew) < *issued {
            return Fault::at(Step::Early, "a later time");
        }
        if request.now >= expires.saturating_add(skew) {
            return Fault::at(Step::Expired, "an earlier time");
        }
        Ok(json)
    }
}

/// The claims in the order of [`CLAIMS`], but for the last.
#[derive(Default)]
struct Claims {
    texts: [String; 4],
    numbers: [u64; 3],
}

impl Claims {
    #[inline(never)]
    fn read(&mut self, reader: &mut Reader<'_>, place: usize) -> Result<(), Failure> {
        if let Some(text) = self.texts.get_mut(place) {
            *text = reader.string()?;
        } else if let Some(number) = self.numbers.get_mut(place.wrapping_sub(4)) {
            *number = reader.whole()?;
        } else {
            reader.fields(&RIGHTS, &mut read_right)?;
        }
        Ok(())
    }
}

/// A right of a viewer, as far as its type goes; what it says is read where it is decided.
#[inline(never)]
fn read_right(reader: &mut Reader<'_>, place: usize) -> Result<(), Failure> {
    let mut count = 0;
    match place {
        0 => reader.skip_object(),
        1 | 2 => reader.items(&mut |reader| read_element(reader, place, &mut count)),
        _ => reader.optional_whole().map(|_| ()),
    }
}

/// A grant or a device.
#[inline(never)]
fn read_element(reader: &mut Reader<'_>, place: usize, count: &mut usize) -> Result<(), Failure> {
    *count = count.wrapping_add(1);
    if *count > RIGHTS_MAX {
        return Err(Failure::of(Code::TooMany, "expected at most 64"));
    }
    if place == 1 { reader.skip_object() } else { reader.string().map(|_| ()) }
}

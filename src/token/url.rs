//! The address of a request, in parts that a token may restrict.

/// The parts of an address in its normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Url<'a> {
    /// In lower case.
    pub scheme: &'a [u8],
    /// In lower case, an IPv6 address with its brackets.
    pub host: &'a [u8],
    /// The one that is used: that of the scheme if none is named.
    pub port: &'a [u8],
    /// From its first slash on.
    pub path: &'a [u8],
    /// What stands behind `?`.
    pub query: &'a [u8],
}

impl<'a> Url<'a> {
    /// Splits an address that the host's URL parser has written, who knows how to fold case, IDNA, dot segments, default
    /// ports and backslashes, and in which no letter is escaped that need not be. Whatever is left of that, or may be
    /// read in two ways, is none: a name and password, a dot segment, and an escape that an origin may take for a slash,
    /// a backslash or an end.
    ///
    /// Source: URL Standard, section 4.5; RFC 3986, section 6.2.2.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (text, _) = cut(text.as_bytes(), b'#');
        let (text, query) = cut(text, b'?');
        let (scheme, rest) = cut(text, b':');
        let rest = rest.strip_prefix(b"://")?;
        let (authority, path) = cut(rest, b'/');
        // The colons of an IPv6 address stand before its bracket.
        let (bracketed, _) = cut(authority, b']');
        let (_, behind) = authority.split_at_checked(bracketed.len())?;
        let is_bracketed = !behind.is_empty();
        let (_, mut port) = cut(if is_bracketed { behind } else { authority }, b':');
        let (host, _) = authority.split_at_checked(authority.len().wrapping_sub(port.len()))?;
        port = match (port.split_first(), scheme) {
            (Some((_, port)), _) => port,
            (None, b"http") => b"80",
            (None, b"https") => b"443",
            (None, _) => port,
        };
        let query = query.strip_prefix(b"?").unwrap_or(query);
        let (_, escapes) = cut(path, b'%');
        let is_normal = !scheme.is_empty()
            && !host.is_empty()
            && is_each(scheme, b':', &is_normal_name)
            && is_each(host, b':', &is_normal_name)
            && port.iter().all(u8::is_ascii_digit)
            && path.first() == Some(&b'/')
            && is_each(path, b'/', &|segment| !matches!(segment, b"." | b".."))
            && !path.contains(&b'\\')
            && escapes.split_first().is_none_or(|(_, rest)| is_each(rest, b'%', &is_needed));
        is_normal.then_some(Self { scheme, host, port, path, query })
    }
}

/// Whether all pieces between the bytes of a kind are as they should be.
#[inline(never)]
fn is_each(bytes: &[u8], at: u8, is_fine: &dyn Fn(&[u8]) -> bool) -> bool {
    let mut rest = bytes;
    loop {
        let (piece, behind) = cut(rest, at);
        if !is_fine(piece) {
            return false;
        }
        match behind.split_first() {
            Some((_, next)) => rest = next,
            None => return true,
        }
    }
}

/// Letters in lower case, and what else a name or an address is made of.
fn is_normal_name(name: &[u8]) -> bool {
    name.iter()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'[' | b']'))
}

/// What stands before the first byte of a kind, and from there on.
#[inline(never)]
fn cut(bytes: &[u8], at: u8) -> (&[u8], &[u8]) {
    let place = bytes.iter().position(|byte| *byte == at).unwrap_or(bytes.len());
    bytes.split_at_checked(place).unwrap_or((bytes, b""))
}

/// Whether what stands behind a percent sign are two digits of a byte that has to be escaped, and stays what it is when
/// it is not any more.
///
/// Source: RFC 3986, section 6.2.2.2.
fn is_needed(escape: &[u8]) -> bool {
    let digit = |place: usize| char::from(*escape.get(place)?).to_digit(16);
    match (digit(0), digit(1)) {
        (Some(high), Some(low)) => match u8::try_from(high << 4 | low) {
            Ok(0 | b'/' | b'\\' | b'-' | b'.' | b'_' | b'~') | Err(_) => false,
            Ok(byte) => !byte.is_ascii_alphanumeric(),
        },
        _ => false,
    }
}

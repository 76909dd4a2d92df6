//! `catnip`: from which networks a token may be used.

use crate::token::cbor::reader::{Item, Reader};

/// Source: RFC 9164.
const IPV4_TAG: u64 = 52;
const IPV6_TAG: u64 = 54;

/// An IPv4 address, written as an IPv6 address, has these bits before its own 32. Source: RFC 4291, section 2.5.5.2.
const MAPPED: u128 = 0xffff << 32;

/// Whether one of the networks is that of a request. Numbers of autonomous systems name none that is known here. None
/// of what is no network.
#[inline(never)]
pub fn is_allowed(reader: &mut Reader<'_>, ip: Option<&str>) -> Option<bool> {
    let ip = ip.and_then(|ip| address(ip.as_bytes()));
    let mut is_allowed = false;
    for _ in 0..reader.list()? {
        match reader.item()? {
            Item::Whole(_) => {}
            Item::List(2) => {
                reader.whole()?;
                reader.whole()?;
            }
            Item::Tag(tag @ (IPV4_TAG | IPV6_TAG)) => {
                let (network, others) = read_network(reader, tag == IPV4_TAG)?;
                is_allowed |= ip.is_some_and(|ip| {
                    let is_kind = (ip >> 32 == MAPPED >> 32) == (tag == IPV4_TAG);
                    // All bits are others in a network of every address.
                    is_kind && (ip ^ network).checked_shr(others).unwrap_or(0) == 0
                });
            }
            _ => return None,
        }
    }
    Some(is_allowed)
}

/// A network, and how many bits at the end of an address are not its.
#[inline(never)]
fn read_network(reader: &mut Reader<'_>, is_ipv4: bool) -> Option<(u128, u32)> {
    let (length, before) = if is_ipv4 { (4, MAPPED) } else { (16, 0) };
    let bits_max = 8 * length;
    let (bits, bytes) = match reader.item()? {
        Item::Bytes(bytes) if bytes.len() == length as usize => (bits_max, bytes),
        // As a map of one pair before RFC 9164, and since then as a list of two.
        Item::List(2) | Item::Map(1) => (u32::try_from(reader.whole()?).ok()?, reader.bytes()?),
        _ => return None,
    };
    let written = bytes.iter().fold(0, |number: u128, byte| (number << 8) | u128::from(*byte));
    // Zeros at the end may have been left out.
    let left_out = length.checked_sub(u32::try_from(bytes.len()).ok()?)?;
    let network = written.checked_shl(left_out.wrapping_mul(8)).unwrap_or(0);
    Some((before | network, bits_max.checked_sub(bits)?))
}

/// An address as it is written in a header of a request: IPv4 with dots, or IPv6 without.
///
/// Source: RFC 4291, section 2.2; RFC 3986, section 3.2.2.
#[inline(never)]
fn address(text: &[u8]) -> Option<u128> {
    let is_ipv4 = !text.contains(&b':');
    let (separator, radix, digits_max, size) =
        if is_ipv4 { (b'.', 10, 3, 8) } else { (b':', 16, 4, 16) };
    // What stands before `::`, with all groups behind it 0.
    let mut before = None;
    let mut groups = 0_u128;
    let mut bits = 0_u32;
    let mut rest = text;
    loop {
        if let Some(behind) = rest.strip_prefix(b"::").filter(|_| before.is_none()) {
            before = Some(groups.checked_shl(128_u32.wrapping_sub(bits)).unwrap_or(0));
            groups = 0;
            rest = behind;
        } else if bits > 0 {
            rest = rest.strip_prefix(&[separator])?;
        }
        let digits = rest.iter().position(|byte| *byte == separator).unwrap_or(rest.len());
        let (group, behind) = rest.split_at_checked(digits)?;
        if digits == 0 && behind.is_empty() && before.is_some() {
            break;
        }
        groups = (groups << size) | u128::from(number(group, radix, digits_max)?);
        bits = bits.wrapping_add(size);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
    match before {
        _ if is_ipv4 => (bits == 32 && groups >> 32 == 0).then_some(MAPPED | groups),
        Some(before) => (bits < 128).then_some(before | groups),
        None => (bits == 128).then_some(groups),
    }
}

#[inline(never)]
fn number(digits: &[u8], radix: u32, digits_max: usize) -> Option<u32> {
    // An octet with a zero in front would be octal to some.
    let is_octal = radix == 10 && digits.len() > 1 && digits.first() == Some(&b'0');
    if is_octal || digits.is_empty() || digits.len() > digits_max {
        return None;
    }
    let mut number = 0_u32;
    for digit in digits {
        number = number.wrapping_mul(radix).wrapping_add(char::from(*digit).to_digit(radix)?);
    }
    (radix == 16 || number < 256).then_some(number)
}

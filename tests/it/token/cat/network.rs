use super::{Request, Step, check, request};
use core::net::IpAddr;
use proptest::prelude::*;
use usher::token::cat::network::is_allowed;
use usher::token::cbor::reader::Reader;
use usher::token::cbor::writer::Writer;

const CATNIP: i64 = 311;

fn from(hex: &str, ip: Option<&str>, is_in: bool) {
    let expected = if is_in { Ok(()) } else { Err(Step::Scope) };
    check(CATNIP, hex, &Request { ip, ..request() }, expected);
}

/// Source: RFC 9164, section 4.
#[test]
fn a_request_comes_from_one_of_the_networks() {
    let here = Some("10.1.2.3");
    from("81 d834 440a010203", here, true);
    from("81 d834 440a010204", here, false);
    from("82 d834 440a010204 d834 440a010203", here, true);
    // Prefixes, of which zeros at the end may have been left out.
    from("81 d834 82 08 410a", here, true);
    from("81 d834 82 18 18 430a0102", here, true);
    from("81 d834 82 18 1f 440a010202", here, true);
    from("81 d834 82 18 1f 440a010200", here, false);
    from("81 d834 82 09 420a80", here, false);
    from("81 d834 82 00 40", here, true);
    from("81 d834 82 18 20 440a010203", here, true);
    // As it was written before the RFC.
    from("81 d834 a1 08 410a", here, true);
    from("81 d834 a1 08 410b", here, false);
    let there = Some("2001:db8::1");
    from("81 d836 50 20010db8000000000000000000000001", there, true);
    from("81 d836 50 20010db8000000000000000000000002", there, false);
    from("81 d836 82 18 20 44 20010db8", there, true);
    from("81 d836 82 18 21 45 20010db880", there, false);
    from("81 d836 82 00 40", there, true);
    // Of the other family.
    from("81 d836 82 00 40", here, false);
    from("81 d834 82 00 40", there, false);
    from("81 d834 440a010203", Some("::ffff:a01:203"), true);
}

#[test]
fn a_number_of_an_autonomous_system_is_of_no_network_that_is_known() {
    from("81 19fc00", Some("10.1.2.3"), false);
    from("81 82 19fc00 19fd00", Some("10.1.2.3"), false);
    from("82 19fc00 d834 440a010203", Some("10.1.2.3"), true);
    from("80", Some("10.1.2.3"), false);
}

#[test]
fn an_address_that_is_none_or_is_not_told_is_in_no_network() {
    for ip in [
        None,
        Some(""),
        Some("10.1.2"),
        Some("10.1.2.3.4"),
        Some("10.1.2.256"),
        Some("010.1.2.3"),
        Some("10.1.2.3 "),
        Some("10.1.2.-3"),
        Some("0x0a.1.2.3"),
        Some("10.1..3"),
        Some(".10.1.2.3"),
        Some("10.1.2.3."),
        Some("cdn.example"),
    ] {
        from("81 d834 82 00 40", ip, false);
        from("81 d836 82 00 40", ip, false);
    }
}

#[test]
fn what_is_no_network_is_a_claim_of_another_type() {
    for hex in [
        "d834 440a010203",
        "a0",
        "81 440a010203",
        "81 67 31302e302e302e31",
        "81 20",
        "81 82 19fc00 20",
        "81 83 01 02 03",
        "81 d835 440a010203",
        "81 d834 430a0102",
        "81 d834 450a01020304",
        "81 d836 440a010203",
        "81 d834 82 18 21 440a010203",
        "81 d834 82 08 450a01020304",
        "81 d836 82 18 81 4120",
        "81 d834 82 20 410a",
        "81 d834 82 410a 08",
        "82 d834 440a010203",
    ] {
        check(CATNIP, hex, &request(), Err(Step::Claims));
    }
}

/// Whether the network that holds exactly one address holds another.
fn is_only(ip: IpAddr, text: &str) -> bool {
    let mut network = Writer::default();
    network.head(4, 1);
    match ip {
        IpAddr::V4(ip) => {
            network.head(6, 52);
            network.bytes(&ip.octets());
        }
        IpAddr::V6(ip) => {
            network.head(6, 54);
            network.bytes(&ip.octets());
        }
    }
    is_allowed(&mut Reader::of(&network.0), Some(text)).unwrap()
}

proptest! {
    #[test]
    fn addresses_are_read_as_the_library_reads_them(ip in any::<IpAddr>(), text in "[0-9a-f:.]{1,24}") {
        let mapped = ip.to_string().contains("::ffff:") && ip.is_ipv6();
        if !mapped {
            prop_assert!(is_only(ip, &ip.to_string()));
        }
        match text.parse::<IpAddr>() {
            // Mixed forms are read by the library alone, and an IPv4 address is one however it is written.
            Ok(other) if !(other.is_ipv6() && text.contains('.')) => {
                prop_assert!(is_only(other.to_canonical(), &text), "{}", text);
            }
            _ => prop_assert!(!is_only(ip, &text), "{}", text),
        }
    }

    #[test]
    fn a_gap_is_read_as_the_library_reads_it(groups in proptest::collection::vec("[0-9a-f]{1,4}", 0..9), gap in 0_usize..9) {
        let gap = gap.min(groups.len());
        let text = format!("{}::{}", groups[..gap].join(":"), groups[gap..].join(":"));
        match text.parse::<IpAddr>() {
            // That stands for no group at all, which the library takes.
            Ok(_) if groups.len() > 7 => {}
            Ok(ip) => prop_assert!(is_only(ip.to_canonical(), &text), "{}", text),
            Err(_) => prop_assert!(!is_only([0_u16; 8].into(), &text), "{}", text),
        }
    }

    #[test]
    fn no_bytes_are_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = is_allowed(&mut Reader::of(&bytes), Some("10.1.2.3"));
    }
}

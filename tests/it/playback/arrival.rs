use proptest::prelude::*;
use usher::base::limits::MS_MAX;
use usher::playback::arrival::{Country, Said};
use usher::playback::clock::PageTime;
use usher::playback::device::Device;

#[test]
fn a_country_is_two_letters_that_mean_one() {
    let check = |header: &str, expected: Option<&str>| {
        assert_eq!(Country::of_header(header).map(String::from).as_deref(), expected, "{header}");
    };
    check("DE", Some("DE"));
    check(" de ", Some("DE"));
    for header in ["", "D", "DEU", "XX", "xx", "T1", "1D", "D-", "é", "ßß", "\u{1f1e9}"] {
        check(header, None);
    }
}

fn time() -> impl Strategy<Value = PageTime> {
    (0..=MS_MAX, 0..=MS_MAX).prop_map(|(monotonic_ms, wall_ms)| PageTime { monotonic_ms, wall_ms })
}

proptest! {
    #[test]
    fn what_a_request_said_is_read_as_it_was_written(
        issued_ms in prop::option::of(0..=MS_MAX),
        clock in prop::option::of(time()),
        device in (0..5_u64).prop_map(Device::of_code),
        country in prop::option::of("[A-Z]{2}"),
        at in prop::collection::vec(prop::option::of(time()), 0..5),
    ) {
        let country = country.and_then(|letters| Country::of_header(&letters));
        let said = Said { issued_ms, clock, device, country, at };
        prop_assert_eq!(Said::decode(&said.encode()), Ok(said));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = Said::decode(&bytes);
    }
}

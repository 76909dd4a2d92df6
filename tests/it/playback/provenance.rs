use proptest::prelude::*;
use usher::base::id::{Id, Producer};
use usher::base::limits::MS_MAX;
use usher::playback::arrival::Country;
use usher::playback::device::Device;
use usher::playback::provenance::{Anchor, Provenance};

const PRODUCER: Producer = Producer(Id([1; 16]));

#[test]
fn a_pause_moves_the_beginning_on_and_nothing_moves_it_back() {
    let mut known = Provenance::default();
    assert_eq!(known.anchor(PRODUCER), None);
    known.hear(PRODUCER, 10_000, 4_000, 3);
    let anchor = |known: &Provenance| known.anchor(PRODUCER).unwrap();
    assert_eq!(anchor(&known).began_ms, 6_000);
    known.hear(PRODUCER, 20_000, 5_000, 5);
    assert_eq!((anchor(&known).began_ms, anchor(&known).measured_ms), (15_000, 20_000));
    // An older state comes late.
    known.hear(PRODUCER, 12_000, 4_500, 4);
    let expected = Anchor { producer: PRODUCER, began_ms: 15_000, measured_ms: 20_000, version: 5 };
    assert_eq!(anchor(&known), expected);
    known.hear(Producer(Id([2; 16])), 5, 9, 1);
    assert_eq!(known.anchors.len(), 2);
}

#[test]
fn what_an_operator_lets_pass_moves_the_beginning_back() {
    let mut known = Provenance::default();
    known.hear(PRODUCER, 10_000, 1_000, 3);
    known.trust(PRODUCER, 12_000, 11_000, 4);
    let expected = Anchor { producer: PRODUCER, began_ms: 1_000, measured_ms: 12_000, version: 4 };
    assert_eq!(known.anchor(PRODUCER), Some(expected));
}

proptest! {
    #[test]
    fn what_is_noted_is_read_as_it_was_written(
        country in prop::option::of("[A-WY-Z]{2}"),
        device in (0..5_u64).prop_map(Device::of_code),
        heard in prop::collection::vec((any::<[u8; 16]>(), 0..=MS_MAX, 0..=MS_MAX, 0..=MS_MAX), 0..5),
    ) {
        let country = country.and_then(|letters| Country::of_header(&letters));
        let mut known = Provenance { country, device, anchors: vec![] };
        for (producer, measured_ms, playing_ms, version) in heard {
            known.hear(Producer(Id(producer)), measured_ms, playing_ms, version);
        }
        prop_assert_eq!(Provenance::decode(&known.encode()), Ok(known));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Provenance::decode(&bytes);
    }
}

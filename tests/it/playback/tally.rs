use proptest::prelude::*;
use usher::base::limits::MS_MAX;
use usher::base::varint::Reader;
use usher::playback::reading::Extent;
use usher::playback::tally::Tally;

pub(super) fn tally() -> impl Strategy<Value = Tally> {
    let sum = || prop_oneof![0..10_u64, 0..=MS_MAX];
    let extent = prop_oneof![
        Just(Extent::Unknown),
        Just(Extent::Live),
        (1..1_000_000_u64).prop_map(Extent::Finite)
    ];
    (0..20_u64, extent, sum(), sum(), sum()).prop_map(
        |(version, extent, played_ms, playing_ms, stalls)| Tally {
            version,
            extent,
            played_ms,
            playing_ms,
            stalls,
            ..Tally::default()
        },
    )
}

#[test]
fn every_sum_has_a_name() {
    assert_eq!(Tally::NAMES.matches(',').count(), Tally::default().sums().len());
}

#[test]
fn sums_over_producers_stop_at_what_javascript_holds_exactly() {
    let full = Tally { version: MS_MAX, played_ms: MS_MAX, ..Tally::default() };
    assert_eq!(full.plus(full), full);
}

proptest! {
    #[test]
    fn merge_is_a_join(a in tally(), b in tally(), c in tally()) {
        prop_assert_eq!(a.merge(b), b.merge(a));
        prop_assert_eq!(a.merge(b).merge(c), a.merge(b.merge(c)));
        prop_assert_eq!(a.merge(a), a);
    }

    #[test]
    fn a_tally_survives_its_bytes(whole in tally()) {
        let mut bytes = Vec::new();
        whole.encode(&mut bytes);
        let mut reader = Reader::new(&bytes);
        prop_assert_eq!(Tally::decode(&mut reader), Ok(whole));
        prop_assert!(reader.is_done());
    }

    #[test]
    fn sums_over_producers_do_not_depend_on_their_order(a in tally(), b in tally()) {
        prop_assert_eq!(a.plus(b), b.plus(a));
    }
}

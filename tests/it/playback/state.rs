use super::set;
use super::tally::tally;
use proptest::prelude::*;
use usher::base::id::{Id, Producer};
use usher::base::varint::WireError;
use usher::playback::reading::Extent;
use usher::playback::state::{Seen, StateError, ViewState, completion, encode_one};
use usher::playback::tally::Tally;

fn state() -> impl Strategy<Value = ViewState> {
    let content = prop::collection::vec((0..500_u64, 0..50_u64), 0..8);
    let seen = prop::option::of((0..1_000_u64, 0..1_000_u64));
    (content, 0..4_u8, tally(), any::<bool>(), seen).prop_map(
        |(content, producer, tally, truncated, seen)| {
            let content: Vec<_> =
                content.iter().map(|(start, length)| (*start, start + length)).collect();
            let mut state = ViewState::of(Producer(Id([producer; 16])), tally, set(&content));
            state.truncated = truncated;
            state.seen =
                seen.map(|(first_ms, span_ms)| Seen { first_ms, last_ms: first_ms + span_ms });
            state
        },
    )
}

#[test]
fn bytes_that_are_no_state_are_refused_by_name() {
    let good = encode_one(&set(&[(0, 5)]), false, Producer(Id([1; 16])), &Tally::default());
    let check = |change: &dyn Fn(&mut Vec<u8>), expected: StateError| {
        let mut bytes = good.clone();
        change(&mut bytes);
        assert_eq!(ViewState::decode(&bytes), Err(expected));
    };
    assert!(ViewState::decode(&good).is_ok());
    check(&|b| b[0] = 2, StateError::Format(2));
    check(&|b| b[1] = 2, StateError::Flags(2));
    check(&|b| b.push(0), StateError::Trailing);
    check(&|b| b.truncate(b.len() - 1), StateError::Wire(WireError::Truncated));
    check(&|b| b.clear(), StateError::Wire(WireError::Truncated));
    // Layout: format, flags, seen twice, count, gap, length, then the number of producers.
    check(&|b| b[3] = 9, StateError::Seen);
    check(&|b| b[7] = 0, StateError::Producers);
    check(&|b| b[7] = 17, StateError::Producers);
}

#[test]
fn producers_out_of_order_are_refused() {
    let one = |byte| ViewState::of(Producer(Id([byte; 16])), Tally::default(), set(&[]));
    let both = one(1).merge(&one(2)).encode();
    let mut swapped = both.clone();
    let length = (both.len() - 6) / 2;
    swapped[6..6 + length].copy_from_slice(&both[6 + length..]);
    swapped[6 + length..].copy_from_slice(&both[6..6 + length]);
    assert!(ViewState::decode(&both).is_ok());
    assert_eq!(ViewState::decode(&swapped), Err(StateError::Producers));
}

#[test]
fn completion_is_unique_content_within_the_title_over_its_duration() {
    let check = |content: &[(u64, u64)], extent, expected| {
        assert_eq!(completion(&set(content), extent), expected)
    };
    check(&[(0, 6_000), (4_000, 10_000)], Extent::Finite(10_000), Some(1.0));
    check(&[(0, 2_500)], Extent::Finite(10_000), Some(0.25));
    check(&[(0, 20_000)], Extent::Finite(10_000), Some(1.0));
    check(&[(0, 20_000)], Extent::Live, None);
    check(&[(0, 20_000)], Extent::Unknown, None);
}

proptest! {
    #[test]
    fn merge_is_a_join(a in state(), b in state(), c in state()) {
        prop_assert_eq!(a.merge(&b), b.merge(&a));
        prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
        prop_assert_eq!(&a.merge(&a), &a);
    }

    #[test]
    fn merging_again_what_was_merged_changes_nothing(states in prop::collection::vec(state(), 1..6)) {
        let all = states.iter().skip(1).fold(states[0].clone(), |all, state| all.merge(state));
        for state in &states {
            prop_assert_eq!(&all.merge(state), &all);
        }
    }

    #[test]
    fn a_state_survives_its_bytes_and_equal_states_have_equal_bytes(a in state(), b in state()) {
        let merged = a.merge(&b);
        let read = ViewState::decode(&merged.encode());
        prop_assert_eq!(read, Ok(merged.clone()));
        prop_assert_eq!(merged.encode(), b.merge(&a).encode());
    }

    #[test]
    fn no_bytes_panic_and_only_canonical_ones_are_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(state) = ViewState::decode(&bytes) {
            prop_assert_eq!(state.encode(), bytes);
        }
    }

    #[test]
    fn a_flipped_byte_is_refused_or_read_as_what_it_says(whole in state(), at: prop::sample::Index, byte: u8) {
        let mut bytes = whole.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(state) = ViewState::decode(&bytes) {
            prop_assert_eq!(state.encode(), bytes);
        }
    }

    #[test]
    fn no_part_of_a_state_is_a_state(whole in state(), at: prop::sample::Index) {
        let bytes = whole.encode();
        prop_assert!(ViewState::decode(&bytes[..at.index(bytes.len())]).is_err());
    }
}

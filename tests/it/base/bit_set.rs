use proptest::prelude::*;
use std::collections::BTreeSet;
use usher::base::bit_set::BitSet;

fn set(members: &BTreeSet<u8>) -> BitSet {
    let mut set = BitSet::default();
    for member in members {
        set.insert(*member);
    }
    set
}

proptest! {
    #[test]
    fn it_is_a_set_of_bytes(one: BTreeSet<u8>, other: BTreeSet<u8>) {
        let (first, second) = (set(&one), set(&other));
        for member in 0..=u8::MAX {
            prop_assert_eq!(BitSet::contains(&first.0, member), one.contains(&member));
        }
        prop_assert_eq!(BitSet::meet(&first.0, &second.0), !one.is_disjoint(&other));
        prop_assert_eq!(first == second, one == other);
    }
}

#[test]
fn what_is_no_set_has_no_members() {
    assert!(!BitSet::contains(&[], 0));
    assert!(!BitSet::meet(&[], &[255; 32]));
    assert!(BitSet::meet(&[255; 32], &[255; 32]));
}

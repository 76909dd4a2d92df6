use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::HashMap;
use usher::base::index::Index;

proptest! {
    #[test]
    fn every_name_has_one_place_in_the_order_in_which_it_came(names in vec("[ab]{0,6}|.{0,40}", 0..300)) {
        let mut index = Index::default();
        let mut known: HashMap<&str, u32> = HashMap::new();
        for name in &names {
            let next = u32::try_from(known.len()).unwrap();
            let place = *known.entry(name).or_insert(next);
            prop_assert_eq!(index.add(name.as_bytes()), Ok(place));
        }
        for (name, place) in &known {
            prop_assert_eq!(index.find(name.as_bytes()), Some(*place));
            prop_assert_eq!(index.text(*place), *name);
        }
        prop_assert_eq!(index.find(b"another name, which is longer than all of them: 0123456789"), None);
    }
}

#[test]
fn an_empty_one_has_nothing() {
    let index = Index::default();
    assert_eq!((index.find(b""), index.get(0), index.text(0), index.bytes()), (None, None, "", 0));
    assert_eq!(index.get(u32::MAX), None);
}

use proptest::collection::vec;
use proptest::prelude::*;
use usher::base::rows::Rows;

proptest! {
    #[test]
    fn what_was_added_together_is_found_together(lengths in vec(0..129_usize, 0..60)) {
        let mut rows = Rows::default();
        let mut next = 0_u32;
        let mut places = Vec::new();
        for length in lengths {
            let place = rows.begin(length).unwrap();
            let added: Vec<u32> = (next..).take(length).collect();
            for row in &added {
                rows.push(*row);
            }
            next += u32::try_from(length).unwrap();
            places.push((place, added));
        }
        for (place, added) in places {
            prop_assert_eq!(rows.get(place, added.len()), added);
        }
        prop_assert_eq!(rows.get(1 << 40, 1), &[0_u32; 0]);
    }
}

#[test]
fn rows_that_come_one_by_one_have_the_places_of_a_list() {
    let mut rows = Rows::default();
    for number in 0..5_000_usize {
        assert_eq!(rows.begin(1), Ok(number));
        rows.push(number);
    }
    for number in 0..5_000_usize {
        assert_eq!(rows.get(number, 1), [number]);
    }
    assert!(rows.get(5_000, 1).is_empty());
    assert_eq!(rows.bytes(), 5 * 1_024 * size_of::<usize>());
}

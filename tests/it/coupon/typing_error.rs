use proptest::prelude::*;
use usher::coupon::check_symbol::check_value;
use usher::coupon::code::symbol_of;
use usher::coupon::typing_error::wrong_symbol;

fn code(data: &[u8]) -> Vec<u8> {
    let check = check_value(data.iter().copied());
    data.iter().copied().chain([check]).map(symbol_of).collect()
}

#[test]
fn a_look_alike_is_pointed_at() {
    let right = code(&[1, 3, 10, 12, 14, 15, 17, 18, 19, 24, 26, 8]);
    let mut typed = right.clone();
    assert_eq!(typed[11], b'8');
    typed[11] = b'b';
    assert_eq!(wrong_symbol(&typed), Some(11));
    #[cfg(feature = "office")]
    assert_eq!(usher::coupon::typing_error::corrected(&typed, 11), right);
}

#[test]
fn two_possible_corrections_are_none() {
    // Of so many swaps, one can also be a swap elsewhere or a look-alike.
    let ambiguous = (0..1024_u32).find_map(|seed| {
        let data: Vec<u8> =
            (0..12).map(|i| (seed.wrapping_mul(97 + i * 31) >> 3) as u8 & 31).collect();
        let right = code(&data);
        (0..12).find_map(|at| {
            let mut typed = right.clone();
            typed.swap(at, at + 1);
            (typed != right && wrong_symbol(&typed).is_none()).then_some(typed)
        })
    });
    assert!(ambiguous.is_some());
}

proptest! {
    #[test]
    fn what_is_pointed_at_can_be_corrected(values in proptest::collection::vec(0_u8..32, 12..14), at in 0_usize..12) {
        let right = code(&values);
        let mut typed = right.clone();
        typed.swap(at, at + 1);
        if let Some(wrong) = wrong_symbol(&typed).filter(|_| typed != right) {
            prop_assert_eq!(wrong, at);
            #[cfg(feature = "office")]
            prop_assert_eq!(usher::coupon::typing_error::corrected(&typed, wrong), right);
        }
    }

    #[test]
    fn no_symbols_panic(symbols in proptest::collection::vec(any::<u8>(), 0..20)) {
        let wrong = wrong_symbol(&symbols);
        prop_assert!(wrong.is_none_or(|wrong| wrong < symbols.len()));
    }
}

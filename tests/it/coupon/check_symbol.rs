use usher::coupon::check_symbol::check_value;

fn with_check(data: &[u8]) -> Vec<u8> {
    [data, &[check_value(data.iter().copied())]].concat()
}

fn is_right(values: &[u8]) -> bool {
    check_value(values.iter().copied()) == 0
}

#[test]
fn a_code_with_its_check_symbol_is_right() {
    for data in [&[][..], &[0], &[31], &[0, 0, 1], &[5, 30, 17, 1, 1, 9, 31, 31, 0, 4, 22, 8]] {
        assert!(is_right(&with_check(data)), "{data:?}");
    }
    // Known by hand: (0 + 1) * x = x; (x + 16) * x = x^2 + x^5 = 1.
    assert_eq!(check_value([1]), 2);
    assert_eq!(check_value([1, 16]), 1);
}

/// An error is caught wherever it is if it is caught behind every interim value and before every rest:
/// what comes before is only its interim, and what comes behind maps different interims onto different
/// ones. So all interims and all pairs of symbols are every case there is.
#[test]
fn every_single_wrong_symbol_is_caught() {
    for before in 0..32 {
        for right in 0..32 {
            for wrong in (0..32).filter(|wrong| *wrong != right) {
                assert_ne!(check_value([before, right]), check_value([before, wrong]));
                // The check symbol itself.
                let mut code = with_check(&[before, right]);
                code[2] = wrong;
                assert_eq!(is_right(&code), with_check(&[before, right])[2] == wrong);
            }
        }
    }
}

#[test]
fn every_swap_of_neighbours_is_caught() {
    for before in 0..32 {
        for one in 0..32 {
            for other in (0..32).filter(|other| *other != one) {
                assert_ne!(check_value([before, one, other]), check_value([before, other, one]));
            }
            // The last symbol with the check symbol.
            let mut code = with_check(&[before, one]);
            code.swap(1, 2);
            assert_eq!(is_right(&code), code[1] == code[2]);
        }
    }
}

#[test]
fn different_interims_stay_different() {
    // What the two proofs above rest on.
    for symbol in 0..32 {
        let mut seen = [false; 32];
        for before in 0..32_u8 {
            let interim = usize::from(check_value([before, symbol]));
            assert!(!seen[interim]);
            seen[interim] = true;
        }
    }
}

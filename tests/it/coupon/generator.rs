use proptest::prelude::*;
use std::collections::HashSet;
use usher::base::refusal::Code as RefusalCode;
use usher::coupon::code::{Code, Kind};
use usher::coupon::code_shape::{CodeShape, Shape};
use usher::coupon::generator::{CODES_PER_CALL_MAX, Spelling, generate};

/// Randomness that is the same for the same seed. Source: S. Vigna, SplitMix64.
fn random(mut seed: u64) -> impl FnMut(&mut [u8]) -> bool {
    move |bytes| {
        for chunk in bytes.chunks_mut(8) {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
        true
    }
}

fn lines(shape: &CodeShape, quantity: u64, spelling: Spelling, seed: u64) -> Vec<String> {
    let shape = Shape::new(shape).unwrap();
    let bytes = generate(&shape, quantity, 0, spelling, random(seed)).unwrap();
    String::from_utf8(bytes).unwrap().split('\n').map(str::to_owned).collect()
}

fn pattern(alphabet: &str, pattern: &str) -> CodeShape {
    CodeShape {
        alphabet: Some(alphabet.to_owned()),
        pattern: Some(pattern.to_owned()),
        max_fill: Some(1.0),
        ..Default::default()
    }
}

#[test]
fn codes_are_different_and_have_their_check_symbol() {
    let codes = lines(&CodeShape::default(), 20_000, Spelling::Stored, 1);
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 20_000);
    for code in codes {
        let read = Code::parse(&code).unwrap();
        assert_eq!((read.kind(), read.lookups().generated), (Kind::Generated, code));
    }
}

#[test]
fn codes_are_shown_in_groups_and_stored_without() {
    let shown = lines(&CodeShape::default(), 3, Spelling::Shown, 2);
    let stored = lines(&CodeShape::default(), 3, Spelling::Stored, 2);
    for (shown, stored) in shown.iter().zip(stored) {
        let groups: Vec<usize> = shown.split('-').map(str::len).collect();
        assert_eq!(groups, [4, 4, 4, 1]);
        assert_eq!(Code::parse(shown).unwrap().as_str(), stored);
    }
}

#[test]
fn a_pattern_is_kept() {
    for code in lines(&pattern("0123456789", "ab-###-#_ #"), 500, Spelling::Shown, 3) {
        let bytes = code.as_bytes();
        assert_eq!((&bytes[..3], bytes[6], &bytes[8..10]), (&b"AB-"[..], b'-', &b"_ "[..]));
        assert!([3, 4, 5, 7, 10].iter().all(|at| bytes[*at].is_ascii_digit()), "{code}");
    }
    let stored = lines(&pattern("0123456789", "ab-###-#_ #"), 5, Spelling::Stored, 3);
    assert!(stored.iter().all(|code| code.len() == 8 && code.starts_with("AB")));
}

#[test]
fn a_space_can_be_filled_whole() {
    let codes = lines(&pattern("AB", "##########"), 1024, Spelling::Stored, 4);
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 1024);
}

#[test]
fn every_symbol_is_as_likely_as_the_others() {
    // 37 symbols do not divide 256: taking a byte modulo 37 gives the first 34 of them 7/256, the others 6/256.
    let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    let codes = lines(&pattern(alphabet, "##########"), 37_000, Spelling::Stored, 5);
    let mut counts = [0_f64; 128];
    codes
        .iter()
        .flat_map(|code| code.bytes())
        .for_each(|symbol| counts[usize::from(symbol)] += 1.0);
    let chi_squared: f64 = alphabet
        .bytes()
        .map(|symbol| (counts[usize::from(symbol)] - 10_000.0).powi(2) / 10_000.0)
        .sum();
    // 36 degrees of freedom: above 90 once in a million; the bias would make it about 700.
    assert!(chi_squared < 90.0, "{chi_squared}");
}

#[test]
fn the_same_randomness_gives_the_same_codes_and_other_randomness_others() {
    let codes = |seed| lines(&CodeShape::default(), 10, Spelling::Stored, seed);
    assert_eq!(codes(6), codes(6));
    assert!(codes(6).iter().all(|code| !codes(7).contains(code)));
}

#[test]
fn too_many_codes_and_none_are_refused() {
    let shape = Shape::new(&CodeShape::default()).unwrap();
    let code = |quantity| {
        generate(&shape, quantity, 0, Spelling::Stored, |_| panic!("not asked")).unwrap_err().code
    };
    assert_eq!(code(0), RefusalCode::InvalidValue);
    assert_eq!(code(CODES_PER_CALL_MAX + 1), RefusalCode::TooMany);
    assert_eq!(code(u64::MAX), RefusalCode::SpaceTooSmall);
}

#[test]
fn broken_randomness_is_refused() {
    let shape = Shape::new(&CodeShape::default()).unwrap();
    let made = |quantity, fill: fn(&mut [u8]) -> bool| {
        generate(&shape, quantity, 0, Spelling::Stored, fill).map_err(|refusal| refusal.code)
    };
    assert_eq!(made(1, |_| false), Err(RefusalCode::Internal));
    assert_eq!(made(2, |_| true), Err(RefusalCode::Internal));
    assert_eq!(made(1, |_| true).unwrap(), b"0000000000000");
}

proptest! {
    #[test]
    fn codes_of_any_shape_are_different_and_in_the_alphabet(alphabet in "[A-Z0-9_]{2,37}", length in 4_u64..12, seed in any::<u64>()) {
        let shape = CodeShape { alphabet: Some(alphabet.clone()), length: Some(length), max_fill: Some(1.0), ..Default::default() };
        let most = Shape::new(&shape).unwrap().quantity_max(0).min(200);
        let codes = lines(&shape, most, Spelling::Stored, seed);
        prop_assert_eq!(codes.iter().collect::<HashSet<_>>().len() as u64, most);
        prop_assert!(codes.iter().all(|code| code.len() as u64 == length && code.chars().all(|c| alphabet.contains(c))));
    }
}

use usher::token::algorithm::Algorithm;

const ALL: [Algorithm; 4] =
    [Algorithm::Hs256, Algorithm::EdDsa, Algorithm::Es256, Algorithm::Rs256];

#[test]
fn names_are_those_of_jose_to_the_letter() {
    for (name, algorithm) in ["HS256", "EdDSA", "ES256", "RS256"].into_iter().zip(ALL) {
        assert_eq!(Algorithm::of_name(name), Some(algorithm));
    }
    for name in
        ["", "none", "None", "nOnE", "hs256", "HS384", "ES384", "PS256", "Ed25519", "HS256 "]
    {
        assert_eq!(Algorithm::of_name(name), None, "{name}");
    }
}

#[test]
fn numbers_are_those_of_cose_which_has_no_rs256_here() {
    for (number, algorithm) in [(5, ALL[0]), (-8, ALL[1]), (-7, ALL[2])] {
        assert_eq!(Algorithm::of_number(number), Some(algorithm));
        assert_eq!(algorithm.number(), Some(number));
    }
    assert_eq!(Algorithm::Rs256.number(), None);
    for number in [0, 4, 6, 7, -6, -257, i64::MIN, i64::MAX] {
        assert_eq!(Algorithm::of_number(number), None, "{number}");
    }
}

#[test]
fn a_signature_has_the_length_of_its_algorithm() {
    for (algorithm, length) in [(ALL[0], 32), (ALL[1], 64), (ALL[2], 64)] {
        assert!(algorithm.has_signatures_of(length));
        assert!(!algorithm.has_signatures_of(length - 1));
        assert!(!algorithm.has_signatures_of(length + 1));
        assert!(!algorithm.has_signatures_of(0));
    }
    assert!(Algorithm::Rs256.has_signatures_of(256));
}

#[test]
fn a_key_has_the_form_of_its_algorithm() {
    let check = |algorithm: Algorithm, length: usize, expected| {
        assert_eq!(algorithm.takes_key(&vec![4; length]), expected, "{algorithm:?} {length}");
    };
    check(Algorithm::Hs256, 31, false);
    check(Algorithm::Hs256, 32, true);
    check(Algorithm::Hs256, 2048, true);
    check(Algorithm::Hs256, 2049, false);
    check(Algorithm::EdDsa, 31, false);
    check(Algorithm::EdDsa, 32, true);
    check(Algorithm::EdDsa, 33, false);
    check(Algorithm::Es256, 64, false);
    check(Algorithm::Es256, 65, true);
    check(Algorithm::Es256, 66, false);
    // The SPKI of a key of 1024 bits, and the smallest of one of 2048.
    check(Algorithm::Rs256, 162, false);
    check(Algorithm::Rs256, 289, false);
    check(Algorithm::Rs256, 290, true);
    // Compressed.
    assert!(!Algorithm::Es256.takes_key(&[2; 65]));
}

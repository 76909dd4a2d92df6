use proptest::prelude::*;
use sha2::{Digest, Sha256, Sha512_256};
use usher::token::digest::{sha_256, sha_512_256};

/// Around the lengths at which a digest needs one block more.
const LENGTHS: [usize; 10] = [0, 1, 55, 56, 63, 64, 111, 112, 127, 128];

#[test]
fn digests_are_those_of_the_library_at_every_edge_of_a_block() {
    for length in LENGTHS {
        let bytes = vec![7; length];
        assert_eq!(sha_256(&bytes), Sha256::digest(&bytes).to_vec(), "{length}");
        assert_eq!(sha_512_256(&bytes), Sha512_256::digest(&bytes).to_vec(), "{length}");
    }
}

proptest! {
    #[test]
    fn digests_are_those_of_the_library(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(sha_256(&bytes), Sha256::digest(&bytes).to_vec());
        prop_assert_eq!(sha_512_256(&bytes), Sha512_256::digest(&bytes).to_vec());
    }
}

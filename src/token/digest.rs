//! Digests of a few bytes, which are there as a whole.
//!
//! The blocks are those of `sha2`; its `Digest` around them, which takes bytes piece by piece, is a kilobyte and a half
//! of a build for each of the two.

use sha2::block_api::{compress256, compress512};

/// Source: FIPS 180-4, section 5.3.3.
const SHA_256: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Source: FIPS 180-4, section 5.3.6.2.
const SHA_512_256: [u64; 8] = [
    0x2231_2194_fc2b_f72c,
    0x9f55_5fa3_c84c_64c2,
    0x2393_b86b_6f53_b151,
    0x9638_7719_5940_eabd,
    0x9628_3ee2_a88e_ffe3,
    0xbe5e_1e25_5386_3992,
    0x2b01_99fc_2c85_b8aa,
    0x0eb7_2ddc_81c5_2ca2,
];

/// SHA-256.
#[inline(never)]
#[must_use]
pub fn sha_256(bytes: &[u8]) -> Vec<u8> {
    let mut state = SHA_256;
    compress256(&mut state, padded(bytes, 64).as_chunks().0);
    let mut digest = Vec::with_capacity(DIGEST_BYTES);
    for word in state {
        digest.extend_from_slice(&word.to_be_bytes());
    }
    digest
}

/// SHA-512/256: another beginning than SHA-512 has, and half of its end.
#[inline(never)]
#[must_use]
pub fn sha_512_256(bytes: &[u8]) -> Vec<u8> {
    let mut state = SHA_512_256;
    compress512(&mut state, padded(bytes, 128).as_chunks().0);
    let mut digest = Vec::with_capacity(2 * DIGEST_BYTES);
    for word in state {
        digest.extend_from_slice(&word.to_be_bytes());
    }
    digest.truncate(DIGEST_BYTES);
    digest
}

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 32;

/// Whole blocks, the last of which ends with the number of bits; it takes an eighth of a block.
///
/// Source: FIPS 180-4, section 5.1.
#[inline(never)]
fn padded(bytes: &[u8], block: usize) -> Vec<u8> {
    let length = bytes.len();
    // A power of two.
    let end = length.wrapping_add(block / 8) & !block.wrapping_sub(1);
    let mut padded = vec![0; end.wrapping_add(block)];
    for (to, from) in padded.iter_mut().zip(bytes.iter().chain(&[0x80])) {
        *to = *from;
    }
    let bits = (length as u64).wrapping_mul(8).to_be_bytes();
    for (to, from) in padded.iter_mut().rev().zip(bits.iter().rev()) {
        *to = *from;
    }
    padded
}

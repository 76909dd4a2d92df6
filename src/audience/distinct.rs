//! How many viewers there were, without keeping who: a HyperLogLog sketch.
//!
//! Written here and not taken from a crate: the ones there are weigh 35 to 42 kB in the edge build (this
//! one under 1), hash with a seed of the process, or have no fixed form on the wire; this one has to be
//! the same to the byte on every machine.

use crate::base::mutant::planted;
use crate::base::varint::{self, Reader, WireError};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// First byte of every encoded sketch. It stands for all of: precision, hash and form.
const FORMAT_VERSION: u8 = 1;

/// 2^12 registers: the standard error is 1.04 / sqrt(4096) = 1.6 %, and a full sketch has 3 kB. Half the
/// registers would be above 2 %, twice as many would make full rows of a batch 8 kB long.
const PRECISION: u32 = 12;

const REGISTERS: usize = 1 << PRECISION;

/// Bits of a hash that do not choose the register, and so the most leading zeros there can be.
const RUN_BITS: u32 = 64 - PRECISION;

/// The highest rank: leading zeros and the one bit behind them.
const RANK_MAX: u8 = 53;

/// Bits of a rank on the wire.
const RANK_BITS: u32 = 6;

/// Second byte: pairs of register and rank follow.
const SPARSE: u8 = 0;

/// Second byte: all registers follow, [`RANK_BITS`] each.
const DENSE: u8 = 1;

/// Bytes of all registers.
const DENSE_BYTES: usize = REGISTERS * 6 / 8;

/// A set of viewers of which only the size can be asked, and that only roughly.
///
/// Merging takes the maximum of each register: associative, commutative and idempotent, so a viewer who is
/// added anywhere, any number of times, counts once.
///
/// On the wire: the format version; a form; then either, for every register that is not 0, in ascending
/// order, a varint of (registers left out since the last one) * 64 + rank, or all registers, 6 bits each,
/// the first in the highest bits. The shorter form is the only one that is read.
///
/// Source: Flajolet et al., "HyperLogLog", 2007; Ertl, "New cardinality estimation algorithms for
/// `HyperLogLog` sketches", 2017.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(try_from = "String", into = "String")]
#[tsify(type = "string")]
pub struct Sketch {
    // INVARIANT (registers ascend): ranks above 0 with their registers, ascending, each register once.
    ranks: Vec<(u16, u8)>,
}

impl Sketch {
    /// Adds a viewer by name.
    pub fn add(&mut self, viewer: &str) {
        let hash = hash(viewer);
        let rank = (hash << PRECISION).leading_zeros().min(RUN_BITS).saturating_add(1);
        // Both fit: 12 bits and at most RANK_MAX.
        self.raise((hash >> RUN_BITS) as u16, rank.to_le_bytes()[0]);
    }

    /// Adds all viewers of another sketch.
    pub fn merge(&mut self, other: &Self) {
        if planted("viewers_replaced") {
            self.ranks.clear();
        }
        for (register, rank) in &other.ranks {
            self.raise(*register, *rank);
        }
    }

    /// How many viewers were added, roughly: the standard error is 1.6 %, without a bias at any size.
    ///
    /// The estimator of Ertl (2017, algorithm 6): where linear counting is best it is linear counting,
    /// and it needs no table, no threshold and no logarithm, so that it is the same on every machine.
    /// Registers that are full are taken at their face value: that matters from 2^60 viewers on.
    #[must_use]
    pub fn estimate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most REGISTERS")]
        let (all, empty) = (REGISTERS as f64, REGISTERS.saturating_sub(self.ranks.len()) as f64);
        if self.ranks.is_empty() {
            return 0.0;
        }
        let ranked: f64 = self.ranks.iter().map(|(_, rank)| f64::exp2(-f64::from(*rank))).sum();
        let sum = ranked + all * small(empty / all);
        // Half of 1 / ln 2: the bias of the harmonic mean over infinitely many registers.
        all * all / sum * 0.5 * core::f64::consts::LOG2_E
    }

    /// The bytes of this sketch; equal sketches have equal bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT_VERSION, SPARSE];
        let mut next = 0_u16;
        for (register, rank) in &self.ranks {
            let left_out = u64::from(register.saturating_sub(next));
            varint::write(&mut bytes, left_out << RANK_BITS | u64::from(*rank));
            next = register.saturating_add(1);
        }
        if bytes.len() > DENSE_BYTES { self.dense() } else { bytes }
    }

    /// Reads what [`Sketch::encode`] wrote.
    ///
    /// # Errors
    /// [`WireError`] for anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let reader = &mut Reader::new(bytes);
        let head: [u8; 2] = reader.bytes()?;
        let mut sketch = Self::default();
        let mut next = 0_u64;
        while !reader.is_done() {
            if head == [FORMAT_VERSION, DENSE] {
                let [a, b, c] = reader.bytes()?.map(u32::from);
                let four = a << 16 | b << 8 | c;
                for shift in [18, 12, 6, 0] {
                    sketch.push(next, u64::from(four >> shift))?;
                    next = next.saturating_add(1);
                }
            } else {
                let pair = reader.amount()?;
                next = next.saturating_add(pair >> RANK_BITS);
                sketch.push(next, pair)?;
                next = next.saturating_add(1);
            }
        }
        // One form for one sketch; this covers the head, a rank of 0 and registers that are missing.
        if sketch.encode() == bytes { Ok(sketch) } else { Err(WireError::Overlong) }
    }

    /// A register at the end, with the rank in the lowest bits of `bits`.
    fn push(&mut self, register: u64, bits: u64) -> Result<(), WireError> {
        let rank = bits.to_le_bytes()[0] & 63;
        match u16::try_from(register) {
            Ok(register) if usize::from(register) < REGISTERS && rank <= RANK_MAX => {
                if rank > 0 {
                    self.ranks.push((register, rank));
                }
                Ok(())
            }
            _ => Err(WireError::TooLarge),
        }
    }

    fn raise(&mut self, register: u16, rank: u8) {
        match self.ranks.binary_search_by_key(&register, |(register, _)| *register) {
            Ok(at) => {
                if let Some((_, known)) = self.ranks.get_mut(at) {
                    *known = rank.max(*known);
                }
            }
            Err(at) => self.ranks.insert(at, (register, rank)),
        }
    }

    fn dense(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT_VERSION, DENSE];
        let mut ranks = self.ranks.iter().copied().peekable();
        let mut four = 0_u32;
        for register in 0..REGISTERS {
            let rank = ranks.next_if(|(at, _)| usize::from(*at) == register);
            four = four << RANK_BITS | rank.map_or(0, |(_, rank)| u32::from(rank));
            if register % 4 == 3 {
                let [_, a, b, c] = four.to_be_bytes();
                bytes.extend([a, b, c]);
            }
        }
        bytes
    }
}

impl From<Sketch> for String {
    fn from(sketch: Sketch) -> Self {
        Base64UrlUnpadded::encode_string(&sketch.encode())
    }
}

impl TryFrom<String> for Sketch {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = Base64UrlUnpadded::decode_vec(&text).ok();
        bytes.and_then(|bytes| Self::decode(&bytes).ok()).ok_or("expected a sketch in base64url")
    }
}

/// What the empty registers, a share `x` of all, add: `x` + `x`^2 + 2 `x`^4 + 4 `x`^8 ...
fn small(mut x: f64) -> f64 {
    let (mut weight, mut sum) = (1.0, x);
    // Below 1 - 2^-12 a square is 0 after 22 times at the latest.
    for _ in 0..32 {
        x *= x;
        sum += x * weight;
        weight *= 2.0;
    }
    sum
}

/// 64 bits of which every one depends on every byte of the name: FNV-1a, whose high bits hardly change
/// with the last byte, and the finaliser of `MurmurHash3`, which was chosen for avalanche. It is no secret: who
/// may choose viewers' names can choose what a sketch says.
///
/// Source: RFC 9923 (FNV); Appleby, `fmix64`, 2011.
fn hash(name: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

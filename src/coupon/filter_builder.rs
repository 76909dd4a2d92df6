//! Builds the filter of used and revoked codes, where all of them are known.

use super::filter::{FILTER_CODES_MAX, LAYOUT, key_of};
use xorf::{BinaryFuse16, DmaSerializable};

/// Why there is no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildError {
    /// More than [`FILTER_CODES_MAX`] codes.
    Many,
    /// No seed was found for these codes, which happens to no set of different hashes.
    Construction,
}

/// The bytes of a filter of codes, as they are stored, which stand in lines. The same for the same codes,
/// in whatever order and however often they come.
///
/// # Errors
/// [`BuildError`]
pub fn build(lines: &[u8]) -> Result<Vec<u8>, BuildError> {
    let codes = lines.split(|byte| *byte == b'\n').filter(|code| !code.is_empty());
    let mut keys: Vec<u64> = codes.take(FILTER_CODES_MAX + 1).map(key_of).collect();
    if keys.len() > FILTER_CODES_MAX {
        return Err(BuildError::Many);
    }
    keys.sort_unstable();
    keys.dedup();
    let filter = BinaryFuse16::try_from(&keys).map_err(|_| BuildError::Construction)?;
    let mut bytes = Vec::from(LAYOUT.to_le_bytes());
    bytes.extend(u32::try_from(keys.len()).unwrap_or(u32::MAX).to_le_bytes());
    bytes.extend(filter.descriptor.seed.to_le_bytes());
    bytes.extend(filter.descriptor.segment_length.to_le_bytes());
    bytes.extend(filter.descriptor.segment_count_length.to_le_bytes());
    bytes.extend(filter.dma_fingerprints());
    Ok(bytes)
}

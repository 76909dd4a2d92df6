//! Every limit that more than one module keeps, with its unit last and its reason beside it.

/// Largest millisecond value anywhere: 2^53 - 1, so that JavaScript numbers hold it exactly.
pub const MS_MAX: u64 = (1 << 53) - 1;

/// Intervals a view holds while it is measured. 256 intervals encode to about 1.5 kB, which leaves
/// room for the rest of a state in a 2 kB snapshot.
pub const INTERVALS_MAX: usize = 256;

/// Intervals a view holds after the states of several producers were merged.
pub const INTERVALS_MERGED_MAX: usize = 4096;

/// Producers (page loads) that may contribute to one view.
pub const PRODUCERS_MAX: usize = 16;

/// Bytes of an encoded state as a player sends it.
pub const STATE_BYTES_MAX: usize = 8 * 1024;

/// Bytes of an encoded state after merging, as a `Viewer` object stores it.
pub const STATE_MERGED_BYTES_MAX: usize = 128 * 1024;

/// Bytes of a viewer's or a title's name.
pub const NAME_BYTES_MAX: usize = 200;

/// Bytes of the body of `POST /v1/views`.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// View states in one body of `POST /v1/views`.
pub const VIEWS_PER_BODY_MAX: usize = 50;

/// Rows in one batch to the central API.
pub const BATCH_ROWS_MAX: usize = 1000;

/// Bytes of one batch to the central API.
pub const BATCH_BYTES_MAX: usize = 1024 * 1024;

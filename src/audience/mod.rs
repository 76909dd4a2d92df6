//! Usage window -> viewer class; records of views -> sums by window of time.

#[cfg(feature = "wire")]
pub mod distinct;
#[cfg(feature = "wire")]
pub mod rollup;
pub mod usage;
#[cfg(feature = "wire")]
pub mod window;
#[cfg(feature = "office")]
pub mod window_sums;

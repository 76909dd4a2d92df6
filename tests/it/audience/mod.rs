mod distinct;
mod rollup;
mod usage;
mod window;
#[cfg(feature = "office")]
mod window_sums;

//! Usage window -> viewer class.

pub mod usage;

mod bit_set;
#[cfg(feature = "office")]
mod calendar;
#[cfg(feature = "office")]
mod csv;
mod id;
mod index;
mod money;
mod mutant;
mod percent;
mod plain;
mod rows;
#[cfg(feature = "edge")]
mod throttle;
mod varint;

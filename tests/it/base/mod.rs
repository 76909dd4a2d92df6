#[cfg(feature = "office")]
mod calendar;
#[cfg(feature = "office")]
mod csv;
mod id;
mod money;
mod mutant;
mod percent;
mod plain;
#[cfg(feature = "edge")]
mod throttle;
mod varint;

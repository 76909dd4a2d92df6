mod id;
mod mutant;
mod plain;
#[cfg(feature = "edge")]
mod throttle;
mod varint;

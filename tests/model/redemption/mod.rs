//! Redemptions: exactly K of N, whatever is sent twice, lost, overtaken, crashed or expired.

mod mutants;
mod properties;
mod sound;
mod store;
mod world;

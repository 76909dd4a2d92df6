//! A player whose truth is known: seeds, scripts, readings, and the view that they make.

mod actions;
mod ending;
mod figures;
mod forged;
mod honest;
mod limits;
mod machine;
mod mutants;
mod page;
mod progress;
mod script;
mod seeds;
mod seek;
mod trace;
mod truth;

use crate::random;

//! A player whose truth is known: seeds, scripts, readings, and the view that they make.

mod actions;
mod ending;
mod figures;
mod limits;
mod machine;
mod mutants;
mod page;
mod progress;
mod random;
mod script;
mod seeds;
mod seek;
mod trace;
mod truth;

//! What the centre keeps of a person: names and ids only keyed or sealed, erasures that leave the
//! figures, and a log of who saw or changed what.

pub mod audit;
pub mod retention;
pub mod sealed_view;
pub mod tenant_key;

//! What a device keeps for one site: the states that the edge has not confirmed.

use std::rc::Rc;
use usher::base::id::Producer;

/// The state of one view by one page load.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its place in the truth.
    pub view: usize,
    pub producer: Producer,
    pub version: u64,
    pub state: Rc<[u8]>,
    /// When it was taken: the page's monotonic clock and the device's wall clock.
    pub at: (u64, u64),
}

/// Shared by all tabs of a device.
#[derive(Debug, Clone, Default)]
pub struct Storage {
    pub kept: Vec<Kept>,
    /// Until then, on the wall clock, the edge asked to be left alone.
    pub silent_until_ms: u64,
    /// The producer of the last page load; only a planted bug reads it.
    pub producer: Option<Producer>,
}

impl Storage {
    pub fn put(&mut self, kept: Kept) {
        match self.place(kept.view, kept.producer) {
            // Two tabs that hold the same state may write it: never an older one over a newer.
            Some(index) if self.kept[index].version > kept.version => {}
            Some(index) => self.kept[index] = kept,
            None => self.kept.push(kept),
        }
    }

    /// Forgets what an acknowledgement of `version` covers.
    pub fn forget(&mut self, view: usize, producer: Producer, version: u64) {
        self.kept.retain(|kept| {
            kept.view != view || kept.producer != producer || kept.version > version
        });
    }

    fn place(&self, view: usize, producer: Producer) -> Option<usize> {
        self.kept.iter().position(|kept| kept.view == view && kept.producer == producer)
    }
}

//! What of a growing state the other side has committed.

/// The version sent and acknowledged of one state. Nothing is dropped before the acknowledgement
/// covers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    acknowledged: u64,
    refused: bool,
}

impl Delivery {
    /// The other side has committed `version`. A late acknowledgement of less changes nothing, and
    /// one of a version that never existed (above `latest`) is not believed.
    pub fn acknowledge(&mut self, version: u64, latest: u64) {
        if version <= latest {
            self.acknowledged = self.acknowledged.max(version);
        }
    }

    /// The other side will never take this state: it is set aside and not sent again.
    pub fn refuse(&mut self) {
        self.refused = true;
    }

    /// Whether it was set aside.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refused
    }

    /// The highest version committed.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Whether `version` is still to be sent.
    #[must_use]
    pub fn owes(&self, version: u64) -> bool {
        !self.refused && version > self.acknowledged
    }
}

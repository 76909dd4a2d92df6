//! Where a view comes from: what the edge notes of it beside its state.

use super::arrival::Country;
use super::device::Device;
use crate::base::id::{Id, Producer};
use crate::base::varint::{self, Reader, WireError};

/// What is known of one producer's time in a view, by [`super::clock::Clocks::time_ms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Who measures.
    pub producer: Producer,
    /// When it would have begun to play, had it played without a pause: it never has more playing time
    /// than has passed since then. Pauses only move it on.
    pub began_ms: u64,
    /// When a state of it was last measured that it sent itself.
    pub measured_ms: u64,
    /// The version of that state.
    pub version: u64,
}

/// What is noted of a view, from its first record on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// Where the first record came from.
    pub country: Option<Country>,
    /// What it came from.
    pub device: Device,
    /// The producers that were heard live.
    pub anchors: Vec<Anchor>,
}

impl Provenance {
    /// What is known of a producer.
    #[must_use]
    pub fn anchor(&self, producer: Producer) -> Option<Anchor> {
        self.anchors.iter().find(|anchor| anchor.producer == producer).copied()
    }

    /// Notes a state that a producer sent itself: measured then, with so much playing time in it.
    pub fn hear(&mut self, producer: Producer, measured_ms: u64, playing_ms: u64, version: u64) {
        let began_ms = measured_ms.saturating_sub(playing_ms);
        let known = self.anchors.iter_mut().find(|anchor| anchor.producer == producer);
        let Some(anchor) = known else {
            self.anchors.push(Anchor { producer, began_ms, measured_ms, version });
            return;
        };
        anchor.began_ms = anchor.began_ms.max(began_ms);
        if version > anchor.version {
            (anchor.measured_ms, anchor.version) = (measured_ms, version);
        }
    }

    /// Notes a state that an operator has let pass: what the producer measures later is believed too.
    pub fn trust(&mut self, producer: Producer, measured_ms: u64, playing_ms: u64, version: u64) {
        self.hear(producer, measured_ms, playing_ms, version);
        let known = self.anchors.iter_mut().find(|anchor| anchor.producer == producer);
        if let Some(anchor) = known {
            anchor.began_ms = measured_ms.saturating_sub(playing_ms);
        }
    }

    /// The bytes of it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.country.map_or([0; 2], Country::letters).to_vec();
        varint::write(&mut bytes, self.device.to_code());
        for anchor in &self.anchors {
            bytes.extend_from_slice(&anchor.producer.0.0);
            for number in [anchor.began_ms, anchor.measured_ms, anchor.version] {
                varint::write(&mut bytes, number);
            }
        }
        bytes
    }

    /// Reads what [`Provenance::encode`] wrote; no bytes are a view of which nothing is noted.
    ///
    /// # Errors
    /// [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let reader = &mut Reader::new(bytes);
        let country = Country::of_letters(reader.bytes()?);
        let device = Device::of_code(reader.varint()?);
        let mut anchors = Vec::new();
        while !reader.is_done() {
            anchors.push(Anchor {
                producer: Producer(Id(reader.bytes()?)),
                began_ms: reader.varint()?,
                measured_ms: reader.varint()?,
                version: reader.varint()?,
            });
        }
        Ok(Self { country, device, anchors })
    }
}

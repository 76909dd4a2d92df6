//! What a viewer's devices may do with the slots and the leases there are, one step after the other.

use super::device::{self, Device};
use super::lease::{self, Ended, LEASES_MAX, Lease};

/// The devices and the leases of one viewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Streams {
    /// In any order, each once. None is taken away here: a place stays a place.
    pub devices: Vec<Device>,
    // INVARIANT (one lease a device): of each device one lease lives at most.
    /// The oldest first. None is taken away here.
    pub leases: Vec<Lease>,
}

/// What holds for a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The host's clock, in milliseconds since 1970 UTC.
    pub now_ms: u64,
    /// How long a lease lives that nobody renews.
    pub lease_ms: u64,
    /// How long the slot of a device that was removed stays taken.
    pub cooling_ms: u64,
    /// Slots of devices that the viewer's plans give.
    pub device_limit: usize,
    /// Streams at a time that they give.
    pub stream_limit: usize,
}

/// What somebody wants to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    /// On which device.
    pub device: u64,
    /// What.
    pub title: u64,
    /// Whether nothing else stands in the way.
    pub is_allowed: bool,
    /// Whether the oldest stream of another device ends if there are too many.
    pub takes_over: bool,
}

/// The limits that stand in the way of a start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// The device is not known, and there is no slot for it.
    pub devices: bool,
    /// As many other devices have a stream as may.
    pub streams: bool,
}

impl Streams {
    /// Lets everything end that is over. Every other step begins with it.
    pub fn settle(&mut self, terms: &Terms) {
        device::settle(&mut self.devices, terms.now_ms, terms.cooling_ms);
        lease::settle(&mut self.leases, terms.now_ms, terms.lease_ms);
    }

    /// Starts a stream and gives its place. The same device and title again, and it is the same stream.
    ///
    /// # Errors
    /// The limits that are reached, of which none need be if it was not allowed: then nothing has changed.
    pub fn start(&mut self, terms: &Terms, start: &Start) -> Result<usize, Reached> {
        self.settle(terms);
        let limit = terms.stream_limit.min(LEASES_MAX);
        let has_room = device::has_room(&self.devices, start.device, terms.device_limit);
        if start.takes_over && start.is_allowed && has_room {
            lease::take_over(&mut self.leases, start.device, limit);
        }
        let streams = lease::of_others(&self.leases, start.device) >= limit;
        if streams || !has_room || !start.is_allowed {
            return Err(Reached { devices: !has_room, streams });
        }
        device::register(&mut self.devices, start.device);
        Ok(lease::start(&mut self.leases, start.device, start.title, terms.until_ms()))
    }

    /// Renews the lease at a place; ends it if older ones of other devices are as many as there may be. False if
    /// it is over.
    pub fn heartbeat(&mut self, terms: &Terms, place: usize) -> bool {
        self.settle(terms);
        let Some((older, [lease, ..])) = self.leases.split_at_mut_checked(place) else {
            return false;
        };
        if lease::of_others(older, lease.device) >= terms.stream_limit.min(LEASES_MAX) {
            lease.end(Ended::Refused);
        }
        if lease.ended.is_none() {
            lease.until_ms = terms.until_ms();
        }
        lease.ended.is_none()
    }

    /// Ends the lease at a place. False if it was over.
    pub fn end(&mut self, terms: &Terms, place: usize, why: Ended) -> bool {
        self.settle(terms);
        let lease = self.leases.get_mut(place).filter(|lease| lease.ended.is_none());
        lease.map(|lease| lease.end(why)).is_some()
    }

    /// Registers a device. False if there is no room for it: then nothing has changed.
    pub fn register(&mut self, terms: &Terms, device: u64) -> bool {
        self.settle(terms);
        let has_room = device::has_room(&self.devices, device, terms.device_limit);
        if has_room {
            device::register(&mut self.devices, device);
        }
        has_room
    }

    /// Removes a device, and with it its stream. False if it is not registered.
    pub fn remove(&mut self, terms: &Terms, device: u64) -> bool {
        self.settle(terms);
        let is_known = device::remove(&mut self.devices, device, terms.now_ms, terms.cooling_ms);
        lease::end_of(&mut self.leases, device, Ended::Removed);
        is_known
    }
}

impl Terms {
    /// When a lease ends that is renewed now.
    fn until_ms(&self) -> u64 {
        self.now_ms.saturating_add(self.lease_ms)
    }
}

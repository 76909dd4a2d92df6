//! The devices of a viewer: each takes one slot, and gives it back some time after it was removed.

/// Slots of devices of one viewer, whatever a plan promises.
pub const DEVICES_MAX: usize = 64;

/// What a device takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// A slot: it is registered.
    Registered,
    /// A slot until then, in milliseconds since 1970 UTC: it was removed, and may come back to it.
    Cooling(u64),
    /// None: what is known of it may be forgotten.
    Free,
}

impl Slot {
    /// The slot as a number: when it is free, 0 for a registered device, -1 for one that is free.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Registered => 0,
            Self::Cooling(until_ms) => until_ms.cast_signed(),
            Self::Free => -1,
        }
    }
}

/// A device that is or was registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Which one: the caller has a number for each id, so that nothing is copied here.
    pub id: u64,
    /// What it takes.
    pub slot: Slot,
}

/// Frees the slots whose cooling is over. A clock that was put back costs nobody more than `cooling_ms` from
/// now on, and gives nothing back early.
pub fn settle(devices: &mut [Device], now_ms: u64, cooling_ms: u64) {
    for device in devices {
        if let Slot::Cooling(until_ms) = device.slot {
            let most_ms = now_ms.saturating_add(cooling_ms);
            device.slot =
                if until_ms <= now_ms { Slot::Free } else { Slot::Cooling(until_ms.min(most_ms)) };
        }
    }
}

/// Whether a device can be registered: it has a slot, or there is one left of `limit`.
#[must_use]
pub fn has_room(devices: &[Device], id: u64, limit: usize) -> bool {
    let taken = devices.iter().filter(|device| device.slot != Slot::Free);
    taken.clone().any(|device| device.id == id) || taken.count() < limit.min(DEVICES_MAX)
}

/// Registers a device for which there is room.
pub fn register(devices: &mut Vec<Device>, id: u64) {
    match devices.iter_mut().find(|device| device.id == id) {
        Some(device) => device.slot = Slot::Registered,
        None => devices.push(Device { id, slot: Slot::Registered }),
    }
}

/// Removes a device, whose slot is free after `cooling_ms`. False if it is not registered.
pub fn remove(devices: &mut [Device], id: u64, now_ms: u64, cooling_ms: u64) -> bool {
    let is_it = |device: &&mut Device| device.id == id && device.slot == Slot::Registered;
    let Some(device) = devices.iter_mut().find(is_it) else { return false };
    device.slot = Slot::Cooling(now_ms.saturating_add(cooling_ms));
    settle(core::slice::from_mut(device), now_ms, cooling_ms);
    true
}

//! The leases of a viewer's streams: each belongs to one device and ends by itself when nobody renews it.

/// Live leases of one viewer, whatever a plan promises.
pub const LEASES_MAX: usize = 64;

/// Why a lease is over. What is over stays over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Nobody renewed it in time.
    Expired,
    /// The device stopped.
    Stopped,
    /// The device started another title.
    Replaced,
    /// Another device took its place.
    TakenOver,
    /// The device was removed.
    Removed,
    /// The viewer may no longer watch, or not on so many devices.
    Refused,
}

/// The lease of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The device that plays, by its number.
    pub device: u64,
    /// What it plays: the caller has a number for each title, too.
    pub title: u64,
    /// It is over then, in milliseconds since 1970 UTC.
    pub until_ms: u64,
    /// Why it is over; none as long as it lives.
    pub ended: Option<Ended>,
}

impl Lease {
    /// The lease as a number: when it ends, or why it is over, from -1 in the order of [`Ended`].
    #[must_use]
    pub fn number(&self) -> i64 {
        match self.ended {
            None => self.until_ms.cast_signed(),
            Some(Ended::Expired) => -1,
            Some(Ended::Stopped) => -2,
            Some(Ended::Replaced) => -3,
            Some(Ended::TakenOver) => -4,
            Some(Ended::Removed) => -5,
            Some(Ended::Refused) => -6,
        }
    }

    /// Ends it, unless it is over.
    pub fn end(&mut self, why: Ended) {
        self.ended.get_or_insert(why);
    }

    /// Whether it lives and is another device's.
    fn is_of_another(&self, device: u64) -> bool {
        self.ended.is_none() && self.device != device
    }
}

/// Ends the leases whose time is over. A clock that was put back lets none live longer than `lease_ms` from
/// now on, and ends none.
pub fn settle(leases: &mut [Lease], now_ms: u64, lease_ms: u64) {
    for lease in leases {
        if lease.until_ms <= now_ms {
            lease.end(Ended::Expired);
        }
        lease.until_ms = lease.until_ms.min(now_ms.saturating_add(lease_ms));
    }
}

/// Live leases of other devices among some, of which each device has one at most.
#[must_use]
pub fn of_others(leases: &[Lease], device: u64) -> usize {
    leases.iter().filter(|lease| lease.is_of_another(device)).count()
}

/// Ends the oldest leases of other devices until there is room for one more of `limit`; none if there never is.
/// The oldest stand first.
pub fn take_over(leases: &mut [Lease], device: u64, limit: usize) {
    let others = of_others(leases, device);
    let surplus = if limit == 0 { 0 } else { others.saturating_add(1).saturating_sub(limit) };
    let oldest = leases.iter_mut().filter(|lease| lease.is_of_another(device));
    for lease in oldest.take(surplus) {
        lease.end(Ended::TakenOver);
    }
}

/// Starts a stream for which there is room, and gives its place: the one that runs already if it is of the same
/// title. One of another title ends: a device has one.
pub fn start(leases: &mut Vec<Lease>, device: u64, title: u64, until_ms: u64) -> usize {
    for (place, lease) in leases.iter_mut().enumerate() {
        if lease.ended.is_some() || lease.device != device {
            continue;
        }
        if lease.title == title {
            lease.until_ms = until_ms;
            return place;
        }
        lease.end(Ended::Replaced);
    }
    leases.push(Lease {
        device: device.to_owned(),
        title: title.to_owned(),
        until_ms,
        ended: None,
    });
    leases.len().saturating_sub(1)
}

/// Ends the leases of a device.
pub fn end_of(leases: &mut [Lease], device: u64, why: Ended) {
    for lease in leases.iter_mut().filter(|lease| lease.device == device) {
        lease.end(why);
    }
}

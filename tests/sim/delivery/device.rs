//! A device of a viewer: its storage, its clock, its way to the edge.

use super::faults::Fault;
use super::storage::Storage;
use super::world::{Event, World};
use usher::base::mutant::planted;

#[derive(Debug, Default)]
pub struct Device {
    pub viewer: usize,
    pub storage: Storage,
    /// The storage that a rollback brings back.
    pub before: Storage,
    /// Its storage takes nothing.
    pub full: bool,
    /// By how much its wall clock is off.
    pub wall_off_ms: i64,
    pub offline_until_ms: u64,
    pub opted_out: bool,
    /// Truth: until then nothing may be sent.
    pub silent_until_ms: u64,
}

impl World {
    /// What happens to a device while one of its pages reads; whether that page is still there.
    pub fn disturb(&mut self, device: usize, tab: usize) -> bool {
        if self.random.percent(15) && !self.devices[device].full {
            self.devices[device].before = self.devices[device].storage.clone();
            self.truth.copy_storage(device);
        }
        if self.happens(Fault::Offline) {
            let ms = self.random.pick(&[30_000, 600_000, 7_200_000, 30_000_000]);
            self.devices[device].offline_until_ms = self.now_ms + ms;
        }
        if self.happens(Fault::WallJump) {
            let span_ms = self.random.pick(&[60_000, 3_600_000, 40_000_000]);
            let by_ms = self.random.below(2 * span_ms + 1) as i64 - span_ms as i64;
            self.devices[device].wall_off_ms += by_ms;
            // Truth: silence is on that clock, so that every tab can know of it.
            self.devices[device].silent_until_ms = 0;
            for tab in self.tabs.iter_mut().filter(|tab| tab.device == device) {
                tab.silent_until_ms = 0;
                tab.failed_ms.clear();
            }
        }
        if self.happens(Fault::ServerJump) {
            // Wrong by a minute at most, as its operator sees to: plausibility is lenient by five.
            self.conditions.server_off_ms = self.random.below(120_001) as i64 - 60_000;
            self.rollups.iter_mut().for_each(|rollup| rollup.silent_until_ms = 0);
        }
        if self.happens(Fault::StorageFull) {
            self.devices[device].full ^= true;
        }
        if self.happens(Fault::OptOut) {
            self.opt_out(device);
            return false;
        }
        if self.happens(Fault::StorageLost) {
            self.devices[device].storage = Storage::default();
            self.devices[device].before = Storage::default();
            self.devices[device].silent_until_ms = 0;
            self.truth.lose_storage(device);
        }
        if self.happens(Fault::StorageRolledBack) {
            self.devices[device].storage = self.devices[device].before.clone();
            self.devices[device].silent_until_ms = 0;
            self.truth.roll_back(device);
            self.crash_device(device);
            return false;
        }
        if self.happens(Fault::StorageTorn) {
            self.tear(device, tab);
            self.crash_device(device);
            return false;
        }
        if self.happens(Fault::TabCrash) {
            self.crash_tab(tab);
            return false;
        }
        true
    }

    /// The last write of the page that crashes is cut off in the middle.
    fn tear(&mut self, device: usize, tab: usize) {
        let producer = self.tabs[tab].producer;
        let kept = &mut self.devices[device].storage.kept;
        let Some(torn) = kept.iter_mut().rev().find(|kept| kept.producer == producer) else {
            return;
        };
        let half = torn.state.len() / 2;
        torn.state = torn.state[..half].into();
        let view = torn.view;
        self.truth.tear(view, producer);
    }

    /// Every page of the device dies; the viewer comes back with one.
    fn crash_device(&mut self, device: usize) {
        let lives: Vec<usize> = (0..self.tabs.len())
            .filter(|tab| self.tabs[*tab].device == device && self.tabs[*tab].alive)
            .collect();
        for tab in lives {
            self.crash_tab(tab);
        }
    }

    /// A page dies without a word; the viewer loads it again and goes on.
    pub fn crash_tab(&mut self, tab: usize) {
        let Some(plan) = self.end_tab(tab) else { return };
        let device = self.tabs[tab].device;
        let delay_ms = self.random.between(500, 60_000);
        self.after(delay_ms, Event::Open { device, plan });
    }

    /// Consent is withdrawn: everything that is kept is purged, and no request follows.
    fn opt_out(&mut self, device: usize) {
        self.note(|| format!("device {device} opts out"));
        self.devices[device].opted_out = true;
        self.devices[device].storage = Storage::default();
        self.devices[device].before = Storage::default();
        self.truth.give_up_device(device);
        if !planted("opt_out_still_sends") {
            for tab in 0..self.tabs.len() {
                if self.tabs[tab].device == device {
                    self.end_tab(tab);
                }
            }
        }
    }

    /// UTC as the device's clock has it.
    pub fn wall_ms(&self, device: usize) -> u64 {
        (super::world::EPOCH_MS + self.now_ms)
            .saturating_add_signed(self.devices[device].wall_off_ms)
    }
}

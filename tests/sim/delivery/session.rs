//! One session from its seed: who watches on what, until everything has settled.

use super::device::Device;
use super::faults::Fault;
use super::rollup::{Committed, Rollup};
use super::shipment::Shipments;
use super::tab::Plan;
use super::viewer::Viewer;
use super::world::{Event, World};
use usher::base::mutant::planted;

/// Everything that was measured has had its faults by then; what is left is delivered in calm.
const CALM_MS: u64 = 60_000;

/// Shards of a session; viewers are spread over them.
const SHARDS: u64 = 2;

impl World {
    /// Plays the session to its end.
    pub fn play(&mut self) {
        self.prepare();
        self.settle();
        self.calm();
        self.settle();
        if self.random.percent(10) {
            self.lose_shard();
        }
    }

    fn prepare(&mut self) {
        self.conditions.wire = self.random.percent(20);
        self.conditions.pace = self.random.pick(&[1, 1, 1, 1, 1, 1, 10, 60]);
        self.conditions.signed = self.random.percent(70);
        for _ in 0..SHARDS {
            let rollup = Rollup {
                delay_ms: self.random.pick(&[150, 5_000, 30_000]),
                window_ms: self.random.pick(&[60_000, 300_000, 3_600_000]),
                grace_ms: self.random.pick(&[10_000, 60_000]),
                ..Rollup::default()
            };
            self.rollups.push(rollup);
        }
        let viewers = self.random.pick(&[1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
        let mut views = 1 + self.random.below(5);
        for viewer in 0..viewers {
            let shard = self.random.below(SHARDS) as usize;
            let name = format!("viewer-{viewer}");
            self.viewers.push(Viewer { name, shard, ..Viewer::default() });
            for _ in 0..self.random.pick(&[1, 1, 1, 1, 2, 2, 3]) {
                let share = 1 + self.random.below(views);
                views = views.saturating_sub(share).max(1);
                self.add_device(viewer, share);
            }
            if self.happens(Fault::Erasure) {
                let at_ms = self.random.between(20_000, 600_000);
                self.after(at_ms, Event::Erase { viewer });
            }
        }
        self.choose_conditions();
    }

    fn add_device(&mut self, viewer: usize, views: u64) {
        let device = self.devices.len();
        self.devices.push(Device { viewer, ..Device::default() });
        let plan = Plan {
            views,
            readings: 2 + self.random.below(12),
            visits: self.random.pick(&[0, 0, 0, 1, 1, 2]),
            joins: None,
        };
        let at_ms = self.random.below(300_000);
        self.after(at_ms, Event::Open { device, plan });
    }

    fn choose_conditions(&mut self) {
        if self.happens(Fault::EdgeOutage) {
            let from_ms = self.random.below(200_000);
            let length_ms = self.random.pick(&[12_000, 60_000, 600_000]);
            self.conditions.edge_away = Some((from_ms, from_ms + length_ms));
        }
        if self.happens(Fault::CentreOutage) {
            let from_ms = self.random.below(200_000);
            let length_ms = self.random.pick(&[12_000, 60_000, 600_000, 7_200_000]);
            self.conditions.centre_away = Some((from_ms, from_ms + length_ms));
        }
        if self.happens(Fault::TooLarge) {
            self.conditions.views_max = Some(1 + self.random.below(3) as usize);
        }
        if self.happens(Fault::VoidRefused) {
            self.conditions.voids_refused_until_ms = self.random.below(1_200_000);
        }
        if self.happens(Fault::BatchTooLarge) {
            self.conditions.rows_max =
                Some((1 + self.random.below(2) as usize, self.random.below(600_000)));
        }
    }

    /// Faults end; every device comes back once more and sends what it still has.
    fn calm(&mut self) {
        self.note(|| "faults end".to_owned());
        self.faults.end();
        self.conditions.voids_refused_until_ms = 0;
        (self.conditions.edge_away, self.conditions.centre_away) = (None, None);
        for device in 0..self.devices.len() {
            self.devices[device].full = false;
            self.devices[device].offline_until_ms = 0;
            self.after(CALM_MS, Event::Visit { device });
        }
    }

    /// The storage of a shard is gone, though nothing waited in it; then another device comes.
    fn lose_shard(&mut self) {
        let viewer = 0;
        if self.viewers[viewer].committed.erased {
            return;
        }
        self.faults.count(Fault::ShardLost);
        let shard = self.viewers[viewer].shard;
        self.note(|| format!("shard {shard} loses its storage"));
        let rollup = &mut self.rollups[shard];
        let kept = std::mem::take(&mut rollup.committed);
        rollup.life += 1;
        rollup.committed = Committed {
            shipments: Shipments {
                epoch: if planted("epoch_kept") { kept.shipments.epoch } else { 2 },
                // Truth: what was set aside is still known.
                dead: kept.shipments.dead,
                ..Shipments::default()
            },
            ..Committed::default()
        };
        rollup.sequence = 0;
        let device = self.devices.len();
        self.devices.push(Device { viewer, ..Device::default() });
        let plan = Plan { views: 1, readings: 3, visits: 0, joins: None };
        self.after(1_000, Event::Open { device, plan });
        self.settle();
        self.after(CALM_MS, Event::Visit { device });
        self.settle();
    }
}

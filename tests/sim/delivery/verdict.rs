//! What the centre has, against what really happened.

use super::centre::Kind;
use super::edge::title;
use super::playing::TITLES;
use super::truth::{Measured, TrueView};
use super::world::World;
use usher::audience::distinct::Sketch;
use usher::audience::window::WindowRecord;
use usher::playback::interval_set::IntervalSet;
use usher::playback::record::ViewRecord;
use usher::playback::state::ViewState;
use usher::playback::tally::Tally;

/// Requests of a session that are never too many.
const REQUESTS_MIN: u64 = 100;

/// A reading leads to no more.
const REQUESTS_PER_READING_MAX: u64 = 3;

/// While an edge is away for hours, each page tries no more often.
const RETRY_MS_MIN: u64 = 150_000;

/// What a session comes to.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Milliseconds that the centre lacks; a view that it lacks altogether is at least one.
    pub lost_ms: u64,
    /// Milliseconds that it has too much.
    pub twice_ms: u64,
    pub played_ms: u64,
    /// What else is not as it should be.
    pub broken: Vec<String>,
}

/// What must be known of a view at the centre.
struct Expected {
    total: Tally,
    content: IntervalSet,
}

impl Verdict {
    pub fn of(world: &World) -> Self {
        let mut verdict = Self { broken: world.truth.broken.clone(), ..Self::default() };
        for index in 0..world.truth.views.len() {
            verdict.check_view(world, index);
        }
        verdict.check_windows(world);
        verdict.check_delivery(world);
        verdict.check_erasure(world);
        let tries = world.pages_ms / RETRY_MS_MIN;
        let most = REQUESTS_MIN + REQUESTS_PER_READING_MAX * world.readings + tries;
        if world.requests > most {
            verdict.broken.push(format!("{} requests, expected at most {most}", world.requests));
        }
        verdict
    }

    pub fn is_clean(&self) -> bool {
        self.lost_ms == 0 && self.twice_ms == 0 && self.broken.is_empty()
    }

    /// A figure at the centre against the truth.
    fn compare(&mut self, what: &str, found: i128, expected: i128) {
        let more = found - expected;
        if more == 0 {
            return;
        }
        self.broken.push(format!("{what}: {found}, expected {expected}"));
        let by_ms = u64::try_from(more.unsigned_abs()).unwrap_or(u64::MAX);
        *(if more > 0 { &mut self.twice_ms } else { &mut self.lost_ms }) += by_ms;
    }

    fn check_view(&mut self, world: &World, index: usize) {
        let view = &world.truth.views[index];
        self.played_ms += view.measured.iter().map(|m| m.tally.played_ms).sum::<u64>();
        if world.viewers[view.viewer].committed.erased {
            return;
        }
        let stored = &world.viewers[view.viewer].committed.views;
        let stored = stored.iter().find(|stored| stored.view == view.id);
        let state = stored.map(|stored| ViewState::decode(&stored.state).unwrap());
        let expected = self.expected(index, view, state.as_ref());
        let found = world.centre.views.iter().find(|record| record.view == view.id);
        let refused = world.conditions.batch_poison == Some(index);
        match (expected, found) {
            (None, None) => {}
            (None, Some(_)) => self.compare(&format!("view {index}: views"), 1, 0),
            (Some(_), _) if refused => {}
            (Some(expected), None) => {
                self.compare(&format!("view {index}: views"), 0, 1);
                self.compare(
                    &format!("view {index}: unique_ms"),
                    0,
                    i128::from(expected.content.total_ms()),
                );
            }
            (Some(expected), Some(found)) => self.check_record(index, view, &expected, found),
        }
    }

    /// What the states that must have arrived come to; none if nothing did.
    fn expected(
        &mut self,
        index: usize,
        view: &TrueView,
        state: Option<&ViewState>,
    ) -> Option<Expected> {
        let mut expected: Option<Expected> = None;
        for measured in &view.measured {
            let tallies = state.map_or(&[][..], ViewState::tallies);
            let arrived = tallies.iter().find(|(producer, _)| *producer == measured.producer);
            let arrived = arrived.map_or(0, |(_, tally)| tally.version);
            if arrived < measured.least() {
                let what = format!(
                    "view {index}: producer {} has v{arrived}, expected at least v{} of v{}",
                    measured.producer.0.0[0],
                    measured.least(),
                    measured.last(),
                );
                self.broken.push(what);
            }
            let version = arrived.max(measured.least());
            if version == 0 {
                continue;
            }
            let (tally, content) = at_version(measured, version);
            let so_far = expected.get_or_insert_with(|| Expected {
                total: Tally::default(),
                content: IntervalSet::default(),
            });
            so_far.total = so_far.total.plus(tally);
            so_far.content = so_far.content.union(&content);
        }
        expected
    }

    fn check_record(
        &mut self,
        index: usize,
        view: &TrueView,
        expected: &Expected,
        found: &ViewRecord,
    ) {
        let Expected { total, content } = expected;
        for (name, found, expected) in [
            ("unique_ms", found.unique_ms, content.total_ms()),
            ("played_ms", found.played_ms, total.played_ms),
            ("playing_ms", found.playing_ms, total.playing_ms),
            ("paused_ms", found.paused_ms, total.paused_ms),
            ("seeks", found.seeks, total.seeks),
            ("errors", found.errors, total.errors),
            ("version", found.version, total.version),
        ] {
            self.compare(&format!("view {index}: {name}"), found.into(), expected.into());
        }
        let duration_ms = view.duration_ms;
        let reached = |percent: &u64| {
            duration_ms > 0 && content.total_before_ms(duration_ms) * 100 >= duration_ms * percent
        };
        let milestones: Vec<u64> =
            [10, 25, 50, 75, 90, 95, 100].into_iter().filter(reached).collect();
        if !found.milestones.iter().map(|percent| u64::from(*percent)).eq(milestones.clone()) {
            let found = &found.milestones;
            self.broken
                .push(format!("view {index}: milestones {found:?}, expected {milestones:?}"));
        }
        if found.completed != reached(&90) {
            self.broken.push(format!("view {index}: completed is {}", found.completed));
        }
    }

    /// Sums over windows are sums over views, and their sketches hold each viewer.
    fn check_windows(&mut self, world: &World) {
        for title in (0..TITLES).map(title) {
            let mut sums = [0_i128; 10];
            let mut viewers = Sketch::default();
            let dead = world.rollups.iter().flat_map(|rollup| &rollup.committed.shipments.dead);
            let dead = dead
                .filter(|dead| dead.kind == Kind::Windows)
                .map(|dead| WindowRecord::from_json(dead.line.as_bytes()).unwrap());
            for row in dead.chain(world.centre.windows.iter().cloned()) {
                if row.title == title {
                    sums.iter_mut()
                        .zip(row.sums())
                        .for_each(|(sum, more)| *sum += i128::from(more));
                    viewers.merge(&row.viewers);
                }
            }
            let (expected, watched_by) = taken(world, &title);
            let names = ["views", "unique_ms", "played_ms", "completed", "stalls", "stalled_ms"];
            for (index, name) in names.into_iter().enumerate() {
                self.compare(&format!("windows of {title}: {name}"), sums[index], expected[index]);
            }
            let classes = sums[6..].iter().sum();
            self.compare(&format!("windows of {title}: classes"), classes, expected[0]);
            if viewers != watched_by {
                self.broken.push(format!("windows of {title}: other viewers than watched"));
            }
        }
        self.check_taken(world);
    }

    /// What a shard has counted of a view is its latest record at the centre.
    fn check_taken(&mut self, world: &World) {
        for (index, view) in world.truth.views.iter().enumerate() {
            let viewer = &world.viewers[view.viewer];
            let taken =
                world.rollups[viewer.shard].taken.iter().find(|taken| taken.view == view.id);
            let record = world.centre.views.iter().find(|record| record.view == view.id);
            let (Some(taken), Some(record)) = (taken, record) else { continue };
            if world.conditions.batch_poison != Some(index) {
                let found = i128::from(taken.played_ms);
                self.compare(&format!("view {index}: counted"), found, record.played_ms.into());
            }
        }
    }

    /// Nothing waits anywhere, each batch was applied once, and the ledger has no gap.
    fn check_delivery(&mut self, world: &World) {
        for (index, device) in world.devices.iter().enumerate() {
            if !device.storage.kept.is_empty() {
                self.broken.push(format!("device {index} still keeps states"));
            }
        }
        for (index, viewer) in world.viewers.iter().enumerate() {
            if !viewer.committed.outgoing.is_empty() || !viewer.committed.owes.is_empty() {
                self.broken.push(format!("viewer {index} still owes"));
            }
        }
        for (shard, rollup) in world.rollups.iter().enumerate() {
            let committed = &rollup.committed;
            let pending = committed.latest.iter().any(|(_, pending)| *pending);
            if pending || !committed.windows.is_empty() || !committed.shipments.waiting.is_empty() {
                self.broken.push(format!("shard {shard} still owes"));
            }
            self.check_dead(world, shard);
            self.check_ledger(world, shard);
        }
        if let Some((key, times)) = world.centre.applied.iter().find(|(_, times)| *times != 1) {
            self.broken.push(format!("batch {key:?} was applied {times} times"));
        }
    }

    /// Only what the centre was made to refuse may be set aside.
    fn check_dead(&mut self, world: &World, shard: usize) {
        for dead in &world.rollups[shard].committed.shipments.dead {
            let poison = world.conditions.batch_poison;
            let id = poison.map(|view| world.truth.views[view].id.as_str());
            if !id.is_some_and(|id| dead.line.contains(id)) {
                self.broken.push(format!("shard {shard} has set a good row aside: {}", dead.line));
            }
        }
    }

    fn check_ledger(&mut self, world: &World, shard: usize) {
        let shipments = &world.rollups[shard].committed.shipments;
        let frozen = shipments.sequence - 1;
        let ledger = |epoch: u64| {
            let of =
                |ledger: &&super::centre::Ledger| ledger.shard == shard && ledger.epoch == epoch;
            world.centre.ledgers.iter().find(of)
        };
        let complete = ledger(shipments.epoch).map_or(0, |ledger| ledger.received.complete());
        if complete != frozen {
            self.broken
                .push(format!("shard {shard}: the ledger has {complete} of {frozen} batches"));
        }
        for ledger in world.centre.ledgers.iter().filter(|ledger| ledger.shard == shard) {
            let gaps = ledger.received.gaps(ledger.frozen, 10);
            let keys = world
                .centre
                .applied
                .iter()
                .filter(|((of, epoch, _), _)| *of == shard && *epoch == ledger.epoch);
            if !gaps.is_empty() || keys.count() as u64 != ledger.received.count() {
                self.broken.push(format!("shard {shard}: the ledger has gaps {gaps:?}"));
            }
        }
    }

    /// Nothing names a viewer who was erased.
    fn check_erasure(&mut self, world: &World) {
        for viewer in world.viewers.iter().filter(|viewer| viewer.committed.erased) {
            let name = &viewer.name;
            let at_edge = !viewer.committed.views.is_empty();
            let at_shard = world.rollups.iter().any(|rollup| {
                rollup.committed.latest.iter().any(|(row, _)| row.record.viewer == *name)
                    || rollup.committed.known.iter().any(|known| known.viewer == *name)
            });
            let at_centre = world.centre.views.iter().any(|record| record.viewer == *name);
            if at_edge || at_shard || at_centre {
                self.broken.push(format!(
                    "{name} is back: edge {at_edge}, shard {at_shard}, centre {at_centre}"
                ));
            }
        }
    }
}

/// The state that a core gave under a version; the last as the core itself had it.
fn at_version(measured: &Measured, version: u64) -> (Tally, IntervalSet) {
    if version >= measured.last() {
        return (measured.tally, measured.content.clone());
    }
    let taken = measured.taken.iter().rev().find(|taken| taken.version <= version).unwrap();
    let state = ViewState::decode(&taken.state).unwrap();
    (state.total(), state.content)
}

/// What the shards have taken of a title, and from whom.
fn taken(world: &World, title: &str) -> ([i128; 6], Sketch) {
    let mut sums = [0; 6];
    let mut viewers = Sketch::default();
    for known in world.rollups.iter().flat_map(|rollup| &rollup.taken) {
        if known.title == title {
            let figures = [
                1,
                known.unique_ms,
                known.played_ms,
                known.completed,
                known.stalls,
                known.stalled_ms,
            ];
            sums.iter_mut().zip(figures).for_each(|(sum, more)| *sum += i128::from(more));
            viewers.add(&known.viewer);
        }
    }
    (sums, viewers)
}

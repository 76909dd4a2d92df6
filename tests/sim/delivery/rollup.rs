//! A `Rollup` object: what is known of its viewers' views, the windows that are open, and the batches
//! that wait for the centre. Each method is one transaction.

use super::faults::Fault;
use super::shipment::Shipments;
use super::viewer::{Place, Row, ViewerMessage};
use super::world::{Event, World};
use std::rc::Rc;
use usher::audience::rollup::{
    KnownView, LatestRecord, OpenWindow, RollUpInput, RollUpOutput, add_windows, roll_up,
};
use usher::audience::usage::ViewerClass;
use usher::base::mutant::planted;

#[derive(Debug)]
pub enum RollupMessage {
    /// A `Viewer` object hands records on.
    Take { viewer: usize, life: u64, rows: Rc<Vec<Row>>, class: ViewerClass },
    /// A `Viewer` object asks to forget who it is of.
    Erase { viewer: usize, life: u64 },
    /// The alarm that was armed for now.
    Ring { at_ms: u64 },
    /// The centre has answered, or cannot be reached.
    Answer { life: u64, number: u64, sequence: u64, status: u16, retry_after_ms: Option<u64> },
    /// The object is started again after a crash.
    Started { life: u64 },
    /// Only with a planted bug: the second half of a transaction.
    Windows { life: u64, windows: Vec<OpenWindow> },
}

/// What survives a crash.
#[derive(Debug, Default)]
pub struct Committed {
    pub known: Vec<KnownView>,
    /// The latest record of each view, and whether it is still to be sent.
    pub latest: Vec<(Row, bool)>,
    pub windows: Vec<OpenWindow>,
    pub closed_until_ms: u64,
    /// Viewers that were erased.
    pub erased: Vec<String>,
    pub shipments: Shipments,
    pub alarm_ms: Option<u64>,
}

#[derive(Debug, Default)]
pub struct Rollup {
    pub committed: Committed,
    pub life: u64,
    /// The batch that is under way.
    pub in_flight: Option<u64>,
    /// How long records wait for others.
    pub delay_ms: u64,
    pub window_ms: u64,
    pub grace_ms: u64,
    /// Truth: until then the centre asked for silence.
    pub silent_until_ms: u64,
    /// Truth: the last record of each view that was taken.
    pub taken: Vec<KnownView>,
    /// Only a planted bug counts in memory.
    pub sequence: u64,
}

impl World {
    pub fn at_rollup(&mut self, shard: usize, message: RollupMessage) {
        let life = self.rollups[shard].life;
        match message {
            RollupMessage::Take { viewer, life, rows, class } => {
                let taken = self.take_records(shard, &rows, class);
                let taken = taken && !self.happens(Fault::CallAnswerLost);
                let message = ViewerMessage::Taken { life, rows, taken };
                self.after(3, Event::AtViewer { viewer, message });
            }
            RollupMessage::Erase { viewer, life } => {
                let done = self.forget_viewer(shard, viewer);
                let message = ViewerMessage::Erased { life, place: Place::Rollup, done };
                self.after(3, Event::AtViewer { viewer, message });
            }
            RollupMessage::Ring { at_ms }
                if self.rollups[shard].committed.alarm_ms == Some(at_ms) =>
            {
                self.rollups[shard].committed.alarm_ms = None;
                self.ship(shard);
            }
            RollupMessage::Answer { life: of, number, sequence, status, retry_after_ms }
                if of == life =>
            {
                self.batch_answered(shard, number, sequence, status, retry_after_ms);
            }
            RollupMessage::Started { life: of }
                if of == life && !planted("rollup_alarm_not_rearmed") =>
            {
                self.arm_for_next(shard);
            }
            RollupMessage::Windows { life: of, windows } if of == life => {
                self.add_windows(shard, windows);
            }
            // It was for an earlier life, or an alarm that was put off.
            _ => {}
        }
    }

    /// High-water mark, latest record and sums in one transaction.
    fn take_records(&mut self, shard: usize, rows: &[Row], class: ViewerClass) -> bool {
        if self.happens(Fault::RollupCrash) {
            self.crash_rollup(shard);
            return false;
        }
        let Some(output) = self.roll_up(shard, rows, class) else { return false };
        let committed = &mut self.rollups[shard].committed;
        for known in &output.known {
            let row = rows
                .iter()
                .rev()
                .find(|row| row.record.view == known.view && row.record.version == known.version);
            let row = row.unwrap().clone();
            match committed.latest.iter_mut().find(|(old, _)| old.record.view == known.view) {
                Some(old) => *old = (row, true),
                None => committed.latest.push((row, true)),
            }
            match committed.known.iter_mut().find(|old| old.view == known.view) {
                Some(old) => *old = known.clone(),
                None => committed.known.push(known.clone()),
            }
        }
        self.remember_taken(shard, &output.known);
        if planted("mark_apart_from_sums") {
            let life = self.rollups[shard].life;
            let message = RollupMessage::Windows { life, windows: output.windows };
            self.after(400, Event::AtRollup { shard, message });
        } else {
            self.add_windows(shard, output.windows);
        }
        self.arm_for_next(shard);
        if self.happens(Fault::RollupCrash) {
            // Committed, but nobody hears of it.
            self.crash_rollup(shard);
            return false;
        }
        true
    }

    fn roll_up(&mut self, shard: usize, rows: &[Row], class: ViewerClass) -> Option<RollUpOutput> {
        let now_ms = self.server_ms();
        let rollup = &self.rollups[shard];
        let committed = &rollup.committed;
        let erased = |row: &&Row| !committed.erased.contains(&row.record.viewer);
        let records: Vec<LatestRecord> = rows
            .iter()
            .filter(|row| erased(row) || planted("rollup_tombstone_ignored"))
            .map(|row| LatestRecord::from(row.record.as_ref()))
            .collect();
        let is_in = |known: &&KnownView| records.iter().any(|record| record.view == known.view);
        let known: Vec<KnownView> = if planted("no_high_water_mark") {
            Vec::new()
        } else {
            committed.known.iter().filter(is_in).cloned().collect()
        };
        let input = RollUpInput {
            now_ms,
            window_ms: rollup.window_ms,
            grace_ms: rollup.grace_ms,
            closed_until_ms: committed.closed_until_ms.max(now_ms.saturating_sub(rollup.grace_ms)),
            class,
            known,
            records,
        };
        match roll_up(input) {
            Ok(output) => {
                if output.conflicts + output.uncounted > 0 {
                    self.broken(format!("shard {shard} does not count a record"));
                }
                Some(output)
            }
            Err(refusal) => {
                self.broken(format!("shard {shard} refuses records: {refusal:?}"));
                None
            }
        }
    }

    fn add_windows(&mut self, shard: usize, windows: Vec<OpenWindow>) {
        for window in &windows {
            // Truth: what was frozen once is closed for good; what is past its grace may be, too.
            let end_ms = window.record.window_start_ms + window.record.window_ms;
            let closed = end_ms <= self.rollups[shard].committed.closed_until_ms;
            if closed && !window.record.correction {
                self.broken(format!("shard {shard} changes a closed window"));
            }
        }
        let open = &mut self.rollups[shard].committed.windows;
        match add_windows(std::mem::take(open), windows) {
            Ok(windows) => *open = windows,
            Err(refusal) => self.broken(format!("shard {shard} cannot add: {refusal:?}")),
        }
    }

    /// Truth: what was taken into the sums, whatever is forgotten later.
    fn remember_taken(&mut self, shard: usize, known: &[KnownView]) {
        let taken = &mut self.rollups[shard].taken;
        for known in known {
            match taken.iter_mut().find(|old| old.view == known.view) {
                Some(old) => *old = known.clone(),
                None => taken.push(known.clone()),
            }
        }
    }

    /// Everything that names the viewer goes; the sums stay.
    fn forget_viewer(&mut self, shard: usize, viewer: usize) -> bool {
        if self.happens(Fault::RollupCrash) {
            self.crash_rollup(shard);
            return false;
        }
        let name = self.viewers[viewer].name.clone();
        let committed = &mut self.rollups[shard].committed;
        committed.latest.retain(|(row, _)| row.record.viewer != name);
        committed.known.retain(|known| known.viewer != name);
        committed.erased.push(name);
        true
    }

    pub fn crash_rollup(&mut self, shard: usize) {
        self.note(|| format!("shard {shard} dies"));
        let rollup = &mut self.rollups[shard];
        rollup.life += 1;
        rollup.in_flight = None;
        rollup.sequence = 0;
        let life = rollup.life;
        let delay_ms = self.random.between(10, 30_000);
        let message = RollupMessage::Started { life };
        self.after(delay_ms, Event::AtRollup { shard, message });
    }

    /// Rings when the next thing is due; nothing rings when nothing waits.
    pub fn arm_for_next(&mut self, shard: usize) {
        let server_ms = self.server_ms();
        let rollup = &self.rollups[shard];
        if rollup.in_flight.is_some() {
            // Its answer, or the lack of one, goes on from here.
            return;
        }
        let committed = &rollup.committed;
        let records = committed.latest.iter().any(|(_, pending)| *pending);
        let windows = committed.windows.iter().map(|window| window.due_ms).min();
        let batches = committed.shipments.wait_ms(server_ms);
        let delay_ms = [
            records.then_some(rollup.delay_ms),
            windows.map(|due_ms| due_ms.saturating_sub(server_ms).max(1)),
            batches,
        ]
        .into_iter()
        .flatten()
        .min();
        let Some(delay_ms) = delay_ms else { return };
        let delay_ms = delay_ms.max(committed.shipments.sender.wait_ms(server_ms)).max(1);
        let at_ms = self.now_ms + delay_ms;
        if committed.alarm_ms.is_some_and(|due_ms| due_ms <= at_ms) {
            return;
        }
        self.rollups[shard].committed.alarm_ms = Some(at_ms);
        self.after(delay_ms, Event::AtRollup { shard, message: RollupMessage::Ring { at_ms } });
    }
}

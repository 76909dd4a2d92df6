//! The batches of a shard: frozen, sent until the centre has them, voided and divided when it refuses.

use super::centre::{CentreMessage, Kind, Post};
use super::faults::Fault;
use super::rollup::RollupMessage;
use super::viewer::Row;
use super::world::{Event, World};
use std::collections::VecDeque;
use std::rc::Rc;
use usher::audience::rollup::OpenWindow;
use usher::base::mutant::planted;
use usher::outbox::batch;
use usher::outbox::sender::Sender;
use usher::outbox::void::{Content, Step, next_step};

/// Rows of one batch.
const ROWS_MAX: usize = 500;

/// A batch that nothing gets past the centre is offered again after this long.
const DEFER_MS: u64 = 300_000;

/// An answer that takes longer is none.
const ANSWER_MS_MAX: u64 = 10_000;

/// Rows under one number, or a void in their place.
#[derive(Debug, Clone)]
pub struct Frozen {
    pub sequence: u64,
    pub kind: Kind,
    pub lines: Vec<String>,
    pub records: Rc<Vec<Row>>,
    pub body: Rc<[u8]>,
    pub void: bool,
    due_ms: u64,
}

/// A row that was refused alone.
#[derive(Debug)]
pub struct DeadLetter {
    pub kind: Kind,
    pub line: String,
}

#[derive(Debug)]
pub struct Shipments {
    pub epoch: u64,
    /// Of the next batch.
    pub sequence: u64,
    pub waiting: VecDeque<Frozen>,
    pub dead: Vec<DeadLetter>,
    pub sender: Sender,
}

impl Default for Shipments {
    fn default() -> Self {
        let sender = Sender::new(ROWS_MAX);
        Self { epoch: 1, sequence: 1, waiting: VecDeque::new(), dead: Vec::new(), sender }
    }
}

impl Shipments {
    /// How long until a batch may go; none if there is none.
    pub fn wait_ms(&self, now_ms: u64) -> Option<u64> {
        self.waiting.iter().map(|frozen| frozen.due_ms.saturating_sub(now_ms).min(DEFER_MS)).min()
    }

    /// Gives rows the next numbers.
    fn freeze(&mut self, kind: Kind, lines: Vec<String>, records: Vec<Row>) {
        let body = batch::freeze(lines.iter().cloned()).unwrap();
        assert_eq!(body.rows, lines.len(), "a session's rows fit into one batch");
        let sequence = self.sequence;
        self.sequence += 1;
        self.waiting.push_back(Frozen {
            sequence,
            kind,
            lines,
            records: Rc::new(records),
            body: body.body.into(),
            void: false,
            due_ms: 0,
        });
    }
}

impl World {
    /// Freezes what is due and sends what waits.
    pub fn ship(&mut self, shard: usize) {
        if self.rollups[shard].in_flight.is_none() {
            self.freeze(shard);
            if self.happens(Fault::RollupCrash) {
                return self.crash_rollup(shard);
            }
            self.send_batch(shard);
        }
        self.arm_for_next(shard);
    }

    /// One transaction a batch: its number, its bytes, and nothing of it is pending any more.
    fn freeze(&mut self, shard: usize) {
        let server_ms = self.server_ms();
        let rollup = &mut self.rollups[shard];
        if planted("sequence_in_memory") {
            rollup.sequence = rollup.sequence.max(1);
            rollup.committed.shipments.sequence = rollup.sequence;
        }
        let committed = &mut rollup.committed;
        // What is deferred does not hold up what came later.
        if committed.shipments.wait_ms(server_ms) != Some(0) {
            let records: Vec<Row> = committed
                .latest
                .iter_mut()
                .filter(|(_, pending)| *pending)
                .map(|(row, pending)| {
                    *pending = false;
                    row.clone()
                })
                .collect();
            if !records.is_empty() {
                let lines = records.iter().map(|row| row.line.to_string()).collect();
                committed.shipments.freeze(Kind::Views, lines, records);
            }
        }
        let until_ms = server_ms.saturating_sub(rollup.grace_ms);
        committed.closed_until_ms = committed.closed_until_ms.max(until_ms);
        let (due, open): (Vec<OpenWindow>, Vec<OpenWindow>) =
            std::mem::take(&mut committed.windows)
                .into_iter()
                .partition(|window| window.due_ms <= server_ms);
        committed.windows = open;
        let lines: Vec<String> = due
            .into_iter()
            .filter(|window| !(planted("correction_dropped") && window.record.correction))
            .map(|window| serde_json::to_string(&window.record).unwrap())
            .collect();
        if !lines.is_empty() {
            committed.shipments.freeze(Kind::Windows, lines, Vec::new());
        }
        rollup.sequence = committed.shipments.sequence;
    }

    fn send_batch(&mut self, shard: usize) {
        let (true_ms, now_ms) = (self.now_ms, self.server_ms());
        let rollup = &mut self.rollups[shard];
        let shipments = &mut rollup.committed.shipments;
        if shipments.sender.wait_ms(now_ms) > 0 {
            return;
        }
        let Some(frozen) = shipments.waiting.iter().find(|frozen| frozen.due_ms <= now_ms) else {
            return;
        };
        let (kind, body, records) = if frozen.void {
            (Kind::Void, Rc::from([]), Rc::new(Vec::new()))
        } else {
            (frozen.kind, Rc::clone(&frozen.body), Rc::clone(&frozen.records))
        };
        self.batches += 1;
        let post = Rc::new(Post {
            number: self.batches,
            shard,
            life: rollup.life,
            epoch: shipments.epoch,
            sequence: frozen.sequence,
            kind,
            rows: if frozen.void { 0 } else { frozen.lines.len() },
            digest: super::centre::digest(&body),
            body,
            records,
            frozen: shipments.sequence - 1,
        });
        rollup.in_flight = Some(post.number);
        if true_ms < rollup.silent_until_ms {
            self.broken(format!("shard {shard} sends inside a Retry-After"));
        }
        self.note(|| {
            let Post { epoch, sequence, kind, rows, .. } = *post;
            format!("shard {shard} sends batch {epoch}.{sequence}, {rows} rows of {kind:?}")
        });
        self.carry_batch(post);
    }

    /// The network between shard and centre.
    fn carry_batch(&mut self, post: Rc<Post>) {
        let message = post.answer(0, None);
        self.after(ANSWER_MS_MAX, Event::AtRollup { shard: post.shard, message });
        if self.happens(Fault::BatchTwice) {
            let delay_ms = self.random.between(20, 20_000);
            let message = CentreMessage::Batch { post: Rc::clone(&post), body: None };
            self.after(delay_ms, Event::AtCentre { message });
        }
        if self.happens(Fault::BatchLost) {
            return;
        }
        let body = if post.rows > 0 && self.happens(Fault::BatchTorn) {
            Some(self.tear_body(&post.body))
        } else {
            None
        };
        let late = self.happens(Fault::BatchLate);
        let delay_ms = if late { self.random.between(1_000, 600_000) } else { self.latency_ms() };
        self.after(delay_ms, Event::AtCentre { message: CentreMessage::Batch { post, body } });
    }

    /// Cut off, or with one digit changed.
    fn tear_body(&mut self, body: &[u8]) -> Rc<[u8]> {
        if self.random.percent(50) {
            return body[..self.random.below(body.len() as u64) as usize].into();
        }
        let mut torn = body.to_vec();
        let text = String::from_utf8_lossy(body);
        let place = text.find("\"unique_ms\":").map_or(0, |at| at + 12);
        torn[place] = if torn[place] == b'9' { b'8' } else { b'9' };
        torn.into()
    }

    /// What an answer means for the batch that was under way.
    pub fn batch_answered(
        &mut self,
        shard: usize,
        number: u64,
        sequence: u64,
        status: u16,
        retry_after_ms: Option<u64>,
    ) {
        let (true_ms, now_ms) = (self.now_ms, self.server_ms());
        let rollup = &mut self.rollups[shard];
        if rollup.in_flight != Some(number) {
            return;
        }
        rollup.in_flight = None;
        let shipments = &mut rollup.committed.shipments;
        let index = shipments.waiting.iter().position(|frozen| frozen.sequence == sequence);
        let index = index.unwrap();
        let void = shipments.waiting[index].void;
        let random = self.random.below(1_001) as f64 / 1_000.0;
        let rows = shipments.waiting[index].lines.len();
        let content = if void { Content::Void } else { Content::Rows(rows) };
        let mut step =
            next_step(&mut shipments.sender, content, status, now_ms, random, retry_after_ms);
        if retry_after_ms.is_some() {
            rollup.silent_until_ms = true_ms + retry_after_ms.unwrap_or(0).min(300_000);
        }
        if step == Step::Again && planted("new_number_after_lost_answer") {
            let Frozen { kind, lines, records, .. } = shipments.waiting.remove(index).unwrap();
            shipments.freeze(kind, lines, records.to_vec());
        }
        if step == Step::Replace && planted("split_without_void") {
            step = Step::Divide;
        }
        if step == Step::Done && void && planted("divided_though_stored") {
            step = Step::Divide;
        }
        self.note(|| format!("shard {shard}: batch {sequence} answered {status}: {step:?}"));
        self.take_step(shard, index, step);
        if self.happens(Fault::RollupCrash) {
            return self.crash_rollup(shard);
        }
        self.ship(shard);
    }

    /// One transaction.
    fn take_step(&mut self, shard: usize, index: usize, step: Step) {
        let now_ms = self.server_ms();
        let shipments = &mut self.rollups[shard].committed.shipments;
        match step {
            Step::Done => {
                shipments.waiting.remove(index);
            }
            Step::Again => {}
            Step::Replace => shipments.waiting[index].void = true,
            Step::Divide => self.divide(shard, index),
            Step::Renumber => self.renumber(shard),
            Step::Defer => {
                shipments.waiting[index].due_ms = now_ms + DEFER_MS;
                let deferred = shipments.waiting.remove(index).unwrap();
                shipments.waiting.push_back(deferred);
            }
        }
    }

    /// The numbers of this store are taken: latest records go again under another epoch, sums are set
    /// aside.
    fn renumber(&mut self, shard: usize) {
        let shipments = &mut self.rollups[shard].committed.shipments;
        shipments.epoch += 10;
        shipments.sequence = 1;
        for Frozen { kind, lines, records, .. } in std::mem::take(&mut shipments.waiting) {
            if kind == Kind::Views {
                shipments.freeze(kind, lines, records.to_vec());
            } else {
                let letters = lines.into_iter().map(|line| DeadLetter { kind, line });
                shipments.dead.extend(letters);
            }
        }
    }

    /// The rows of a voided batch go in parts; one that stood alone is set aside.
    fn divide(&mut self, shard: usize, index: usize) {
        let shipments = &mut self.rollups[shard].committed.shipments;
        let Frozen { kind, lines, records, .. } = shipments.waiting.remove(index).unwrap();
        if let [line] = lines.as_slice() {
            let line = line.clone();
            shipments.dead.push(DeadLetter { kind, line });
            return;
        }
        let rows = shipments.sender.items().min(lines.len() - 1);
        for (part, lines) in lines.chunks(rows).enumerate() {
            let records = records.iter().skip(part * rows).take(rows).cloned().collect();
            shipments.freeze(kind, lines.to_vec(), records);
        }
    }
}

impl Post {
    /// What the shard hears of it.
    pub fn answer(&self, status: u16, retry_after_ms: Option<u64>) -> RollupMessage {
        let Self { life, number, sequence, .. } = *self;
        RollupMessage::Answer { life, number, sequence, status, retry_after_ms }
    }
}

//! The centre: the latest record of every view, the sums of every window, each batch applied once.

use super::faults::Fault;
use super::viewer::{Place, Row, ViewerMessage};
use super::world::{Event, World};
use std::rc::Rc;
use usher::audience::window::WindowRecord;
use usher::base::mutant::planted;
use usher::outbox::batch;
use usher::outbox::received::Received;
use usher::playback::record::ViewRecord;

/// What the rows of a batch are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Views,
    Windows,
    Void,
}

/// One `POST /v1/batches`, as it was sent.
#[derive(Debug)]
pub struct Post {
    /// Of the attempt.
    pub number: u64,
    pub shard: usize,
    pub life: u64,
    pub epoch: u64,
    pub sequence: u64,
    pub kind: Kind,
    pub rows: usize,
    pub digest: u64,
    pub body: Rc<[u8]>,
    /// What is in the body, so that not every session parses all of it.
    pub records: Rc<Vec<Row>>,
    /// The highest number that the shard has frozen.
    pub frozen: u64,
}

#[derive(Debug)]
pub enum CentreMessage {
    /// A batch, with another body if it was damaged on the way.
    Batch { post: Rc<Post>, body: Option<Rc<[u8]>> },
    /// A `Viewer` object asks to forget who it is of.
    Erase { viewer: usize, life: u64 },
    /// Only with a planted bug: the rows of a batch whose key is written.
    Rows { life: u64, rows: Rows },
}

/// What a batch brings, checked.
#[derive(Debug, Clone)]
pub enum Rows {
    Views(Vec<Rc<ViewRecord>>),
    Windows(Vec<WindowRecord>),
    None,
}

/// The ledger of one shard.
#[derive(Debug, Default)]
pub struct Ledger {
    pub shard: usize,
    pub epoch: u64,
    pub received: Received,
    pub frozen: u64,
}

/// What survives a crash.
#[derive(Debug, Default)]
pub struct Centre {
    pub views: Vec<Rc<ViewRecord>>,
    /// The figures of erased viewers' views, without who or what.
    pub pseudonymised: Vec<Rc<ViewRecord>>,
    pub windows: Vec<WindowRecord>,
    /// Shard, epoch and sequence, with the digest.
    keys: Vec<((usize, u64, u64), u64)>,
    pub ledgers: Vec<Ledger>,
    erased: Vec<String>,
    life: u64,
    /// Truth: how often each key was applied.
    pub applied: Vec<((usize, u64, u64), u64)>,
}

/// A digest of the bytes; SHA-256 in the product.
pub fn digest(body: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for chunk in body.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3);
        hash ^= hash >> 29;
    }
    hash ^ body.len() as u64
}

impl World {
    pub fn at_centre(&mut self, message: CentreMessage) {
        match message {
            CentreMessage::Batch { post, body } => self.at_centre_batch(&post, body),
            CentreMessage::Erase { viewer, life } => {
                let done = self.erase_at_centre(viewer);
                let message = ViewerMessage::Erased { life, place: Place::Centre, done };
                self.after(5, Event::AtViewer { viewer, message });
            }
            CentreMessage::Rows { life, rows } => {
                if life == self.centre.life {
                    self.apply(rows);
                }
            }
        }
    }

    fn at_centre_batch(&mut self, post: &Rc<Post>, body: Option<Rc<[u8]>>) {
        let answer = self.take_batch(post, body.as_ref());
        let Some((status, retry_after_ms)) = answer else { return };
        self.note(|| format!("centre answers batch {}: {status}", post.sequence));
        if self.happens(Fault::BatchAnswerLost) {
            return;
        }
        let delay_ms = self.latency_ms();
        let message = post.answer(status, retry_after_ms);
        self.after(delay_ms, Event::AtRollup { shard: post.shard, message });
    }

    /// Status and Retry-After; none if the centre dies over it.
    fn take_batch(&mut self, post: &Post, body: Option<&Rc<[u8]>>) -> Option<(u16, Option<u64>)> {
        let now_ms = self.now_ms;
        if self.conditions.centre_away.is_some_and(|(from, until)| (from..until).contains(&now_ms))
        {
            self.faults.count(Fault::CentreOutage);
            return match self.random.below(3) {
                0 => None,
                1 => Some((503, None)),
                _ => Some((429, Some(self.retry_after_ms()))),
            };
        }
        // One of several intermediaries, so that the same batch may be stored by another way.
        let too_large = |(most, from): (usize, u64)| post.rows > most && now_ms >= from;
        if self.conditions.rows_max.is_some_and(too_large) && self.random.percent(60) {
            self.faults.count(Fault::BatchTooLarge);
            return Some((413, None));
        }
        let rows = match self.check(post, body) {
            Ok(rows) => rows,
            Err(status) => return Some((status, None)),
        };
        if self.happens(Fault::CentreCrash) {
            self.centre.life += 1;
            return None;
        }
        let status = self.commit_batch(post, body, rows);
        if self.happens(Fault::CentreCrash) {
            // Committed, but nobody hears of it.
            self.centre.life += 1;
            return None;
        }
        Some((status, None))
    }

    /// Everything is checked before the key is recorded.
    fn check(&mut self, post: &Post, damaged: Option<&Rc<[u8]>>) -> Result<Rows, u16> {
        let body = damaged.unwrap_or(&post.body);
        if digest(body) != post.digest && !planted("digest_unchecked") {
            return Err(if planted("damage_refused") { 400 } else { super::DAMAGED_STATUS });
        }
        let poison = self.conditions.batch_poison;
        let poisoned = |row: &Row| self.truth.view(&row.record.view) == poison;
        if poison.is_some() && post.records.iter().any(poisoned) {
            self.faults.count(Fault::BatchPoison);
            return Err(422);
        }
        if post.kind == Kind::Void && self.now_ms < self.conditions.voids_refused_until_ms {
            self.faults.count(Fault::VoidRefused);
            return Err(400);
        }
        if post.kind == Kind::Void {
            return Ok(Rows::None);
        }
        let lines = batch::lines(body, post.rows as f64).map_err(|_| 400_u16)?;
        if post.kind == Kind::Windows {
            let rows = lines.into_iter().map(WindowRecord::from_json).collect::<Result<_, _>>();
            return rows.map(Rows::Windows).map_err(|_| 400);
        }
        if damaged.is_none() && !self.conditions.wire {
            return Ok(Rows::Views(
                post.records.iter().map(|row| Rc::clone(&row.record)).collect(),
            ));
        }
        let rows = lines.into_iter().map(|line| ViewRecord::from_json(line).map(Rc::new));
        rows.collect::<Result<_, _>>().map(Rows::Views).map_err(|_| 400)
    }

    /// Key and rows in one transaction.
    fn commit_batch(&mut self, post: &Post, damaged: Option<&Rc<[u8]>>, rows: Rows) -> u16 {
        let key = (post.shard, post.epoch, post.sequence);
        let body = damaged.unwrap_or(&post.body);
        // A void has the digest of nothing: of the kind, too, the key says whether it is the same.
        let found = digest(body) ^ post.kind as u64;
        let known = self.centre.keys.iter().find(|(known, _)| *known == key);
        if let Some((_, known)) = known
            && !planted("key_unchecked")
        {
            return if *known == found { 200 } else { 409 };
        }
        self.centre.keys.push((key, found));
        self.enter(post);
        match self.centre.applied.iter_mut().find(|(known, _)| *known == key) {
            Some((_, times)) => *times += 1,
            None => self.centre.applied.push((key, 1)),
        }
        if planted("key_before_rows") {
            let life = self.centre.life;
            self.after(1, Event::AtCentre { message: CentreMessage::Rows { life, rows } });
        } else {
            self.apply(rows);
        }
        200
    }

    fn enter(&mut self, post: &Post) {
        let Post { shard, epoch, sequence, frozen, .. } = *post;
        let ledgers = &mut self.centre.ledgers;
        let found = ledgers.iter().position(|l| l.shard == shard && l.epoch == epoch);
        let index = found.unwrap_or_else(|| {
            ledgers.push(Ledger { shard, epoch, ..Ledger::default() });
            ledgers.len() - 1
        });
        ledgers[index].received.take(sequence);
        ledgers[index].frozen = ledgers[index].frozen.max(frozen);
        let known = ledgers[index].received.count();
        let of = |((of, at, _), _): &&((usize, u64, u64), u64)| (*of, *at) == (shard, epoch);
        if self.centre.keys.iter().filter(of).count() as u64 != known {
            self.broken(format!("shard {shard}: the ledger does not have what came"));
        }
    }

    fn apply(&mut self, rows: Rows) {
        let centre = &mut self.centre;
        match rows {
            Rows::None => {}
            Rows::Views(records) => {
                for record in records {
                    let erased = centre.erased.contains(&record.viewer);
                    if erased && !planted("centre_tombstone_ignored") {
                        continue;
                    }
                    let known = centre.views.iter_mut().find(|known| known.view == record.view);
                    match known {
                        // INVARIANT (version grows): a record replaces only one of a lower version.
                        Some(known)
                            if record.version > known.version || planted("last_record_wins") =>
                        {
                            *known = record;
                        }
                        Some(_) => {}
                        None => centre.views.push(record),
                    }
                }
            }
            Rows::Windows(rows) => {
                for row in rows {
                    let cell = row.cell();
                    match centre.windows.iter_mut().find(|known| known.cell() == cell) {
                        Some(known) => known.add(&row).unwrap(),
                        None => centre.windows.push(row),
                    }
                }
            }
        }
    }

    fn erase_at_centre(&mut self, viewer: usize) -> bool {
        if self.happens(Fault::CentreCrash) {
            self.centre.life += 1;
            return false;
        }
        let name = self.viewers[viewer].name.clone();
        let centre = &mut self.centre;
        let (gone, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut centre.views).into_iter().partition(|view| view.viewer == name);
        centre.views = stay;
        centre.pseudonymised.extend(gone);
        centre.erased.push(name);
        true
    }
}

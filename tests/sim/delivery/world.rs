//! One session: everything that takes part in it, one clock, one queue of what happens next.

use super::centre::{Centre, CentreMessage};
use super::device::Device;
use super::faults::{Fault, Faults};
use super::message::{Answer, Request};
use super::random::Random;
use super::rollup::{Rollup, RollupMessage};
use super::tab::{Plan, Tab};
use super::trace::Trace;
use super::truth::Truth;
use super::viewer::{Viewer, ViewerMessage};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::rc::Rc;

/// UTC at which every session begins.
pub const EPOCH_MS: u64 = 1_790_000_000_000;

/// A session that takes more steps than this will never end.
const STEPS_MAX: usize = 60_000;

/// What happens next.
#[derive(Debug)]
pub enum Event {
    /// A page is loaded.
    Open { device: usize, plan: Plan },
    /// A page that is there only to send what is left is loaded.
    Visit { device: usize },
    /// The page takes its next reading.
    Act { tab: usize },
    /// The page may send again.
    Flush { tab: usize },
    /// A request reaches the edge.
    AtEdge { request: Rc<Request>, edge: usize },
    /// An answer reaches the page.
    Answered { tab: usize, request: u64, answer: Rc<Answer> },
    /// The page has waited long enough for an answer.
    GaveUp { tab: usize, request: u64 },
    /// Something reaches a `Viewer` object.
    AtViewer { viewer: usize, message: ViewerMessage },
    /// Something reaches a `Rollup` object.
    AtRollup { shard: usize, message: RollupMessage },
    /// Something reaches the centre.
    AtCentre { message: CentreMessage },
    /// The operator erases a viewer.
    Erase { viewer: usize },
}

#[derive(Debug)]
struct Due {
    at_ms: u64,
    order: u64,
    event: Event,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    /// The earliest first; of one moment the one that was planned first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at_ms, other.order).cmp(&(self.at_ms, self.order))
    }
}

pub struct World {
    pub now_ms: u64,
    pub random: Random,
    pub faults: Faults,
    pub truth: Truth,
    pub trace: Trace,
    pub devices: Vec<Device>,
    pub tabs: Vec<Tab>,
    pub viewers: Vec<Viewer>,
    pub rollups: Vec<Rollup>,
    pub centre: Centre,
    pub conditions: Conditions,
    pub requests: u64,
    pub batches: u64,
    pub readings: u64,
    /// How long pages were open, together.
    pub pages_ms: u64,
    pub steps: usize,
    queue: BinaryHeap<Due>,
    order: u64,
}

/// What is wrong for a while, or with one view, in this session.
#[derive(Debug, Default)]
pub struct Conditions {
    /// Every request goes through the bytes of its body.
    pub wire: bool,
    /// How many times longer everything takes that viewers do.
    pub pace: u64,
    /// Players have session tokens.
    pub signed: bool,
    /// The edge is away from and until.
    pub edge_away: Option<(u64, u64)>,
    pub centre_away: Option<(u64, u64)>,
    /// Empty batches are refused until then.
    pub voids_refused_until_ms: u64,
    /// Most views of a body that an intermediary lets pass.
    pub views_max: Option<usize>,
    /// Most rows of a batch that an intermediary lets pass, from when on.
    pub rows_max: Option<(usize, u64)>,
    /// The view, by its place in the truth, that the edge refuses.
    pub poison: Option<usize>,
    /// The view that the centre refuses.
    pub batch_poison: Option<usize>,
    /// By how much the clock of the edge is off.
    pub server_off_ms: i64,
}

impl World {
    pub fn new(seed: u64, traced: bool) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9d39_247e);
        let faults = Faults::new(&mut random);
        Self {
            now_ms: 0,
            random,
            faults,
            truth: Truth::default(),
            trace: Trace::new(traced),
            devices: Vec::new(),
            tabs: Vec::new(),
            viewers: Vec::new(),
            rollups: Vec::new(),
            centre: Centre::default(),
            conditions: Conditions::default(),
            requests: 0,
            batches: 0,
            readings: 0,
            pages_ms: 0,
            steps: 0,
            queue: BinaryHeap::new(),
            order: 0,
        }
    }

    /// UTC as the edge's clock has it.
    pub fn server_ms(&self) -> u64 {
        (EPOCH_MS + self.now_ms).saturating_add_signed(self.conditions.server_off_ms)
    }

    pub fn after(&mut self, delay_ms: u64, event: Event) {
        self.order += 1;
        self.queue.push(Due { at_ms: self.now_ms + delay_ms, order: self.order, event });
    }

    /// Whether a fault happens now; the trace says so.
    pub fn happens(&mut self, fault: Fault) -> bool {
        let happens = self.faults.happens(fault, &mut self.random);
        if happens {
            self.note(|| format!("fault {fault:?}"));
        }
        happens
    }

    pub fn note(&mut self, line: impl FnOnce() -> String) {
        self.trace.note(self.now_ms, line);
    }

    /// A rule is broken that has nothing to do with sums.
    pub fn broken(&mut self, line: String) {
        self.note(|| format!("BROKEN {line}"));
        self.truth.broken.push(line);
    }

    /// How long something takes on its way.
    pub fn latency_ms(&mut self) -> u64 {
        20 + self.random.below(200)
    }

    /// Lets happen what is planned, until nothing is.
    pub fn settle(&mut self) {
        while let Some(Due { at_ms, event, .. }) = self.queue.pop() {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                self.broken(format!("it is not settled after {STEPS_MAX} steps"));
                self.queue.clear();
                return;
            }
            self.now_ms = at_ms;
            match event {
                Event::Open { device, plan } => self.open(device, plan),
                Event::Visit { device } => self.visit(device),
                Event::Act { tab } => self.act(tab),
                Event::Flush { tab } => self.flush(tab),
                Event::AtEdge { request, edge } => self.at_edge(&request, edge),
                Event::Answered { tab, request, answer } => self.answered(tab, request, &answer),
                Event::GaveUp { tab, request } => {
                    self.answered(tab, request, &Answer::none());
                }
                Event::AtViewer { viewer, message } => self.at_viewer(viewer, message),
                Event::AtRollup { shard, message } => self.at_rollup(shard, message),
                Event::AtCentre { message } => self.at_centre(message),
                Event::Erase { viewer } => self.erase(viewer),
            }
        }
    }
}

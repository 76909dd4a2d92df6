//! What an honest player sends is believed, however late, twice, out of order, or after a sleep it comes,
//! and whatever the clocks of page, device and server say. What a forger makes of the same states is not.
//!
//! The pages play the scripts of the simulator. Each sends snapshots while it plays, to a network that
//! holds some of them up and repeats some; the last one, or an older one that was kept, is sent by the next
//! page of the viewer, which may be the next day.

use super::actions::perform;
use super::random::Random;
use super::script::Script;
use super::trace::{Mode, Replay, Step};
use std::collections::BTreeMap;
use usher::base::id::{Id, Producer, ViewId};
use usher::playback::arrival::Said;
use usher::playback::clock::PageTime;
use usher::playback::device::Device;
use usher::playback::plausibility::{Implausible, Leniency};
use usher::playback::view::View;
use usher::playback::viewer_views::{KeptView, MergeInput, MergeOutput, merge_with};
use usher::playback::views_body::ViewEntry;

/// Longest time that the network holds a request up.
const DELAY_MS_MAX: u64 = 3_000;

/// Longest time that a page of a script plays without reading what.
const SILENCE_MS_MAX: u64 = 12_000;

/// A twentieth of what a server allows, because the scripts are short: no more than what can happen.
const STRICT: Leniency = Leniency { slack_ms: DELAY_MS_MAX + SILENCE_MS_MAX };

const VIEWER: &str = "anna";

/// When the server was set up, and the viewer's first token was issued.
const BEGIN_MS: u64 = 1_790_000_000_000;

/// A state, with what its page's clocks showed when it was taken.
#[derive(Clone)]
pub struct Kept {
    pub entry: ViewEntry,
    pub at: PageTime,
}

/// A body on its way.
pub struct Sent {
    pub arrives_ms: u64,
    pub clock: PageTime,
    pub views: Vec<Kept>,
}

/// One viewer's object at the edge, with its stored bytes.
#[derive(Default)]
pub struct Edge {
    pub stored: BTreeMap<String, KeptView>,
    pub clocks: Vec<u8>,
    /// The server's clock has been put back by so much.
    pub behind_ms: u64,
    pub signed: bool,
    /// Its tokens are issued only when a state is sent: consent was given late, or the operator's backend
    /// was away.
    pub late: bool,
}

impl Edge {
    pub fn take(&mut self, sent: &Sent) -> MergeOutput {
        let at = sent.views.iter().map(|kept| Some(kept.at)).collect();
        let said = Said {
            issued_ms: self.signed.then_some(if self.late { sent.arrives_ms } else { BEGIN_MS }),
            clock: Some(sent.clock),
            device: Device::Unknown,
            country: None,
            at,
        };
        let now_ms = sent.arrives_ms - self.behind_ms;
        self.merge(now_ms, &said, sent.views.iter().map(|kept| kept.entry.clone()).collect())
    }

    fn merge(&mut self, now_ms: u64, said: &Said, incoming: Vec<ViewEntry>) -> MergeOutput {
        let input = MergeInput {
            viewer: VIEWER.to_owned(),
            now_ms: now_ms as f64,
            stored: self.stored.values().cloned().collect(),
            incoming,
            said: said.encode(),
            clocks: self.clocks.clone(),
            released: false,
        };
        let output = merge_with(input, STRICT).unwrap();
        for view in &output.changed {
            let stored = KeptView {
                view: view.view.clone(),
                title: view.title.clone(),
                state: view.state.clone(),
                provenance: view.provenance.clone(),
            };
            self.stored.insert(view.view.clone(), stored);
        }
        if let Some(clocks) = &output.clocks {
            self.clocks.clone_from(clocks);
        }
        output
    }
}

/// One viewer who opens a page after the other.
struct Viewer {
    random: Random,
    mode: Mode,
    /// True time.
    t_ms: u64,
    /// What the device's wall clock shows beside it.
    wall_off_ms: i64,
    /// What earlier pages left in the browser's storage.
    backlog: Vec<Kept>,
    sent: Vec<Sent>,
}

impl Viewer {
    fn clocks(&self, begun_ms: u64) -> PageTime {
        PageTime {
            monotonic_ms: self.t_ms - begun_ms,
            wall_ms: self.t_ms.saturating_add_signed(self.wall_off_ms),
        }
    }

    /// Plays one script in a page of its own.
    fn watch(&mut self, seed: u64, page: u8) {
        let script = Script::new(seed);
        let (trace, _) = perform(&script);
        let mut replay = Replay::new(&trace, self.mode);
        replay.view = View::new(Producer(Id([page; 16])));
        let mut random = [page; 16];
        random[8..].copy_from_slice(&seed.to_be_bytes());
        let view = ViewId::new(VIEWER, random).0.to_hex();
        // The page was open for a while before anything was measured, in which nothing went wrong.
        let mut begun_ms = self.t_ms;
        self.t_ms += self.random.between(0, 5_000);
        let mut last_ms: Option<u64> = None;
        for step in &trace.steps {
            if let Step::Read(sample) = step {
                // The model's clock may go back; true time does not.
                let passed_ms = last_ms.map_or(0, |last_ms| sample.t_ms - last_ms);
                self.t_ms += passed_ms;
                last_ms = Some(sample.t_ms);
                if passed_ms > 2_000 && self.random.percent(50) {
                    // The device sleeps on, and its monotonic clock with it: it shows that much less.
                    let sleep_ms = self.random.between(10_000, 3_600_000);
                    self.t_ms += sleep_ms;
                    begun_ms += sleep_ms;
                }
            }
            replay.take(step);
            if self.random.percent(2) {
                self.wall_off_ms = self.random.between(0, 86_400_000) as i64 - 43_200_000;
            }
            if self.random.percent(15) {
                let entry = entry(&view, &mut replay);
                let kept = Kept { entry, at: self.clocks(begun_ms) };
                self.keep(&kept);
                if self.random.percent(60) {
                    self.send(begun_ms, kept);
                }
            }
        }
        let kept = Kept { entry: entry(&view, &mut replay), at: self.clocks(begun_ms) };
        self.keep(&kept);
        if self.random.percent(50) {
            self.send(begun_ms, kept);
        }
    }

    /// Storage keeps the latest of a view, and by accident an older one.
    fn keep(&mut self, kept: &Kept) {
        if self.random.percent(70) {
            self.backlog.retain(|known| known.entry.view != kept.entry.view);
        }
        self.backlog.push(kept.clone());
    }

    fn send(&mut self, begun_ms: u64, kept: Kept) {
        let mut views = vec![kept];
        if self.random.percent(30) {
            let count = self.backlog.len();
            views.extend(self.backlog.drain(..count.min(10)));
            if self.random.percent(50) {
                views.reverse();
            }
        }
        let clock = self.clocks(begun_ms);
        for _ in 0..self.random.between(1, 2) {
            let delay_ms = self.random.between(10, DELAY_MS_MAX);
            let views = views.clone();
            self.sent.push(Sent { arrives_ms: self.t_ms + delay_ms, clock, views });
        }
    }

    /// The next page is opened later, at the latest some days.
    fn leave(&mut self) {
        let most_ms = if self.random.percent(20) { 5 * 86_400_000 } else { 60_000 };
        self.t_ms += self.random.between(0, most_ms);
    }
}

fn entry(view: &str, replay: &mut Replay<'_>) -> ViewEntry {
    let state = replay.view.snapshot();
    ViewEntry { view: view.to_owned(), title: "plan-9".to_owned(), state }
}

/// All that one viewer sends, in the order of its arrival.
pub fn deliveries(seed: u64, mode: Mode) -> Vec<Sent> {
    let mut viewer = Viewer {
        random: Random::new(seed ^ 0x7275_7374),
        mode,
        t_ms: BEGIN_MS + 1_000,
        wall_off_ms: 0,
        backlog: Vec::new(),
        sent: Vec::new(),
    };
    for page in 1..=2 {
        viewer.watch(seed.wrapping_mul(2) + u64::from(page), page);
        viewer.leave();
    }
    viewer.sent.sort_by_key(|sent| sent.arrives_ms);
    viewer.sent
}

/// Every fourth seed from `first` on: the first that is not believed.
fn check(first: u64) {
    for seed in (first..10_000).step_by(4) {
        let mode = if seed % 8 < 4 { Mode::Played } else { Mode::Bare };
        let mut edge = Edge { signed: seed % 3 > 0, late: seed % 3 > 1, ..Edge::default() };
        let mut random = Random::new(seed);
        for sent in deliveries(seed, mode) {
            // While the viewer is away, by less than it is away; or a little at any time.
            if random.percent(3) {
                edge.behind_ms += random.between(1, 50);
            }
            let output = edge.take(&sent);
            let reasons: Vec<Implausible> = output.quarantined.iter().map(|q| q.reason).collect();
            assert!(reasons.is_empty(), "SEED={seed} {mode:?} signed {}: {reasons:?}", edge.signed);
            for view in &output.changed {
                assert!(view.record.watched_ms <= sent.arrives_ms);
            }
        }
    }
}

// Four tests, so that they run side by side.
#[test]
fn an_honest_player_is_believed_for_the_first_quarter_of_the_seeds() {
    check(0);
}

#[test]
fn an_honest_player_is_believed_for_the_second_quarter_of_the_seeds() {
    check(1);
}

#[test]
fn an_honest_player_is_believed_for_the_third_quarter_of_the_seeds() {
    check(2);
}

#[test]
fn an_honest_player_is_believed_for_the_last_quarter_of_the_seeds() {
    check(3);
}

//! A page: what it measures, what it still owes the edge, and when it may send.

use super::device::Device;
use super::faults::Fault;
use super::message::Sent;
use super::playing::Playing;
use super::storage::Kept;
use super::world::{Event, World};
use std::rc::Rc;
use usher::base::id::{Id, Producer};
use usher::base::mutant::planted;
use usher::outbox::sender::Sender;

/// Views in one body; the edge takes no more.
const VIEWS_PER_BODY_MAX: usize = 50;

/// What is kept longer is thrown away and counted.
const AGE_MS_MAX: u64 = 30 * 24 * 3_600_000;

/// What a page still has to do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Views, the running one included.
    pub views: u64,
    /// Readings of the running view.
    pub readings: u64,
    /// Page loads that still follow.
    pub visits: u64,
    /// A view that another page of the device has begun.
    pub joins: Option<usize>,
}

/// One state that a page holds until the edge has confirmed it.
#[derive(Debug)]
pub struct Entry {
    pub view: usize,
    pub producer: Producer,
    pub version: u64,
    pub state: Rc<[u8]>,
    pub at: (u64, u64),
    /// To be sent in this round.
    pub due: bool,
}

#[derive(Debug)]
pub struct Tab {
    pub device: usize,
    pub alive: bool,
    pub producer: Producer,
    pub loaded_ms: u64,
    pub plan: Plan,
    pub playing: Option<Playing>,
    pub entries: Vec<Entry>,
    /// When its token was issued, truly and by the edge's clock.
    pub token: Option<(u64, u64)>,
    /// What the edge will never take.
    pub aside: Vec<(usize, Producer)>,
    pub sender: Sender,
    /// The request that is under way, and what is in it.
    pub in_flight: Option<(u64, Vec<Sent>)>,
    pub delivered_ms: u64,
    /// When the page is woken to send.
    pub timer_ms: Option<u64>,
    /// Truth: until then it was asked to be silent.
    pub silent_until_ms: u64,
    /// Truth: when it sent the last requests that failed.
    pub failed_ms: Vec<u64>,
    /// It is there only to send what is left.
    pub visit: bool,
}

impl World {
    pub fn open(&mut self, device: usize, plan: Plan) {
        if self.devices[device].opted_out && !planted("opt_out_still_sends") {
            return;
        }
        let tab = self.load(device, plan, false);
        self.begin_view(tab);
        self.act_later(tab);
        self.deliver(tab);
    }

    pub fn visit(&mut self, device: usize) {
        if self.devices[device].opted_out && !planted("opt_out_still_sends") {
            return;
        }
        let plan = Plan { views: 0, readings: 0, visits: 0, joins: None };
        let tab = self.load(device, plan, true);
        self.deliver(tab);
    }

    /// A page load: a fresh producer, and what earlier ones left behind.
    fn load(&mut self, device: usize, plan: Plan, visit: bool) -> usize {
        let mut producer = Producer(Id(self.random_id()));
        let storage = &mut self.devices[device].storage;
        if planted("producer_restored") {
            producer = *storage.producer.get_or_insert(producer);
        }
        let tab = self.tabs.len();
        self.tabs.push(Tab {
            device,
            alive: true,
            producer,
            loaded_ms: self.now_ms,
            plan,
            playing: None,
            entries: Vec::new(),
            // The page comes with it from the operator's backend.
            token: Some((self.now_ms, self.server_ms())),
            aside: Vec::new(),
            sender: Sender::new(VIEWS_PER_BODY_MAX),
            in_flight: None,
            delivered_ms: self.now_ms,
            timer_ms: None,
            silent_until_ms: 0,
            failed_ms: Vec::new(),
            visit,
        });
        self.note(|| format!("device {device} loads page {tab}, producer {:?}", producer.0.0[0]));
        self.adopt(device, tab);
        tab
    }

    /// Takes on what the storage holds; what is too old is thrown away.
    fn adopt(&mut self, device: usize, tab: usize) {
        let wall_ms = self.wall_ms(device);
        let kept = self.devices[device].storage.kept.clone();
        for Kept { view, producer, version, state, at } in kept {
            if wall_ms.saturating_sub(at.1) > AGE_MS_MAX {
                self.note(|| format!("page {tab} throws view {view} v{version} away: too old"));
                self.devices[device].storage.forget(view, producer, version);
                self.truth.age(view, producer, self.now_ms);
                continue;
            }
            let entry = Entry { view, producer, version, state, at, due: false };
            self.tabs[tab].entries.push(entry);
        }
    }

    pub fn random_id(&mut self) -> [u8; 16] {
        let (high, low) = (self.random.next(), self.random.next());
        ((u128::from(high) << 64) | u128::from(low)).to_be_bytes()
    }

    pub fn mono_ms(&self, tab: usize) -> u64 {
        self.now_ms - self.tabs[tab].loaded_ms
    }

    /// Puts a state where it survives the page, then where it is sent from.
    pub fn keep(&mut self, tab: usize, view: usize, version: u64, state: Rc<[u8]>) {
        let Tab { device, producer, .. } = self.tabs[tab];
        if self.tabs[tab].aside.contains(&(view, producer)) {
            return;
        }
        let at = (self.mono_ms(tab), self.wall_ms(device));
        self.store(tab, view, version, &state, at);
        let entries = &mut self.tabs[tab].entries;
        match entries.iter_mut().find(|e| e.view == view && e.producer == producer) {
            Some(entry) => {
                (entry.version, entry.state, entry.at) = (version, state, at);
            }
            None => entries.push(Entry { view, producer, version, state, at, due: false }),
        }
    }

    fn store(&mut self, tab: usize, view: usize, version: u64, state: &Rc<[u8]>, at: (u64, u64)) {
        let Tab { device, producer, .. } = self.tabs[tab];
        if self.devices[device].full {
            return;
        }
        self.truth.stored(view, producer, version);
        if planted("stored_when_sent") {
            return;
        }
        let kept = Kept { view, producer, version, state: Rc::clone(state), at };
        self.devices[device].storage.put(kept);
    }

    /// Sends what is owed now, and again until it is committed or refused. What is measured
    /// meanwhile waits for the next call.
    pub fn deliver(&mut self, tab: usize) {
        self.tabs[tab].delivered_ms = self.now_ms;
        for entry in &mut self.tabs[tab].entries {
            entry.due = true;
        }
        self.flush(tab);
    }

    /// What was only in the memory of a page is gone; its plan, if it had one.
    pub fn end_tab(&mut self, tab: usize) -> Option<Plan> {
        let ended = &mut self.tabs[tab];
        if !ended.alive {
            return None;
        }
        ended.alive = false;
        ended.playing = None;
        ended.entries.clear();
        let (plan, visit, loaded_ms) = (ended.plan, ended.visit, ended.loaded_ms);
        self.pages_ms += self.now_ms - loaded_ms;
        self.note(|| format!("page {tab} is gone"));
        self.truth.end_page(tab);
        (!visit).then_some(plan)
    }

    /// Nothing is left to do for a page.
    pub fn finish(&mut self, tab: usize) {
        let Tab { device, plan, .. } = self.tabs[tab];
        self.leave(tab);
        self.end_tab(tab);
        if plan.visits > 0 {
            let views = 1 + self.random.below(2);
            let readings = 2 + self.random.below(6);
            let next = Plan { views, readings, visits: plan.visits - 1, joins: None };
            let mut delay_ms = self.random.between(1_000, 900_000);
            if self.happens(Fault::Aged) {
                delay_ms += AGE_MS_MAX + 24 * 3_600_000;
            }
            self.after(delay_ms, Event::Open { device, plan: next });
        }
    }

    /// The same page once more, with all that is stored and seen, but for its producer.
    pub fn duplicate(&mut self, tab: usize) {
        let Some(playing) = &self.tabs[tab].playing else { return };
        let (view, copy) = (playing.view, playing.clone());
        let Tab { device, mut plan, .. } = self.tabs[tab];
        plan = Plan { joins: Some(view), readings: plan.readings.max(2), visits: 0, ..plan };
        let twin = self.load(device, plan, false);
        if planted("producer_cloned") {
            self.tabs[twin].producer = self.tabs[tab].producer;
            self.tabs[twin].loaded_ms = self.tabs[tab].loaded_ms;
            self.tabs[twin].playing = Some(copy);
        } else {
            self.begin_view(twin);
            self.tabs[twin].playing.as_mut().unwrap().go_to(copy.position_ms);
        }
        self.act_later(twin);
    }

    pub fn device_of(&mut self, tab: usize) -> &mut Device {
        let device = self.tabs[tab].device;
        &mut self.devices[device]
    }
}

//! What really happened, kept beside the code under test and never read by it.

use super::message::Sent;
use std::rc::Rc;
use usher::base::id::Producer;
use usher::playback::interval_set::IntervalSet;
use usher::playback::tally::Tally;

/// Nothing younger may be thrown away: 30 days, but for what a wall clock is off.
const AGE_MS_MIN: u64 = 29 * 24 * 3_600_000;

/// A state as its measuring core gave it.
#[derive(Debug, Clone)]
pub struct Taken {
    pub version: u64,
    pub state: Rc<[u8]>,
}

/// What one page load has measured of one view.
#[derive(Debug, Clone)]
pub struct Measured {
    pub producer: Producer,
    pub device: usize,
    pub tab: usize,
    pub taken: Vec<Taken>,
    /// The figures of the last state, as the core itself has them.
    pub tally: Tally,
    pub content: IntervalSet,
    /// The page that measured it lives.
    pub alive: bool,
    /// When it last measured.
    pub taken_ms: u64,
    /// Highest version that is in the storage of the device, if everything that was written is.
    pub stored: u64,
    /// The same of the storage that a rollback brings back.
    pub stored_before: u64,
    /// Highest version that an edge has acknowledged, whether the answer arrived or not.
    pub acked: u64,
    /// What is stored of it was cut off.
    pub torn: bool,
    /// Something that may lose was done: what must still arrive.
    pub floor: Option<u64>,
}

impl Measured {
    pub fn new(
        producer: Producer,
        device: usize,
        tab: usize,
        tally: Tally,
        content: IntervalSet,
    ) -> Self {
        Self {
            producer,
            device,
            tab,
            taken: Vec::new(),
            tally,
            content,
            alive: true,
            taken_ms: 0,
            stored: 0,
            stored_before: 0,
            acked: 0,
            torn: false,
            floor: None,
        }
    }

    pub fn take(&mut self, taken: Taken, tally: Tally, content: IntervalSet, now_ms: u64) {
        self.taken.push(taken);
        (self.tally, self.content, self.taken_ms) = (tally, content, now_ms);
    }

    pub fn last(&self) -> u64 {
        self.taken.last().map_or(0, |taken| taken.version)
    }

    /// The version that must arrive at least.
    pub fn least(&self) -> u64 {
        self.floor.map_or(self.last(), |floor| floor.max(self.acked))
    }
}

#[derive(Debug)]
pub struct TrueView {
    pub id: String,
    pub viewer: usize,
    pub title: usize,
    pub duration_ms: u64,
    pub measured: Vec<Measured>,
}

impl TrueView {
    pub fn of(&mut self, producer: Producer) -> Option<&mut Measured> {
        self.measured.iter_mut().find(|measured| measured.producer == producer)
    }
}

#[derive(Debug, Default)]
pub struct Truth {
    pub views: Vec<TrueView>,
    /// Rules that were broken on the way.
    pub broken: Vec<String>,
}

impl Truth {
    pub fn view(&self, id: &str) -> Option<usize> {
        self.views.iter().position(|view| view.id == id)
    }

    /// The edge has said that it has committed this version.
    pub fn acked(&mut self, view: usize, producer: Producer, version: u64) {
        if let Some(measured) = self.views[view].of(producer) {
            measured.acked = measured.acked.max(version.min(measured.last()));
        }
    }

    pub fn stored(&mut self, view: usize, producer: Producer, version: u64) {
        if let Some(measured) = self.views[view].of(producer) {
            measured.stored = measured.stored.max(version);
        }
    }

    /// The storage of a device is copied, as a rollback will bring it back.
    pub fn copy_storage(&mut self, device: usize) {
        self.each(device, |measured| measured.stored_before = measured.stored);
    }

    pub fn lose_storage(&mut self, device: usize) {
        self.each(device, |measured| (measured.stored, measured.stored_before) = (0, 0));
        self.settle(device);
    }

    pub fn roll_back(&mut self, device: usize) {
        self.each(device, |measured| measured.stored = measured.stored_before);
        self.settle(device);
    }

    /// A page is gone and what only its memory held with it.
    pub fn end_page(&mut self, tab: usize) {
        for measured in self.views.iter_mut().flat_map(|view| &mut view.measured) {
            if measured.tab == tab {
                measured.alive = false;
                settle(measured);
            }
        }
    }

    /// The last write of one state is cut off.
    pub fn tear(&mut self, view: usize, producer: Producer) {
        if let Some(measured) = self.views[view].of(producer) {
            (measured.stored, measured.torn) = (0, true);
            settle(measured);
        }
    }

    /// Whether this state was cut off in storage.
    pub fn is_torn(&mut self, sent: &Sent) -> bool {
        self.views[sent.view].of(sent.producer).is_some_and(|measured| measured.torn)
    }

    /// A device throws a state away because it is too old; it has to be.
    pub fn age(&mut self, view: usize, producer: Producer, now_ms: u64) {
        if let Some(measured) = self.views[view].of(producer)
            && now_ms > measured.taken_ms + AGE_MS_MIN
        {
            measured.stored = 0;
            settle(measured);
        }
    }

    /// One state will never be taken, or was thrown away as was asked.
    pub fn give_up(&mut self, view: usize, producer: Producer) {
        if let Some(measured) = self.views[view].of(producer) {
            (measured.alive, measured.stored, measured.stored_before) = (false, 0, 0);
            measured.floor = Some(0);
        }
    }

    /// Everything of a device that is not yet at the edge is thrown away, as was asked.
    pub fn give_up_device(&mut self, device: usize) {
        self.each(device, |measured| {
            (measured.alive, measured.stored, measured.stored_before) = (false, 0, 0);
            measured.floor = Some(0);
        });
    }

    fn settle(&mut self, device: usize) {
        self.each(device, settle);
    }

    fn each(&mut self, device: usize, change: impl Fn(&mut Measured)) {
        for measured in self.views.iter_mut().flat_map(|view| &mut view.measured) {
            if measured.device == device {
                change(measured);
            }
        }
    }
}

fn settle(measured: &mut Measured) {
    if !measured.alive && measured.stored < measured.last() {
        measured.floor = Some(measured.stored);
    }
}

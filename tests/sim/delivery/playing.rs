//! A player that plays: readings of a real view, at coarse steps.

use super::faults::Fault;
use super::tab::Plan;
use super::truth::{Measured, Taken, TrueView};
use super::world::{Event, World};
use std::rc::Rc;
use usher::base::id::ViewId;
use usher::playback::reading::{Flag, Reading};
use usher::playback::view::View;

/// How often a playing view is sent.
const INTERVAL_MS: u64 = 10_000;

pub const TITLES: usize = 3;

/// Lengths of the titles; the last is live.
const TITLE_MS: [u64; TITLES] = [90_000, 1_500_000, 0];

/// Time between two readings.
const STEPS_MS: [u64; 8] = [1_000, 2_000, 2_000, 5_000, 5_000, 10_000, 20_000, 30_000];

/// A view that a page measures.
#[derive(Debug, Clone)]
pub struct Playing {
    /// Its place in the truth.
    pub view: usize,
    core: View,
    pub position_ms: u64,
    duration_ms: u64,
    at_ms: u64,
    rate_permille: u64,
    flags: u32,
}

impl Playing {
    pub fn go_to(&mut self, position_ms: u64) {
        self.position_ms = position_ms;
    }

    fn is(&self, flag: Flag) -> bool {
        self.flags & flag as u32 != 0
    }

    /// Content moves on until `now_ms` on the page's clock.
    fn advance(&mut self, now_ms: u64) {
        let passed_ms = now_ms.saturating_sub(self.at_ms);
        self.at_ms = now_ms;
        if self.is(Flag::Paused) || self.is(Flag::Ended) {
            return;
        }
        self.position_ms += passed_ms * self.rate_permille / 1_000;
        if self.duration_ms > 0 && self.position_ms >= self.duration_ms {
            self.position_ms = self.duration_ms;
            self.flags |= Flag::Ended as u32;
        }
    }

    fn read(&mut self, more: u32) {
        let duration_s = match self.duration_ms {
            0 => f64::INFINITY,
            ms => ms as f64 / 1_000.0,
        };
        let reading = Reading::new(
            self.at_ms as f64,
            self.position_ms as f64 / 1_000.0,
            duration_s,
            self.rate_permille as f64 / 1_000.0,
            self.flags | more,
        );
        self.core.push(reading.unwrap(), None);
    }

    fn seek(&mut self, to_ms: u64) {
        self.read(Flag::Seeking as u32);
        self.position_ms = to_ms;
        self.flags &= !(Flag::Ended as u32);
        self.read(0);
    }
}

impl World {
    /// A view begins, or a page joins one that another page of the device has begun.
    pub fn begin_view(&mut self, tab: usize) {
        let joins = self.tabs[tab].plan.joins.take();
        let view = joins.unwrap_or_else(|| self.new_view(tab));
        let (device, producer) = (self.tabs[tab].device, self.tabs[tab].producer);
        let core = View::new(producer);
        let truth = &mut self.truth.views[view];
        let known = truth.of(producer).is_some();
        if !known {
            let (tally, content) = (*core.tally(), core.content().clone());
            truth.measured.push(Measured::new(producer, device, tab, tally, content));
        }
        let duration_ms = truth.duration_ms;
        let at_ms = self.mono_ms(tab);
        let mut playing = Playing {
            view,
            core,
            position_ms: 0,
            duration_ms,
            at_ms,
            rate_permille: 1_000,
            flags: 0,
        };
        playing.read(0);
        self.tabs[tab].playing = Some(playing);
    }

    fn new_view(&mut self, tab: usize) -> usize {
        let viewer = self.devices[self.tabs[tab].device].viewer;
        let random = self.random_id();
        let id = ViewId::new(&self.viewers[viewer].name, random).0.to_hex();
        let title = self.random.below(TITLES as u64) as usize;
        let duration_ms = TITLE_MS[title];
        let view = self.truth.views.len();
        self.note(|| format!("page {tab} begins view {view} of title {title}"));
        self.truth.views.push(TrueView { id, viewer, title, duration_ms, measured: Vec::new() });
        self.choose_poison(view);
        view
    }

    fn choose_poison(&mut self, view: usize) {
        if self.conditions.poison.is_none() && self.happens(Fault::Poison) {
            self.conditions.poison = Some(view);
        } else if self.conditions.batch_poison.is_none() && self.happens(Fault::BatchPoison) {
            self.conditions.batch_poison = Some(view);
        }
    }

    pub fn act_later(&mut self, tab: usize) {
        let step_ms = self.random.pick(&STEPS_MS) * self.conditions.pace;
        self.after(step_ms, Event::Act { tab });
    }

    /// One reading, and what the viewer does next.
    pub fn act(&mut self, tab: usize) {
        if !self.tabs[tab].alive {
            return;
        }
        self.readings += 1;
        let now_ms = self.mono_ms(tab);
        let dice = self.random.below(100);
        let there = self.random.below(1_500_000);
        let Some(playing) = &mut self.tabs[tab].playing else { return };
        playing.advance(now_ms);
        playing.read(0);
        match dice {
            0..10 => playing.seek(there % playing.duration_ms.max(60_000)),
            10..18 => {
                playing.flags ^= Flag::Paused as u32;
                playing.read(0);
            }
            18..22 => {
                playing.rate_permille = [1_000, 1_500, 2_000, 500][dice as usize - 18];
                playing.read(0);
            }
            22..25 => playing.flags ^= Flag::Hidden as u32,
            25..28 => playing.flags ^= Flag::Muted as u32,
            28..30 => playing.core.fail(),
            _ => {}
        }
        let hidden = (22..25).contains(&dice) && playing.is(Flag::Hidden);
        let over = self.tabs[tab].plan.readings <= 1;
        self.take(tab, over);
        self.tabs[tab].plan.readings = self.tabs[tab].plan.readings.saturating_sub(1);
        if hidden {
            self.leave(tab);
        }
        let device = self.tabs[tab].device;
        if !self.disturb(device, tab) {
            return;
        }
        if self.happens(Fault::TabTwice) {
            self.duplicate(tab);
        }
        if over {
            self.end_view(tab);
            return;
        }
        if self.now_ms >= self.tabs[tab].delivered_ms + INTERVAL_MS {
            self.deliver(tab);
        }
        self.act_later(tab);
    }

    /// Takes a snapshot of the running view.
    fn take(&mut self, tab: usize, over: bool) {
        let Some(playing) = &mut self.tabs[tab].playing else { return };
        if over {
            playing.core.interrupt();
        }
        let state: Rc<[u8]> = playing.core.snapshot().into();
        let (view, producer) = (playing.view, playing.core.producer());
        let (tally, content) = (*playing.core.tally(), playing.core.content().clone());
        let version = tally.version;
        self.note(|| {
            let unique_ms = content.total_ms();
            format!(
                "page {tab}: view {view} v{version} played {} unique {unique_ms}",
                tally.played_ms
            )
        });
        let now_ms = self.now_ms;
        if let Some(measured) = self.truth.views[view].of(producer) {
            measured.take(Taken { version, state: Rc::clone(&state) }, tally, content, now_ms);
        }
        self.keep(tab, view, version, state);
    }

    fn end_view(&mut self, tab: usize) {
        self.tabs[tab].playing = None;
        let plan = self.tabs[tab].plan;
        if plan.views > 1 {
            let readings = 2 + self.random.below(12);
            self.tabs[tab].plan = Plan { views: plan.views - 1, readings, ..plan };
            self.begin_view(tab);
            self.deliver(tab);
            self.act_later(tab);
        } else {
            self.finish(tab);
        }
    }
}

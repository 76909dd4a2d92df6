//! A page's requests: one at a time, never inside a silence, again until each state is confirmed.

use super::faults::Fault;
use super::message::{Answer, Request, Sent};
use super::tab::{Entry, Tab};
use super::world::{Event, World};
use std::rc::Rc;
use usher::base::id::Producer;
use usher::base::mutant::planted;
use usher::outbox::sender::Verdict;

/// Bytes of one body: what a page may still send while it goes away.
const BODY_BYTES_MAX: usize = 16_000;

/// What a view costs in a body beside its state.
const VIEW_BYTES: usize = 120;

/// A request without an answer for this long has failed.
const ANSWER_MS_MAX: u64 = 30_000;

/// How long a session token holds.
const TOKEN_MS: u64 = 4 * 3_600_000;

/// Truth: no more than this many requests fail within [`OUTAGE_MS`].
const OUTAGE_REQUESTS_MAX: usize = 5;
const OUTAGE_MS: u64 = 12_000;

impl World {
    /// Sends the next request if one is due and may go; else the page is woken when it may.
    pub fn flush(&mut self, tab: usize) {
        if self.tabs[tab].timer_ms.is_some_and(|at_ms| at_ms <= self.now_ms) {
            self.tabs[tab].timer_ms = None;
        }
        let busy = self.tabs[tab].in_flight.is_some() && !planted("two_in_flight");
        if !self.tabs[tab].alive || busy {
            return;
        }
        if self.device_of(tab).opted_out && !planted("opt_out_still_sends") {
            return;
        }
        let sent = self.next_sent(tab, false);
        if sent.is_empty() {
            if self.tabs[tab].visit {
                self.end_tab(tab);
            }
            return;
        }
        let wait_ms = self.wait_ms(tab);
        if wait_ms > 0 {
            self.wake(tab, wait_ms);
            return;
        }
        let number = self.post(tab, &sent, false);
        self.tabs[tab].in_flight = Some((number, sent));
    }

    /// The page is hidden or closes: one request beside whatever is under way, unless the edge asked to
    /// be left alone. Whatever it is answered, nothing is forgotten.
    pub fn leave(&mut self, tab: usize) {
        let sent = self.next_sent(tab, true);
        let out = self.device_of(tab).opted_out && !planted("opt_out_still_sends");
        self.tabs[tab].sender.hurry();
        // Truth: a try that the viewer brings about is none of an outage.
        self.tabs[tab].failed_ms.clear();
        if sent.is_empty() || out || self.wait_ms(tab) > 0 {
            return;
        }
        self.post(tab, &sent, true);
        if planted("forgets_after_beacon") {
            for one in sent {
                let storage = &mut self.device_of(tab).storage;
                storage.forget(one.view, one.producer, one.version);
            }
        }
    }

    /// How long until this page may send, by what it or another tab of the device was told.
    fn wait_ms(&mut self, tab: usize) -> u64 {
        let device = self.tabs[tab].device;
        let until_ms = self.devices[device].storage.silent_until_ms;
        let wall_ms = self.wall_ms(device);
        let sender = &mut self.tabs[tab].sender;
        sender.hush(until_ms, wall_ms);
        sender.wait_ms(wall_ms)
    }

    fn wake(&mut self, tab: usize, wait_ms: u64) {
        let at_ms = self.now_ms + wait_ms;
        if self.tabs[tab].timer_ms.is_none_or(|timer_ms| timer_ms > at_ms) {
            self.tabs[tab].timer_ms = Some(at_ms);
            self.after(wait_ms, Event::Flush { tab });
        }
    }

    /// As many states, newest first, as one body may hold: those of this round, or all.
    fn next_sent(&self, tab: usize, all: bool) -> Vec<Sent> {
        let tab = &self.tabs[tab];
        let mut bytes = 0;
        let mut sent: Vec<Sent> = Vec::new();
        for entry in tab.entries.iter().rev().filter(|entry| all || entry.due) {
            bytes += VIEW_BYTES + entry.state.len() * 4 / 3;
            if !sent.is_empty() && (bytes > BODY_BYTES_MAX || sent.len() >= tab.sender.items()) {
                break;
            }
            sent.push(Sent {
                view: entry.view,
                producer: entry.producer,
                version: entry.version,
                state: Rc::clone(&entry.state),
                at: entry.at,
            });
        }
        sent
    }

    /// One request; its number.
    fn post(&mut self, tab: usize, sent: &[Sent], leaving: bool) -> u64 {
        self.check_post(tab, leaving);
        self.requests += 1;
        let number = self.requests;
        self.note(|| {
            let what: Vec<String> =
                sent.iter().map(|one| format!("{} v{}", one.view, one.version)).collect();
            format!("page {tab} sends request {number}: {}", what.join(", "))
        });
        if planted("stored_when_sent") {
            for one in sent {
                let kept = super::storage::Kept {
                    view: one.view,
                    producer: one.producer,
                    version: one.version,
                    state: Rc::clone(&one.state),
                    at: one.at,
                };
                self.device_of(tab).storage.put(kept);
            }
        }
        let device = self.tabs[tab].device;
        let offline = self.now_ms < self.devices[device].offline_until_ms;
        if !leaving {
            let patience_ms = if offline { 10 } else { ANSWER_MS_MAX };
            self.after(patience_ms, Event::GaveUp { tab, request: number });
        }
        if offline {
            return number;
        }
        let clock = (self.mono_ms(tab), self.wall_ms(device));
        let viewer = self.devices[device].viewer;
        let issued_ms = self.token(tab);
        let sent = sent.to_vec();
        self.carry(Rc::new(Request { number, tab, viewer, sent, clock, issued_ms }));
        number
    }

    /// The token of the page, a new one when the last has run out.
    fn token(&mut self, tab: usize) -> Option<u64> {
        if !self.conditions.signed {
            return None;
        }
        let (now_ms, server_ms) = (self.now_ms, self.server_ms());
        let token = &mut self.tabs[tab].token;
        if token.is_none_or(|(at_ms, _)| now_ms > at_ms + TOKEN_MS) {
            *token = Some((now_ms, server_ms));
        }
        token.map(|(_, issued_ms)| issued_ms)
    }

    /// Truth: what a page may not do, whatever it was told.
    fn check_post(&mut self, tab: usize, leaving: bool) {
        let Tab { device, silent_until_ms, .. } = self.tabs[tab];
        let now_ms = self.now_ms;
        if now_ms < silent_until_ms.max(self.devices[device].silent_until_ms) {
            self.broken(format!("page {tab} sends inside a Retry-After"));
        }
        if self.tabs[tab].in_flight.is_some() && !leaving {
            self.broken(format!("page {tab} has two requests in flight"));
        }
        if self.devices[device].opted_out {
            self.broken(format!("page {tab} sends after consent was withdrawn"));
        }
        if leaving {
            return;
        }
        let failed_ms = &mut self.tabs[tab].failed_ms;
        failed_ms.push(now_ms);
        if failed_ms.len() > OUTAGE_REQUESTS_MAX {
            let first_ms = failed_ms.remove(0);
            if now_ms < first_ms + OUTAGE_MS {
                self.broken(format!("page {tab} sends too often while requests fail"));
            }
        }
    }

    /// The network between player and edge.
    fn carry(&mut self, request: Rc<Request>) {
        let edge = usize::from(self.happens(Fault::OtherEdge));
        if self.happens(Fault::RequestTwice) {
            let delay_ms = self.random.between(20, 20_000);
            let request = Rc::clone(&request);
            self.after(delay_ms, Event::AtEdge { request, edge: 1 - edge });
        }
        if self.happens(Fault::RequestLost) {
            return;
        }
        let late = self.happens(Fault::RequestLate);
        let delay_ms = if late { self.random.between(2_000, 120_000) } else { self.latency_ms() };
        self.after(delay_ms, Event::AtEdge { request, edge });
    }

    pub fn answered(&mut self, tab: usize, request: u64, answer: &Answer) {
        let Some((_, sent)) = self.tabs[tab].in_flight.take_if(|(number, _)| *number == request)
        else {
            return;
        };
        if !self.tabs[tab].alive {
            return;
        }
        self.note(|| format!("page {tab}: request {request} answered {}", answer.status));
        let now_ms = self.wall_ms(self.tabs[tab].device);
        let random = self.random.below(1_001) as f64 / 1_000.0;
        let verdict = self.tabs[tab].sender.answer(
            answer.status,
            sent.len(),
            now_ms,
            random,
            answer.retry_after_ms,
        );
        self.be_silent(tab, answer);
        if (200..300).contains(&answer.status) || matches!(answer.status, 400 | 413) {
            self.tabs[tab].failed_ms.clear();
        }
        match verdict {
            Verdict::Committed => self.commit(tab, &sent, answer),
            Verdict::SetAside => self.set_aside(tab, &sent, answer.status),
            Verdict::Owed => {}
        }
        self.flush(tab);
    }

    /// What the edge asks is told to the other tabs of the device.
    fn be_silent(&mut self, tab: usize, answer: &Answer) {
        let device = self.tabs[tab].device;
        let wall_ms = self.wall_ms(device);
        let sender = &mut self.tabs[tab].sender;
        // Another tab may have been told of a longer one while this one waited for its answer.
        if !planted("silence_shortened") {
            sender.hush(self.devices[device].storage.silent_until_ms, wall_ms);
        }
        let until_ms = sender.silent_until_ms();
        if until_ms > wall_ms {
            self.device_of(tab).storage.silent_until_ms = until_ms;
        }
        if let Some(retry_after_ms) = answer.retry_after_ms {
            // Truth.
            let until_ms = self.now_ms + retry_after_ms;
            self.tabs[tab].silent_until_ms = until_ms;
            let device = self.device_of(tab);
            device.silent_until_ms = device.silent_until_ms.max(until_ms);
        }
    }

    /// Forgets what the acknowledgements cover, and no more.
    fn commit(&mut self, tab: usize, sent: &[Sent], answer: &Answer) {
        for entry in &mut self.tabs[tab].entries {
            let is_in = |one: &Sent| (one.view, one.producer) == (entry.view, entry.producer);
            entry.due &= !sent.iter().any(is_in);
        }
        for (view, producer, version) in &answer.acks {
            let same = |e: &Entry| (e.view, e.producer) == (*view, *producer);
            let covers = planted("ack_of_less_covers_all");
            let Some(index) = self.tabs[tab].entries.iter().position(same) else { continue };
            let entry = &self.tabs[tab].entries[index];
            if *version < entry.version && !covers {
                continue;
            }
            let version = entry.version;
            self.tabs[tab].entries.remove(index);
            self.check_confirmed(tab, *view, *producer, version);
            let covered = if planted("unversioned_delete") { u64::MAX } else { version };
            self.device_of(tab).storage.forget(*view, *producer, covered);
        }
    }

    /// Truth: a page may not take for confirmed what no edge has acknowledged.
    fn check_confirmed(&mut self, tab: usize, view: usize, producer: Producer, version: u64) {
        let measured = self.truth.views[view].of(producer);
        if measured.is_some_and(|measured| measured.acked < version.min(measured.last())) {
            self.broken(format!("page {tab} takes view {view} v{version} for confirmed"));
        }
    }

    /// The edge will never take this state.
    fn set_aside(&mut self, tab: usize, sent: &[Sent], status: u16) {
        let Some(one) = sent.first() else { return };
        self.note(|| format!("page {tab} sets view {} aside: {status}", one.view));
        self.device_of(tab).storage.forget(one.view, one.producer, u64::MAX);
        let page = &mut self.tabs[tab];
        page.aside.push((one.view, one.producer));
        page.entries.retain(|entry| (entry.view, entry.producer) != (one.view, one.producer));
        self.refused(one, status);
    }

    /// Truth: only what the edge was made to refuse may be refused.
    fn refused(&mut self, one: &Sent, status: u16) {
        let torn = self.truth.is_torn(one);
        if self.conditions.poison == Some(one.view) || torn {
            self.truth.give_up(one.view, one.producer);
        } else {
            self.broken(format!("view {} was set aside after {status}", one.view));
        }
    }
}

//! The edge worker: reads a body, asks the viewer's object, answers. It keeps nothing.

use super::faults::Fault;
use super::message::{Answer, Request, Sent};
use super::world::{Event, World};
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt::Write;
use std::rc::Rc;
use usher::playback::arrival::{Country, Said};
use usher::playback::clock::PageTime;
use usher::playback::device::Device;
use usher::playback::views_body::{Circumstances, UntrustedBody, ViewEntry, ViewsBody};

/// Where requests come from: the network moves while a view lasts.
const COUNTRIES: [&str; 3] = ["DE", "FR", "XX"];

impl World {
    /// A request reaches one of the two workers.
    pub fn at_edge(&mut self, request: &Rc<Request>, edge: usize) {
        self.note(|| format!("edge {edge} has request {}", request.number));
        if self.happens(Fault::EdgeCrash) {
            return;
        }
        let answer = match self.refusal(request) {
            Some(answer) => answer,
            None => match self.read(request) {
                Some(body) => self.merge(request, body),
                None => Some(Answer::of(400)),
            }
            .unwrap_or_else(Answer::none),
        };
        // The worker, or the object, died: the connection ends.
        if answer.status != 0 && self.happens(Fault::EdgeCrash) {
            return;
        }
        self.carry_answer(request, answer);
    }

    /// What never gets as far as the object.
    fn refusal(&mut self, request: &Request) -> Option<Answer> {
        let now_ms = self.now_ms;
        if self.conditions.edge_away.is_some_and(|(from, until)| (from..until).contains(&now_ms)) {
            self.faults.count(Fault::EdgeOutage);
            return Some(match self.random.below(3) {
                0 => Answer::none(),
                1 => Answer::of(503),
                _ => Answer { retry_after_ms: Some(self.retry_after_ms()), ..Answer::of(503) },
            });
        }
        if self.happens(Fault::TooMany) {
            return Some(Answer { retry_after_ms: Some(self.retry_after_ms()), ..Answer::of(429) });
        }
        if self.conditions.views_max.is_some_and(|most| request.sent.len() > most) {
            self.faults.count(Fault::TooLarge);
            return Some(Answer::of(413));
        }
        let poison = self.conditions.poison;
        if request.sent.iter().any(|one| Some(one.view) == poison) {
            self.faults.count(Fault::Poison);
            return Some(Answer::of(400));
        }
        None
    }

    pub fn retry_after_ms(&mut self) -> u64 {
        self.random.between(1, 120) * 1_000
    }

    /// A body, checked; none if it is refused.
    fn read(&mut self, request: &Request) -> Option<ViewsBody> {
        let issued_ms = request.issued_ms;
        if self.conditions.wire {
            let body = UntrustedBody::parse(self.body(request).as_bytes()).ok()?;
            let country = Some(COUNTRIES[request.tab % COUNTRIES.len()]);
            return body.check(Circumstances { country, user_agent: None, issued_ms }).ok();
        }
        let entry = |one: &Sent| {
            let view = &self.truth.views[one.view];
            ViewEntry { view: view.id.clone(), title: title(view.title), state: one.state.to_vec() }
        };
        let time = |(monotonic_ms, wall_ms)| Some(PageTime { monotonic_ms, wall_ms });
        let said = Said {
            issued_ms,
            clock: time(request.clock),
            device: Device::of_code((request.tab % 5) as u64),
            country: Country::of_header(COUNTRIES[request.tab % COUNTRIES.len()]),
            at: request.sent.iter().map(|one| time(one.at)).collect(),
        };
        let viewer = self.viewers[request.viewer].name.clone();
        let views = request.sent.iter().map(entry).collect();
        Some(ViewsBody { viewer, views, said: said.encode() })
    }

    /// The bytes that the player sends.
    fn body(&self, request: &Request) -> String {
        let viewer = &self.viewers[request.viewer].name;
        let mut body = format!(r#"{{"viewer":"{viewer}","views":["#);
        for (index, one) in request.sent.iter().enumerate() {
            let view = &self.truth.views[one.view];
            let comma = if index > 0 { "," } else { "" };
            let state = Base64UrlUnpadded::encode_string(&one.state);
            let title = title(view.title);
            let (id, (monotonic_ms, wall_ms)) = (&view.id, one.at);
            write!(body, r#"{comma}{{"view":"{id}","title":"{title}","state":"{state}","#).unwrap();
            write!(body, r#""at":[{monotonic_ms},{wall_ms}]}}"#).unwrap();
        }
        write!(body, r#"],"clock":[{},{}],"device":"tv"}}"#, request.clock.0, request.clock.1)
            .unwrap();
        body
    }

    fn carry_answer(&mut self, request: &Request, answer: Answer) {
        if answer.status == 0 || self.happens(Fault::AnswerLost) {
            return;
        }
        let late = self.happens(Fault::AnswerLate);
        let delay_ms = if late { self.random.between(10_000, 60_000) } else { self.latency_ms() };
        let (tab, number) = (request.tab, request.number);
        self.after(delay_ms, Event::Answered { tab, request: number, answer: Rc::new(answer) });
    }
}

pub fn title(title: usize) -> String {
    format!("title-{title}")
}

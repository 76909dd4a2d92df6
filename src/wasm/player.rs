//! The player's border: scalars and bytes, no serde.

use super::error::refusal;
use crate::audience::usage::{Thresholds, ViewerClass};
use crate::base::id::{Id, Producer, ViewId, check_name};
use crate::outbox::{backoff, delivery::Delivery};
use crate::playback::interval_set::{Interval, IntervalSet};
use crate::playback::milestones;
use crate::playback::reading::{Extent, Flag, Reading, milliseconds};
use crate::playback::tally::Tally;
use crate::playback::view;
use alloc::{string::String, vec::Vec};
use core::sync::atomic::{AtomicU64, Ordering};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlMediaElement, TimeRanges};

/// Ranges of `HTMLMediaElement.played` that are read; a view keeps fewer.
const PLAYED_RANGES_MAX: u32 = 1_000;

/// `HTMLMediaElement.readyState` from which on playback can go forward.
const HAVE_FUTURE_DATA: u16 = 3;

/// The figures of a view that are not sums of its tally.
const LEADING_NAMES: &str =
    "version,acknowledged_version,completion,duration_ms,unique_ms,live,truncated,";

/// How many figures there are.
const FIGURES: usize = 7 + Tally::COUNT;

// Two atomics rather than a lock or a thread local, whose panics bring in formatting. All zero is
// none; one thread runs a page.
static PRODUCER: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

fn random<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => {
            Err(refusal("no_randomness", "crypto.getRandomValues is needed to name a view", None))
        }
    }
}

/// This page load: one writer, random, never restored.
fn producer() -> Result<Producer, JsValue> {
    let [high, low] = &PRODUCER;
    if high.load(Ordering::Relaxed) == 0 {
        high.store(u64::from_be_bytes(random()?) | 1, Ordering::Relaxed);
        low.store(u64::from_be_bytes(random()?), Ordering::Relaxed);
    }
    let id =
        u128::from(high.load(Ordering::Relaxed)) << 64 | u128::from(low.load(Ordering::Relaxed));
    Ok(Producer(Id(id.to_be_bytes())))
}

/// One playback of one title by one viewer, measured. Call `free()` when it is over.
#[wasm_bindgen]
pub struct View {
    id: ViewId,
    view: view::View,
    delivery: Delivery,
    /// Flags that the page keeps on whatever the element says: an advertisement, live.
    held: u32,
    /// What the last whole reading of the element said.
    seen: Seen,
}

/// What does not change between two whole readings of an element, since an event tells of it.
#[derive(Clone, Copy, Default)]
struct Seen {
    duration_s: f64,
    rate: f64,
    flags: u32,
    /// Whether the element says what it has played.
    has_played: bool,
}

/// `played` of an element that may throw: players wrap elements, and some lie.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = HtmlMediaElement)]
    type Element;

    #[wasm_bindgen(method, getter, catch, structural)]
    fn played(this: &Element) -> Result<Option<TimeRanges>, JsValue>;
}

#[wasm_bindgen]
impl View {
    /// Begins a view of `title` by `viewer`; names have 1 to 200 bytes and no control characters.
    ///
    /// Throws `invalid_value` or `no_randomness`.
    #[wasm_bindgen(constructor)]
    pub fn new(viewer: &str, title: &str) -> Result<View, JsValue> {
        for (name, field) in [(viewer, "viewer"), (title, "title")] {
            if check_name(name).is_err() {
                let message = "expected 1 to 200 bytes without control characters";
                return Err(refusal("invalid_value", message, Some(field)));
            }
        }
        // What can fail comes first: building the view and then dropping it again is 300 bytes.
        let (producer, random) = (producer()?, random()?);
        let (id, view) = (ViewId::new(viewer, random), view::View::new(producer));
        Ok(Self { id, view, delivery: Delivery::default(), held: 0, seen: Seen::default() })
    }

    /// Reads a media element: one reading. `now_ms` is `performance.now()`.
    pub fn read(&mut self, element: &HtmlMediaElement, now_ms: f64) {
        let ready = element.ready_state();
        let paused = element.paused();
        if ready == 0 && paused {
            // Nothing is loaded and nobody waits for it: there is nothing to measure.
            return;
        }
        let seeking = element.seeking();
        let short = ready < HAVE_FUTURE_DATA && !seeking && self.view.has_started();
        let hidden = element.owner_document().is_some_and(|document| document.hidden());
        let bit = |flag: Flag, on: bool| if on { flag as u32 } else { 0 };
        let flags = self.held
            | bit(Flag::Paused, paused)
            | bit(Flag::Seeking, seeking)
            | bit(Flag::Stalled, short && !paused)
            | bit(Flag::Ended, element.ended())
            | bit(Flag::Muted, element.muted() || element.volume() == 0.0)
            | bit(Flag::Hidden, hidden);
        let (duration_s, rate) = (element.duration(), element.playback_rate());
        let played = played(element);
        self.seen = Seen { duration_s, rate, flags, has_played: played.is_some() };
        self.see(now_ms, element.current_time(), flags, played.as_ref());
    }

    /// The playhead of an element of which nothing else has changed since it was read: a fifth of the
    /// work. What it has played is taken at the next whole reading.
    pub fn tick(&mut self, now_ms: f64, position_s: f64) {
        let played = IntervalSet::default();
        let flags = self.seen.flags & !(Flag::Stalled as u32);
        self.see(now_ms, position_s, flags, self.seen.has_played.then_some(&played));
    }

    /// One reading of any player: monotonic ms, playhead and duration in seconds (NaN or 0: unknown,
    /// Infinity: live), rate, and `Flag` bits.
    pub fn push(&mut self, at_ms: f64, position_s: f64, duration_s: f64, rate: f64, flags: f64) {
        self.take(at_ms, position_s, duration_s, rate, flags, None);
    }

    /// The same with what the player says it has played: start and end in seconds, in turn.
    #[wasm_bindgen(js_name = pushPlayed)]
    pub fn push_played(
        &mut self,
        at_ms: f64,
        position_s: f64,
        duration_s: f64,
        rate: f64,
        flags: f64,
        played_s: &[f64],
    ) {
        let mut played = IntervalSet::default();
        for pair in played_s.chunks_exact(2).take(PLAYED_RANGES_MAX as usize) {
            if let [start_s, end_s] = pair {
                add(&mut played, *start_s, *end_s);
            }
        }
        self.take(at_ms, position_s, duration_s, rate, flags, Some(&played));
    }

    /// Content changes hands: the view is over, or the next reading begins afresh.
    pub fn interrupt(&mut self) {
        self.view.interrupt();
    }

    /// Keeps `Flag` bits on for the readings of an element, instead of those kept before.
    pub fn hold(&mut self, flags: f64) {
        self.held = milliseconds(flags).and_then(|bits| u32::try_from(bits).ok()).unwrap_or(0);
    }

    /// The player has told of an error.
    pub fn fail(&mut self) {
        self.view.fail();
    }

    /// Another quality plays from now on, in kbit/s.
    #[wasm_bindgen(js_name = switchQuality)]
    pub fn switch_quality(&mut self, bitrate_kbps: f64) {
        if let Some(bitrate_kbps) = milliseconds(bitrate_kbps) {
            self.view.switch_quality(bitrate_kbps);
        }
    }

    /// The player has dropped so many frames since the view began.
    #[wasm_bindgen(js_name = dropFrames)]
    pub fn drop_frames(&mut self, total: f64) {
        if let Some(total) = milliseconds(total) {
            self.view.drop_frames(total);
        }
    }

    /// The state to send. Its version grows if anything was measured since the last one.
    pub fn snapshot(&mut self) -> Vec<u8> {
        self.view.snapshot()
    }

    /// Whether anything was measured that is not yet committed.
    pub fn owes(&self) -> bool {
        !self.delivery.is_refused()
            && (self.view.has_changed() || self.delivery.owes(self.view.tally().version))
    }

    /// The edge has committed `version`.
    pub fn acknowledge(&mut self, version: f64) {
        if let Some(version) = milliseconds(version) {
            self.delivery.acknowledge(version, self.view.tally().version);
        }
    }

    /// The edge will never take this view: it is set aside.
    pub fn refuse(&mut self) {
        self.delivery.refuse();
    }

    /// 32 hexadecimal digits.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.id.0.to_hex()
    }

    /// Who measures: 32 hexadecimal digits, one for a page load.
    #[wasm_bindgen(getter)]
    pub fn producer(&self) -> String {
        self.view.producer().0.to_hex()
    }

    /// What `figures` holds, in order, with a comma behind each name: units last, ms are whole.
    #[wasm_bindgen(getter, js_name = figureNames)]
    pub fn figure_names(&self) -> String {
        let mut names = String::from(LEADING_NAMES);
        names.push_str(Tally::NAMES);
        names
    }

    /// All figures in the order of `figureNames`; NaN where a figure is undefined (completion and
    /// duration of what is live or not yet known); `live` and `truncated` are 0 or 1.
    #[wasm_bindgen(getter)]
    pub fn figures(&self) -> Vec<f64> {
        let tally = self.view.tally();
        let mut figures = Vec::with_capacity(FIGURES);
        figures.push(number(tally.version));
        figures.push(number(self.delivery.acknowledged()));
        figures.push(self.view.completion().unwrap_or(f64::NAN));
        figures.push(tally.extent.duration_ms().map_or(f64::NAN, number));
        figures.push(number(self.view.content().total_ms()));
        figures.push(f64::from(u8::from(tally.extent == Extent::Live)));
        figures.push(f64::from(u8::from(self.view.truncated())));
        tally.each(|sum| figures.push(number(sum)));
        figures
    }

    /// Unique content: start and end in ms, in turn, sorted.
    #[wasm_bindgen(getter)]
    pub fn intervals(&self) -> Vec<f64> {
        ends(self.view.content())
    }

    /// Content shown more than once: start and end in ms, in turn, sorted.
    #[wasm_bindgen(getter)]
    pub fn rewatched(&self) -> Vec<f64> {
        ends(self.view.rewatched())
    }

    /// Whether unique content has reached `percent`, from 1 to 100, of the title.
    #[wasm_bindgen(js_name = isWatched)]
    pub fn is_watched(&self, percent: f64) -> bool {
        self.milestone(percent, milestones::is_watched)
    }

    /// Whether the place at `percent`, from 1 to 100, of the title was played through.
    #[wasm_bindgen(js_name = isPassed)]
    pub fn is_passed(&self, percent: f64) -> bool {
        self.milestone(percent, milestones::is_passed)
    }

    fn milestone(&self, percent: f64, is: fn(&IntervalSet, Extent, u8) -> bool) -> bool {
        let percent = milliseconds(percent).and_then(|whole| u8::try_from(whole).ok());
        percent.is_some_and(|percent| is(self.view.content(), self.view.tally().extent, percent))
    }

    fn see(&mut self, now_ms: f64, position_s: f64, flags: u32, played: Option<&IntervalSet>) {
        let Seen { duration_s, rate, .. } = self.seen;
        self.feed(Reading::new(now_ms, position_s, duration_s, rate, flags), played);
    }

    fn take(
        &mut self,
        at_ms: f64,
        position_s: f64,
        duration_s: f64,
        rate: f64,
        flags: f64,
        played: Option<&IntervalSet>,
    ) {
        let reading = milliseconds(flags)
            .and_then(|bits| u32::try_from(bits).ok())
            .and_then(|bits| Reading::new(at_ms, position_s, duration_s, rate, bits));
        self.feed(reading, played);
    }

    fn feed(&mut self, reading: Option<Reading>, played: Option<&IntervalSet>) {
        match reading {
            Some(reading) => self.view.push(reading, played),
            None => self.view.reject(),
        }
    }
}

/// Milliseconds to wait after `attempt` failures, from 1, with jitter by `random` from 0 to 1.
/// `retry_after_ms` is what the server asked for, or NaN.
#[wasm_bindgen(js_name = retryDelayMs)]
#[must_use]
pub fn retry_delay_ms(attempt: f64, random: f64, retry_after_ms: f64) -> f64 {
    let attempt =
        milliseconds(attempt).and_then(|count| u32::try_from(count).ok()).unwrap_or(u32::MAX);
    number(backoff::retry_delay_ms(attempt, random, milliseconds(retry_after_ms)))
}

/// The class of a viewer: 0 unknown, 1 light, 2 standard, 3 heavy. `unique_ms` were watched in the
/// last `span_ms` (at most 28 days count); `before` is the class until now, which is not left lightly.
#[wasm_bindgen(js_name = usageClass)]
#[must_use]
pub fn usage_class(unique_ms: f64, span_ms: f64, before: f64) -> f64 {
    let before = milliseconds(before).map_or(ViewerClass::Unknown, ViewerClass::from_code);
    let (unique_ms, span_ms) =
        (milliseconds(unique_ms).unwrap_or(0), milliseconds(span_ms).unwrap_or(0));
    number(Thresholds::default().classify(unique_ms, span_ms, before).to_code())
}

/// What the element says it has played; none if it does not say.
fn played(element: &HtmlMediaElement) -> Option<IntervalSet> {
    let ranges = element.unchecked_ref::<Element>().played().ok()??;
    let mut played = IntervalSet::default();
    for index in 0..ranges.length().min(PLAYED_RANGES_MAX) {
        if let (Ok(start_s), Ok(end_s)) = (ranges.start(index), ranges.end(index)) {
            add(&mut played, start_s, end_s);
        }
    }
    Some(played)
}

/// Adds what is played from one second to another; what cannot be a range is left out.
fn add(played: &mut IntervalSet, start_s: f64, end_s: f64) {
    if let (Some(start_ms), Some(end_ms)) =
        (milliseconds(start_s * 1000.0), milliseconds(end_s * 1000.0))
        && let Some(interval) = Interval::new(start_ms, end_ms)
    {
        played.insert(interval);
    }
}

fn ends(set: &IntervalSet) -> Vec<f64> {
    let mut ends = Vec::new();
    for interval in set.as_slice() {
        ends.push(number(interval.start_ms()));
        ends.push(number(interval.end_ms()));
    }
    ends
}

#[expect(clippy::cast_precision_loss, reason = "figures are at most MS_MAX, which a float holds")]
fn number(value: u64) -> f64 {
    value as f64
}

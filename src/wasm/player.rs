//! The player's border: scalars and bytes, no serde, and nothing that JavaScript holds.
//!
//! The media element is read in `www/player/view.js`: a dozen imports of web-sys, with their glue and the
//! table of references that they need, are a kilobyte after brotli more than that one function.

use crate::audience::usage::{Thresholds, ViewerClass};
use crate::base::id::{Id, Producer, check_name, viewer_tag};
use crate::coupon::code::{CodeError, TEXT_UNITS_MAX, judge};
use crate::coupon::typing_error::wrong_symbol;
use crate::outbox::sender;
use crate::playback::interval_set::{Interval, IntervalSet};
use crate::playback::milestones;
use crate::playback::reading::{Extent, Reading, milliseconds};
use crate::playback::tally::Tally;
use crate::playback::view;
use alloc::vec::Vec;
use wasm_bindgen::prelude::*;

/// Ranges of `HTMLMediaElement.played` that are read; a view keeps fewer.
const PLAYED_RANGES_MAX: usize = 1_000;

/// The figures of a view that are not sums of its tally.
const LEADING_NAMES: &str = "version,completion,duration_ms,unique_ms,live,truncated,";

/// One playback of one title by one viewer, measured. Call `free()` when it is over.
#[wasm_bindgen]
pub struct View {
    view: view::View,
}

#[wasm_bindgen]
impl View {
    /// Begins a view. `producer` are the 16 random bytes of this page load: the same for all its views
    /// and restored from nowhere.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(producer: &[u8]) -> View {
        let id = Id(producer.try_into().unwrap_or_default());
        View { view: view::View::new(Producer(id)) }
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
        for pair in played_s.chunks_exact(2).take(PLAYED_RANGES_MAX) {
            if let [start_s, end_s] = pair
                && let (Some(start_ms), Some(end_ms)) =
                    (milliseconds(start_s * 1000.0), milliseconds(end_s * 1000.0))
                && let Some(interval) = Interval::new(start_ms, end_ms)
            {
                played.insert(interval);
            }
        }
        self.take(at_ms, position_s, duration_s, rate, flags, Some(&played));
    }

    /// Content changes hands: the view is over, or the next reading begins afresh.
    pub fn interrupt(&mut self) {
        self.view.interrupt();
    }

    /// What a player tells beside its readings: 0 an error; 1 another quality, in kbit/s; 2 the frames
    /// that it has dropped since the view began.
    pub fn tell(&mut self, kind: f64, value: f64) {
        match (milliseconds(kind), milliseconds(value)) {
            (Some(0), _) => self.view.fail(),
            (Some(1), Some(bitrate_kbps)) => self.view.switch_quality(bitrate_kbps),
            (Some(2), Some(total)) => self.view.drop_frames(total),
            _ => {}
        }
    }

    /// The state to send. Its version grows if anything was measured since the last one.
    pub fn snapshot(&mut self) -> Vec<u8> {
        self.view.snapshot()
    }

    /// All figures in the order of `figureNames`; NaN where a figure is undefined (completion and
    /// duration of what is live or not yet known); `live` and `truncated` are 0 or 1.
    ///
    /// Behind them: how many ends of intervals of unique content follow, these, start and end in ms
    /// in turn, sorted, and in the same way the content that was shown more than once.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn figures(&self) -> Vec<f64> {
        let tally = self.view.tally();
        let content = self.view.content();
        let mut figures = Vec::new();
        put(&mut figures, tally.version);
        figures.push(self.view.completion().unwrap_or(f64::NAN));
        figures.push(tally.extent.duration_ms().map_or(f64::NAN, number));
        put(&mut figures, content.total_ms());
        put(&mut figures, u64::from(tally.extent == Extent::Live));
        put(&mut figures, u64::from(self.view.truncated()));
        for sum in tally.sums() {
            put(&mut figures, sum);
        }
        put(&mut figures, 2 * content.as_slice().len() as u64);
        for set in [content, self.view.rewatched()] {
            for interval in set.as_slice() {
                put(&mut figures, interval.start_ms());
                put(&mut figures, interval.end_ms());
            }
        }
        figures
    }

    /// What of `percent`, from 1 to 100, of the title is reached: 1 if unique content is as much, plus
    /// 2 if its place was played through.
    #[must_use]
    pub fn reached(&self, percent: f64) -> f64 {
        let (content, extent) = (self.view.content(), self.view.tally().extent);
        let percent = milliseconds(percent).and_then(|whole| u8::try_from(whole).ok()).unwrap_or(0);
        let watched = milestones::is_watched(content, extent, percent);
        let passed = milestones::is_passed(content, extent, percent);
        f64::from(u8::from(watched) | u8::from(passed) << 1)
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
        match reading {
            Some(reading) => self.view.push(reading, played),
            None => self.view.reject(),
        }
    }
}

/// Brings view states to the edge: how many go into a request, when the next may go, and what an
/// answer means. All times are UTC ms. Call `free()` when it is over.
#[wasm_bindgen]
pub struct Sender {
    sender: sender::Sender,
}

#[wasm_bindgen]
impl Sender {
    /// A sender of at most `items_max` views a request.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(items_max: f64) -> Sender {
        let items_max = milliseconds(items_max).and_then(|whole| usize::try_from(whole).ok());
        Sender { sender: sender::Sender::new(items_max.unwrap_or(1)) }
    }

    /// Most views of the next request, at least 1.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn items(&self) -> f64 {
        number(self.sender.items() as u64)
    }

    /// Until then the edge asked to be left alone.
    #[wasm_bindgen(getter, js_name = silentUntilMs)]
    #[must_use]
    pub fn silent_until_ms(&self) -> f64 {
        number(self.sender.silent_until_ms())
    }

    /// Milliseconds until the next request may go. `silent_until_ms` is what another tab, or an earlier
    /// page load, was asked; NaN if none was. Who is in a `hurry` waits only for what the edge asked.
    #[wasm_bindgen(js_name = waitMs)]
    pub fn wait_ms(&mut self, now_ms: f64, silent_until_ms: f64, hurry: bool) -> f64 {
        let now_ms = milliseconds(now_ms).unwrap_or(0);
        if hurry {
            self.sender.hurry();
        }
        self.sender.hush(milliseconds(silent_until_ms).unwrap_or(0), now_ms);
        number(self.sender.wait_ms(now_ms))
    }

    /// Takes the answer to a request of `items` views: its HTTP `status`, or 0 for none. `random` is
    /// from 0 to 1, `retry_after_ms` what `Retry-After` says, or NaN.
    ///
    /// 0: committed, as far as it is acknowledged; 1: its only view is set aside; 2: all are owed.
    pub fn answer(
        &mut self,
        status: f64,
        items: f64,
        now_ms: f64,
        random: f64,
        retry_after_ms: f64,
    ) -> f64 {
        let whole = |value: f64| milliseconds(value).unwrap_or(0);
        let verdict = self.sender.answer(
            u16::try_from(whole(status)).unwrap_or(0),
            usize::try_from(whole(items)).unwrap_or(0),
            whole(now_ms),
            random,
            milliseconds(retry_after_ms),
        );
        f64::from(verdict as u8)
    }
}

/// What `View.figures` holds, in order, with a comma behind each name: units last, ms are whole.
#[wasm_bindgen(js_name = figureNames)]
#[must_use]
pub fn figure_names() -> Vec<u8> {
    let mut names = Vec::from(LEADING_NAMES);
    names.extend_from_slice(Tally::NAMES.as_bytes());
    names
}

/// The first 32 bits of the id of every view of a viewer with this name; 96 random ones follow. NaN if
/// neither a viewer nor a title may have it: names have 1 to 200 bytes and no control characters.
#[wasm_bindgen(js_name = nameTag)]
#[must_use]
pub fn name_tag(name: &[u8]) -> f64 {
    if check_name(name).is_ok() { f64::from(viewer_tag(name)) } else { f64::NAN }
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

/// What the symbols of a code are, which was typed in `units` UTF-16 units: 0 named, 1 generated, 2 tagged,
/// 3 malformed, 4 a wrong check symbol. Plus 8 times how many symbols there are up to the wrong one, if it
/// is known.
#[wasm_bindgen(js_name = judgeCode)]
#[must_use]
pub fn judge_code(symbols: &[u8], units: f64) -> u32 {
    let symbols = if units > f64::from(TEXT_UNITS_MAX) { &[] } else { symbols };
    let (verdict, wrong) = match judge(symbols) {
        Ok(kind) => (kind as u32, None),
        Err(CodeError::Malformed { at }) => (3, at),
        Err(CodeError::WrongCheckSymbol) => (4, wrong_symbol(symbols)),
    };
    verdict + wrong.map_or(0, |index| 8 * (index as u32 + 1))
}

// Inlined where it is called, it would be a quarter of the figures' code.
#[inline(never)]
fn put(figures: &mut Vec<f64>, value: u64) {
    figures.push(number(value));
}

#[expect(clippy::cast_precision_loss, reason = "figures are at most MS_MAX, which a float holds")]
fn number(value: u64) -> f64 {
    value as f64
}

//! What really happened, millisecond by millisecond.

use super::trace::Mode;

/// What a millisecond of wall time was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Class {
    Startup,
    Playing,
    Paused,
    Seeking,
    Stalled,
    Suspended,
    LinearAd,
    /// Content had changed hands.
    Nobody,
}

/// What else held in a millisecond; the rate and the bitrate as places in their tables.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances {
    pub muted: bool,
    pub hidden: bool,
    pub overlay: bool,
    pub rate: usize,
    pub bitrate: usize,
}

/// How much the rules let a view without certainty lose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slack {
    /// Content whose showing no reading proves.
    pub content_ms: u64,
    /// Wall time that may be put elsewhere.
    pub wall_ms: u64,
}

const RATES: usize = 16;
const BITRATES: usize = 4;
const KINDS: usize = 8 * 8 * RATES * BITRATES;

/// The bitmaps and the counts.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    base_ms: u64,
    /// How often each millisecond of content was shown.
    shown: Vec<u8>,
    /// For each millisecond of wall time its class and circumstances.
    wall: Vec<u16>,
    pub stalls: u64,
    pub seeks: u64,
    pub loops: u64,
    pub ads: u64,
    pub errors: u64,
    pub rejected: u64,
    pub quality_switches: u64,
    pub dropped_frames: u64,
    pub stall_longest_ms: u64,
    pub duration_ms: Option<u64>,
    played_slack: Slack,
    bare_slack: Slack,
}

/// The sums of wall time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Times {
    pub classes_ms: [u64; 8],
    pub muted_ms: u64,
    pub hidden_ms: u64,
    pub overlay_ms: u64,
    pub rate_weighted_us: u64,
    pub bitrate_weighted_bits: u64,
}

impl Truth {
    pub fn new(base_ms: u64) -> Self {
        Self { base_ms, ..Self::default() }
    }

    /// Content from `start_ms` up to `end_ms` is shown.
    pub fn show(&mut self, start_ms: u64, end_ms: u64) {
        let (start, end) = ((start_ms - self.base_ms) as usize, (end_ms - self.base_ms) as usize);
        if self.shown.len() < end {
            self.shown.resize(end + 4_096, 0);
        }
        for count in &mut self.shown[start..end] {
            *count += 1;
        }
    }

    /// So much wall time passes.
    pub fn pass(&mut self, ms: u64, class: Class, now: Circumstances) {
        let flags =
            usize::from(now.muted) + 2 * usize::from(now.hidden) + 4 * usize::from(now.overlay);
        let kind = ((now.bitrate * RATES + now.rate) * 8 + flags) * 8 + class as usize;
        self.wall.resize(self.wall.len() + ms as usize, kind as u16);
    }

    /// How often content at `at_ms` was shown.
    pub fn times_shown(&self, at_ms: u64) -> u8 {
        self.shown.get((at_ms - self.base_ms) as usize).copied().unwrap_or(0)
    }

    /// No reading proves that so much content was shown in so much wall time.
    pub fn excuse(&mut self, mode: Mode, content_ms: u64, wall_ms: u64) {
        let slack = match mode {
            Mode::Played => &mut self.played_slack,
            Mode::Bare => &mut self.bare_slack,
        };
        slack.content_ms += content_ms;
        slack.wall_ms += wall_ms;
    }

    pub fn slack(&self, mode: Mode) -> Slack {
        match mode {
            Mode::Played => self.played_slack,
            Mode::Bare => self.bare_slack,
        }
    }

    /// Content that was shown at least so often, as `(start_ms, end_ms)`.
    pub fn intervals(&self, times: u8) -> Vec<(u64, u64)> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(skip) = self.shown[from..].iter().position(|count| *count >= times) {
            let start = from + skip;
            let length = self.shown[start..].iter().position(|count| *count < times);
            from = length.map_or(self.shown.len(), |length| start + length);
            found.push((self.base_ms + start as u64, self.base_ms + from as u64));
        }
        found
    }

    /// Content with repeats.
    pub fn played_ms(&self) -> u64 {
        self.shown.iter().map(|count| u64::from(*count)).sum()
    }

    /// Sums over the wall; rates in thousandths and bitrates in kbit/s by their place.
    pub fn times(&self, rates_permille: &[u64], bitrates_kbps: &[u64]) -> Times {
        let mut counts = vec![0_u32; KINDS];
        for kind in &self.wall {
            counts[usize::from(*kind)] += 1;
        }
        let mut times = Times::default();
        for (kind, ms) in counts.into_iter().enumerate().filter(|(_, ms)| *ms > 0) {
            let (class, flags, ms) = (kind % 8, kind / 8 % 8, u64::from(ms));
            times.classes_ms[class] += ms;
            if class != Class::Playing as usize {
                continue;
            }
            let (rate, bitrate) = (kind / 64 % RATES, kind / 64 / RATES);
            times.muted_ms += if flags & 1 != 0 { ms } else { 0 };
            times.hidden_ms += if flags & 2 != 0 { ms } else { 0 };
            times.overlay_ms += if flags & 4 != 0 { ms } else { 0 };
            times.rate_weighted_us += ms * rates_permille[rate];
            times.bitrate_weighted_bits += ms * bitrates_kbps[bitrate];
        }
        times
    }
}

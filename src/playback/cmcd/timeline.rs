//! Where the wall time between two reports belongs.

use super::dialect::Dialect;
use super::report::{Event, Report, Response, State, Status, Subject};
use super::row::{self, add, or_zero};
use crate::base::limits::MS_MAX;
use crate::base::varint::{Reader, WireError};
use crate::playback::reading::Extent;
use crate::playback::tally::Tally;

/// A gap between two reports beyond this is sleep or loss, not playing: three times the interval that
/// the standard gives (`t`, 30 s).
pub const REPORT_GAP_MS_MAX: u64 = 90_000;

/// A stall that is shorter was a hiccup in playing, as in a view that is measured.
const STALL_MS_MIN: u64 = 250;

/// A buffer that is full before the viewer asks to play leaves at least this much between the two.
const READY_MS_MIN: u64 = 250;

/// A request that comes this long after the last response shows that the buffer drains, so that
/// content plays: a paused player fills its buffer without a break, and then asks for nothing.
const PROOF_QUIET_MS: u64 = 1_500;

/// Largest step back of a player's clock that is no step but the order of its reports.
const CLOCK_TOLERANCE_MS: u64 = 1_000;

macro_rules! phases {
    ($($(#[$doc:meta])* $variant:ident = $code:literal;)*) => {
        /// What holds since the last report.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Phase {
            $($(#[$doc])* $variant,)*
        }

        impl Phase {
            fn code(self) -> u64 {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            fn of_code(code: u64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

phases! {
    /// Nothing that counts: no state yet, preloading, over.
    Idle = 0;
    /// Asked to play, nothing shown yet.
    Starting = 1;
    /// Shaka's first `p`, which may only mean that its buffer is full.
    Ready = 2;
    /// Content plays.
    Playing = 3;
    /// Shaka's `p` that may only mean that its buffer is full again.
    Unproven = 4;
    /// Paused or ended.
    Paused = 5;
    /// A seek that broke into playing.
    Seeking = 6;
    /// A seek out of a pause: whoever has paused still pauses.
    PausedSeeking = 7;
    /// The buffer ran dry while content played.
    Stalled = 8;
}

/// The reports of one playback, in their order, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    dialect: Dialect,
    phase: Phase,
    /// Whether anything has played.
    has_started: bool,
    /// The buffer may have run dry since the seek or the pause, so that the next `p` may only mean that
    /// it is full.
    may_refill: bool,
    is_hidden: bool,
    is_muted: bool,
    is_ad: bool,
    is_break: bool,
    rate_permille: u64,
    kbps: u64,
    /// Of the first report with a state.
    first_ms: Option<u64>,
    last_ms: u64,
    msd_ms: Option<u64>,
    /// From the first report to the first playing.
    waited_ms: u64,
    /// The part of it in which the player said that it was asked to play.
    asked_ms: u64,
    /// Wall time without content that is not yet called a stall.
    still_ms: u64,
    /// When the last response was complete.
    busy_until_ms: u64,
    tally: Tally,
}

impl Timeline {
    /// A playback of which nothing is known.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            phase: Phase::Idle,
            has_started: false,
            may_refill: false,
            is_hidden: false,
            is_muted: false,
            is_ad: false,
            is_break: false,
            rate_permille: 1000,
            kbps: 0,
            first_ms: None,
            last_ms: 0,
            msd_ms: None,
            waited_ms: 0,
            asked_ms: 0,
            still_ms: 0,
            busy_until_ms: 0,
            tally: Tally::default(),
        }
    }

    /// How the player uses the words of the standard.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Takes the next report, in the order of `sn`.
    pub fn take(&mut self, report: &Report) {
        if let (None, Some(msd_ms)) = (self.msd_ms, report.msd_ms) {
            self.msd_ms = Some(msd_ms);
            self.take_start_delay(report);
        }
        match &report.subject {
            Subject::Status(status) => self.take_status(report.ts_ms, status),
            Subject::Response(response) => self.take_response(report.ts_ms, response),
        }
    }

    /// Everything up to the last report.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut open = self.clone();
        if open.still_ms >= STALL_MS_MIN {
            open.settle_stall();
        }
        open.tally.played_ms = open.tally.rate_weighted_us / 1000;
        open.tally
    }

    fn take_status(&mut self, ts_ms: u64, status: &Status) {
        self.advance(ts_ms);
        self.rate_permille = status.rate_permille;
        self.is_hidden = status.is_hidden;
        self.tally.dropped_frames = self.tally.dropped_frames.max(status.dropped_frames);
        if status.is_live {
            self.tally.extent = Extent::Live;
        }
        if status.kbps > 0 {
            if self.has_started && self.kbps > 0 && self.kbps != status.kbps {
                add(&mut self.tally.quality_switches, 1);
            }
            self.kbps = status.kbps;
        }
        self.take_event(status.event);
        if let Some(state) = status.state {
            self.first_ms.get_or_insert(ts_ms);
            self.enter(state);
        }
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::Error => add(&mut self.tally.errors, 1),
            Event::Mute => self.is_muted = true,
            Event::Unmute => self.is_muted = false,
            Event::AdStart => {
                self.is_ad = true;
                add(&mut self.tally.ads, 1);
            }
            Event::AdEnd => self.is_ad = false,
            Event::BreakStart => self.is_break = true,
            Event::BreakEnd => self.is_break = false,
            Event::Other => {}
        }
    }

    /// Brings the clock to `ts_ms`. One that goes back adds nothing, and counts on from there.
    fn advance(&mut self, ts_ms: u64) {
        if self.first_ms.is_none() && self.last_ms > 0 {
            // Reports without a state, as those of Shaka's release builds: nothing is known.
            add(&mut self.tally.suspended_ms, ts_ms.saturating_sub(self.last_ms));
        } else if self.first_ms.is_some() {
            if ts_ms.saturating_add(CLOCK_TOLERANCE_MS) < self.last_ms {
                add(&mut self.tally.rejected, 1);
            }
            self.account(ts_ms.saturating_sub(self.last_ms));
        }
        self.last_ms = ts_ms;
    }

    fn account(&mut self, wall_ms: u64) {
        let is_gap = wall_ms > REPORT_GAP_MS_MAX;
        match self.phase {
            Phase::Idle | Phase::Ready => {}
            Phase::Starting if is_gap => {}
            Phase::Starting if self.has_started => add(&mut self.tally.startup_ms, wall_ms),
            Phase::Starting => add(&mut self.asked_ms, wall_ms),
            Phase::Paused | Phase::PausedSeeking => add(&mut self.tally.paused_ms, wall_ms),
            Phase::Unproven => add(&mut self.tally.suspended_ms, wall_ms),
            Phase::Playing | Phase::Seeking | Phase::Stalled if is_gap => {
                add(&mut self.tally.suspended_ms, wall_ms);
            }
            Phase::Playing => self.add_playing(wall_ms),
            Phase::Seeking => add(&mut self.tally.seeking_ms, wall_ms),
            Phase::Stalled => add(&mut self.still_ms, wall_ms),
        }
    }

    fn add_playing(&mut self, wall_ms: u64) {
        let tally = &mut self.tally;
        if self.is_ad || self.is_break {
            add(&mut tally.linear_ad_ms, wall_ms);
            add(&mut tally.ad_ms, wall_ms);
            return;
        }
        add(&mut tally.playing_ms, wall_ms);
        add(&mut tally.rate_weighted_us, wall_ms.saturating_mul(self.rate_permille));
        add(&mut tally.bitrate_weighted_bits, wall_ms.saturating_mul(self.kbps));
        if self.is_muted {
            add(&mut tally.muted_ms, wall_ms);
        }
        if self.is_hidden {
            add(&mut tally.hidden_ms, wall_ms);
        }
    }

    fn enter(&mut self, state: State) {
        let was = self.phase;
        if !matches!(state, State::Rebuffering | State::Waiting) {
            self.settle_stall();
        }
        match state {
            State::Playing => self.play(),
            State::Starting => self.phase = Phase::Starting,
            State::Rebuffering | State::Waiting => self.rebuffer(),
            State::Seeking => self.seek(),
            State::Paused | State::Ended => {
                if was == Phase::Ready {
                    // Something was played, or it could not have been paused; since when is unknown.
                    self.has_started = true;
                    let since_ms = self.first_ms.unwrap_or(0).saturating_add(self.waited_ms);
                    add(&mut self.tally.suspended_ms, self.last_ms.saturating_sub(since_ms));
                }
                self.phase = if self.has_started { Phase::Paused } else { Phase::Idle };
                let may_refill =
                    was == Phase::Stalled || (was == Phase::Seeking && self.may_refill);
                self.may_refill = may_refill && state == State::Paused;
            }
            State::Failed | State::Quit | State::Preloading => self.phase = Phase::Idle,
        }
    }

    fn play(&mut self) {
        let is_shaka = self.dialect == Dialect::Shaka;
        match self.phase {
            Phase::Playing | Phase::Unproven | Phase::Ready => {}
            _ if !self.has_started && is_shaka && self.msd_ms.is_none() => {
                self.phase = Phase::Ready;
                self.busy_until_ms = self.busy_until_ms.max(self.last_ms);
                self.waited_ms = self.last_ms.saturating_sub(self.first_ms.unwrap_or(self.last_ms));
            }
            _ if !self.has_started => {
                self.waited_ms = self.last_ms.saturating_sub(self.first_ms.unwrap_or(self.last_ms));
                self.begin(self.msd_ms.map_or(self.asked_ms, |ms| ms.min(self.waited_ms)));
            }
            Phase::Paused | Phase::PausedSeeking if is_shaka && self.may_refill => {
                self.phase = Phase::Unproven;
                self.busy_until_ms = self.busy_until_ms.max(self.last_ms);
            }
            _ => self.phase = Phase::Playing,
        }
    }

    fn begin(&mut self, startup_ms: u64) {
        self.has_started = true;
        self.phase = Phase::Playing;
        self.tally.startup_ms = startup_ms;
    }

    fn rebuffer(&mut self) {
        match self.phase {
            Phase::Playing | Phase::Unproven => self.phase = Phase::Stalled,
            Phase::Seeking | Phase::PausedSeeking | Phase::Paused => self.may_refill = true,
            Phase::Idle | Phase::Ready => self.phase = Phase::Starting,
            Phase::Starting | Phase::Stalled => {}
        }
    }

    fn seek(&mut self) {
        if matches!(self.phase, Phase::Playing | Phase::Stalled | Phase::Paused | Phase::Unproven) {
            add(&mut self.tally.seeks, 1);
            self.may_refill = false;
        }
        self.phase = match self.phase {
            Phase::Playing | Phase::Stalled => Phase::Seeking,
            Phase::Paused | Phase::Unproven => Phase::PausedSeeking,
            // One seek until the player says anything else; before the first frame it is none.
            Phase::Ready => Phase::Starting,
            same => same,
        };
    }

    /// A start delay came with the report: told once, when the first frame was shown.
    fn take_start_delay(&mut self, report: &Report) {
        let (Some(msd_ms), Some(first_ms)) = (self.msd_ms, self.first_ms) else { return };
        match (self.dialect, self.phase) {
            (Dialect::Shaka, Phase::Ready) => {
                let ready_ms = first_ms.saturating_add(self.waited_ms);
                let latest_ms = match report.subject {
                    Subject::Status(_) => report.ts_ms.max(ready_ms),
                    // It says when the request began, which may be long before.
                    Subject::Response(_) => u64::MAX,
                };
                let start_ms = first_ms.saturating_add(msd_ms).clamp(ready_ms, latest_ms);
                let idle_ms = start_ms.saturating_sub(ready_ms);
                let waited_ms = start_ms.saturating_sub(first_ms);
                self.last_ms = start_ms;
                // The viewer who asks when everything is ready does not wait.
                self.begin(if idle_ms < READY_MS_MIN { waited_ms } else { 0 });
            }
            (Dialect::Standard, _) if self.has_started => {
                self.tally.startup_ms = msd_ms.min(self.waited_ms);
            }
            _ => {}
        }
    }

    fn take_response(&mut self, ts_ms: u64, response: &Response) {
        let is_proof = ts_ms >= self.busy_until_ms.saturating_add(PROOF_QUIET_MS)
            && ts_ms > self.last_ms
            && self.tally.extent != Extent::Live;
        match self.phase {
            Phase::Unproven if is_proof => {
                self.advance(ts_ms);
                self.phase = Phase::Playing;
            }
            Phase::Ready if is_proof => {
                self.last_ms = ts_ms;
                self.begin(0);
            }
            _ => {}
        }
        let end_ms = ts_ms.saturating_add(response.ttlb_ms.unwrap_or(0));
        self.busy_until_ms = self.busy_until_ms.max(end_ms).min(MS_MAX);
    }

    fn settle_stall(&mut self) {
        let still_ms = core::mem::take(&mut self.still_ms);
        if still_ms >= STALL_MS_MIN {
            add(&mut self.tally.stalls, 1);
            add(&mut self.tally.stalled_ms, still_ms);
            self.tally.stall_longest_ms = self.tally.stall_longest_ms.max(still_ms);
        } else {
            self.add_playing(still_ms);
        }
    }
}

impl Timeline {
    /// Appends the timeline.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        let row = [
            self.dialect.code(),
            self.phase.code(),
            u64::from(self.has_started),
            u64::from(self.may_refill),
            u64::from(self.is_hidden),
            u64::from(self.is_muted),
            u64::from(self.is_ad),
            u64::from(self.is_break),
            self.rate_permille,
            self.kbps,
            self.last_ms,
            self.waited_ms,
            self.asked_ms,
            self.still_ms,
            self.busy_until_ms,
            or_zero(self.first_ms),
            or_zero(self.msd_ms),
        ];
        row::write(bytes, &row);
        self.tally.encode(bytes);
    }

    /// Reads what [`Timeline::encode`] wrote.
    ///
    /// # Errors
    /// [`WireError`]; [`WireError::TooLarge`] for a word that means nothing.
    pub fn decode(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let mut row = [0; 17];
        row::read(reader, 3 << 15, &mut row)?;
        let [dialect, phase, has_started, may_refill, is_hidden, is_muted, is_ad, is_break, ..] =
            row;
        let [.., rate_permille, kbps, last_ms, waited_ms, asked_ms, still_ms, busy_until_ms, _, _] =
            row;
        let [.., first_ms, msd_ms] = row;
        if has_started | may_refill | is_hidden | is_muted | is_ad | is_break > 1 {
            return Err(WireError::TooLarge);
        }
        Ok(Self {
            dialect: Dialect::of_code(dialect).ok_or(WireError::TooLarge)?,
            phase: Phase::of_code(phase).ok_or(WireError::TooLarge)?,
            has_started: has_started != 0,
            may_refill: may_refill != 0,
            is_hidden: is_hidden != 0,
            is_muted: is_muted != 0,
            is_ad: is_ad != 0,
            is_break: is_break != 0,
            rate_permille,
            kbps,
            first_ms: first_ms.checked_sub(1),
            last_ms,
            msd_ms: msd_ms.checked_sub(1),
            waited_ms,
            asked_ms,
            still_ms,
            busy_until_ms,
            tally: Tally::decode(reader)?,
        })
    }
}

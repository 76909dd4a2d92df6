//! What a viewer, a page and a network do to a player, drawn from a seed.

use super::random::Random;

/// Longest time that a page which runs and plays takes no reading (a hidden tab's timers).
pub const HIDDEN_CADENCE_MS: u64 = 1_000;

/// What is watched, and on what kind of player.
#[derive(Debug, Clone)]
pub struct Title {
    /// Every moment at which something changes is a multiple of this, so that at every rate of the
    /// title the playhead is then at a whole millisecond.
    pub grid_ms: u64,
    pub rates_permille: &'static [u64],
    /// Where content begins: an epoch for some live streams.
    pub base_ms: u64,
    pub length_ms: u64,
    pub live: bool,
    pub startup_ms: u64,
    /// The player tells that it waits for data.
    pub flags_stalls: bool,
    /// A loop comes without a seek, as on some television sets.
    pub wraps_silently: bool,
    /// What the player says of the duration at first.
    pub duration: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duration {
    Unknown,
    /// Off by so much.
    Estimate(i64),
    Exact,
}

#[derive(Debug, Clone, Copy)]
pub enum To {
    /// From the beginning.
    At(u64),
    /// From where the playhead is.
    By(i64),
}

#[derive(Debug, Clone)]
pub struct Seek {
    pub to: To,
    /// Readings stop so long before it, though content plays on.
    pub silence_ms: u64,
    /// How late the page hears of it.
    pub late_ms: u64,
    /// Until `seeked`.
    pub latency_ms: u64,
    /// From `seeked` until there is data to play.
    pub buffer_ms: u64,
    /// Where it lands, beside where it was sent.
    pub lands_by_ms: i64,
    /// Further seeks before `seeked`: after how long, and to where.
    pub chain: Vec<(u64, To)>,
}

#[derive(Debug, Clone)]
pub enum Action {
    /// The page hears so much later that it plays.
    Play(u64),
    Pause,
    Run(u64),
    Seek(Seek),
    Rate(u64),
    Mute(bool),
    Hide(bool),
    Loop(bool),
    Overlay(bool),
    /// The playhead stands still and nobody says why.
    Standstill(u64),
    /// The player runs out of data and says so, if its title lets it.
    Stall(u64),
    /// The page is frozen, the player with it.
    Sleep(u64),
    /// No reading is taken; content plays on.
    Silence(u64),
    /// Linear advertisements, one after the other.
    Ads {
        lengths_ms: Vec<u64>,
        pauses_content: bool,
        own_clock: bool,
    },
    Quality(u64),
    Frames(u64),
    Error,
    /// The clock goes back, between two readings of one moment or while content plays.
    ClockBack {
        ms: u64,
        playing: bool,
    },
    Duration(Duration),
    /// A reading that cannot be true.
    Junk,
    /// Content changes hands for so long.
    Interrupt(u64),
}

#[derive(Debug, Clone)]
pub struct Script {
    pub seed: u64,
    pub title: Title,
    pub actions: Vec<Action>,
}

impl Script {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let title = title(&mut random);
        let mut draw = Draw { random, title };
        let mut actions = vec![draw.opening(), Action::Play(0)];
        for _ in 0..draw.random.between(6, 22) {
            let action = draw.action();
            actions.push(action);
            if draw.random.percent(65) {
                let ms = draw.time(40, 4_000);
                actions.push(Action::Run(ms));
            }
        }
        Self { seed, title: draw.title, actions }
    }
}

fn title(random: &mut Random) -> Title {
    let (grid_ms, rates_permille): (u64, &[u64]) = match random.below(4) {
        0 => (4, &[250, 500, 750, 1_000, 1_250, 1_500, 1_750, 2_000, 16_000]),
        1 => (10, &[100, 300, 900, 1_000, 1_100, 1_200, 1_700, 3_300]),
        _ => (1, &[1_000, 1_000, 2_000, 3_000, 4_000, 8_000, 16_000]),
    };
    let live = random.percent(15);
    Title {
        grid_ms,
        rates_permille,
        base_ms: if live && random.percent(50) { 1_700_000_000_000 } else { 0 },
        length_ms: if live { 120_000 } else { random.between(17_000, 90_000) },
        live,
        startup_ms: random.below(300) * grid_ms,
        flags_stalls: random.percent(70),
        // Off the grid the playhead would be between two milliseconds when it is read.
        wraps_silently: grid_ms == 1 && random.percent(30),
        duration: match random.below(4) {
            0 => Duration::Unknown,
            1 => Duration::Estimate(random.between(0, 2_300) as i64 - 300),
            _ => Duration::Exact,
        },
    }
}

struct Draw {
    random: Random,
    title: Title,
}

impl Draw {
    /// A length of time on the title's grid.
    fn time(&mut self, least_ms: u64, most_ms: u64) -> u64 {
        self.random.between(least_ms, most_ms).next_multiple_of(self.title.grid_ms)
    }

    fn opening(&mut self) -> Action {
        match self.random.below(5) {
            0 => Action::Ads {
                lengths_ms: self.pod(),
                pauses_content: true,
                own_clock: self.random.percent(50),
            },
            1 => Action::Seek(self.seek()),
            2 => Action::Mute(true),
            _ => Action::Run(self.time(1, 2_000)),
        }
    }

    fn action(&mut self) -> Action {
        match self.random.below(36) {
            0..=7 => Action::Seek(self.seek()),
            8..=9 => Action::Pause,
            10..=13 => Action::Play(if self.random.percent(30) { self.time(1, 50) } else { 0 }),
            14..=15 => Action::Rate(self.random.pick(self.title.rates_permille)),
            16 => Action::Mute(self.random.percent(50)),
            17..=18 => Action::Hide(self.random.percent(50)),
            19 => Action::Loop(self.random.percent(80)),
            20 => Action::Overlay(self.random.percent(60)),
            21..=23 => Action::Standstill(self.standstill_ms()),
            24..=25 => Action::Stall(self.time(1, 4_000)),
            26 if self.random.percent(50) => Action::Sleep(self.time(1, 3_500)),
            26 => Action::Sleep(self.time(5_000, 30_000)),
            27 => Action::Silence(self.time(300, 9_000)),
            28 => Action::Ads {
                lengths_ms: self.pod(),
                pauses_content: self.random.percent(50),
                own_clock: self.random.percent(50),
            },
            29 => Action::Quality(self.random.pick(&[300, 1_500, 6_000])),
            30 => {
                Action::ClockBack { ms: self.time(2_000, 50_000), playing: self.random.percent(50) }
            }
            31 => Action::Duration(if self.random.percent(50) {
                Duration::Exact
            } else {
                Duration::Estimate(self.random.between(0, 2_300) as i64 - 300)
            }),
            32 => self.random.pick_action(),
            33 => Action::Interrupt(self.time(1, 5_000)),
            _ => Action::Run(self.time(1_000, 9_000)),
        }
    }

    /// Hiccups, stalls, and the longest hiccup and the shortest stall.
    fn standstill_ms(&mut self) -> u64 {
        let grid_ms = self.title.grid_ms;
        match self.random.below(6) {
            0 => 249 / grid_ms * grid_ms,
            1 => 250_u64.next_multiple_of(grid_ms),
            2 => self.time(1, 200),
            _ => self.time(250, 3_500),
        }
    }

    fn pod(&mut self) -> Vec<u64> {
        (0..self.random.between(1, 3)).map(|_| self.time(100, 3_000)).collect()
    }

    fn seek(&mut self) -> Seek {
        let to = self.to();
        let quick = self.random.percent(30);
        let chain = if self.random.percent(20) {
            (0..self.random.between(1, 4)).map(|_| (self.time(0, 300), self.to())).collect()
        } else {
            Vec::new()
        };
        Seek {
            to,
            silence_ms: if self.random.percent(10) { self.time(300, 7_000) } else { 0 },
            late_ms: if self.random.percent(30) { self.time(1, 90) } else { 0 },
            latency_ms: if quick { 0 } else { self.time(0, 800) },
            buffer_ms: if quick || self.random.percent(60) { 0 } else { self.time(1, 1_500) },
            lands_by_ms: if self.random.percent(15) {
                self.random.between(0, 400) as i64
            } else {
                0
            },
            chain,
        }
    }

    fn to(&mut self) -> To {
        match self.random.below(10) {
            0..=1 => To::By(self.random.between(0, 600) as i64 - 300),
            2..=3 => To::By(self.random.between(0, 20_000) as i64 - 10_000),
            4 => To::At(self.title.length_ms - self.random.between(0, 3_000)),
            5 => To::At(self.random.below(2) * self.title.length_ms),
            _ => To::At(self.random.below(self.title.length_ms)),
        }
    }
}

impl Random {
    fn pick_action(&mut self) -> Action {
        match self.below(3) {
            0 => Action::Frames(self.below(500)),
            1 => Action::Error,
            _ => Action::Junk,
        }
    }
}

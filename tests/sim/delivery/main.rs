//! `make sim SESSIONS=n [SEED=s]`: plays sessions, and says what was lost or counted twice.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "mod.rs"]
mod delivery;
#[path = "../random.rs"]
mod random;

use delivery::faults::{Fault, KINDS};
use delivery::play;
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "\
Plays sessions of viewers, devices, edge and centre with faults, and compares the centre with the truth.

  make sim SESSIONS=1000000          so many sessions, from seed 1
  make sim SESSIONS=1 SEED=7         the session of seed 7, with its trace
  make sim MUTANTS=all               plants each known bug and shows the seed that catches it
  make sim MUTANTS=key_unchecked     one of them

The last line says `S sessions, F faults, H watched hours: L lost, D counted twice`. L is milliseconds
(and views, 1 each) of content that was measured, left the device or was kept by it, and is not at the
centre; D is milliseconds that the centre has beyond what was measured. Both are summed over the records
of views and over the windows. The exit code is 1 unless both are 0 and no other rule was broken.";

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let (sessions, first) = match (number("SESSIONS"), number("SEED")) {
        (Ok(sessions), Ok(seed)) => (sessions.unwrap_or(20_000), seed.unwrap_or(1)),
        (Err(error), _) | (_, Err(error)) => {
            eprintln!("sim: {error}");
            return ExitCode::from(2);
        }
    };
    match std::env::var("MUTANTS") {
        Ok(names) if !names.is_empty() => mutants(&names),
        _ => run(sessions, first),
    }
}

/// Time that this thread has run, which other work on the machine does not lengthen; Linux says so.
fn core_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let ns: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(ns / 1e9)
}

fn number(name: &str) -> Result<Option<u64>, String> {
    match std::env::var(name) {
        Ok(text) if !text.is_empty() => {
            let number = text.parse().ok().filter(|number| *number > 0);
            number.map(Some).ok_or(format!("{name} is `{text}`, expected a number from 1"))
        }
        _ => Ok(None),
    }
}

struct Sums {
    faults: [u64; KINDS],
    played_ms: u64,
    lost_ms: u64,
    twice_ms: u64,
    broken: u64,
    views: u64,
    requests: u64,
    batches: u64,
    steps: u64,
    failed: Vec<u64>,
}

fn run(sessions: u64, first: u64) -> ExitCode {
    let start = Instant::now();
    let mut told = start;
    let mut sums = Sums::new();
    for seed in first..first + sessions {
        let played = play(seed, false);
        sums.add(seed, &played);
        if told.elapsed().as_secs() >= 5 {
            told = Instant::now();
            let done = seed + 1 - first;
            let rate = done as f64 / start.elapsed().as_secs_f64();
            eprintln!("{done} of {sessions} sessions, {rate:.0}/s, {} failed", sums.failed.len());
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    if sessions == 1 {
        play(first, true).trace.iter().for_each(|line| println!("{line}"));
    }
    sums.explain();
    if sessions > 1 {
        sums.table();
    }
    let core_s = core_seconds().unwrap_or(seconds);
    let rate = sessions as f64 / core_s;
    println!("{seconds:.1} s, {core_s:.1} s of one core: {rate:.0} sessions/s");
    let faults: u64 = sums.faults.iter().sum();
    let hours = sums.played_ms / 3_600_000;
    println!(
        "{sessions} sessions, {faults} faults, {hours} watched hours: {} lost, {} counted twice",
        sums.lost_ms, sums.twice_ms
    );
    if sums.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Sums {
    fn new() -> Self {
        Self {
            faults: [0; KINDS],
            played_ms: 0,
            lost_ms: 0,
            twice_ms: 0,
            broken: 0,
            views: 0,
            requests: 0,
            batches: 0,
            steps: 0,
            failed: Vec::new(),
        }
    }

    fn add(&mut self, seed: u64, played: &delivery::Played) {
        let verdict = &played.verdict;
        self.faults.iter_mut().zip(played.faults).for_each(|(sum, more)| *sum += more);
        self.played_ms += verdict.played_ms;
        self.lost_ms += verdict.lost_ms;
        self.twice_ms += verdict.twice_ms;
        self.broken += verdict.broken.len() as u64;
        self.views += played.views;
        self.requests += played.requests;
        self.batches += played.batches;
        self.steps += played.steps;
        if !verdict.is_clean() {
            self.failed.push(seed);
        }
    }

    /// The first sessions that failed: what is wrong, what happened, and how to see it again.
    fn explain(&self) {
        for seed in self.failed.iter().take(6) {
            println!("seed {seed} fails; to see it: make sim SESSIONS=1 SEED={seed}");
            for line in &play(*seed, false).verdict.broken {
                println!("  {}", line.chars().take(160).collect::<String>());
            }
        }
        if self.failed.len() > 3 {
            println!(
                "and {} more: {:?}",
                self.failed.len() - 3,
                &self.failed[3..self.failed.len().min(40)]
            );
        }
    }

    fn table(&self) {
        for ((_, name), count) in Fault::ALL.iter().zip(self.faults) {
            println!("  {name:<18} {count:>10}");
        }
        let Self { views, requests, batches, steps, broken, .. } = self;
        println!(
            "{views} views, {requests} requests, {batches} batches, {steps} steps, {broken} rules broken"
        );
    }
}

#[cfg(not(feature = "mutants"))]
fn mutants(_names: &str) -> ExitCode {
    eprintln!("sim: built without the feature `mutants`; run `make sim MUTANTS=all`");
    ExitCode::from(2)
}

#[cfg(feature = "mutants")]
fn mutants(names: &str) -> ExitCode {
    let mut missed = 0;
    for (name, what) in delivery::mutants::MUTANTS {
        if names != "all" && names != *name {
            continue;
        }
        let caught = delivery::mutants::catch(name, 1..=delivery::mutants::SESSIONS_MAX);
        match &caught {
            Some((seed, by)) => println!("{name:<30} seed {seed:>5}  {what}\n{:>44}{by}", ""),
            None => {
                missed += 1;
                println!("{name:<30} NOT CAUGHT  {what}");
            }
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

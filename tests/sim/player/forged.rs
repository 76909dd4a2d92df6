//! What a forger makes of an honest player's states: each change is caught, in every seed, and the page
//! that goes on honestly is believed again.

use super::honest::{Edge, Kept, Sent, deliveries};
use super::trace::Mode;
use usher::base::limits::MS_MAX;
use usher::playback::interval_set::{Interval, IntervalSet};
use usher::playback::plausibility::Implausible;
use usher::playback::reading::Extent;
use usher::playback::state::ViewState;
use usher::playback::tally::Tally;

const SEEDS: u64 = 150;

/// The last state that a page sent of its own view, after all that came before it was delivered.
fn last_live(edge: &mut Edge, seed: u64) -> (Sent, ViewState) {
    let sent = deliveries(seed, Mode::Played);
    for one in &sent {
        assert!(edge.take(one).quarantined.is_empty());
    }
    let last = sent.into_iter().max_by_key(|sent| sent.arrives_ms).unwrap();
    let kept: Kept = last.views.into_iter().next().unwrap();
    let state = ViewState::decode(&kept.entry.state).unwrap();
    (Sent { arrives_ms: last.arrives_ms, clock: last.clock, views: vec![kept] }, state)
}

/// How many seeds there are in which the change is possible; all of them must give the reason.
fn check(expected: Option<Implausible>, change: impl Fn(&mut Tally, &mut IntervalSet) -> bool) {
    let mut planted = 0;
    for seed in 0..SEEDS {
        let mut edge = Edge { signed: seed % 2 == 0, ..Edge::default() };
        let (mut sent, honest) = last_live(&mut edge, seed);
        let (producer, mut tally) = honest.tallies()[0];
        let mut content = honest.content.clone();
        tally.version += 1_000;
        if !change(&mut tally, &mut content) {
            continue;
        }
        planted += 1;
        let stored = edge.stored.clone();
        sent.views[0].entry.state = ViewState::of(producer, tally, content).encode();
        let output = edge.take(&sent);
        let reasons: Vec<Implausible> = output.quarantined.iter().map(|q| q.reason).collect();
        assert_eq!(reasons.len(), 1, "SEED={seed} {tally:?}");
        assert!(expected.is_none_or(|expected| expected == reasons[0]), "SEED={seed} {reasons:?}");
        assert_eq!(output.acks[0].version, tally.version, "what is set apart is committed too");
        assert!(output.changed.is_empty() && edge.stored == stored, "nothing is joined");
        let mut on = honest.tallies()[0].1;
        on.version += 2_000;
        sent.views[0].entry.state = ViewState::of(producer, on, honest.content.clone()).encode();
        let output = edge.take(&sent);
        assert!(output.quarantined.is_empty() && output.changed.len() == 1, "SEED={seed}");
    }
    assert!(planted > SEEDS / 2, "{planted}");
}

#[test]
fn playing_time_that_has_not_passed_is_caught() {
    check(Some(Implausible::TimeNotPassed), |tally, _| {
        // Longer than any script with its sleeps.
        tally.playing_ms += 100 * 3_600_000;
        tally.played_ms += 100 * 3_600_000;
        true
    });
}

#[test]
fn more_content_than_the_title_has_is_caught() {
    check(Some(Implausible::ContentBeyondDuration), |tally, content| {
        let Extent::Finite(duration_ms) = tally.extent else { return false };
        content.insert(Interval::new(0, duration_ms + 1_001).unwrap());
        true
    });
}

#[test]
fn a_title_that_was_watched_in_no_time_is_caught() {
    check(Some(Implausible::ContentWithoutTime), |tally, content| {
        tally.extent = Extent::Finite(301 * 3_600_000);
        content.insert(Interval::new(0, 300 * 3_600_000).unwrap());
        true
    });
}

#[test]
fn more_repeats_than_time_are_caught() {
    check(Some(Implausible::PlayedWithoutTime), |tally, _| {
        tally.played_ms = tally.playing_ms * 20 + 60_001;
        true
    });
}

#[test]
fn a_part_above_its_whole_is_caught() {
    let parts: [fn(&mut Tally); 6] = [
        |tally| tally.muted_ms = tally.playing_ms + 1,
        |tally| tally.hidden_ms = tally.playing_ms + 1,
        |tally| tally.ad_ms = tally.playing_ms + tally.linear_ad_ms + 1,
        |tally| tally.stall_longest_ms = tally.stalled_ms + 1,
        |tally| tally.rate_weighted_us = tally.playing_ms * 16_000 + 1,
        |tally| tally.bitrate_weighted_bits = (tally.playing_ms << 24) + 1,
    ];
    for part in parts {
        check(Some(Implausible::PartAboveWhole), |tally, _| {
            part(tally);
            true
        });
    }
}

#[test]
fn a_version_that_runs_ahead_is_caught() {
    check(Some(Implausible::VersionTooFast), |tally, _| {
        tally.version += 100_000_000_000;
        true
    });
}

#[test]
fn every_number_near_2_to_the_53_is_caught() {
    for index in 0..Tally::COUNT {
        check(None, |tally, _| {
            let mut bytes = Vec::new();
            tally.encode(&mut bytes);
            let reader = &mut usher::base::varint::Reader::new(&bytes);
            let mut numbers: Vec<u64> = Vec::new();
            while !reader.is_done() {
                numbers.push(reader.varint().unwrap());
            }
            // Behind version and extent.
            numbers[2 + index] = MS_MAX - 1;
            let mut bytes = Vec::new();
            numbers.iter().for_each(|n| usher::base::varint::write(&mut bytes, *n));
            *tally = Tally::decode(&mut usher::base::varint::Reader::new(&bytes)).unwrap();
            true
        });
    }
    check(None, |tally, _| {
        tally.version = MS_MAX;
        true
    });
    check(None, |tally, _| {
        tally.extent = Extent::Finite(MS_MAX - 1);
        true
    });
}

use proptest::prelude::*;
use serde_json::Value;
use usher::base::refusal::Code;
use usher::playback::cmcd::body::{Target, read};
use usher::playback::cmcd::viewer_sessions::ReportsInput;
use usher::playback::cmcd::viewer_sessions::{CmcdOutput, merge};
use usher::playback::record::{Source, ViewRecord};
use usher::playback::state::ViewState;
use usher::playback::views_body::ViewEntry;

/// What a real player sent, as `tests/browser/cmcd.test.mjs` recorded it in Chromium, and what the page
/// knew of its element.
struct Vector {
    name: String,
    bodies: Vec<String>,
    player: String,
    truth: Value,
}

fn vectors() -> Vec<Vector> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/cmcd");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let vector = |path: std::path::PathBuf| {
        let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Vector {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            bodies: json["bodies"].as_array().unwrap().iter().map(text).collect(),
            player: text(&json["target"]["player"]),
            truth: json["truth"].clone(),
        }
    };
    files.into_iter().map(vector).collect()
}

/// A `Viewer` object: what it has stored, and the latest record of each view.
#[derive(Default)]
struct Viewer {
    sessions: Vec<ViewEntry>,
    records: Vec<ViewRecord>,
}

impl Viewer {
    fn post(&mut self, body: &str, player: &str) -> CmcdOutput {
        let target = Target { viewer: Some("anna"), title: Some("plan-9"), player: Some(player) };
        let body = read(body.as_bytes(), target).unwrap();
        assert_eq!(body.errors, []);
        let incoming = body.viewers.into_iter().next().unwrap().views;
        let stored = self.sessions.clone();
        let input = ReportsInput { viewer: "anna".to_owned(), now_ms: 77.0, stored, incoming };
        let output = merge(input).unwrap();
        for session in &output.sessions {
            self.sessions.retain(|known| known.view != session.view);
            self.sessions.push(session.clone());
        }
        for changed in &output.changed {
            assert_eq!(
                ViewState::decode(&changed.state).unwrap().total().playing_ms,
                changed.record.playing_ms
            );
            self.records.retain(|known| known.view != changed.view);
            self.records.push(changed.record.clone());
        }
        output
    }
}

#[test]
fn what_real_players_sent_gives_what_the_page_knew() {
    let vectors = vectors();
    assert!(vectors.len() >= 8);
    for Vector { name, bodies, player, truth } in vectors {
        let mut viewer = Viewer::default();
        bodies.iter().for_each(|body| drop(viewer.post(body, &player)));
        let [record] = &viewer.records[..] else { panic!("{name}: one view") };
        let close = |figure: u64, key: &str| {
            let truth = truth[key].as_u64().unwrap();
            assert!(figure.abs_diff(truth) <= 300, "{name}: {key} {figure} for {truth}");
        };
        if player == "shaka-player" && name.ends_with("paused-seek") {
            // It does not tell when it goes on after the seek: less is claimed, never more.
            assert!(record.playing_ms <= truth["playingMs"].as_u64().unwrap() + 300, "{name}");
            assert!(record.suspended_ms > 0, "{name}");
        } else {
            close(record.playing_ms, "playingMs");
            close(record.paused_ms, "pausedMs");
        }
        assert_eq!(record.seeks, truth["seeks"].as_u64().unwrap(), "{name}");
        assert_eq!((record.stalls, record.rejected), (0, 0), "{name}");
        assert_eq!((record.unique_ms, record.completion), (0, None));
        assert_eq!(record.source, Source::Cmcd);
        assert_eq!((record.first_seen_ms, record.last_seen_ms), (77, 77));
        assert!(record.delivery.unwrap().requests > 2, "{name}");
        assert_eq!(record.delivery.unwrap().failed_requests, 0);
        assert!(ViewRecord::from_json(&serde_json::to_vec(record).unwrap()).is_ok());
    }
}

#[test]
fn a_body_again_changes_nothing_and_names_its_view() {
    let Vector { bodies, player, .. } = vectors().remove(0);
    let mut viewer = Viewer::default();
    let first = viewer.post(&bodies.concat(), &player);
    assert_eq!((first.taken, first.repeated, first.changed.len()), (bodies.len(), 0, 1));
    let again = viewer.post(&bodies.concat(), &player);
    assert_eq!((again.taken, again.repeated, again.changed.len()), (0, bodies.len(), 0));
    assert!(again.sessions.is_empty());
    assert_eq!(again.views, [first.changed[0].view.clone()]);
}

#[test]
fn two_starts_in_one_body_are_two_views() {
    let line =
        |sn: u64, ts: u64, sta: &str| format!("e=ps,sid=\"s\",sn={sn},sta={sta},ts={ts},v=2\n");
    let mut viewer = Viewer::default();
    let body: String = [(0, 1_000, "p"), (1, 2_000, "a"), (0, 5_000, "p"), (1, 5_700, "a")]
        .map(|(sn, ts, sta)| line(sn, ts, sta))
        .concat();
    let output = viewer.post(&body, "hls.js");
    assert_eq!((output.taken, output.changed.len(), output.sessions.len()), (4, 2, 1));
    let playing: Vec<_> = viewer.records.iter().map(|record| record.playing_ms).collect();
    assert_eq!(playing, [1_000, 700]);
    // The first one is over: what comes of it changes nothing.
    let late = viewer.post(&line(1, 2_000, "a"), "hls.js");
    assert_eq!((late.repeated, late.changed.len()), (1, 0));
}

#[test]
fn what_is_stored_and_cannot_be_read_refuses_the_whole() {
    let broken = |change: &dyn Fn(&mut ReportsInput)| {
        let mut viewer = Viewer::default();
        viewer.post("e=t,sid=\"s\",sn=1,ts=1,v=2", "hls.js");
        let entry = ViewEntry { state: vec![0], ..viewer.sessions[0].clone() };
        let stored = viewer.sessions.clone();
        let mut input =
            ReportsInput { viewer: "anna".to_owned(), now_ms: 1.0, stored, incoming: vec![entry] };
        change(&mut input);
        let refusal = merge(input).unwrap_err();
        (refusal.code, refusal.field.unwrap())
    };
    let state = Code::InvalidState;
    assert_eq!(broken(&|i| i.stored[0].state.truncate(3)), (state, "stored".to_owned()));
    assert_eq!(broken(&|i| i.incoming[0].state = vec![9]), (state, "incoming".to_owned()));
    assert_eq!(broken(&|i| i.incoming[0].state.clear()), (state, "incoming".to_owned()));
    assert_eq!(broken(&|i| i.incoming[0].view.clear()), (Code::InvalidView, "view".to_owned()));
    assert_eq!(broken(&|i| i.now_ms = f64::NAN), (Code::InvalidValue, "now_ms".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_bodies_in_any_order_and_twice_give_the_same_view(
        which in 0..8_usize,
        order in Just((0..200_usize).collect::<Vec<_>>()).prop_shuffle(),
        cuts in prop::collection::vec(1..12_usize, 1..30),
    ) {
        let Vector { bodies, player, .. } = vectors().remove(which);
        let mut expected = Viewer::default();
        expected.post(&bodies.concat(), &player);
        // Every line twice, in any order, in bodies of any size.
        let order = order.into_iter().map(|n| n % 100).filter(|n| *n < bodies.len());
        let lines: Vec<_> = order.map(|n| bodies[n].as_str()).collect();
        let mut viewer = Viewer::default();
        let (mut rest, mut cuts) = (&lines[..], cuts.iter().cycle());
        while !rest.is_empty() {
            let (body, more) = rest.split_at((*cuts.next().unwrap()).min(rest.len()));
            viewer.post(&body.concat(), &player);
            rest = more;
        }
        prop_assert_eq!(viewer.records, expected.records);
    }
}

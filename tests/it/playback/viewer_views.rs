use super::set;
use proptest::prelude::*;
use usher::base::id::{Id, Producer, ViewId};
use usher::base::limits::PRODUCERS_MAX;
use usher::base::refusal::Code;
use usher::playback::arrival::{Country, Said};
use usher::playback::clock::PageTime;
use usher::playback::device::Device;
use usher::playback::plausibility::Implausible;
use usher::playback::reading::Extent;
use usher::playback::state::{Seen, ViewState};
use usher::playback::tally::Tally;
use usher::playback::viewer_views::{ChangedView, KeptView, MergeInput, MergeOutput, merge};
use usher::playback::views_body::ViewEntry;

fn view_id() -> String {
    ViewId::new("anna", [9; 16]).0.to_hex()
}

fn entry(title: &str, state: &ViewState) -> ViewEntry {
    ViewEntry { view: view_id(), title: title.to_owned(), state: state.encode() }
}

fn state(producer: u8, version: u64, content: &[(u64, u64)]) -> ViewState {
    let tally = Tally {
        version,
        extent: Extent::Finite(1_000),
        played_ms: version * 10,
        ..Tally::default()
    };
    ViewState::of(Producer(Id([producer; 16])), tally, set(content))
}

fn input(now_ms: f64, stored: Vec<KeptView>, incoming: Vec<ViewEntry>) -> MergeInput {
    MergeInput { viewer: "anna".to_owned(), now_ms, stored, incoming, ..MergeInput::default() }
}

/// What is stored after the output was written.
fn stored(output: &MergeOutput) -> Vec<KeptView> {
    let entry = |view: &ChangedView| KeptView {
        view: view.view.clone(),
        title: view.title.clone(),
        state: view.state.clone(),
        provenance: view.provenance.clone(),
    };
    output.changed.iter().map(entry).collect()
}

#[test]
fn a_first_state_is_stored_and_acknowledged() {
    let output =
        merge(input(77.0, vec![], vec![entry("plan-9", &state(1, 4, &[(0, 500)]))])).unwrap();
    assert_eq!(output.acks.len(), 1);
    assert_eq!(
        (output.acks[0].version, output.acks[0].producer.as_str()),
        (4, "01".repeat(16).as_str())
    );
    let record = &output.changed[0].record;
    assert_eq!(
        (record.unique_ms, record.completion, record.viewer.as_str()),
        (500, Some(0.5), "anna")
    );
    assert_eq!((record.first_seen_ms, record.last_seen_ms), (77, 77));
}

#[test]
fn a_state_that_says_nothing_new_is_acknowledged_and_changes_nothing() {
    let first =
        merge(input(77.0, vec![], vec![entry("plan-9", &state(1, 4, &[(0, 500)]))])).unwrap();
    let again =
        merge(input(99.0, stored(&first), vec![entry("plan-9", &state(1, 4, &[(0, 500)]))]))
            .unwrap();
    assert!(again.changed.is_empty());
    assert_eq!(again.acks[0].version, 4);
    let older =
        merge(input(99.0, stored(&first), vec![entry("plan-9", &state(1, 2, &[(0, 100)]))]))
            .unwrap();
    assert!(older.changed.is_empty());
    assert_eq!(older.acks[0].version, 4);
}

#[test]
fn two_producers_unite_content_and_add_time() {
    let incoming = vec![
        entry("plan-9", &state(1, 4, &[(0, 500)])),
        entry("plan-9", &state(2, 1, &[(400, 600)])),
    ];
    let output = merge(input(77.0, vec![], incoming)).unwrap();
    assert_eq!((output.acks.len(), output.changed.len()), (2, 1));
    let record = &output.changed[0].record;
    assert_eq!((record.unique_ms, record.played_ms, record.version), (600, 50, 5));
}

#[test]
fn a_view_keeps_its_title() {
    let first = merge(input(1.0, vec![], vec![entry("plan-9", &state(1, 1, &[]))])).unwrap();
    let refusal =
        merge(input(2.0, stored(&first), vec![entry("robot", &state(1, 2, &[]))])).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (Code::TitleChanged, Some("views[0].title"))
    );
}

#[test]
fn a_view_has_so_many_producers_and_no_more() {
    let many =
        |count: usize| (0..count).map(|p| entry("plan-9", &state(p as u8, 1, &[]))).collect();
    assert!(merge(input(1.0, vec![], many(PRODUCERS_MAX))).is_ok());
    let refusal = merge(input(1.0, vec![], many(PRODUCERS_MAX + 1))).unwrap_err();
    assert_eq!(refusal.code, Code::TooManyProducers);
}

#[test]
fn a_clock_that_goes_back_does_not_turn_sight_around() {
    let first = merge(input(100.0, vec![], vec![entry("plan-9", &state(1, 1, &[]))])).unwrap();
    let later =
        merge(input(40.0, stored(&first), vec![entry("plan-9", &state(1, 2, &[]))])).unwrap();
    let seen = ViewState::decode(&later.changed[0].state).unwrap().seen;
    assert_eq!(seen, Some(Seen { first_ms: 100, last_ms: 100 }));
}

#[test]
fn a_time_that_is_none_is_refused() {
    for now_ms in [f64::NAN, -1.0, f64::INFINITY] {
        assert_eq!(
            merge(input(now_ms, vec![], vec![])).unwrap_err().field.as_deref(),
            Some("now_ms")
        );
    }
}

#[test]
fn a_broken_state_names_where_it_stands() {
    let mut broken = entry("plan-9", &state(1, 1, &[]));
    broken.state.pop();
    let good = entry("plan-9", &state(1, 1, &[]));
    let refusal = merge(input(1.0, vec![], vec![good.clone(), broken.clone()])).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_deref()),
        (Code::InvalidState, Some("views[1].state"))
    );
    let ViewEntry { view, title, state } = broken;
    let broken = KeptView { view, title, state, provenance: vec![] };
    let refusal = merge(input(1.0, vec![broken], vec![good])).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("stored[0].state"));
}

/// What a request said that came after the page was open for so long.
fn said(issued_ms: Option<u64>, open_ms: u64, country: &str, device: Device) -> Said {
    let clock = PageTime { monotonic_ms: open_ms, wall_ms: NOW_MS };
    let country = Country::of_header(country);
    Said { issued_ms, clock: Some(clock), device, country, at: vec![Some(clock)] }
}

const NOW_MS: u64 = 1_790_000_000_000;

fn with(said: &Said, now_ms: u64, before: Option<&MergeOutput>, state: &ViewState) -> MergeOutput {
    let stored = before.map_or(vec![], stored);
    let clocks = before.and_then(|before| before.clocks.clone()).unwrap_or_default();
    let incoming = vec![entry("plan-9", state)];
    let input =
        MergeInput { said: said.encode(), clocks, ..input(now_ms as f64, stored, incoming) };
    merge(input).unwrap()
}

fn playing(version: u64, playing_ms: u64) -> ViewState {
    let tally = Tally { version, playing_ms, played_ms: playing_ms, ..Tally::default() };
    ViewState::of(Producer(Id([1; 16])), tally, set(&[]))
}

#[test]
fn a_record_says_where_and_on_what_its_view_began_and_when_it_was_measured() {
    let first = with(&said(None, 9_000, "DE", Device::Tv), NOW_MS, None, &playing(1, 5_000));
    let record = &first.changed[0].record;
    assert_eq!((record.country.as_deref(), record.device), (Some("DE"), Device::Tv));
    assert_eq!(record.watched_ms, NOW_MS);
    // It travels, and what it measured took twenty seconds to send.
    let mut said = said(None, 60_000, "FR", Device::Mobile);
    said.at[0] = Some(PageTime { monotonic_ms: 40_000, wall_ms: NOW_MS - 20_000 });
    let second = with(&said, NOW_MS + 51_000, Some(&first), &playing(2, 6_000));
    let record = &second.changed[0].record;
    assert_eq!((record.country.as_deref(), record.device), (Some("DE"), Device::Tv));
    assert_eq!(record.watched_ms, NOW_MS + 31_000);
}

#[test]
fn what_an_earlier_page_left_while_the_edge_was_away_is_joined() {
    const HOUR_MS: u64 = 3_600_000;
    // Measured for an hour before anybody knew the viewer; the page that sends it was just loaded.
    let mut left = said(Some(NOW_MS), 0, "DE", Device::Tv);
    left.at[0] = Some(PageTime { monotonic_ms: HOUR_MS, wall_ms: NOW_MS - 30_000 });
    let joined = with(&left, NOW_MS + 300, None, &playing(1, HOUR_MS));
    assert_eq!((joined.quarantined.len(), joined.changed[0].record.playing_ms), (0, HOUR_MS));
    // The page itself cannot have measured more than since it was loaded.
    let own = said(Some(NOW_MS), 0, "DE", Device::Tv);
    assert_eq!(with(&own, NOW_MS + 300, None, &playing(1, HOUR_MS)).quarantined.len(), 1);
    // And nobody more than players keep.
    let much = playing(1, 31 * 24 * HOUR_MS);
    assert_eq!(with(&left, NOW_MS + 300, None, &much).quarantined.len(), 1);
}

#[test]
fn a_state_that_cannot_be_true_is_committed_apart_and_joined_only_when_released() {
    let told = said(Some(NOW_MS), 9_000, "DE", Device::Tv);
    let first = with(&told, NOW_MS, None, &playing(1, 5_000));
    let told = said(Some(NOW_MS), 10_000, "FR", Device::Mobile);
    let forged = with(&told, NOW_MS + 1_000, Some(&first), &playing(2, 5_000_000));
    assert!(forged.changed.is_empty());
    let [apart] = &forged.quarantined[..] else { panic!("{forged:?}") };
    assert_eq!((apart.reason, apart.version), (Implausible::TimeNotPassed, 2));
    assert_eq!(apart.producer, "01".repeat(16));
    assert_eq!((forged.acks[0].version, forged.acks.len()), (2, 1));
    let honest = with(&told, NOW_MS + 2_000, Some(&first), &playing(3, 6_000));
    assert_eq!((honest.quarantined.len(), honest.changed[0].record.playing_ms), (0, 6_000));
    let input = MergeInput {
        said: apart.said.clone(),
        released: true,
        ..input(
            (NOW_MS + 99_000) as f64,
            stored(&first),
            vec![entry("plan-9", &playing(2, 5_000_000))],
        )
    };
    let released = merge(input).unwrap();
    let record = &released.changed[0].record;
    assert_eq!((record.playing_ms, record.country.as_deref()), (5_000_000, Some("DE")));
    assert_eq!(record.watched_ms, NOW_MS + 1_000, "it counts when it was measured");
    assert_eq!(released.clocks, None);
    let clocks = forged.clocks.clone().or(first.clocks.clone());
    let after = MergeOutput { clocks, ..released };
    let later = with(&told, NOW_MS + 9_000, Some(&after), &playing(5, 5_001_000));
    assert_eq!(later.quarantined, [], "what follows a state that was let pass is believed");
}

#[test]
fn a_state_set_apart_does_not_hold_up_the_others_of_its_body() {
    let other = ViewId::new("anna", [7; 16]).0.to_hex();
    let good = ViewEntry { view: other.clone(), ..entry("robot", &playing(1, 5)) };
    let forged = Tally { version: 1, muted_ms: 9, ..Tally::default() };
    let forged = ViewState::of(Producer(Id([1; 16])), forged, set(&[]));
    let output = merge(input(1.0, vec![], vec![entry("plan-9", &forged), good])).unwrap();
    assert_eq!(output.quarantined.len(), 1);
    assert_eq!((output.changed.len(), output.changed[0].view.as_str()), (1, other.as_str()));
    assert_eq!(output.acks.len(), 2);
}

#[test]
fn a_servers_clock_that_is_put_back_accuses_nobody() {
    let told = |open_ms| said(Some(NOW_MS), open_ms, "DE", Device::Tv);
    let first = with(&told(9_000), NOW_MS, None, &playing(1, 5_000));
    // Put back by a day, then an hour is played.
    let now_ms = NOW_MS - 86_400_000;
    let back = with(&told(10_000), now_ms, Some(&first), &playing(2, 6_000));
    assert_eq!(back.quarantined, []);
    let later = with(&told(3_610_000), now_ms + 3_600_000, Some(&back), &playing(3, 3_606_000));
    assert_eq!(later.quarantined, []);
    let forged = with(&told(3_611_000), now_ms + 3_601_000, Some(&back), &playing(4, 9_606_000));
    assert_eq!(forged.quarantined.len(), 1);
}

#[test]
fn bytes_that_were_not_given_are_refused() {
    let check = |change: &dyn Fn(&mut MergeInput), field: &str| {
        let mut input = input(1.0, vec![], vec![]);
        change(&mut input);
        let refusal = merge(input).unwrap_err();
        assert_eq!((refusal.code, refusal.field.as_deref()), (Code::InvalidValue, Some(field)));
    };
    check(&|input| input.said = vec![0x80], "said");
    check(&|input| input.clocks = vec![0x80], "clocks");
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_states_stores_the_same(
        mut order in prop::collection::vec(0..6_usize, 6..20),
        cut in 0..20_usize,
    ) {
        order.extend(0..6);
        let of = |index: usize| state((index % 2) as u8, index as u64, &[(index as u64 * 50, index as u64 * 60 + 10)]);
        let deliver = |order: &[usize]| {
            let mut known = Vec::new();
            for part in order.chunks(cut.max(1)) {
                let incoming = part.iter().map(|index| entry("plan-9", &of(*index))).collect();
                let output = merge(input(5.0, known.clone(), incoming)).unwrap();
                if !output.changed.is_empty() {
                    known = stored(&output);
                }
            }
            known
        };
        prop_assert_eq!(deliver(&order), deliver(&[0, 1, 2, 3, 4, 5]));
    }
}

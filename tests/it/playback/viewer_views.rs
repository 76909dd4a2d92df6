use super::set;
use proptest::prelude::*;
use usher::base::id::{Id, Producer, ViewId};
use usher::base::limits::PRODUCERS_MAX;
use usher::base::refusal::Code;
use usher::playback::reading::Extent;
use usher::playback::state::{Seen, ViewState};
use usher::playback::tally::Tally;
use usher::playback::viewer_views::{MergeInput, MergeOutput, merge};
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

fn input(now_ms: f64, stored: Vec<ViewEntry>, incoming: Vec<ViewEntry>) -> MergeInput {
    MergeInput { viewer: "anna".to_owned(), now_ms, stored, incoming }
}

/// What is stored after the output was written.
fn stored(output: &MergeOutput) -> Vec<ViewEntry> {
    let entry = |view: &usher::playback::viewer_views::ChangedView| ViewEntry {
        view: view.view.clone(),
        title: view.title.clone(),
        state: view.state.clone(),
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
    let refusal = merge(input(1.0, vec![broken], vec![good])).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("stored[0].state"));
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

use usher::base::refusal::Code;
use usher::playback::record::{Source, ViewRecord};
use usher::playback::state::ViewState;
use usher::privacy::sealed_view::{self, SealedView, seal};
use usher::privacy::tenant_key::TenantKey;

const VIEW: &str = "0123456789abcdef0123456789abcdef";
const DAY_MS: u64 = 86_400_000;

fn key() -> TenantKey {
    TenantKey::new(b"sixteen bytes or more").unwrap()
}

fn record() -> ViewRecord {
    let empty = ViewRecord::new("anna", VIEW, "plan-9", &ViewState::default());
    ViewRecord {
        version: 3,
        unique_ms: 1000,
        played_ms: 2000,
        stalls: 4,
        completed: true,
        watched_ms: 20 * DAY_MS + 17,
        first_seen_ms: 19 * DAY_MS,
        last_seen_ms: 21 * DAY_MS - 1,
        ..empty
    }
}

fn sealed() -> SealedView {
    seal(&key(), record()).unwrap()
}

#[test]
fn a_sealed_record_has_its_figures_and_neither_view_nor_viewer() {
    let sealed = sealed();
    assert_eq!((sealed.version, sealed.unique_ms, sealed.played_ms), (3, 1000, 2000));
    assert_eq!((sealed.completed, sealed.stalls, sealed.imported), (1, 4, 0));
    assert_eq!(sealed.title, "plan-9");
    let text = serde_json::to_string(&sealed).unwrap();
    assert!(!text.contains("anna") && !text.contains(VIEW));
}

#[test]
fn an_imported_record_is_told_apart() {
    let imported = ViewRecord { source: Source::Import, completed: false, ..record() };
    let sealed = seal(&key(), imported).unwrap();
    assert_eq!((sealed.imported, sealed.completed), (1, 0));
}

#[test]
fn a_record_is_opened_by_its_view_or_by_its_viewer() {
    let SealedView { view_key, viewer_sealed, view_sealed, record: text, .. } = sealed();
    let by_view = sealed_view::open_for_view(&key(), VIEW, &viewer_sealed, &text).unwrap();
    assert_eq!(by_view, record());
    let by_viewer =
        sealed_view::open_for_viewer(&key(), "anna", &view_key, &view_sealed, &text).unwrap();
    assert_eq!(by_viewer, record());
}

#[test]
fn nobody_else_opens_a_record() {
    let SealedView { view_key, viewer_sealed, view_sealed, record: text, .. } = sealed();
    let other = TenantKey::new(b"another sixteen bytes").unwrap();
    let view = "1123456789abcdef0123456789abcdef";
    let attempts = [
        sealed_view::open_for_view(&key(), view, &viewer_sealed, &text),
        sealed_view::open_for_view(&other, VIEW, &viewer_sealed, &text),
        sealed_view::open_for_view(&key(), VIEW, &view_sealed, &text),
        sealed_view::open_for_view(&key(), VIEW, "", &text),
        sealed_view::open_for_view(&key(), VIEW, "?", &text),
        sealed_view::open_for_viewer(&key(), "bert", &view_key, &view_sealed, &text),
        sealed_view::open_for_viewer(&other, "anna", &view_key, &view_sealed, &text),
    ];
    for attempt in attempts {
        assert_eq!(attempt.unwrap_err().code, Code::Internal);
    }
}

#[test]
fn records_of_one_view_have_the_same_keys_and_those_of_two_have_not() {
    let later = seal(&key(), ViewRecord { version: 4, ..record() }).unwrap();
    let first = sealed();
    assert_eq!((&later.view_key, &later.viewer_key), (&first.view_key, &first.viewer_key));
    let other = seal(&key(), ViewRecord { view: "f".repeat(32), ..record() }).unwrap();
    assert_ne!(other.view_key, first.view_key);
    assert_eq!(other.viewer_key, first.viewer_key);
    assert_eq!(first.viewer_key, sealed_view::viewer_key(&key(), "anna"));
    assert_eq!(first.view_key, sealed_view::view_key(&key(), VIEW));
}

#[test]
fn an_erased_record_keeps_every_figure_and_the_day() {
    let before: ViewRecord = serde_json::from_str(&sealed().record).unwrap();
    let after: ViewRecord =
        serde_json::from_str(&sealed_view::coarsen(&sealed().record).unwrap()).unwrap();
    let expected = ViewRecord {
        watched_ms: 20 * DAY_MS,
        first_seen_ms: 19 * DAY_MS,
        last_seen_ms: 20 * DAY_MS,
        ..before
    };
    assert_eq!(after, expected);
    assert_eq!(sealed_view::coarsen("{").unwrap_err().code, Code::Internal);
}

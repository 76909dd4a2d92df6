use super::set;
use usher::playback::milestones::{is_passed, is_watched};
use usher::playback::reading::Extent;

const TITLE: Extent = Extent::Finite(100_000);

#[test]
fn a_milestone_is_watched_from_its_share_of_unique_content_on() {
    let check = |content: &[(u64, u64)], percent, expected| {
        assert_eq!(is_watched(&set(content), TITLE, percent), expected, "{content:?} {percent}");
    };
    check(&[(0, 9_999)], 10, false);
    check(&[(0, 10_000)], 10, true);
    check(&[(50_000, 55_000), (80_000, 85_000)], 10, true);
    check(&[(0, 100_000)], 100, true);
    check(&[(0, 100_000)], 101, false);
    check(&[(0, 100_000)], 0, false);
    // What lies behind the end of the title is not of the title.
    check(&[(95_000, 110_000)], 10, false);
}

#[test]
fn a_milestone_is_passed_when_its_place_was_played_through() {
    let check = |content: &[(u64, u64)], percent, expected| {
        assert_eq!(is_passed(&set(content), TITLE, percent), expected, "{content:?} {percent}");
    };
    check(&[(9_000, 10_000)], 10, true);
    check(&[(9_000, 9_999)], 10, false);
    check(&[(10_000, 20_000)], 10, false);
    check(&[(0, 5_000), (60_000, 61_000)], 50, false);
    check(&[(99_000, 100_000)], 100, true);
}

#[test]
fn without_a_duration_there_are_no_milestones() {
    for extent in [Extent::Unknown, Extent::Live] {
        assert!(!is_watched(&set(&[(0, 100_000)]), extent, 10));
        assert!(!is_passed(&set(&[(0, 100_000)]), extent, 10));
    }
}

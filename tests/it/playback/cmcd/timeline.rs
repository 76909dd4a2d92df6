use super::{report, states};
use proptest::prelude::*;
use usher::base::varint::Reader;
use usher::playback::cmcd::dialect::Dialect;
use usher::playback::cmcd::report::Report;
use usher::playback::cmcd::timeline::{REPORT_GAP_MS_MAX, Timeline};
use usher::playback::reading::Extent;
use usher::playback::tally::Tally;

fn play(dialect: Dialect, reports: &[Report]) -> Tally {
    let mut timeline = Timeline::new(dialect);
    reports.iter().for_each(|report| timeline.take(report));
    timeline.tally()
}

/// `(startup, playing, paused, seeking, stalled, suspended)` in ms.
fn times(tally: &Tally) -> [u64; 6] {
    let t = tally;
    [t.startup_ms, t.playing_ms, t.paused_ms, t.seeking_ms, t.stalled_ms, t.suspended_ms]
}

fn standard(of: &[(u64, &str)]) -> Tally {
    play(Dialect::Standard, &states(of))
}

#[test]
fn wall_time_is_in_the_state_that_was_told() {
    let check = |of: &[(u64, &str)], expected| assert_eq!(times(&standard(of)), expected, "{of:?}");
    check(&[], [0; 6]);
    check(&[(0, "p")], [0; 6]);
    check(&[(1_000, "s"), (1_500, "p"), (4_500, "a")], [500, 3_000, 0, 0, 0, 0]);
    check(
        &[(0, "p"), (1_000, "a"), (3_000, "p"), (4_000, "e"), (9_000, "e")],
        [0, 2_000, 7_000, 0, 0, 0],
    );
    check(&[(0, "p"), (1_000, "k"), (1_400, "p"), (2_000, "a")], [0, 1_600, 0, 400, 0, 0]);
    check(&[(0, "p"), (1_000, "r"), (1_800, "p"), (2_000, "a")], [0, 1_200, 0, 0, 800, 0]);
    check(&[(0, "p"), (1_000, "f"), (9_000, "q")], [0, 1_000, 0, 0, 0, 0]);
    // The end of dash.js and of Shaka: paused, then ended.
    check(&[(0, "p"), (1_000, "a"), (1_002, "e"), (2_000, "e")], [0, 1_000, 1_000, 0, 0, 0]);
}

#[test]
fn before_the_first_playing_only_start_up_counts() {
    let check = |of: &[(u64, &str)], startup_ms| {
        let tally = standard(of);
        assert_eq!(times(&tally), [startup_ms, 0, 0, 0, 0, 0], "{of:?}");
        assert_eq!((tally.seeks, tally.stalls), (0, 0));
    };
    check(&[(0, "d"), (60_000, "s"), (60_300, "p")], 300);
    check(&[(0, "s"), (200, "r"), (300, "w"), (500, "k"), (700, "p")], 700);
    check(&[(0, "d"), (5_000, "a"), (9_000, "s"), (9_100, "p")], 100);
}

#[test]
fn the_start_delay_that_a_player_tells_comes_before_what_its_states_say() {
    // dash.js 5 says `s` when it is made, long before the viewer asks.
    let start = "e=ps,sn=0,ts=1000,sta=s";
    let told = |msd: &str, at: &str| {
        let reports =
            [report(start), report(&format!("e=ps,sn=1,ts=61000,sta=p{msd}")), report(at)];
        play(Dialect::Standard, &reports).startup_ms
    };
    assert_eq!(told("", "e=t,sn=2,ts=61000,sta=p"), 60_000);
    assert_eq!(told(",msd=120", "e=t,sn=2,ts=61000,sta=p"), 120);
    assert_eq!(told("", "e=t,sn=2,ts=62000,sta=p,msd=80"), 80);
    assert_eq!(told(",msd=99999999", "e=t,sn=2,ts=61000,sta=p"), 60_000);
    assert_eq!(told(",msd=120", "e=rr,sn=2,ts=62000,msd=3000"), 120);
}

#[test]
fn the_wait_after_a_seek_is_no_stall() {
    // hls.js says `r`, dash.js `w`, each a few milliseconds after `k`.
    for word in ["r", "w"] {
        let tally = standard(&[(0, "p"), (1_000, "k"), (1_002, word), (3_000, "p"), (4_000, "a")]);
        assert_eq!(times(&tally), [0, 2_000, 0, 2_000, 0, 0]);
        assert_eq!((tally.seeks, tally.stalls), (1, 0));
    }
}

#[test]
fn who_has_paused_pauses_through_a_seek() {
    let tally =
        standard(&[(0, "p"), (1_000, "a"), (2_000, "k"), (2_005, "a"), (4_000, "p"), (5_000, "a")]);
    assert_eq!(times(&tally), [0, 2_000, 3_000, 0, 0, 0]);
    // dash.js does not say that it pauses again.
    let tally = standard(&[(0, "p"), (1_000, "a"), (2_000, "k"), (4_000, "p"), (5_000, "a")]);
    assert_eq!(times(&tally), [0, 2_000, 3_000, 0, 0, 0]);
    assert_eq!(tally.seeks, 1);
}

#[test]
fn a_hiccup_is_no_stall() {
    let check = |stalled_ms: u64, expected, stalls, longest_ms| {
        let tally = standard(&[(0, "p"), (1_000, "r"), (1_000 + stalled_ms, "p"), (3_000, "a")]);
        assert_eq!(times(&tally), expected, "{stalled_ms}");
        assert_eq!((tally.stalls, tally.stall_longest_ms), (stalls, longest_ms));
    };
    check(249, [0, 3_000, 0, 0, 0, 0], 0, 0);
    check(250, [0, 2_750, 0, 0, 250, 0], 1, 250);
    // One that is not over counts as soon as it is long enough.
    assert_eq!(standard(&[(0, "p"), (1_000, "r"), (1_200, "r")]).stalls, 0);
    let open = standard(&[(0, "p"), (1_000, "r"), (1_400, "r")]);
    assert_eq!((open.stalls, open.stalled_ms), (1, 400));
}

#[test]
fn a_gap_without_reports_is_not_playing() {
    let check = |gap_ms: u64, expected| {
        let of = [(0, "p"), (gap_ms, "p"), (gap_ms + 10, "a")];
        assert_eq!(times(&standard(&of)), expected, "{gap_ms}");
    };
    check(REPORT_GAP_MS_MAX, [0, REPORT_GAP_MS_MAX + 10, 0, 0, 0, 0]);
    check(REPORT_GAP_MS_MAX + 1, [0, 10, 0, 0, 0, REPORT_GAP_MS_MAX + 1]);
}

#[test]
fn a_clock_that_goes_back_adds_nothing_and_is_told() {
    let tally = standard(&[(100_000, "p"), (101_000, "p"), (50_000, "p"), (51_000, "a")]);
    assert_eq!((times(&tally), tally.rejected), ([0, 2_000, 0, 0, 0, 0], 1));
    let tally = standard(&[(100_000, "p"), (101_000, "p"), (100_500, "p"), (101_000, "a")]);
    assert_eq!((tally.playing_ms, tally.rejected), (1_500, 0));
}

#[test]
fn rate_sound_sight_and_quality_belong_to_the_time_after_they_were_told() {
    let reports = [
        report("e=ps,sn=0,ts=0,sta=p,br=(100)"),
        report("e=pr,sn=1,ts=1000,pr=2,sta=p,br=(100)"),
        report("e=m,sn=2,ts=2000,sta=p,br=(300)"),
        report("e=b,sn=3,ts=3000,sta=p,bg,df=7"),
        report("e=um,sn=4,ts=4000,sta=p"),
        report("e=e,sn=5,ts=4500,sta=p,ec=(\"x\")"),
        report("e=ps,sn=6,ts=5000,sta=a,st=l"),
    ];
    let tally = play(Dialect::Standard, &reports);
    assert_eq!(
        (tally.playing_ms, tally.played_ms, tally.rate_weighted_us),
        (5_000, 6_000, 6_000_000)
    );
    assert_eq!((tally.muted_ms, tally.hidden_ms), (2_000, 1_000));
    assert_eq!((tally.errors, tally.dropped_frames, tally.quality_switches), (1, 7, 1));
    assert_eq!(tally.bitrate_weighted_bits, 2_000 * 100 + 3_000 * 300);
    assert_eq!(tally.extent, Extent::Live);
}

#[test]
fn a_break_for_advertisements_is_not_playing() {
    let reports = [
        report("e=ps,sn=0,ts=0,sta=p"),
        report("e=abs,sn=1,ts=1000,sta=p"),
        report("e=as,sn=2,ts=1000,sta=p"),
        report("e=ae,sn=3,ts=2000,sta=p"),
        report("e=abe,sn=4,ts=3000,sta=p"),
        report("e=ps,sn=5,ts=5000,sta=a"),
    ];
    let tally = play(Dialect::Standard, &reports);
    assert_eq!(
        (tally.playing_ms, tally.linear_ad_ms, tally.ad_ms, tally.ads),
        (3_000, 2_000, 2_000, 1)
    );
}

#[test]
fn time_without_any_state_is_unexplained() {
    let reports =
        [report("e=t,sn=0,ts=5000"), report("e=t,sn=1,ts=15000"), report("e=rr,sn=2,ts=15500")];
    assert_eq!(times(&play(Dialect::Shaka, &reports)), [0, 0, 0, 0, 0, 10_000]);
}

fn shaka(of: &[&str]) -> Tally {
    let numbered = of.iter().enumerate().map(|(sn, line)| report(&format!("{line},sn={sn}")));
    play(Dialect::Shaka, &numbered.collect::<Vec<_>>())
}

#[test]
fn shaka_that_is_ready_does_not_play() {
    // Ready after 1 s; the viewer asks after 10 s, which the start delay of the next report tells.
    let ready = ["e=ps,ts=1000,sta=r", "e=ps,ts=2000,sta=p", "e=t,ts=8000,sta=p"];
    assert_eq!(times(&shaka(&ready)), [0; 6]);
    let played = [&ready[..], &["e=t,ts=18000,sta=p,msd=10000", "e=ps,ts=20000,sta=a"]].concat();
    assert_eq!(times(&shaka(&played)), [0, 9_000, 0, 0, 0, 0]);
    // The delay may come with a response, whose time is that of its request.
    let played = [&ready[..], &["e=rr,ts=10500,rc=200,msd=10000", "e=ps,ts=20000,sta=a"]].concat();
    assert_eq!(times(&shaka(&played)), [0, 9_000, 0, 0, 0, 0]);
    // It plays as soon as it can: all of that is start-up.
    let autoplay = ["e=ps,ts=1000,sta=r", "e=ps,ts=2000,sta=p", "e=t,ts=3000,sta=p,msd=1010"];
    assert_eq!(times(&shaka(&autoplay)), [1_010, 990, 0, 0, 0, 0]);
}

#[test]
fn shaka_whose_start_delay_was_lost_is_undercounted_and_says_so() {
    let lost = [
        "e=ps,ts=1000,sta=r",
        "e=ps,ts=2000,sta=p",
        "e=ps,ts=9000,sta=a",
        "e=ps,ts=10000,sta=p",
        "e=ps,ts=11000,sta=a",
    ];
    assert_eq!(times(&shaka(&lost)), [0, 1_000, 1_000, 0, 0, 7_000]);
    // A request after a pause of 1.5 s: the buffer drains.
    let proof = [
        "e=ps,ts=1000,sta=r",
        "e=ps,ts=2000,sta=p",
        "e=rr,ts=2010,ttlb=90,rc=200",
        "e=rr,ts=3600,ttlb=5,rc=200",
        "e=ps,ts=9000,sta=a",
    ];
    assert_eq!(shaka(&proof).playing_ms, 9_000 - 3_600);
    let no_proof = [
        "e=ps,ts=1000,sta=r",
        "e=ps,ts=2000,sta=p",
        "e=rr,ts=2010,ttlb=90,rc=200",
        "e=rr,ts=3599,ttlb=5,rc=200",
        "e=ps,ts=9000,sta=a",
    ];
    assert_eq!(shaka(&no_proof).playing_ms, 0);
}

#[test]
fn shaka_that_is_full_again_after_a_seek_while_paused_does_not_play() {
    let begin =
        ["e=ps,ts=0,sta=r", "e=ps,ts=100,sta=p", "e=t,ts=1000,sta=p,msd=100", "e=ps,ts=2000,sta=a"];
    let seek = [
        "e=ps,ts=3000,sta=k",
        "e=ps,ts=3005,sta=r",
        "e=rr,ts=3010,ttlb=20,rc=200",
        "e=ps,ts=3050,sta=p",
    ];
    let check = |rest: &[&str], expected| {
        assert_eq!(times(&shaka(&[&begin[..], &seek, rest].concat())), expected, "{rest:?}");
    };
    check(&["e=t,ts=9000,sta=p"], [100, 1_900, 1_050, 0, 0, 5_950]);
    check(&["e=rr,ts=7000,rc=200", "e=t,ts=9000,sta=p"], [100, 3_900, 1_050, 0, 0, 3_950]);
    check(&["e=rr,ts=4000,rc=200", "e=t,ts=9000,sta=p"], [100, 1_900, 1_050, 0, 0, 5_950]);
    // Of a live title parts come by themselves, whoever plays.
    check(
        &["e=t,ts=6000,sta=p,st=l", "e=rr,ts=8000,rc=200", "e=t,ts=9000,sta=p,st=l"],
        [100, 1_900, 1_050, 0, 0, 5_950],
    );
    // By the standard the same words are playing.
    let all: Vec<_> = [&begin[..], &seek, &["e=t,ts=9000,sta=p"]].concat();
    let numbered = all.iter().enumerate().map(|(sn, line)| report(&format!("{line},sn={sn}")));
    let tally = play(Dialect::Standard, &numbered.collect::<Vec<_>>());
    assert_eq!(tally.playing_ms, 1_900 + 5_950);
}

#[test]
fn shaka_that_stalls_and_is_paused_does_not_play_when_it_is_full() {
    let begin = [
        "e=ps,ts=0,sta=r",
        "e=ps,ts=100,sta=p",
        "e=t,ts=1000,sta=p,msd=100",
        "e=ps,ts=2000,sta=r",
        "e=ps,ts=3000,sta=a",
    ];
    let full = ["e=ps,ts=4000,sta=p", "e=t,ts=9000,sta=p"];
    assert_eq!(times(&shaka(&[&begin[..], &full].concat())), [100, 1_900, 1_000, 0, 1_000, 5_000]);
}

proptest! {
    #[test]
    fn all_wall_time_is_somewhere_once(of in prop::collection::vec((0..200_000_u64, 0..10_usize), 1..40), shaka: bool) {
        let mut at_ms = 0;
        let words = ["s", "p", "k", "r", "a", "w", "e", "f", "q", "d"];
        let of: Vec<_> = of.into_iter().map(|(ms, word)| { at_ms += ms; (at_ms, words[word]) }).collect();
        let dialect = if shaka { Dialect::Shaka } else { Dialect::Standard };
        let tally = play(dialect, &states(&of));
        let wall_ms = of.last().unwrap().0 - of[0].0;
        prop_assert!(times(&tally).iter().sum::<u64>() <= wall_ms);
        prop_assert_eq!(tally.played_ms, tally.playing_ms);
    }

    #[test]
    fn a_timeline_survives_its_bytes_and_goes_on_as_before(of in prop::collection::vec((0..20_000_u64, 0..10_usize), 1..20), cut in 0..20_usize) {
        let words = ["s", "p", "k", "r", "a", "w", "e", "f", "q", "d"];
        let of: Vec<_> = of.into_iter().map(|(ms, word)| (ms, words[word])).collect();
        let reports = states(&of);
        let (before, after) = reports.split_at(cut.min(reports.len()));
        let mut timeline = Timeline::new(Dialect::Shaka);
        before.iter().for_each(|report| timeline.take(report));
        let mut bytes = Vec::new();
        timeline.encode(&mut bytes);
        let mut reader = Reader::new(&bytes);
        let mut read = Timeline::decode(&mut reader).unwrap();
        prop_assert!(reader.is_done());
        prop_assert_eq!(&read, &timeline);
        after.iter().for_each(|report| read.take(report));
        prop_assert_eq!(read.tally(), play(Dialect::Shaka, &reports));
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = Timeline::decode(&mut Reader::new(&bytes));
    }
}

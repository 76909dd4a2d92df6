use super::{report, states};
use proptest::prelude::*;
use usher::base::id::Id;
use usher::playback::cmcd::dialect::Dialect;
use usher::playback::cmcd::report::Report;
use usher::playback::cmcd::session::{GAPS_MAX, PENDING_MAX, Session, Taken, key};

fn session(reports: &[Report]) -> Session {
    let mut session = Session::new(Dialect::Standard);
    for report in reports {
        let _ = session.take(*report);
    }
    session
}

/// A playback that plays and pauses in turns, a report a second.
fn long(count: usize) -> Vec<Report> {
    let words = ["p", "p", "k", "r", "p", "a"];
    let of: Vec<_> = (0..count).map(|n| (1_000 * n as u64, words[n % words.len()])).collect();
    states(&of)
}

#[test]
fn a_report_counts_once() {
    let mut session = Session::new(Dialect::Standard);
    let reports = states(&[(0, "p"), (1_000, "a")]);
    assert_eq!(session.take(reports[0]), Taken::New);
    assert_eq!(session.take(reports[1]), Taken::New);
    let before = session.clone();
    assert_eq!(session.take(reports[0]), Taken::Repeated);
    assert_eq!(session.take(reports[1]), Taken::Repeated);
    assert_eq!(session, before);
    let (tally, _) = session.figures();
    assert_eq!((tally.version, tally.playing_ms), (2, 1_000));
}

#[test]
fn a_report_that_contradicts_what_is_known_is_rejected() {
    let mut session = session(&states(&[(0, "p"), (1_000, "a"), (2_000, "p")]));
    assert_eq!(session.take(report("e=ps,sn=1,ts=1500,sta=a")), Taken::Late);
    let (tally, _) = session.figures();
    assert_eq!((tally.version, tally.rejected, tally.playing_ms), (4, 1, 1_000));
}

#[test]
fn a_report_that_comes_after_what_follows_it_was_added_up_is_rejected_once() {
    let reports = long(PENDING_MAX + 20);
    let missing = reports[7];
    let rest: Vec<_> = reports.iter().filter(|report| report.sn != 7).copied().collect();
    let mut session = session(&rest);
    assert_eq!(session.take(missing), Taken::Late);
    assert_eq!(session.take(missing), Taken::Repeated);
    assert_eq!(session.take(reports[6]), Taken::Repeated);
    assert_eq!(session.figures().0.rejected, 1);
}

#[test]
fn gaps_are_bounded() {
    let reports: Vec<_> =
        long(4 * PENDING_MAX).into_iter().filter(|report| report.sn % 2 == 1).collect();
    let mut session = session(&reports);
    let late = (0..2 * GAPS_MAX as u64 + 10).filter(|sn| sn % 2 == 0);
    let taken: Vec<_> =
        late.map(|sn| session.take(report(&format!("e=t,sn={sn},ts={sn}000")))).collect();
    assert_eq!(taken.iter().filter(|taken| **taken == Taken::Late).count(), GAPS_MAX);
    assert!(session.encode().len() < 8_000);
}

#[test]
fn a_player_that_loads_again_begins_another_playback() {
    let key = key("sid", "plan-9");
    let mut first = session(&states(&[(0, "p"), (1_000, "a"), (2_000, "p")]));
    let again = report("e=ps,sn=0,ts=9000,sta=p");
    let before = first.clone();
    assert_eq!(first.take(again), Taken::Restarts);
    assert_eq!(first, before);
    let mut second = first.next_run();
    // One that comes late, and one of the playback before.
    assert_eq!(second.take(report("e=ps,sn=1,ts=9500,sta=a")), Taken::New);
    assert_eq!(second.take(again), Taken::New);
    assert_eq!(second.take(report("e=ps,sn=2,ts=2000,sta=p")), Taken::Repeated);
    assert_eq!(second.figures().0.playing_ms, 500);
    assert_ne!(first.view("anna", key), second.view("anna", key));
    assert_ne!(first.producer(key), second.producer(key));
    assert_eq!(first.view("anna", key), session(&[]).view("anna", key));
}

#[test]
fn the_view_is_the_viewers_and_follows_from_session_and_title() {
    let (one, other) = (key("sid", "plan-9"), key("sid", "robot"));
    assert_ne!(one, other);
    assert_ne!(key("ab", "c"), key("a", "bc"));
    let session = session(&[]);
    assert!(session.view("anna", one).belongs_to("anna"));
    assert_ne!(session.view("anna", one), session.view("anna", other));
    assert_ne!(session.view("anna", one).0, session.producer(one).0);
    // The documented hash: FNV-1a, 128 bits, each part with its length in front.
    let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    let parts: [&[u8]; 3] = [b"session", b"sid", b"plan-9"];
    for part in parts {
        for byte in (part.len() as u64).to_be_bytes().iter().chain(part) {
            hash = (hash ^ u128::from(*byte)).wrapping_mul((1 << 88) + 0x13b);
        }
    }
    assert_eq!(one, Id(hash.to_be_bytes()));
}

fn shuffled(count: usize) -> impl Strategy<Value = (Vec<Report>, Vec<Report>)> {
    let reports = long(count);
    let twice = [reports.clone(), reports.clone()].concat();
    Just(twice).prop_shuffle().prop_map(move |order| (reports.clone(), order))
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_playback((reports, order) in shuffled(60)) {
        prop_assert_eq!(session(&order), session(&reports));
    }

    #[test]
    fn a_report_may_be_late_by_as_many_as_wait(places in prop::collection::vec(0..PENDING_MAX, 600)) {
        let reports = long(600);
        let mut order: Vec<_> = reports.iter().zip(places).collect();
        // No report comes after one that is PENDING_MAX numbers ahead of it.
        order.sort_by_key(|(report, place)| report.sn as usize + place);
        let order: Vec<_> = order.into_iter().map(|(report, _)| *report).collect();
        prop_assert_eq!(session(&order).figures(), session(&reports).figures());
    }

    #[test]
    fn a_session_survives_its_bytes(count in 0..400_usize, now_ms in 0..1_000_u64) {
        let mut whole = session(&long(count));
        whole.see(now_ms);
        let bytes = whole.encode();
        let read = Session::decode(&bytes);
        prop_assert_eq!(read, Ok(whole));
        prop_assert!(Session::decode(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
        let _ = Session::decode(&bytes);
    }

    #[test]
    fn a_flipped_byte_is_refused_or_read_as_what_it_says(at: prop::sample::Index, byte: u8) {
        let mut bytes = session(&long(20)).encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Session::decode(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
        }
    }
}

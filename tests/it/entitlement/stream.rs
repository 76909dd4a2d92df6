use proptest::prelude::*;
use usher::entitlement::device::{DEVICES_MAX, Slot};
use usher::entitlement::lease::{Ended, LEASES_MAX};
use usher::entitlement::stream::{Reached, Start, Streams, Terms};

const TV: u64 = 1;
const TELEPHONE: u64 = 2;
const TABLET: u64 = 3;
const WATCH: u64 = 4;
const MOVIE: u64 = 1;
const SERIES: u64 = 2;

const NOW: u64 = 1_790_000_000_000;

const TERMS: Terms = Terms {
    now_ms: NOW,
    lease_ms: 90_000,
    cooling_ms: 86_400_000,
    device_limit: 3,
    stream_limit: 2,
};

fn at(seconds: u64) -> Terms {
    Terms { now_ms: NOW + 1000 * seconds, ..TERMS }
}

fn on(device: u64, title: u64) -> Start {
    Start { device, title, is_allowed: true, takes_over: false }
}

fn live(streams: &Streams) -> Vec<u64> {
    let live = streams.leases.iter().filter(|lease| lease.ended.is_none());
    live.map(|lease| lease.device).collect()
}

fn taken(streams: &Streams) -> usize {
    streams.devices.iter().filter(|device| device.slot != Slot::Free).count()
}

/// Streams with a lease of each of these devices, one second apart.
fn started(devices: &[u64]) -> Streams {
    let mut streams = Streams::default();
    for (second, device) in devices.iter().enumerate() {
        let terms = Terms { device_limit: 9, stream_limit: 9, ..at(second as u64) };
        streams.start(&terms, &on(*device, MOVIE)).unwrap();
    }
    streams
}

const DEVICES: Reached = Reached { devices: true, streams: false };
const STREAMS: Reached = Reached { devices: false, streams: true };

#[test]
fn a_start_registers_its_device_and_takes_a_lease() {
    let mut streams = Streams::default();
    assert_eq!(streams.start(&TERMS, &on(TV, MOVIE)), Ok(0));
    assert_eq!(streams.devices[0].slot, Slot::Registered);
    assert_eq!(streams.leases[0].until_ms, NOW + 90_000);
}

#[test]
fn the_same_start_again_is_the_same_stream_until_the_lease_is_over() {
    let mut streams = started(&[TV, TELEPHONE]);
    assert_eq!(streams.start(&at(80), &on(TV, MOVIE)), Ok(0));
    assert_eq!(streams.leases[0].until_ms, at(170).now_ms);
    assert_eq!(streams.start(&at(170), &on(TV, MOVIE)), Ok(2));
    assert_eq!(live(&streams), [TV]);
}

#[test]
fn another_title_on_the_same_device_takes_no_second_slot() {
    let mut streams = started(&[TV, TELEPHONE]);
    assert_eq!(streams.start(&at(5), &on(TV, SERIES)), Ok(2));
    assert_eq!(live(&streams), [TELEPHONE, TV]);
    assert_eq!(streams.leases[0].ended, Some(Ended::Replaced));
}

#[test]
fn a_start_beyond_the_streams_changes_nothing_but_says_so() {
    let mut streams = started(&[TV, TELEPHONE]);
    let before = streams.clone();
    assert_eq!(streams.start(&at(5), &on(TABLET, MOVIE)), Err(STREAMS));
    assert_eq!(streams, before);
    assert!(streams.end(&at(6), 0, Ended::Stopped));
    assert_eq!(streams.start(&at(7), &on(TABLET, MOVIE)), Ok(2));
}

#[test]
fn an_unknown_device_needs_a_slot() {
    let mut streams = started(&[TV, TELEPHONE, TABLET]);
    streams.settle(&at(1000));
    assert_eq!(streams.start(&at(1000), &on(WATCH, MOVIE)), Err(DEVICES));
    assert_eq!(streams.start(&at(1000), &on(TABLET, MOVIE)), Ok(3));
    assert!(streams.remove(&at(1001), TV));
    assert_eq!(streams.start(&at(1002), &on(WATCH, MOVIE)), Err(DEVICES));
    assert_eq!(streams.start(&at(1001 + 86_400), &on(WATCH, MOVIE)), Ok(4));
    assert_eq!(taken(&streams), 3);
}

#[test]
fn both_limits_are_told_and_those_of_what_is_not_allowed_anyway() {
    let mut streams = started(&[TV, TELEPHONE, TABLET]);
    let both = Reached { devices: true, streams: true };
    assert_eq!(streams.start(&at(5), &on(WATCH, MOVIE)), Err(both));
    let refused = Start { is_allowed: false, takes_over: true, ..on(WATCH, MOVIE) };
    assert_eq!(streams.start(&at(5), &refused), Err(both));
    let refused = Start { is_allowed: false, ..on(TV, SERIES) };
    let before = Streams::default();
    let mut streams = before.clone();
    assert_eq!(streams.start(&at(5), &refused), Err(Reached::default()));
    assert_eq!(streams, before);
}

#[test]
fn a_start_that_takes_over_ends_the_oldest_of_another_device() {
    let mut streams = started(&[TV, TELEPHONE]);
    let takes_over = Start { takes_over: true, ..on(TABLET, MOVIE) };
    assert_eq!(streams.start(&at(5), &takes_over), Ok(2));
    assert_eq!(streams.leases[0].ended, Some(Ended::TakenOver));
    assert_eq!(live(&streams), [TELEPHONE, TABLET]);
    assert!(!streams.heartbeat(&at(6), 0));
    // The answer was lost: nobody else ends.
    assert_eq!(streams.start(&at(7), &takes_over), Ok(2));
    assert_eq!(live(&streams), [TELEPHONE, TABLET]);
}

#[test]
fn nobody_is_ended_for_a_start_that_cannot_be() {
    let mut streams = started(&[TV, TELEPHONE, TABLET]);
    let before = streams.clone();
    let takes_over = Start { takes_over: true, ..on(WATCH, MOVIE) };
    assert_eq!(
        streams.start(&at(5), &takes_over),
        Err(Reached { devices: true, streams: true }),
        "no slot for the device"
    );
    let none = Terms { stream_limit: 0, ..at(5) };
    let takes_over = Start { takes_over: true, ..on(TV, MOVIE) };
    assert_eq!(streams.start(&none, &takes_over), Err(STREAMS));
    assert_eq!(streams, before);
}

#[test]
fn a_heartbeat_renews_what_lives() {
    let mut streams = started(&[TV]);
    assert!(streams.heartbeat(&at(89), 0));
    assert_eq!(streams.leases[0].until_ms, at(179).now_ms);
    assert!(!streams.heartbeat(&at(179), 0));
    assert_eq!(streams.leases[0].ended, Some(Ended::Expired));
    assert!(!streams.heartbeat(&at(179), 7), "no such place");
}

#[test]
fn when_the_limit_falls_the_oldest_stay() {
    let mut streams = started(&[TV, TELEPHONE, TABLET]);
    for place in 0..3 {
        assert_eq!(streams.heartbeat(&at(5), place), place < 2, "{place}");
    }
    assert_eq!(streams.leases[2].ended, Some(Ended::Refused));
}

#[test]
fn a_stream_ends_once() {
    let mut streams = started(&[TV]);
    assert!(streams.end(&at(5), 0, Ended::Stopped));
    assert!(!streams.end(&at(6), 0, Ended::Refused));
    assert!(!streams.end(&at(6), 7, Ended::Refused), "no such place");
    assert_eq!(streams.leases[0].ended, Some(Ended::Stopped));
}

#[test]
fn a_device_is_registered_without_a_stream_and_leaves_with_its_own() {
    let mut streams = started(&[TV]);
    assert!(streams.register(&TERMS, TELEPHONE));
    assert!(streams.register(&TERMS, TABLET));
    assert!(!streams.register(&TERMS, WATCH));
    assert!(streams.register(&TERMS, TV), "it is registered");
    assert!(!streams.remove(&TERMS, WATCH));
    assert!(streams.remove(&TERMS, TV));
    assert_eq!(streams.leases[0].ended, Some(Ended::Removed));
    assert!(!streams.register(&TERMS, WATCH), "the slot is cooling");
}

/// What devices and clocks may do, in any order.
#[derive(Debug, Clone)]
enum Step {
    Start {
        device: u64,
        title: u64,
        is_allowed: bool,
        takes_over: bool,
    },
    Heartbeat(usize),
    End(usize),
    Register(u64),
    Remove(u64),
    /// Seconds that the clock goes on, or is put back.
    Clock(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let start = (0..12_u64, 0..3_u64, any::<[bool; 3]>()).prop_map(|(device, title, flags)| {
        // Most are allowed.
        Step::Start { device, title, is_allowed: flags[0] || flags[1], takes_over: flags[2] }
    });
    let step = prop_oneof![
        4 => start,
        2 => (0..64_usize).prop_map(Step::Heartbeat),
        1 => (0..64_usize).prop_map(Step::End),
        1 => (0..12_u64).prop_map(Step::Register),
        1 => (0..12_u64).prop_map(Step::Remove),
        2 => (-200_i64..200).prop_map(Step::Clock),
    ];
    proptest::collection::vec(step, 1..200)
}

/// One step. Steps are told apart by what they may change.
fn take(streams: &mut Streams, terms: &mut Terms, step: &Step) -> bool {
    match *step {
        Step::Start { device, title, is_allowed, takes_over } => {
            let start = Start { device, title, is_allowed, takes_over };
            let done = streams.start(terms, &start);
            if let Ok(place) = done {
                let lease = &streams.leases[place];
                assert_eq!((lease.device, lease.title), (device, title));
                assert_eq!(lease.until_ms, terms.now_ms + terms.lease_ms);
                assert!(is_allowed);
            }
            done.is_ok()
        }
        Step::Heartbeat(place) => streams.heartbeat(terms, place),
        Step::End(place) => streams.end(terms, place, Ended::Stopped),
        Step::Register(device) => streams.register(terms, device),
        Step::Remove(device) => streams.remove(terms, device),
        Step::Clock(seconds) => {
            terms.now_ms = terms.now_ms.saturating_add_signed(1000 * seconds);
            true
        }
    }
}

proptest! {
    #[test]
    fn never_more_live_leases_or_slots_than_there_may_be(
        steps in steps(),
        stream_limit in 0..6_usize,
        device_limit in 0..8_usize,
    ) {
        let mut terms = Terms { stream_limit, device_limit, cooling_ms: 100_000, ..TERMS };
        let mut streams = Streams::default();
        for step in &steps {
            let before = streams.clone();
            take(&mut streams, &mut terms, step);
            let live = live(&streams);
            prop_assert!(live.len() <= stream_limit, "{live:?}");
            let mut devices = live.clone();
            devices.sort_unstable();
            devices.dedup();
            prop_assert_eq!(devices.len(), live.len(), "a device has one");
            prop_assert!(taken(&streams) <= device_limit);
            // What is over stays over; the rest lives no longer than a lease from now on, once it is looked at.
            for (now, then) in streams.leases.iter().zip(&before.leases) {
                prop_assert!(then.ended.is_none() || now.ended == then.ended);
                prop_assert_eq!((&now.device, &now.title), (&then.device, &then.title));
            }
            if !matches!(step, Step::Clock(_)) {
                for lease in streams.leases.iter().filter(|lease| lease.ended.is_none()) {
                    prop_assert!(lease.until_ms > terms.now_ms);
                    prop_assert!(lease.until_ms <= terms.now_ms + terms.lease_ms);
                    let its = streams.devices.iter().find(|device| device.id == lease.device);
                    prop_assert_eq!(its.map(|device| device.slot), Some(Slot::Registered));
                }
            }
        }
    }

    #[test]
    fn a_step_that_is_repeated_changes_nothing_more(steps in steps()) {
        let mut terms = TERMS;
        let mut streams = Streams::default();
        for step in steps.iter().filter(|step| !matches!(step, Step::Remove(_) | Step::End(_))) {
            let done = take(&mut streams, &mut terms, step);
            let once = streams.clone();
            if !matches!(step, Step::Clock(_)) {
                prop_assert_eq!(take(&mut streams, &mut terms, step), done);
                prop_assert_eq!(&streams, &once);
            }
        }
    }

    #[test]
    fn a_clock_that_is_put_back_ends_no_lease_and_frees_no_slot(
        steps in steps(),
        seconds in 0..10_000_u64,
    ) {
        let mut terms = TERMS;
        let mut streams = Streams::default();
        for step in &steps {
            take(&mut streams, &mut terms, step);
        }
        streams.settle(&terms);
        let (lives, slots) = (live(&streams).len(), taken(&streams));
        terms.now_ms = terms.now_ms.saturating_sub(1000 * seconds);
        streams.settle(&terms);
        prop_assert_eq!((live(&streams).len(), taken(&streams)), (lives, slots));
        // And what nobody renews is over after its usual time.
        terms.now_ms += terms.lease_ms;
        streams.settle(&terms);
        prop_assert_eq!(live(&streams).len(), 0);
        terms.now_ms += terms.cooling_ms;
        streams.settle(&terms);
        let cooling = |slot: &Slot| matches!(slot, Slot::Cooling(_));
        prop_assert!(!streams.devices.iter().any(|device| cooling(&device.slot)));
    }

    #[test]
    fn of_any_number_of_devices_exactly_as_many_start_as_may(
        devices in 0..100_u64,
        stream_limit in 0..100_usize,
        device_limit in 0..100_usize,
    ) {
        let terms = Terms { stream_limit, device_limit, ..TERMS };
        let mut streams = Streams::default();
        let mut count = 0;
        for device in 0..devices {
            count += usize::from(streams.start(&terms, &on(device, MOVIE)).is_ok());
        }
        let most = stream_limit.min(LEASES_MAX).min(device_limit.min(DEVICES_MAX));
        prop_assert_eq!(count, (devices as usize).min(most));
        prop_assert_eq!(live(&streams).len(), count);
    }
}

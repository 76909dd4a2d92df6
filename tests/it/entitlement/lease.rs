use usher::entitlement::lease::{Ended, Lease, end_of, of_others, settle, start, take_over};

const TV: u64 = 1;
const TELEPHONE: u64 = 2;
const TABLET: u64 = 3;
const WATCH: u64 = 4;
const MOVIE: u64 = 1;
const SERIES: u64 = 2;

const NOW: u64 = 1_790_000_000_000;
const LEASE: u64 = 90_000;

/// Live leases of these devices, the oldest first, all of the same title.
fn leases(devices: &[u64]) -> Vec<Lease> {
    let lease =
        |device: &u64| Lease { device: *device, title: MOVIE, until_ms: NOW + LEASE, ended: None };
    devices.iter().map(lease).collect()
}

fn ends(leases: &[Lease]) -> Vec<Option<Ended>> {
    leases.iter().map(|lease| lease.ended).collect()
}

/// The end and the state of a lease that was given until `NOW` and a lease's time, later.
fn settled(now_ms: u64) -> (u64, Option<Ended>) {
    let mut leases = leases(&[TV]);
    settle(&mut leases, now_ms, LEASE);
    (leases[0].until_ms, leases[0].ended)
}

#[test]
fn a_lease_lives_until_its_end_and_not_at_it() {
    assert_eq!(settled(NOW + LEASE - 1), (NOW + LEASE, None));
    assert_eq!(settled(NOW + LEASE), (NOW + LEASE, Some(Ended::Expired)));
}

#[test]
fn a_clock_that_went_back_ends_no_lease_and_prolongs_none() {
    assert_eq!(settled(NOW - 1), (NOW + LEASE - 1, None));
    assert_eq!(settled(NOW - 3_600_000), (NOW - 3_600_000 + LEASE, None));
    assert_eq!(settled(0), (LEASE, None));
}

#[test]
fn what_is_over_stays_over_when_the_clock_goes_back() {
    let mut leases = leases(&[TV]);
    settle(&mut leases, NOW + LEASE, LEASE);
    settle(&mut leases, NOW, LEASE);
    assert_eq!(ends(&leases), [Some(Ended::Expired)]);
    leases[0].end(Ended::Stopped);
    assert_eq!(ends(&leases), [Some(Ended::Expired)]);
}

#[test]
fn leases_of_other_devices_count_as_long_as_they_live() {
    let mut leases = leases(&[TV, TELEPHONE, TABLET]);
    assert_eq!(of_others(&leases, TV), 2);
    assert_eq!(of_others(&leases, WATCH), 3);
    leases[1].end(Ended::Stopped);
    assert_eq!(of_others(&leases, WATCH), 2);
    assert_eq!(of_others(&leases, TELEPHONE), 2);
}

#[test]
fn the_oldest_of_other_devices_make_room() {
    let check = |device: u64, limit: usize, over: &[usize]| {
        let mut leases = leases(&[TV, TELEPHONE, TABLET]);
        take_over(&mut leases, device, limit);
        let ended: Vec<usize> = (0..3).filter(|place| leases[*place].ended.is_some()).collect();
        assert_eq!(ended, over, "{device} {limit}");
        assert!(leases.iter().all(|lease| matches!(lease.ended, None | Some(Ended::TakenOver))));
    };
    check(WATCH, 4, &[]);
    check(WATCH, 3, &[0]);
    check(WATCH, 1, &[0, 1, 2]);
    check(WATCH, 0, &[]);
    check(TV, 3, &[]);
    check(TV, 2, &[1]);
    check(TV, 0, &[]);
}

#[test]
fn a_device_has_one_stream() {
    let mut leases = leases(&[TV, TELEPHONE]);
    assert_eq!(start(&mut leases, TV, MOVIE, NOW + 2 * LEASE), 0);
    assert_eq!((leases.len(), leases[0].until_ms), (2, NOW + 2 * LEASE));
    assert_eq!(start(&mut leases, TV, SERIES, NOW + LEASE), 2);
    assert_eq!(ends(&leases), [Some(Ended::Replaced), None, None]);
    assert_eq!(start(&mut leases, TV, MOVIE, NOW + LEASE), 3);
    assert_eq!(ends(&leases), [Some(Ended::Replaced), None, Some(Ended::Replaced), None]);
}

#[test]
fn a_device_that_goes_takes_its_leases_with_it() {
    let mut leases = leases(&[TV, TELEPHONE, TV]);
    leases[2].end(Ended::Stopped);
    end_of(&mut leases, TV, Ended::Removed);
    assert_eq!(ends(&leases), [Some(Ended::Removed), None, Some(Ended::Stopped)]);
}

#[test]
fn a_lease_is_a_number() {
    let whys = [
        Ended::Expired,
        Ended::Stopped,
        Ended::Replaced,
        Ended::TakenOver,
        Ended::Removed,
        Ended::Refused,
    ];
    let mut numbers = vec![leases(&[TV])[0].number()];
    for why in whys {
        let mut lease = leases(&[TV])[0];
        lease.end(why);
        numbers.push(lease.number());
    }
    assert_eq!(numbers, [(NOW + LEASE).cast_signed(), -1, -2, -3, -4, -5, -6]);
}

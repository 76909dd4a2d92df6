use usher::entitlement::device::{DEVICES_MAX, Device, Slot, has_room, register, remove, settle};

const TV: u64 = 1;
const TELEPHONE: u64 = 2;
const TABLET: u64 = 3;

const NOW: u64 = 1_790_000_000_000;
const COOLING: u64 = 86_400_000;

fn registered(ids: &[u64]) -> Vec<Device> {
    ids.iter().map(|id| Device { id: *id, slot: Slot::Registered }).collect()
}

/// The slot of the only device after the clock was looked at.
fn settled(slot: Slot, now_ms: u64) -> Slot {
    let mut devices = [Device { id: TV, slot }];
    settle(&mut devices, now_ms, COOLING);
    devices[0].slot
}

#[test]
fn there_is_room_below_the_limit_and_for_a_device_that_has_a_slot() {
    let devices = registered(&[TV, TELEPHONE]);
    assert!(has_room(&devices, TABLET, 3));
    assert!(!has_room(&devices, TABLET, 2));
    assert!(has_room(&devices, TV, 2));
    assert!(has_room(&devices, TV, 0));
    assert!(!has_room(&[], TV, 0));
}

#[test]
fn no_plan_gives_more_slots_than_there_are() {
    let mut devices = registered(&(0..DEVICES_MAX as u64).map(|n| 100 + n).collect::<Vec<_>>());
    assert!(!has_room(&devices, TV, usize::MAX));
    devices.pop();
    assert!(has_room(&devices, TV, usize::MAX));
}

#[test]
fn a_removed_device_keeps_its_slot_until_its_cooling_is_over() {
    let mut devices = registered(&[TV]);
    assert!(remove(&mut devices, TV, NOW, COOLING));
    assert_eq!(devices[0].slot, Slot::Cooling(NOW + COOLING));
    assert!(!has_room(&devices, TELEPHONE, 1));
    settle(&mut devices, NOW + COOLING - 1, COOLING);
    assert!(!has_room(&devices, TELEPHONE, 1));
    settle(&mut devices, NOW + COOLING, COOLING);
    assert_eq!(devices[0].slot, Slot::Free);
    assert!(has_room(&devices, TELEPHONE, 1));
}

#[test]
fn without_a_cooling_period_the_slot_is_free_at_once() {
    let mut devices = registered(&[TV]);
    assert!(remove(&mut devices, TV, NOW, 0));
    assert_eq!(devices[0].slot, Slot::Free);
}

#[test]
fn a_device_that_comes_back_takes_its_own_slot() {
    let mut devices = registered(&[TV, TELEPHONE]);
    assert!(remove(&mut devices, TV, NOW, COOLING));
    assert!(has_room(&devices, TV, 2));
    register(&mut devices, TV);
    assert_eq!(devices, registered(&[TV, TELEPHONE]));
    assert!(remove(&mut devices, TV, NOW, 0));
    register(&mut devices, TV);
    assert_eq!(devices, registered(&[TV, TELEPHONE]));
}

#[test]
fn a_device_is_removed_once_and_only_if_it_is_registered() {
    let mut devices = registered(&[TV]);
    assert!(!remove(&mut devices, TELEPHONE, NOW, COOLING));
    assert!(remove(&mut devices, TV, NOW, COOLING));
    assert!(!remove(&mut devices, TV, NOW + 1000, COOLING));
    assert_eq!(devices[0].slot, Slot::Cooling(NOW + COOLING));
}

#[test]
fn a_clock_that_went_back_frees_no_slot_and_keeps_none_for_longer_than_the_cooling() {
    let slot = Slot::Cooling(NOW + 1000);
    assert_eq!(settled(slot, NOW - 1000), slot);
    assert_eq!(settled(slot, NOW - 10 * COOLING), Slot::Cooling(NOW - 9 * COOLING));
    assert_eq!(settled(Slot::Registered, 0), Slot::Registered);
    assert_eq!(settled(Slot::Free, 0), Slot::Free);
}

#[test]
fn a_removal_at_the_end_of_time_overflows_nothing() {
    let mut devices = registered(&[TV]);
    assert!(remove(&mut devices, TV, u64::MAX - 1, COOLING));
    assert_eq!(devices[0].slot, Slot::Cooling(u64::MAX));
}

#[test]
fn a_slot_is_a_number() {
    let numbers = [Slot::Registered, Slot::Cooling(NOW), Slot::Free].map(Slot::number);
    assert_eq!(numbers, [0, NOW.cast_signed(), -1]);
}

use usher::privacy::retention::{KeptData, KeptFor};

const DAY_MS: u64 = 86_400_000;

#[test]
fn every_class_is_due_after_its_days_and_not_before() {
    let check = |data: KeptData, days: u32| {
        let now_ms = 10_000 * DAY_MS + 5;
        let due_ms = (10_000 - u64::from(days)) * DAY_MS + 5;
        assert_eq!(data.at(now_ms), KeptFor { data, days, due_ms });
    };
    check(KeptData::ViewRecords, 400);
    check(KeptData::BatchAnswers, 35);
    check(KeptData::Tombstones, 45);
    check(KeptData::Audit, 3653);
    assert_eq!(KeptData::ALL.len(), 4);
}

#[test]
fn a_clock_that_stands_at_its_beginning_makes_nothing_due() {
    assert_eq!(KeptData::Audit.at(5).due_ms, 0);
}

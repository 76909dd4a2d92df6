use usher::base::id::Id;
use usher::playback::activity::play::play_id;
use usher::playback::activity::play_ids::PlayIds;

#[test]
fn an_id_is_new_once() {
    let mut ids = PlayIds::default();
    assert!(ids.is_empty());
    assert!(ids.insert(Id([1; 16])));
    assert!(!ids.insert(Id([1; 16])));
    assert!(ids.insert(Id([2; 16])));
    assert_eq!(ids.len(), 2);
}

#[test]
fn ids_that_fold_to_the_same_stay_apart() {
    let mut ids = PlayIds::default();
    let folded = |byte: u8| Id([[byte; 8], [byte; 8]].concat().try_into().unwrap());
    for byte in 0..=255 {
        assert!(ids.insert(folded(byte)));
    }
    assert_eq!(ids.len(), 256);
}

#[test]
fn plays_of_every_second_are_told_apart() {
    let mut ids = PlayIds::default();
    for second in 0..100_000 {
        assert!(ids.insert(play_id("Anna", second * 1000, "Robot Monster")));
    }
}

use usher::outbox::delivery::Delivery;

#[test]
fn a_version_is_owed_until_it_is_acknowledged() {
    let mut delivery = Delivery::default();
    assert!(!delivery.owes(0));
    assert!(delivery.owes(1));
    delivery.acknowledge(3, 5);
    assert!(!delivery.owes(3));
    assert!(delivery.owes(4));
}

#[test]
fn a_late_acknowledgement_takes_nothing_back() {
    let mut delivery = Delivery::default();
    delivery.acknowledge(3, 5);
    delivery.acknowledge(1, 5);
    assert_eq!(delivery.acknowledged(), 3);
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_is_not_believed() {
    let mut delivery = Delivery::default();
    delivery.acknowledge(9, 5);
    assert!(delivery.owes(5));
}

#[test]
fn what_is_refused_for_good_is_not_owed() {
    let mut delivery = Delivery::default();
    delivery.refuse();
    assert!(delivery.is_refused());
    assert!(!delivery.owes(1));
}

use usher::base::refusal::Code;
use usher::outbox::ledger::{BatchKey, GAPS_LISTED_MAX, ShardLedger};
use usher::outbox::received::{AHEAD_MAX, Arrival};

#[test]
fn a_batch_key_is_read_back() {
    let key = BatchKey::parse("demo-3.4294967295.17").unwrap();
    let expected = BatchKey { shard: "demo-3".into(), epoch: 4_294_967_295, sequence: 17 };
    assert_eq!(key, expected);
    let largest = BatchKey::parse(&format!("a.0.{}", (1_u64 << 53) - 1)).unwrap();
    assert_eq!((largest.epoch, largest.sequence), (0, (1 << 53) - 1));
}

#[test]
fn another_text_is_no_batch_key() {
    let long = format!("{}.1.1", "a".repeat(33));
    let beyond = format!("a.1.{}", 1_u64 << 53);
    let bad = [
        "", "a", "a.1", "a.1.0", "a.1.1.1", ".1.1", "a.1.", "a..1", "a.1.-1", "a.1.+1", "a.1.1e3",
        "a b.1.1", "ä.1.1", "a.1.1 ", &long, &beyond,
    ];
    for text in bad {
        let refusal = BatchKey::parse(text).unwrap_err();
        assert_eq!(refusal.code, Code::InvalidValue, "{text}");
        assert_eq!(refusal.field.as_deref(), Some("Idempotency-Key"));
    }
    assert!(BatchKey::parse(&"x".repeat(10_000)).unwrap_err().message.len() < 200);
}

fn ledger(sequences: &[u64], announced: u64) -> ShardLedger {
    let mut ledger = ShardLedger::default();
    for sequence in sequences {
        assert_eq!(ledger.arrive(*sequence, Some(announced)), Arrival::New);
    }
    ledger
}

#[test]
fn what_was_left_out_or_announced_and_not_sent_is_missing() {
    let check = |sequences: &[u64], announced: u64, gaps: &[(u64, u64)], missing: u64| {
        let found = ledger(sequences, announced).missing();
        assert_eq!((found.gaps.as_slice(), found.missing), (gaps, missing), "{sequences:?}");
        assert_eq!(found.gap_count, gaps.len());
        assert_eq!(found.received, sequences.len() as u64);
        assert_eq!(found.highest, sequences.iter().copied().max().unwrap_or(0));
    };
    check(&[1, 2, 3], 0, &[], 0);
    check(&[1, 3], 0, &[(2, 2)], 1);
    check(&[4], 4, &[(1, 3)], 3);
    check(&[1, 2], 5, &[(3, 5)], 3);
    check(&[1, 5], 9, &[(2, 4), (6, 9)], 7);
    check(&[3, 1, 2], 2, &[], 0);
}

#[test]
fn a_batch_that_arrives_late_closes_its_gap() {
    let mut ledger = ledger(&[1, 3], 3);
    assert_eq!(ledger.missing().gaps, [(2, 2)]);
    assert_eq!(ledger.arrive(2, None), Arrival::New);
    assert_eq!(ledger.missing().missing, 0);
    assert_eq!(ledger.arrive(2, None), Arrival::Repeated);
}

#[test]
fn a_batch_too_far_ahead_is_not_noted_but_what_it_announces_is() {
    let mut ledger = ShardLedger::default();
    let ahead = AHEAD_MAX + 1;
    assert_eq!(ledger.arrive(ahead, Some(ahead)), Arrival::TooFarAhead);
    assert_eq!(ledger.missing().gaps, [(1, ahead)]);
    assert_eq!(ledger.missing().received, 0);
}

#[test]
fn more_gaps_than_are_listed_are_counted() {
    let odd: Vec<u64> = (1..=GAPS_LISTED_MAX as u64 + 2).map(|n| 2 * n).collect();
    let found = ledger(&odd, 0).missing();
    assert_eq!(found.gaps.len(), GAPS_LISTED_MAX);
    assert_eq!(found.gap_count, GAPS_LISTED_MAX + 2);
    assert_eq!(found.missing, GAPS_LISTED_MAX as u64 + 2);
    let mut one_less = ledger(&odd, 0);
    one_less.arrive(1, None);
    one_less.arrive(3, None);
    assert_eq!(one_less.missing().gap_count, GAPS_LISTED_MAX);
}

#[test]
fn a_ledger_is_read_back_from_its_bytes() {
    let ledger = ledger(&[1, 2, 9, 70], 80);
    let read = ShardLedger::decode(&ledger.received.encode(), ledger.announced).unwrap();
    assert_eq!(read, ledger);
    assert!(ShardLedger::decode(&[9, 9], 0).is_err());
    assert_eq!(ShardLedger::decode(&[], 0).unwrap(), ShardLedger::default());
}

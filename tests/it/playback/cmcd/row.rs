use usher::base::limits::MS_MAX;
use usher::base::varint::{Reader, WireError};
use usher::playback::cmcd::row::{add, or_zero, place_of, read, write};

#[test]
fn a_row_reads_as_it_was_written() {
    let row = [0, or_zero(None), or_zero(Some(u64::MAX - 1)), MS_MAX];
    let mut bytes = vec![];
    write(&mut bytes, &row);
    let mut known = [9; 4];
    assert_eq!(read(&mut Reader::new(&bytes), 0b100, &mut known), Ok(()));
    assert_eq!(known, row);
    assert_eq!(read(&mut Reader::new(&bytes), 0, &mut known), Err(WireError::TooLarge));
    assert!(read(&mut Reader::new(&bytes[1..]), 0b110, &mut known).is_err());
}

#[test]
fn a_sum_stops_where_its_readers_do() {
    let mut sum = MS_MAX - 1;
    add(&mut sum, 1);
    assert_eq!(sum, MS_MAX);
    add(&mut sum, 1);
    assert_eq!(sum, MS_MAX);
}

#[test]
fn a_word_has_its_place_or_none() {
    assert_eq!(place_of(&["a", "b"], "b"), Some(1));
    assert_eq!(place_of(&["a", "b"], "c"), None);
}

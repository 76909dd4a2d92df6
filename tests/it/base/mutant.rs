use usher::base::mutant::planted;

#[test]
fn no_bug_is_planted_unless_one_is_chosen() {
    assert!(!planted("key_unchecked"));
    assert!(!planted(""));
}

#[cfg(feature = "mutants")]
#[test]
fn a_bug_is_planted_in_one_thread_alone() {
    usher::base::mutant::plant("key_unchecked");
    assert!(planted("key_unchecked") && !planted("key_before_rows") && !planted(""));
    assert!(!std::thread::spawn(|| planted("key_unchecked")).join().unwrap());
    usher::base::mutant::plant("");
    assert!(!planted("key_unchecked"));
}

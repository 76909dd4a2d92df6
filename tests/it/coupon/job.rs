use proptest::prelude::*;
use usher::coupon::job::{CODES_PER_STORED_MAX, Job, JobKind, JobState, JobStep, SLICE_CODES_MAX};

fn done(message: &str) -> JobStep {
    JobStep::End { state: JobState::Done, message: message.into() }
}

#[test]
fn a_generator_makes_slices_until_the_quantity_is_stored() {
    let mut job = Job::new(JobKind::Generate, SLICE_CODES_MAX + 1);
    assert_eq!(job.next(), JobStep::Make { quantity: SLICE_CODES_MAX });
    job.done += SLICE_CODES_MAX - 2;
    assert_eq!(job.next(), JobStep::Make { quantity: 3 });
    job.done += 3;
    assert_eq!(job.next(), done(""));
}

#[test]
fn a_generator_that_finds_nothing_new_is_given_up_and_says_so() {
    let mut job = Job::new(JobKind::Generate, 1000);
    job.line = 1000 * CODES_PER_STORED_MAX - 1;
    assert_eq!(job.next(), JobStep::Make { quantity: 1000 });
    job.line += 1;
    let JobStep::End { state: JobState::Failed, message } = job.next() else {
        panic!("it goes on");
    };
    assert!(message.contains("stored 0 of 1000 codes"), "{message}");
}

#[test]
fn an_import_waits_for_its_file_and_ends_when_no_slice_waits() {
    let mut job = Job::new(JobKind::Import, 0);
    assert_eq!(job.next(), JobStep::Wait);
    job.receiving = false;
    job.message = "columns that were not looked at: `note`".into();
    assert_eq!(job.next(), done(&job.message));
}

#[test]
fn a_cancelled_job_ends_with_what_it_has_stored() {
    let mut job = Job { cancelled: true, ..Job::new(JobKind::Generate, 5) };
    job.done += 2;
    let message = "cancelled after 2 of 5 codes were stored".to_owned();
    assert_eq!(job.next(), JobStep::End { state: JobState::Failed, message });
}

#[test]
fn a_job_that_is_over_does_nothing_more() {
    for state in [JobState::Done, JobState::Failed] {
        let job = Job { state, ..Job::new(JobKind::Generate, 5) };
        assert_eq!(job.next(), JobStep::Wait);
    }
}

proptest! {
    #[test]
    fn the_quantity_is_reached_exactly_or_the_job_fails(
        total in 1u64..2_000,
        hits in prop::collection::vec(0u64..=100, 1..20),
    ) {
        let mut job = Job::new(JobKind::Generate, total);
        for turn in 0..10_000 {
            match job.next() {
                JobStep::Make { quantity } => {
                    let stored = quantity * hits[turn % hits.len()] / 100;
                    job.line += quantity;
                    job.done += stored;
                    prop_assert!(job.done <= total);
                }
                JobStep::End { state, .. } => {
                    prop_assert_eq!(state == JobState::Done, job.done == total);
                    return Ok(());
                }
                JobStep::Wait => prop_assert!(false, "it waits for nothing"),
            }
        }
        prop_assert!(false, "it never ends");
    }
}

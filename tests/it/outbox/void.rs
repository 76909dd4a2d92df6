use usher::outbox::sender::Sender;
use usher::outbox::void::{Content, Step, next_step};

const REFUSED: [u16; 4] = [400, 403, 413, 422];
const LATER: [u16; 6] = [0, 302, 401, 429, 500, 503];

fn step(sender: &mut Sender, content: Content, status: u16) -> Step {
    next_step(sender, content, status, 1_000, 0.5, None)
}

#[test]
fn an_answer_says_what_becomes_of_a_batch() {
    let check = |content, statuses: &[u16], expected| {
        for status in statuses {
            let found = step(&mut Sender::new(500), content, *status);
            assert_eq!(found, expected, "{content:?} {status}");
        }
    };
    for rows in [1, 2, 500] {
        check(Content::Rows(rows), &[200, 204], Step::Done);
        check(Content::Rows(rows), &LATER, Step::Again);
        check(Content::Rows(rows), &REFUSED, Step::Replace);
        check(Content::Rows(rows), &[409], Step::Renumber);
    }
    check(Content::Apart(2), &[200], Step::Done);
    check(Content::Apart(2), &[0, 503, 400, 409, 413], Step::Again);
    check(Content::Apart(1), &[400, 409, 413], Step::Divide);
    check(Content::Void, &[200, 204], Step::Divide);
    check(Content::Void, &LATER, Step::Again);
    check(Content::Void, &REFUSED, Step::Defer);
    check(Content::Void, &[409], Step::Done);
}

#[test]
fn the_parts_of_a_refused_batch_are_its_halves() {
    let mut sender = Sender::new(500);
    for (rows, half) in [(500, 250), (7, 4), (2, 1)] {
        assert_eq!(step(&mut sender, Content::Rows(rows), 400), Step::Replace);
        assert_eq!(sender.items(), half);
    }
}

#[test]
fn a_number_that_is_taken_costs_a_delay_that_grows() {
    let mut sender = Sender::new(500);
    let waits = [0; 3].map(|_| {
        step(&mut sender, Content::Rows(1), 409);
        sender.wait_ms(1_000)
    });
    assert_eq!(waits, [750, 1_500, 3_000]);
}

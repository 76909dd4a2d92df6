//! What takes the place of a batch that was refused for good.
//!
//! A receiver keeps a ledger of the numbers of a sender's batches, and a number that never comes is a loss
//! that it shows. So the number of a refused batch goes to a void, a batch without rows; only when the void
//! is stored do the rows go again, in smaller parts under numbers of their own. A receiver that has the
//! batch after all (its answer was lost, and something on the way refused the second try) says so when the
//! void comes, and then nothing goes twice.

use super::sender::{Sender, Verdict};

/// The answer to another body under a number that is taken.
const TAKEN: u16 = 409;

/// What stands under a number now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// So many rows, at least 1.
    Rows(usize),
    /// A void.
    Void,
    /// So many rows that the receiver tells apart by their own ids, not by a number: they may go in any
    /// parts at any time.
    Apart(usize),
}

/// What the sender does next with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "wire", derive(serde::Serialize, tsify::Tsify))]
#[cfg_attr(feature = "wire", serde(rename_all = "snake_case"))]
pub enum Step {
    /// The receiver has it.
    Done,
    /// The same bytes again, when the sender may.
    Again,
    /// A void goes in its place; [`Sender::items`] says how many rows its parts will have.
    Replace,
    /// The void is stored: the rows go in parts, or a row that stood alone is set aside. Of rows that the
    /// receiver tells apart: the one row is set aside.
    Divide,
    /// The number holds other rows: the sender's store was put back to an earlier day. Numbers begin again
    /// under another epoch. Latest records go again, which is harmless; sums are set aside, because nobody
    /// can say whether they count already.
    Renumber,
    /// Not even a void is taken: it goes to the end of the queue, the others go on.
    Defer,
}

/// What an answer to a batch means; `status` and the rest as in [`Sender::answer`].
pub fn next_step(
    sender: &mut Sender,
    content: Content,
    status: u16,
    now_ms: u64,
    random: f64,
    retry_after_ms: Option<u64>,
) -> Step {
    match content {
        // As if there were no answer: numbers begin again at most once a delay, whatever is answered.
        Content::Rows(rows) if status == TAKEN => {
            sender.answer(0, rows, now_ms, random, retry_after_ms);
            Step::Renumber
        }
        Content::Rows(rows) => {
            let verdict = sender.answer(status, rows, now_ms, random, retry_after_ms);
            match verdict {
                Verdict::Committed => Step::Done,
                Verdict::Owed if sender.failures() > 0 => Step::Again,
                Verdict::Owed | Verdict::SetAside => Step::Replace,
            }
        }
        Content::Apart(rows) => match sender.answer(status, rows, now_ms, random, retry_after_ms) {
            Verdict::Committed => Step::Done,
            Verdict::Owed => Step::Again,
            Verdict::SetAside => Step::Divide,
        },
        Content::Void => match sender.answer(status, 1, now_ms, random, retry_after_ms) {
            Verdict::Committed => Step::Divide,
            Verdict::Owed => Step::Again,
            Verdict::SetAside if status == TAKEN => Step::Done,
            Verdict::SetAside => Step::Defer,
        },
    }
}

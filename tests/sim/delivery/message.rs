//! What goes between player and edge.

use std::rc::Rc;
use usher::base::id::Producer;

/// One state in a request.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its place in the truth.
    pub view: usize,
    pub producer: Producer,
    pub version: u64,
    pub state: Rc<[u8]>,
    /// When it was taken: the page's monotonic clock and the device's wall clock.
    pub at: (u64, u64),
}

/// One `POST /v1/views`.
#[derive(Debug)]
pub struct Request {
    pub number: u64,
    pub tab: usize,
    pub viewer: usize,
    pub sent: Vec<Sent>,
    /// Both clocks when it was sent.
    pub clock: (u64, u64),
    /// When its session token was issued, by the edge's clock; none without one.
    pub issued_ms: Option<u64>,
}

/// Its answer; status 0 is none.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub retry_after_ms: Option<u64>,
    /// View, producer and version that are committed.
    pub acks: Vec<(usize, Producer, u64)>,
}

impl Answer {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn of(status: u16) -> Self {
        Self { status, ..Self::default() }
    }
}

mod body;
mod delivery;
mod dialect;
mod field;
mod keys;
mod media_request;
mod report;
mod row;
mod session;
mod timeline;
mod viewer_sessions;

use usher::playback::cmcd::report::{Report, read};

/// The report of a line of a session, which need not be named.
fn report(line: &str) -> Report {
    read(&format!("{line},sid=\"s\",v=2")).unwrap().report
}

/// Reports of states, `(ts_ms, sta)`, numbered from 0.
fn states(states: &[(u64, &str)]) -> Vec<Report> {
    let line = |(sn, (ts_ms, state)): (usize, &(u64, &str))| {
        report(&format!("e=ps,ts={ts_ms},sn={sn},sta={state}"))
    };
    states.iter().enumerate().map(line).collect()
}

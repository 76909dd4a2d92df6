//! What happened, line by line, for whoever looks at one seed.

#[derive(Debug, Default)]
pub struct Trace {
    on: bool,
    pub lines: Vec<String>,
}

impl Trace {
    pub fn new(on: bool) -> Self {
        Self { on, lines: Vec::new() }
    }

    pub fn note(&mut self, now_ms: u64, line: impl FnOnce() -> String) {
        if self.on {
            self.lines.push(format!("{:>9}.{:03} {}", now_ms / 1_000, now_ms % 1_000, line()));
        }
    }
}

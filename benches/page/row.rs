//! One line of `docs/benchmarks.md`. A benchmark prints its results with it; `benches/run`
//! takes the lines that begin with a bar and leaves the rest to the terminal.

/// A result beside its peer's, and whether it reaches its target.
pub(crate) struct Row<'a> {
    /// What is measured.
    pub(crate) what: &'a str,
    /// What keycase needs, with its unit.
    pub(crate) ours: String,
    /// The peer's name and what it needs, from the same run.
    pub(crate) peer: String,
    /// The target in words, and whether it is met.
    pub(crate) target: Option<(String, bool)>,
}

impl Row<'_> {
    /// Prints it.
    #[expect(clippy::print_stdout, reason = "what a benchmark is for")]
    pub(crate) fn print(&self) {
        let (target, met) = match &self.target {
            Some((text, true)) => (text.as_str(), "met"),
            Some((text, false)) => (text.as_str(), "**missed**"),
            None => ("", ""),
        };
        println!("| {} | {} | {} | {target} | {met} |", self.what, self.ours, self.peer);
    }
}

//! What a bundle holds, shown before anybody agrees to anything: each file with its size,
//! what it is, what was taken out of it, and some lines before and after.
//!
//! What stood there before is for the person at this terminal only: it is left out wherever
//! the text could be kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::text::bytes;
use crate::bundle::manifest::FileEntry;
use crate::bundle::{CANARIES, Manifest, Samples};
use crate::collect;
use crate::redact::Sample;
use crate::text::visible;

/// A longer line is cut in the middle of nowhere; the file itself has all of it.
const LONGEST_LINE: usize = 160;

/// What files are that no collector brings.
const DOCUMENTS: [(&str, &str); 7] = [
    ("snapshot", "the drives and this system, as `keycase scan` shows them"),
    ("eligibility", "what the support policy says, as `keycase check` shows it"),
    ("findings", "what is wrong, as `keycase diagnose` shows it"),
    ("triage", "type, severity and category, as `keycase triage` shows them"),
    ("report", "all of this as one page for people"),
    ("canaries", "made-up values that show what redaction does"),
    ("include", "a file you added"),
];

/// The files of a bundle for people.
pub struct Preview<'a> {
    /// What the bundle holds.
    pub manifest: &'a Manifest,
    /// Lines before and after, by file.
    pub samples: &'a Samples,
    /// Whether the reader is a person at a terminal, who may see what stood there before.
    pub on_terminal: bool,
}

impl Preview<'_> {
    /// The text, every line of it safe for a terminal.
    pub fn text(&self) -> String {
        let reads: BTreeMap<&str, &str> =
            collect::all().about().map(|one| (one.id(), one.reads())).chain(DOCUMENTS).collect();
        let mut out = String::new();
        for file in &self.manifest.files {
            let what = reads.get(file.collector.as_str()).copied().unwrap_or("unknown");
            self.file(&mut out, file, what);
        }
        out
    }

    fn file(&self, out: &mut String, file: &FileEntry, what: &str) {
        let cut = if file.truncated { ", cut to fit" } else { "" };
        let name = visible(&file.name);
        let _ = writeln!(out, "  {name} ({}{cut}): {what}", bytes(file.bytes));
        if file.redactions.is_empty() || file.collector == CANARIES {
            return;
        }
        let counts = file.redactions.iter();
        let counts = counts.map(|(class, n)| format!("{} {n}", class.replace('_', " ")));
        let _ = writeln!(out, "      replaced: {}", counts.collect::<Vec<_>>().join(", "));
        for sample in self.samples.get(&file.name).into_iter().flatten() {
            self.sample(out, sample);
        }
    }

    fn sample(&self, out: &mut String, sample: &Sample) {
        if self.on_terminal {
            let _ = writeln!(out, "      - {}", line(sample.before_unredacted()));
        }
        let _ = writeln!(out, "      + {}", line(&sample.after));
    }
}

fn line(text: &str) -> String {
    let text = visible(text.trim_end());
    match text.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

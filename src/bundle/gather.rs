//! Bringing everything into the spool, redacted, in order of importance, within bounds.

use std::collections::BTreeMap;
use std::path::Path;

use super::account::Account;
use super::error::{BundleError, not_redacted};
use super::include;
use super::inputs::{Contents, Document, Inputs, Log, Step};
use super::manifest::{CollectorEntry, Manifest, Outcome};
use super::read::SNAPSHOT;
use super::spool::{Packed, Spool};
use super::{archive, name};
use crate::collect::{self, Content, Cut, Ending, Gathered, Report};
use crate::redact::audit::canary_text;
use crate::redact::{RedactError, Redacted, RedactedName, Sample};
use crate::snapshot::Snapshot;

/// The file that shows what becomes of made-up values.
const CANARY_FILE: &str = "canaries.txt";

/// Who brings that file; its values are nobody's.
pub const CANARIES: &str = "canaries";

/// Collects, redacts and packs; the manifest describes what is in the spool.
pub(super) fn gather(inputs: &Inputs<'_>, dir: &Path) -> Result<Made, BundleError> {
    let mut gathering = Gathering::start(inputs, dir)?;
    let reports = collect::run(&inputs.collectors, &inputs.context, &inputs.clock, &|p| {
        (inputs.progress)(Step::Collected { id: p.id, ended: p.ended, all: p.all });
    });
    let snapshot = gathering.add_snapshot()?;
    let documents = gathering.add_documents()?;
    for report in reports {
        gathering.add_report(report)?;
    }
    for file in &inputs.includes {
        include::add(&mut gathering, file)?;
    }
    gathering.add_canaries()?;
    gathering.add_html(&snapshot, &documents)?;
    gathering.finish()
}

/// What was gathered.
pub(super) struct Made {
    pub(super) packed: Packed,
    pub(super) manifest: Manifest,
    pub(super) samples: Samples,
}

/// A few lines of each file before and after, by name; for a terminal only.
pub type Samples = BTreeMap<String, Vec<Sample>>;

/// A bundle on its way.
pub(super) struct Gathering<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    pub(super) spool: Spool,
    /// Bytes that logs and included files may still take.
    pub(super) left: u64,
    pub(super) account: Account<'a>,
    /// Texts that the report draws pictures from.
    logs: Vec<Log>,
    pub(super) samples: Samples,
}

/// Why there is less of a file than its collector brought.
pub(super) const NO_ROOM: &str = "older lines were left out to stay within --max-bytes";

impl<'a> Gathering<'a> {
    fn start(inputs: &'a Inputs<'a>, dir: &Path) -> Result<Self, BundleError> {
        let left = inputs.bytes.min(archive::MOST_BYTES / 2);
        let (spool, account) = (Spool::new(dir)?, Account::new(inputs));
        Ok(Self { inputs, spool, left, account, logs: Vec::new(), samples: Samples::new() })
    }

    /// Adds the snapshot; returns it as everybody else will read it.
    fn add_snapshot(&mut self) -> Result<Snapshot, BundleError> {
        let unreadable = |source| BundleError::Document { name: SNAPSHOT.to_owned(), source };
        let value = serde_json::to_value(self.inputs.snapshot).map_err(unreadable)?;
        let redacted = self.add_json(SNAPSHOT, &value)?;
        serde_json::from_slice(redacted.bytes()).map_err(unreadable)
    }

    fn add_documents(&mut self) -> Result<Vec<Document>, BundleError> {
        let mut redacted = Vec::new();
        for Document { name, value } in &self.inputs.documents {
            let unreadable = |source| BundleError::Document { name: name.clone(), source };
            let text = self.add_json(name, value)?;
            let value = serde_json::from_slice(text.bytes()).map_err(unreadable)?;
            redacted.push(Document { name: name.clone(), value });
        }
        Ok(redacted)
    }

    fn add_json(&mut self, name: &str, value: &serde_json::Value) -> Result<Redacted, BundleError> {
        let redact = not_redacted(name);
        let redacted = self.inputs.redactor.json(value).map_err(redact)?;
        let entry_name = self.inputs.redactor.name(name).map_err(redact)?;
        let collector = name.split('.').next().unwrap_or(name);
        self.spool.add(&entry_name, &redacted, collector, false)?;
        self.samples.insert(entry_name.as_str().to_owned(), redacted.samples().to_vec());
        Ok(redacted)
    }

    /// Adds made-up values of every class: what the audit must not find in any bundle.
    fn add_canaries(&mut self) -> Result<(), BundleError> {
        let redact = not_redacted(CANARY_FILE);
        let redacted = self.inputs.redactor.text(canary_text().as_bytes()).map_err(redact)?;
        let name = self.inputs.redactor.name(CANARY_FILE).map_err(redact)?;
        self.spool.add(&name, &redacted, CANARIES, false)?;
        Ok(())
    }

    /// Adds what a collector brought, and how it ended.
    fn add_report(&mut self, report: Report) -> Result<(), BundleError> {
        let ms = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX);
        let (outcome, mut why) = match &report.ending {
            Ending::Done(_) => (Outcome::Done, None),
            Ending::Skipped(why) => (Outcome::Skipped, Some(why.clone())),
            Ending::Failed(why) => (Outcome::Failed, Some(why.clone())),
            Ending::TimedOut(why) => (Outcome::TimedOut, Some(why.clone())),
        };
        if let Ending::Done(files) = report.ending {
            for file in files {
                if !self.add_gathered(report.id, file)? {
                    why = Some("no room was left for all of it; allow more by --max-bytes".into());
                }
            }
        }
        self.account.ended(report.id, outcome, why.as_deref(), ms)
    }

    /// Adds one file of a collector, cut to the room left; `false` when there is none.
    fn add_gathered(&mut self, collector: &str, file: Gathered) -> Result<bool, BundleError> {
        let name = self.free_name(&file.name)?;
        let redact = not_redacted(name.as_str());
        let (redacted, cut) = match &file.content {
            Content::Fields(value) => {
                let redacted = self.inputs.redactor.json(value).map_err(redact)?;
                // Half a document is none.
                if redacted.bytes().len() as u64 > self.left {
                    return Ok(false);
                }
                (redacted, file.cut)
            }
            Content::Text(raw) => {
                let (redacted, cut) = self.fitting(raw, file.cut).map_err(redact)?;
                if redacted.bytes().is_empty() && !raw.is_empty() {
                    return Ok(false);
                }
                (redacted, cut)
            }
        };
        let kept = redacted.bytes().len() as u64;
        self.spool.add(&name, &redacted, collector, cut.is_some())?;
        self.samples.insert(name.as_str().to_owned(), redacted.samples().to_vec());
        self.logs.extend(Log::of(name.as_str(), redacted.bytes()));
        self.left -= kept;
        if let Some(cut) = cut {
            self.account.truncated(&name, collector, &cut, kept)?;
        }
        Ok(true)
    }

    /// A text, redacted, as much of its newest lines as there is room for.
    fn fitting(
        &self,
        text: &[u8],
        mut cut: Option<Cut>,
    ) -> Result<(Redacted, Option<Cut>), RedactError> {
        let mut raw = text;
        loop {
            if raw.len() as u64 > self.left {
                raw = newest(raw, self.left);
                let of = cut.as_ref().map_or(Some(text.len() as u64), |cut| cut.of);
                cut = Some(Cut { why: NO_ROOM.to_owned(), of });
            }
            let redacted = self.inputs.redactor.text(raw)?;
            if redacted.bytes().len() as u64 <= self.left {
                return Ok((redacted, cut));
            }
            // Pseudonyms can be longer than what they stand for.
            raw = newest(raw, raw.len() as u64 / 2);
            cut.get_or_insert(Cut { why: NO_ROOM.to_owned(), of: Some(text.len() as u64) });
        }
    }

    /// The name of a log in the bundle: redacted, and with a number while it is taken.
    pub(super) fn free_name(&self, raw: &str) -> Result<RedactedName, BundleError> {
        // A safe name has an underscore where `John Smith` and addresses have other signs.
        let wanted = format!("logs/{}", name::safe_part(self.redacted_name(raw)?.as_str()));
        let mut name = self.redacted_name(&wanted)?;
        for number in 2..=archive::MOST_FILES {
            if !self.spool.has(&name) {
                break;
            }
            name = self.redacted_name(&name::numbered(&wanted, number))?;
        }
        Ok(name)
    }

    /// A file name as it may be told.
    pub(super) fn redacted_name(&self, raw: &str) -> Result<RedactedName, BundleError> {
        self.inputs.redactor.name(raw).map_err(not_redacted("a file name"))
    }

    fn add_html(&mut self, snapshot: &Snapshot, documents: &[Document]) -> Result<(), BundleError> {
        const REPORT: &str = "report.html";
        let redact = not_redacted(REPORT);
        let manifest = self.account.manifest(self.spool.entries().to_vec());
        let logs = &self.logs;
        let html =
            (self.inputs.report)(&Contents { manifest: &manifest, snapshot, documents, logs });
        let redacted = self.inputs.redactor.text(html.as_bytes()).map_err(redact)?;
        let name = self.inputs.redactor.name(REPORT).map_err(redact)?;
        self.spool.add(&name, &redacted, "report", false)?;
        Ok(())
    }

    fn finish(self) -> Result<Made, BundleError> {
        let Self { inputs, spool, mut account, samples, .. } = self;
        let (packed, dropped) = spool.finish()?;
        for file in dropped {
            let why = "packs so well that readers would take the bundle for a bomb; left out";
            account.ended(&file.collector, Outcome::Failed, Some(why), 0)?;
        }
        let manifest = account.manifest(packed.entries().to_vec());
        let mut made = Made { packed, manifest, samples };
        if inputs.context.stop.is_asked() {
            made.shorten();
        }
        Ok(made)
    }
}

/// Unpacked bytes that an interrupted bundle holds at most: they are written and searched
/// within a second or so, and whoever pressed Ctrl-C waits.
const MOST_INTERRUPTED: u64 = 100 * 1000 * 1000;

impl Made {
    /// Whether it is longer than an interrupted bundle may be.
    pub(super) fn is_long(&self) -> bool {
        self.manifest.files.iter().map(|file| file.bytes).sum::<u64>() > MOST_INTERRUPTED
    }

    /// Leaves out the largest files, because the person does not want to wait for them.
    pub(super) fn shorten(&mut self) {
        self.manifest.interrupted = true;
        for dropped in self.packed.keep_within(MOST_INTERRUPTED) {
            self.manifest.files.retain(|file| file.name != dropped.name);
            self.manifest.truncations.retain(|row| row.file != dropped.name);
            let why = format!(
                "{}: left out, because the run was interrupted and searching it takes too long",
                dropped.name
            );
            let (id, outcome, why) = (dropped.collector, Outcome::Skipped, Some(why));
            self.manifest.collectors.push(CollectorEntry { id, outcome, why, ms: 0 });
        }
    }
}

/// The end of a text, from the start of a line, at most `most` bytes.
fn newest(text: &[u8], most: u64) -> &[u8] {
    let most = usize::try_from(most).unwrap_or(usize::MAX).min(text.len());
    let end = &text[text.len() - most..];
    match end.iter().position(|byte| *byte == b'\n') {
        Some(line_break) if most < text.len() => &end[line_break + 1..],
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn the_newest_whole_lines_stay() {
        assert_eq!(newest(b"one\ntwo\nthree\n", 100), b"one\ntwo\nthree\n");
        assert_eq!(newest(b"one\ntwo\nthree\n", 8), b"three\n");
        assert_eq!(newest(b"one\ntwo\nthree\n", 0), b"");
        assert_eq!(newest(b"no line break", 4), b"reak");
    }
}

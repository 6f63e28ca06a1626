//! What the manifest says besides the list of files: how collectors ended, and what was cut.

use super::error::{BundleError, not_redacted};
use super::inputs::{Inputs, SECONDS};
use super::manifest::{self, Budgets, CollectorEntry, Manifest, Outcome, Truncation, line_of};
use crate::collect::Cut;
use crate::redact::RedactedName;

/// The account of a gathering.
pub(super) struct Account<'a> {
    inputs: &'a Inputs<'a>,
    collectors: Vec<CollectorEntry>,
    truncations: Vec<Truncation>,
}

impl<'a> Account<'a> {
    /// Nothing has happened yet.
    pub(super) fn new(inputs: &'a Inputs<'a>) -> Self {
        Self { inputs, collectors: Vec::new(), truncations: Vec::new() }
    }

    /// Adds a row to the truncation table.
    pub(super) fn truncated(
        &mut self,
        name: &RedactedName,
        collector: &str,
        cut: &Cut,
        kept: u64,
    ) -> Result<(), BundleError> {
        let redact = not_redacted(name.as_str());
        let why = self.inputs.redactor.text(cut.why.as_bytes()).map_err(redact)?;
        self.truncations.push(Truncation {
            file: name.as_str().to_owned(),
            collector: collector.to_owned(),
            why: line_of(&why),
            kept,
            of: cut.of,
        });
        Ok(())
    }

    /// Records how a collector ended; the reason is redacted, since it can hold a path.
    pub(super) fn ended(
        &mut self,
        id: &str,
        outcome: Outcome,
        why: Option<&str>,
        ms: u64,
    ) -> Result<(), BundleError> {
        let why = why.map(|why| self.inputs.redactor.text(why.as_bytes())).transpose();
        let why = why.map_err(not_redacted(&format!("the end of {id}")))?;
        self.collectors.push(CollectorEntry::new(id, outcome, why.as_ref(), ms));
        Ok(())
    }

    /// The manifest of these files.
    pub(super) fn manifest(&self, mut files: Vec<manifest::FileEntry>) -> Manifest {
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let inputs = self.inputs;
        Manifest {
            schema: manifest::SCHEMA.to_owned(),
            created_at: inputs.now,
            tool: inputs.tool.clone(),
            consent: inputs.consent.clone(),
            budgets: Budgets {
                seconds: SECONDS,
                bytes: inputs.bytes,
                since_seconds: inputs.context.since.map(|since| since.as_secs()),
            },
            interrupted: inputs.context.stop.is_asked(),
            truncations: self.truncations(&files),
            files,
            collectors: self.collectors.clone(),
            key_id: Some(inputs.redactor.key_id()),
            audit: inputs.auditor.searched(),
        }
    }

    /// The truncation table of these files, sorted like them.
    fn truncations(&self, files: &[manifest::FileEntry]) -> Vec<Truncation> {
        let is_there = |row: &&Truncation| files.iter().any(|file| file.name == row.file);
        let mut rows: Vec<Truncation> = self.truncations.iter().filter(is_there).cloned().collect();
        rows.sort_by(|a, b| a.file.cmp(&b.file));
        rows
    }
}

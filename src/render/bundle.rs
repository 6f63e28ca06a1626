//! Bundles for people, and the answers of `bundle` and `verify`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::preview::Preview;
use super::text::{bytes, count, labelled};
use super::{report, scan};
use crate::bundle::manifest::Outcome;
use crate::bundle::{BuiltBundle, CANARIES, Contents, Manifest, Samples, Verification};
use crate::text::visible;

/// The schema name of the answer of `bundle`.
pub const SCHEMA: &str = "keycase.bundled/1";

/// The answer of `bundle`: the document `keycase.bundled/1`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Bundled {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The file that was written; `None` for a preview.
    pub bundle: Option<BundleFile>,
    /// What is in it.
    pub manifest: Manifest,
    /// Where the values behind its stand-ins are kept on this machine, for `unmask`.
    pub map: Option<String>,
    /// Some lines of each file before and after; never part of the document.
    #[serde(skip)]
    pub(crate) samples: Samples,
}

/// A file that was written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BundleFile {
    /// Where it is.
    pub file: String,
    /// SHA-256 of the file, 64 lowercase hex digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Whether it is encrypted.
    pub sealed: bool,
}

impl From<BuiltBundle> for Bundled {
    fn from(built: BuiltBundle) -> Self {
        let file = built.path.display().to_string();
        let (sha256, bytes, sealed) = (built.sha256, built.bytes, built.sealed);
        let bundle = Some(BundleFile { file, sha256, bytes, sealed });
        let (manifest, samples) = (built.manifest, built.samples);
        Self { schema: SCHEMA.into(), bundle, manifest, map: None, samples }
    }
}

impl Bundled {
    /// A preview: nothing was written.
    pub fn preview((manifest, samples): (Manifest, Samples)) -> Self {
        Self { schema: SCHEMA.into(), bundle: None, manifest, map: None, samples }
    }

    /// The answer for people; `on_terminal` when a person reads it at once.
    pub fn text(&self, on_terminal: bool) -> String {
        if self.bundle.is_none() {
            let preview = Preview { manifest: &self.manifest, samples: &self.samples, on_terminal };
            let head = "Nothing was written. The bundle would hold:\n";
            return head.to_owned() + &preview.text() + &ending(&self.manifest);
        }
        let mut out = String::new();
        if let Some(file) = &self.bundle {
            let _ = writeln!(out, "{}", visible(&file.file));
            let sealed = if file.sealed { ", encrypted" } else { "" };
            labelled(&mut out, "size", &format!("{}{sealed}", bytes(file.bytes)));
            labelled(&mut out, "SHA-256", &file.sha256);
        }
        if let Some(map) = &self.map {
            labelled(&mut out, "map", &format!("{map} (stays here; for `keycase unmask`)"));
        }
        out + &manifest(&self.manifest)
    }
}

/// A bundle for people: its drives, what it says about them, what is in it, and what to do
/// with the one at `path`.
pub fn shown(contents: &Contents<'_>, path: &str) -> String {
    let parts = [scan::table(contents.snapshot), report::summary(contents)];
    let parts = parts.iter().map(|part| part.trim_end()).filter(|part| !part.is_empty());
    let mut out: String = parts.flat_map(|part| [part, "\n\n"]).collect();
    out += &manifest(contents.manifest);
    out.push_str("\nNext\n");
    for (command, does) in [
        ("show --html report.html", "writes all of this, and the pictures, as one page"),
        ("check --from", "judges its drives by the rules of today"),
        ("diagnose --from", "says what is wrong with the evidence, and every step"),
    ] {
        let _ = writeln!(out, "    keycase {command} {}", visible(path));
        labelled(&mut out, "", does);
    }
    out
}

/// A manifest for people: files, sources, what was replaced and searched for.
pub fn manifest(manifest: &Manifest) -> String {
    let mut out = String::new();
    let tool = &manifest.tool;
    let made = format!("{} by {} {}", manifest.created_at, tool.name, tool.version);
    labelled(&mut out, "made", &made);
    if manifest.interrupted {
        labelled(&mut out, "note", "the run was interrupted; some sources are missing");
    }
    for file in &manifest.files {
        let cut = if file.truncated { ", cut to fit" } else { "" };
        let replaced = file.redactions.values().fold(0_u64, |sum, n| sum.saturating_add(*n));
        let replaced = match replaced {
            0 => String::new(),
            values => format!(", {} replaced", count(values, "value")),
        };
        let text = format!("{} ({}{cut}{replaced})", file.name, bytes(file.bytes));
        labelled(&mut out, "file", &text);
    }
    out + &ending(manifest)
}

/// What is missing, what was replaced, and what was searched for.
fn ending(manifest: &Manifest) -> String {
    let mut out = String::new();
    for entry in &manifest.collectors {
        if entry.outcome != Outcome::Done || entry.why.is_some() {
            let why = entry.why.as_deref().unwrap_or("no reason given");
            labelled(&mut out, entry.outcome.words(), &format!("{}: {why}", entry.id));
        }
    }
    labelled(&mut out, "replaced", &replaced(manifest));
    labelled(&mut out, "audit", &audit(manifest));
    out
}

fn replaced(manifest: &Manifest) -> String {
    let mut sums = BTreeMap::<&str, u64>::new();
    // Made-up values are nobody's.
    let real = manifest.files.iter().filter(|file| file.collector != CANARIES);
    for (class, count) in real.flat_map(|file| &file.redactions) {
        let sum = sums.entry(class).or_default();
        *sum = sum.saturating_add(*count);
    }
    match sums.is_empty() {
        true => "no personal value was found".to_owned(),
        false => sums.iter().map(|(c, n)| format!("{c} {n}")).collect::<Vec<_>>().join(", "),
    }
}

fn audit(manifest: &Manifest) -> String {
    match manifest.audit.values {
        0 => "no sensitive value was known to search for".to_owned(),
        values => format!(
            "searched for {} in {} and {} made-up ones, {} found",
            count(values, "known value"),
            count(manifest.audit.spellings.len(), "spelling"),
            manifest.audit.canaries,
            manifest.audit.hits
        ),
    }
}

/// The answer of `verify` for people.
pub fn verification(answer: &Verification) -> String {
    let size = bytes(answer.bytes);
    match (answer.ok, answer.sealed, answer.files) {
        (true, true, _) => {
            format!("sealed, {size}; only its recipient can open it and check what is inside\n")
        }
        (true, false, files) => {
            let files = count(files.unwrap_or_default(), "file");
            format!("ok: {files}, {size}, all as the manifest says\n")
        }
        (false, ..) => {
            let mut out = "not ok: do not rely on this bundle\n".to_owned();
            for error in &answer.errors {
                let file = error.file.as_deref().unwrap_or("bundle");
                labelled(&mut out, "wrong", &format!("{file}: {}", error.what));
            }
            out
        }
    }
}

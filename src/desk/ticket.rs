//! The ticket as plain data, before any desk has its say.
//!
//! Whatever a machine or a person said goes through the redactor on its way in here;
//! nothing else makes a [`TicketDraft`]. The submission id and the bundle's name and hash
//! are the program's own and are not redacted, which would break them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::facts::{self, Facts};
use super::template::TicketTemplate;
use crate::redact::{RedactError, Redactor};
use crate::snapshot::{PortPath, Snapshot};
use crate::text::{one_line, visible};

/// A ticket: only redacted text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketDraft {
    /// Identifies the submission for good.
    pub submission: Uuid,
    /// One line: product, state, symptom.
    pub subject: String,
    /// The whole text as the person saw it.
    pub text: String,
    /// Facts about machine and ticket.
    pub facts: Facts,
    /// Facts the requester stated.
    pub given: Facts,
    /// One section for each drive.
    pub drives: Vec<DriveSection>,
    /// What is wrong, as far as the machine shows it.
    #[serde(default)]
    pub findings: Vec<FindingSection>,
    /// The person's words.
    pub words: String,
    /// What would have to be known to classify it for sure, one question each.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Severity, 1 is the worst; `None` while nobody has classified the ticket.
    pub severity: Option<u8>,
    /// The bundle that goes with it.
    pub bundle: Option<BundleInfo>,
}

/// What the ticket says about one drive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriveSection {
    /// Facts about it.
    pub facts: Facts,
    /// Whether it is eligible for support; `None` when that was not checked.
    pub verdict: Option<VerdictSection>,
}

/// What the ticket says about eligibility.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictSection {
    /// The verdict, e.g. `needs_information`.
    pub verdict: String,
    /// The same in words.
    #[serde(default)]
    pub words: Option<String>,
    /// The policy's name and id.
    #[serde(default)]
    pub policy: Option<String>,
    /// Whom the policy names.
    #[serde(default)]
    pub whom: Option<String>,
    /// Why, one line each.
    pub reasons: Vec<String>,
    /// What would have to be known, one question each.
    pub open_questions: Vec<String>,
}

/// What the ticket says about a known problem that shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingSection {
    /// Id; `keycase explain` prints its rule.
    pub id: String,
    /// What is wrong.
    pub title: String,
    /// The port it is about; `None` for the machine.
    pub port: Option<String>,
    /// How much it matters.
    pub severity: String,
    /// How sure it is.
    pub confidence: String,
    /// What was seen, one line each.
    pub seen: Vec<String>,
    /// What not to do, one line each.
    #[serde(default)]
    pub never: Vec<String>,
}

/// A bundle's name, length and hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BundleInfo {
    /// File name without folders.
    pub file: String,
    /// SHA-256 in lowercase hex.
    pub sha256: String,
    /// Length.
    pub bytes: u64,
}

/// What a ticket is made from: raw, not redacted.
#[derive(Clone, Debug, Default)]
pub struct Statement<'a> {
    /// Identifies the submission.
    pub submission: Uuid,
    /// What the machine said; `None` when it could not be read.
    pub snapshot: Option<&'a Snapshot>,
    /// Verdicts by drive.
    pub verdicts: Vec<(PortPath, VerdictSection)>,
    /// Known problems that show.
    pub findings: Vec<FindingSection>,
    /// The person's words.
    pub words: &'a str,
    /// Facts from the configuration and the command line.
    pub given: Facts,
    /// Severity, if classified.
    pub severity: Option<u8>,
    /// Category, if classified.
    pub category: Option<String>,
    /// What it is classified as, by names of facts.
    pub triage: Facts,
    /// What would settle the classification.
    pub questions: Vec<String>,
    /// The bundle that goes with it.
    pub bundle: Option<BundleInfo>,
}

/// Makes a ticket: redacts everything, then writes subject and text by the template.
pub fn draft(
    statement: &Statement<'_>,
    redactor: &Redactor,
    template: &TicketTemplate,
) -> Result<TicketDraft, RedactError> {
    let clean = Cleaner(redactor);
    let words = clean.words(statement.words.trim())?;
    let drives = statement.snapshot.map_or(&[][..], |snapshot| &snapshot.drives);
    let drives = drives
        .iter()
        .map(|drive| {
            let verdict = statement.verdicts.iter().find(|(port, _)| *port == drive.port);
            Ok(DriveSection {
                facts: clean.facts(&facts::of_drive(drive))?,
                verdict: verdict.map(|(_, verdict)| clean.verdict(verdict)).transpose()?,
            })
        })
        .collect::<Result<Vec<_>, RedactError>>()?;
    let mut draft = TicketDraft {
        submission: statement.submission,
        subject: String::new(),
        text: String::new(),
        facts: clean.facts(&ticket_facts(statement))?,
        given: clean.facts(&statement.given)?,
        drives,
        findings: statement.findings.iter().map(|f| clean.finding(f)).collect::<Result<_, _>>()?,
        words,
        questions: clean.lines(&statement.questions)?,
        severity: statement.severity,
        bundle: statement.bundle.clone(),
    };
    draft.add_own_facts(template);
    draft.subject = draft.subject_line(template);
    draft.text = template.text(&draft);
    Ok(draft)
}

fn ticket_facts(statement: &Statement<'_>) -> Facts {
    let mut all = statement.snapshot.map_or_else(Facts::new, |s| facts::of_host(&s.host));
    if let Some(severity) = statement.severity {
        all.insert("severity".into(), severity.to_string());
    }
    if let Some(category) = &statement.category {
        all.insert("category".into(), category.clone());
    }
    all.extend(statement.triage.clone());
    all
}

impl TicketDraft {
    /// A fact by name: about the ticket, stated by the requester, or about the first drive.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let first_drive = self.drives.first().and_then(|drive| drive.facts.get(name));
        let found = self.facts.get(name).or_else(|| self.given.get(name)).or(first_drive)?;
        Some(found)
    }

    /// Whether another ticket is about one of the same drives, told by product and serial
    /// number.
    pub fn shares_drive(&self, other: &Self) -> bool {
        let named = |drive: &DriveSection| {
            Some((drive.facts.get("product")?.clone(), drive.facts.get("serial")?.clone()))
        };
        let of = |draft: &Self| draft.drives.iter().filter_map(named).collect::<Vec<_>>();
        let others = of(other);
        of(self).iter().any(|drive| others.contains(drive))
    }

    /// What is still open about its drives and its classification, each question once.
    pub fn open_questions(&self) -> Vec<&str> {
        let verdicts = self.drives.iter().filter_map(|drive| drive.verdict.as_ref());
        let all = verdicts.flat_map(|verdict| &verdict.open_questions).chain(&self.questions);
        let mut open: Vec<&str> = Vec::new();
        for question in all {
            if !open.contains(&question.as_str()) {
                open.push(question);
            }
        }
        open
    }

    fn add_own_facts(&mut self, template: &TicketTemplate) {
        let mut add = |name: &str, value: String| self.facts.insert(name.to_owned(), value);
        add("submission", self.submission.to_string());
        add("symptom", symptom(&self.words, template.symptom_chars));
        if let Some(bundle) = &self.bundle {
            add("bundle", bundle.file.clone());
            add("file", bundle.file.clone());
            add("bytes", bundle.bytes.to_string());
            add("sha256", bundle.sha256.clone());
            add("bundle_sha256", bundle.sha256.clone());
        }
        let verdict = self.drives.first().and_then(|drive| drive.verdict.as_ref());
        if let Some(verdict) = verdict {
            add("verdict", verdict.verdict.clone());
        }
    }

    fn subject_line(&self, template: &TicketTemplate) -> String {
        let Some(drive) = self.drives.first() else {
            return template.fill(&template.subject_without_drive, &self.facts);
        };
        let mut facts = drive.facts.clone();
        facts.extend(self.facts.clone());
        facts.entry("lock_state".into()).or_insert_with(|| "lock state unknown".into());
        template.fill(&template.subject, &facts)
    }
}

/// The first line of the person's words, cut at a word.
fn symptom(words: &str, most: usize) -> String {
    let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = one_line(line);
    if line.chars().count() <= most {
        return line;
    }
    let head: String = line.chars().take(most.saturating_sub(1)).collect();
    let cut = head.rfind(' ').filter(|&at| at > head.len() / 2).unwrap_or(head.len());
    format!("{}…", head[..cut].trim_end())
}

/// Redacts the values of a statement.
struct Cleaner<'a>(&'a Redactor);

impl Cleaner<'_> {
    fn text(&self, raw: &str) -> Result<String, RedactError> {
        let redacted = self.0.text(raw.as_bytes())?;
        Ok(String::from_utf8_lossy(redacted.bytes()).into_owned())
    }

    /// One line, whatever a device puts into its strings: a line break would let it write
    /// lines of its own into the ticket.
    fn line(&self, raw: &str) -> Result<String, RedactError> {
        self.text(raw).map(|text| visible(&text).into_owned())
    }

    /// The person's words: their own lines, without characters that steer a reader.
    fn words(&self, raw: &str) -> Result<String, RedactError> {
        let text = self.text(raw)?;
        let lines = text.lines().map(|line| visible(&line.replace('\t', "    ")).into_owned());
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    fn facts(&self, raw: &Facts) -> Result<Facts, RedactError> {
        raw.iter().map(|(name, value)| Ok((name.clone(), self.line(value)?))).collect()
    }

    /// What was seen can hold text of a device; the rest stands in the packs.
    fn finding(&self, raw: &FindingSection) -> Result<FindingSection, RedactError> {
        let seen = raw.seen.iter().map(|seen| self.line(seen)).collect::<Result<_, _>>()?;
        Ok(FindingSection { seen, ..raw.clone() })
    }

    fn lines(&self, raw: &[String]) -> Result<Vec<String>, RedactError> {
        raw.iter().map(|line| self.line(line)).collect()
    }

    fn verdict(&self, raw: &VerdictSection) -> Result<VerdictSection, RedactError> {
        let reasons = self.lines(&raw.reasons)?;
        let open_questions = self.lines(&raw.open_questions)?;
        let whom = raw.whom.as_deref().map(|whom| self.line(whom)).transpose()?;
        Ok(VerdictSection { reasons, open_questions, whom, ..raw.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Key, Seeds};

    #[test]
    fn a_device_writes_no_lines_of_its_own() {
        let packs = crate::packs::embedded();
        let redactor = Redactor::new(&packs, &Seeds::default(), Key([7; 32])).unwrap();
        let clean = Cleaner(&redactor);
        let forged = clean.line("SER\r\nX-Forged: 1\u{202e}").unwrap();
        assert!(forged.lines().count() == 1 && !forged.contains('\u{202e}'), "{forged}");
        let words = clean.words("one\r\n\ttwo\u{1b}[2J\n\nthree").unwrap();
        assert_eq!(words, "one\n    two\\u{1b}[2J\n\nthree");
    }

    #[test]
    fn a_symptom_is_one_line_cut_at_a_word() {
        assert_eq!(symptom("\n  not seen\nsince Monday", 40), "not seen");
        assert_eq!(symptom("\tnot\u{202e} seen", 40), "not  seen");
        let long = "the drive blinks red three times and then nothing happens";
        let cut = symptom(long, 30);
        assert_eq!(cut, "the drive blinks red three…");
        assert!(symptom(&"ü".repeat(200), 20).chars().count() <= 20);
    }
}

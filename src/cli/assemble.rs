//! Gathering what a ticket is made from: the machine, its verdicts, the bundle.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::bundle::{CollectArgs, Job, document as bundle_document};
use super::diagnose::Doctor;
use super::{
    App, CliError, CliResult, Exit, Interrupt, check, io_exit, launcher, pseudonyms, redaction,
    triage,
};
use crate::bundle::manifest::Consent;
use crate::bundle::{self, Bundle, Document, Manifest, Samples, Target, Verification};
use crate::desk::{self, BundleInfo, FindingSection, VerdictSection};
use crate::policy::{Contact, Effect, Policy, Verdict};
use crate::redact::Redactor;
use crate::render::contact;
use crate::render::eligibility::{DriveVerdict, MeanwhileRow, verdict_words};
use crate::render::findings::FindingRow;
use crate::render::hand_over::Elsewhere;
use crate::render::progress::Progress;
use crate::snapshot::{PortPath, Snapshot};

/// What asking for a submission means for the bundle that goes with it.
const CONSENT: &str = "A bundle was made for `keycase submit`. It goes to the desk only after \
                       its owner has seen what it holds and agreed.";

/// What is asked for on the command line.
pub(super) struct Wanted<'a> {
    /// The policy that governs the desk.
    pub(super) policy: Option<&'a str>,
    /// Facts the person states.
    pub(super) facts: &'a [String],
    /// The person's words.
    pub(super) words: &'a str,
    /// Whether a person is there to answer questions.
    pub(super) may_ask: bool,
    /// How a bundle is made.
    pub(super) collect: &'a CollectArgs,
    /// A bundle made earlier.
    pub(super) bundle: Option<&'a Path>,
    /// The most bytes the desk takes.
    pub(super) limit: Option<u64>,
}

/// Everything about the machine that goes into a ticket.
pub(super) struct Evidence {
    /// What the machine said.
    pub(super) snapshot: Option<Snapshot>,
    /// Verdicts by drive.
    pub(super) verdicts: Vec<(PortPath, VerdictSection)>,
    /// Whom the verdicts name when the policy may support none of the drives.
    pub(super) elsewhere: Option<Elsewhere>,
    /// What is wrong, in the order of work.
    pub(super) findings: Vec<FindingSection>,
    /// How the person's words were classified.
    pub(super) triage: triage::Classified,
    /// The bundle.
    pub(super) bundle: Option<Packed>,
    /// Takes personal data out of the ticket's text.
    pub(super) redactor: Redactor,
}

/// A bundle ready to go.
pub(super) struct Packed {
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it is.
    pub(super) info: BundleInfo,
    /// What it holds; `None` when it is encrypted by somebody else.
    pub(super) manifest: Option<Manifest>,
    /// Some lines before and after, when it was made here and now; for a terminal only.
    pub(super) samples: Samples,
    /// The folder it was made in, removed when it is no longer needed.
    _made_in: Option<TempDir>,
}

/// Reads the machine, checks the drives, and makes or takes the bundle.
pub(super) fn gather(app: &App, wanted: &Wanted<'_>, stop: &Interrupt) -> CliResult<Evidence> {
    let given = wanted.bundle.map(given_bundle).transpose()?;
    let mut snapshot = match (wanted.bundle, &given) {
        // The ticket is about the machine the bundle was made on, which may be another one.
        (Some(path), Some(given)) if app.global.from.is_none() && given.manifest.is_some() => {
            app.recorded(path)?
        }
        _ => app.snapshot(false)?,
    };
    if wanted.bundle.is_none() {
        launcher::add_software(app, &mut snapshot, wanted.collect.read_launcher)?;
    }
    let redactor = redaction::load(app, &snapshot, wanted.collect.mask_serials)?.redactor;
    let document = check::document(app, &snapshot, wanted.policy, &policy_facts(app, wanted)?)?;
    let recording =
        wanted.bundle.filter(|_| given.as_ref().is_some_and(|given| given.manifest.is_some()));
    let findings = Doctor::beside(app, wanted.facts, recording, stop)?;
    let findings = findings.findings(&snapshot, &document)?;
    let described = triage::Described {
        words: wanted.words,
        policy: wanted.policy,
        facts: wanted.facts,
        snapshots: std::slice::from_ref(&snapshot),
        received: app.now,
        may_ask: wanted.may_ask,
    };
    let triage = triage::classify(app, &described)?;
    let bundle = match given {
        Some(given) => given,
        None => {
            let documents = [
                bundle_document("eligibility.json", &document)?,
                bundle_document("findings.json", &findings)?,
                bundle_document("triage.json", &triage.document(app)?)?,
            ];
            fitting_bundle(app, &snapshot, &documents, wanted, stop)?
        }
    };
    stop.check("nothing was sent or kept")?;
    let policy = app.policy(wanted.policy)?;
    Ok(Evidence {
        verdicts: document.drives.iter().filter_map(|drive| verdict(drive, policy)).collect(),
        elsewhere: elsewhere(&document.drives),
        findings: findings.findings.iter().map(finding).collect(),
        snapshot: Some(snapshot),
        triage,
        bundle: Some(bundle),
        redactor,
    })
}

/// The stated facts but those that only triage reads.
fn policy_facts(app: &App, wanted: &Wanted<'_>) -> CliResult<Vec<String>> {
    let mut facts = Vec::new();
    for fact in wanted.facts {
        if !triage::is_own_fact(app, wanted.policy, fact)? {
            facts.push(fact.clone());
        }
    }
    Ok(facts)
}

/// What the ticket says about a drive's eligibility.
fn verdict(drive: &DriveVerdict, policy: &Policy) -> Option<(PortPath, VerdictSection)> {
    // What passes needs no words, and what is open stands in its question.
    let speaking =
        drive.reasons.iter().filter(|r| matches!(r.effect, Effect::Excludes | Effect::Unknown));
    let reasons = speaking.map(|r| format!("{}: {} ({})", r.clause, r.text, r.evidence));
    let name = &policy.pack.name;
    let section = VerdictSection {
        words: Some(verdict_words(drive.verdict).to_owned()),
        policy: Some(format!("{name} ({})", policy.id)),
        whom: Some(contact::of_verdict(drive, name)),
        verdict: drive.verdict.id().to_owned(),
        reasons: reasons.collect(),
        open_questions: drive.ask.iter().map(|ask| ask.question.clone()).collect(),
    };
    Some((drive.port.parse().ok()?, section))
}

/// Whom to turn to when the policy's own desk supports none of the drives, or may not.
fn elsewhere(drives: &[DriveVerdict]) -> Option<Elsewhere> {
    let all: Vec<Elsewhere> = drives.iter().map(elsewhere_for).collect::<Option<_>>()?;
    // An open question about one of them leaves the policy's desk in play.
    let open = all.iter().find(|elsewhere| elsewhere.unless.is_some());
    open.or(all.first()).cloned()
}

fn elsewhere_for(drive: &DriveVerdict) -> Option<Elsewhere> {
    let maker = drive.vendor.clone();
    if let Some(MeanwhileRow { contact, unless }) = drive.meanwhile.clone() {
        return Some(Elsewhere { contact, maker, unless: Some(unless) });
    }
    let is_excluded = drive.verdict == Verdict::NotEligible && drive.contact != Contact::Vendor;
    is_excluded.then_some(Elsewhere { contact: drive.contact, maker, unless: None })
}

/// What the ticket says about a finding: what a technician checks first.
fn finding(row: &FindingRow) -> FindingSection {
    FindingSection {
        id: row.id.clone(),
        title: row.title.clone(),
        port: row.port.clone(),
        severity: row.severity.id().to_owned(),
        confidence: row.confidence.id().to_owned(),
        seen: row.evidence.iter().map(|seen| format!("{} ({})", seen.what, seen.place)).collect(),
        never: row.never.clone(),
    }
}

/// A bundle that the desk takes: when the usual one is too large, one with less of logs.
fn fitting_bundle(
    app: &App,
    snapshot: &Snapshot,
    documents: &[Document],
    wanted: &Wanted<'_>,
    stop: &Interrupt,
) -> CliResult<Packed> {
    let usual = make_bundle(app, snapshot, documents, wanted.collect, stop)?;
    let limit = wanted.limit.filter(|&limit| usual.info.bytes > limit);
    match limit.and_then(|limit| wanted.collect.within(limit)) {
        Some(smaller) => make_bundle(app, snapshot, documents, &smaller, stop),
        None => Ok(usual),
    }
}

/// Collects and redacts into a bundle in a folder that goes away with it.
fn make_bundle(
    app: &App,
    snapshot: &Snapshot,
    documents: &[Document],
    collect: &CollectArgs,
    stop: &Interrupt,
) -> CliResult<Packed> {
    let progress = Progress::start(app.global.quiet, "collecting evidence");
    let folder = tempfile::Builder::new().prefix("keycase-").tempdir().map_err(|error| {
        CliError::caused_by(io_exit(&error), "can't make a folder for the bundle", &error)
            .hint("make room, or set TMPDIR to a folder with room")
    })?;
    let sealer = collect.sealer()?;
    let job = Job {
        app,
        snapshot,
        documents: documents.to_vec(),
        consent: Consent { text: CONSENT.to_owned(), at: app.now },
        stop,
        began: std::time::Instant::now(),
        recording: None,
    };
    let target = Target::Folder(folder.path().to_owned());
    let built = job.inputs(collect, &|step| progress.bundle(step), |inputs| {
        let built = bundle::build(inputs, &target, sealer.as_deref())?;
        pseudonyms::keep(app, inputs.redactor);
        Ok(built)
    });
    progress.end();
    let built = built?;
    let file = file_name(&built.path);
    let info = BundleInfo { file, sha256: built.sha256, bytes: built.bytes };
    let (manifest, samples) = (Some(built.manifest), built.samples);
    Ok(Packed { path: built.path, info, manifest, samples, _made_in: Some(folder) })
}

/// A bundle made earlier: only an intact one goes anywhere, so that nothing that this
/// program has not redacted is sent by mistake.
pub(super) fn given_bundle(path: &Path) -> CliResult<Packed> {
    let shown = path.display();
    let fail = |error: std::io::Error| {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NoInput,
            _ => io_exit(&error),
        };
        CliError::caused_by(exit, format!("can't read the bundle {shown}"), &error)
            .hint("`keycase bundle` makes one")
    };
    let verification = bundle::verify(path).map_err(fail)?;
    if !verification.ok {
        return Err(not_intact(path, &verification));
    }
    let (sha256, bytes) = desk::hash_file(path).map_err(fail)?;
    let opened = if verification.sealed { None } else { Bundle::open(path).ok() };
    let manifest = opened.map(|bundle| bundle.manifest().clone());
    let info = BundleInfo { file: file_name(path), sha256, bytes };
    let samples = Samples::new();
    Ok(Packed { path: path.to_owned(), info, manifest, samples, _made_in: None })
}

fn not_intact(path: &Path, verification: &Verification) -> CliError {
    let what = format!("{} is not an intact bundle", path.display());
    let error = CliError::new(Exit::BadData, what);
    let shown = verification.errors.iter().take(3).fold(error, |error, wrong| {
        let place = wrong.file.as_deref().map(|file| format!("{file}: ")).unwrap_or_default();
        error.hint(format!("{place}{}", wrong.what))
    });
    shown.hint("nothing was sent; `keycase bundle` makes a new one")
}

fn file_name(path: &Path) -> String {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("bundle.zip").to_owned()
}

//! A triage: the published document, and one block for people in 80 columns.

use schemars::JsonSchema;
use serde::Serialize;

use super::policy::rfc3339;
use super::text::labelled;
use crate::policy;
use crate::snapshot::Tool;
use crate::text::visible;
use crate::triage::{
    Category, Confidence, Contact, Kind, Question, Reason, Scope, Severity, Triage,
};

/// The document's schema.
pub const SCHEMA: &str = "keycase.triage/1";

/// `keycase.triage/1`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Document {
    /// Always `keycase.triage/1`.
    pub schema: &'static str,
    /// Program and pack versions.
    pub tool: Tool,
    /// Id of the policy that severity, priority and scope follow.
    pub policy: String,
    /// What kind of request.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The policy's own severity.
    pub severity: Severity,
    /// The policy's own priority; null when the policy has none.
    pub priority: Option<String>,
    /// What it is about.
    pub category: Category,
    /// The product that the description names; null when it names none.
    pub product: Option<String>,
    /// Whether the policy covers it.
    pub scope: ScopeDocument,
    /// Target times.
    pub targets: Targets,
    /// Whom to turn to.
    pub contact: Contact,
    /// How sure.
    pub confidence: Confidence,
    /// Every rule that spoke.
    pub reasons: Vec<Reason>,
    /// What the person must not do now.
    pub careful: Vec<String>,
    /// At most three questions whose answers would change the result.
    pub ask: Vec<Question>,
}

/// Whether the policy covers it, and the clause that excludes it or may.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScopeDocument {
    /// In scope, out of scope, or open.
    pub verdict: Scope,
    /// Id of the policy's clause.
    pub exclusion: Option<String>,
}

/// Target times, RFC 3339 with the policy zone's offset; null when the policy names none.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Targets {
    /// Target for the first response.
    pub first_response: Option<String>,
    /// Target for the resolution.
    pub resolution: Option<String>,
    /// What the times rest on.
    pub notes: Vec<String>,
    /// Those of the notes that whoever reads the times has to know: what they are, and what
    /// is odd about them; without what they were computed from.
    #[serde(skip)]
    pub caveats: Vec<String>,
}

impl Targets {
    /// The document's part of a policy's targets.
    pub fn new(targets: &policy::Targets<'_>) -> Self {
        let at = |due: &Option<policy::Due>| due.as_ref().map(|due| rfc3339(&due.at));
        let notes = targets.assumptions.iter().chain(&targets.notes);
        Self {
            first_response: at(&targets.first_response),
            resolution: at(&targets.resolution),
            notes: notes.cloned().collect(),
            caveats: targets.notes.clone(),
        }
    }
}

/// The document of a triage.
pub fn document(triage: &Triage, targets: Targets, tool: Tool) -> Document {
    let triage = triage.clone();
    Document {
        schema: SCHEMA,
        tool,
        policy: triage.policy,
        kind: triage.kind,
        severity: triage.severity,
        priority: triage.priority,
        category: triage.category,
        product: triage.product,
        scope: ScopeDocument { verdict: triage.scope, exclusion: triage.exclusion },
        targets,
        contact: triage.contact,
        confidence: triage.confidence,
        reasons: triage.reasons,
        careful: triage.careful,
        ask: triage.ask,
    }
}

/// Renders a triage for people.
pub fn table(triage: &Triage, targets: &Targets) -> String {
    let mut out = String::new();
    let Severity { level, name } = &triage.severity;
    let head = format!("{}, severity {level} {name}", kind(triage.kind));
    out.push_str(&format!("{} (policy {})\n", visible(&head), visible(&triage.policy)));
    for warning in &triage.careful {
        labelled(&mut out, "careful", warning);
    }
    labelled(&mut out, "category", category(triage.category, triage.scope));
    if let Some(product) = &triage.product {
        labelled(&mut out, "product", product);
    }
    if let Some(priority) = &triage.priority {
        labelled(&mut out, "priority", priority);
    }
    labelled(&mut out, "scope", &scope(triage));
    labelled(&mut out, "contact", contact(triage.contact));
    for (label, target) in
        [("response", &targets.first_response), ("resolution", &targets.resolution)]
    {
        if let Some(target) = target {
            labelled(&mut out, label, &format!("target {target}"));
        }
    }
    for note in &targets.notes {
        labelled(&mut out, "note", note);
    }
    if triage.confidence == Confidence::Possible {
        labelled(&mut out, "unsure", "the description says little that could be placed");
    }
    for Reason { because, .. } in &triage.reasons {
        labelled(&mut out, "because", because);
    }
    for Question { fact, question } in &triage.ask {
        labelled(&mut out, "open", &format!("{question} (--fact {fact}=…)"));
    }
    out
}

/// The kind of request in words.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Problem => "problem",
        Kind::Question => "question",
        Kind::FeatureRequest => "feature request",
        Kind::Request => "request",
    }
}

/// The category in words.
pub fn category(category: Category, scope: Scope) -> &'static str {
    match category {
        Category::UnlockPassword => "unlocking and passwords",
        Category::NotRecognised => "not recognised",
        Category::Management => "management",
        Category::FirmwareUpdate => "firmware and updates",
        Category::FilesystemDataLoss => "files, file system, lost data",
        Category::Performance => "speed and disconnects",
        Category::Compatibility => "compatibility",
        Category::HardwareDamage => "damaged hardware",
        Category::HowTo => "how to",
        Category::FeatureRequest => "feature request",
        Category::Licensing => "licensing",
        Category::OutOfScope if scope == Scope::OutOfScope => {
            "nothing the products have to do with"
        }
        Category::OutOfScope => "too little is said to tell",
    }
}

/// What the description says about support, in words.
pub fn scope_words(scope: Scope) -> &'static str {
    match scope {
        Scope::InScope => "nothing in the description stands against support",
        Scope::OutOfScope => "not covered",
        Scope::Unknown => "open",
    }
}

/// Words with the published name of what they mean, for whoever looks it up.
pub fn with_id(words: &str, id: &str) -> String {
    if words == id { words.to_owned() } else { format!("{words} ({id})") }
}

/// The published names of a scope and the clause it rests on.
pub fn scope_id(scope: &str, clause: Option<&str>) -> String {
    clause.map_or_else(|| scope.to_owned(), |clause| format!("{scope}, clause {clause}"))
}

fn scope(triage: &Triage) -> String {
    let verdict = scope_words(triage.scope);
    match &triage.exclusion {
        Some(clause) => format!("{verdict} (clause {clause})"),
        None => verdict.to_owned(),
    }
}

fn contact(contact: Contact) -> &'static str {
    match contact {
        Contact::Vendor => "the vendor's support desk",
        Contact::Manufacturer => "the maker of the drive",
        Contact::OrganisationAdmin => "the administrator of your organisation",
        Contact::Sales => "the sales manager, sales engineer or reseller",
        Contact::Licensing => "licensing",
        Contact::None => "nobody the policy names",
    }
}

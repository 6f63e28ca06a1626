//! The formats of triage packs, `triage/*.toml`: what each key means.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::model::Levels;
use super::values::{Category, Contact, Kind, Scope};
use crate::condition::FactType;
use crate::policy::Words;

/// One pack; every part may be left out, and a part may stand in any file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriagePack {
    /// What it rests on.
    pub(super) source: Words,
    /// When that was last looked at.
    pub(super) checked: Date,
    pub(super) language: Option<LanguageRow>,
    #[serde(default, rename = "cue")]
    pub(super) cues: Vec<CueRow>,
    #[serde(default, rename = "product")]
    pub(super) products: Vec<ProductRow>,
    #[serde(default, rename = "fact")]
    pub(super) facts: Vec<AskedFact>,
    #[serde(default, rename = "finding")]
    pub(super) findings: Vec<RuleRow<Finding>>,
    #[serde(default, rename = "severity")]
    pub(super) severities: Vec<RuleRow<Level>>,
    #[serde(default, rename = "scope")]
    pub(super) scopes: Vec<RuleRow<ScopeEffect>>,
    #[serde(default, rename = "clause")]
    pub(super) clauses: Vec<ClauseRow>,
    #[serde(default, rename = "contact")]
    pub(super) contacts: Vec<RuleRow<ContactEffect>>,
    #[serde(default, rename = "priority")]
    pub(super) priorities: Vec<RuleRow<PriorityEffect>>,
    #[serde(default, rename = "caution")]
    pub(super) cautions: Vec<RuleRow<Caution>>,
    #[serde(default, rename = "policy")]
    pub(super) policies: Vec<PolicyRow>,
    pub(super) model: Option<ModelRow>,
    pub(super) more: Option<MoreRow>,
}

/// What was learned: `[model]`, written by a command and not by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelRow {
    /// The first columns: kinds of request.
    pub(super) kinds: Vec<Kind>,
    /// The next columns: categories. After them three, for an impact milder than 1, 2, 3.
    pub(super) categories: Vec<Category>,
    /// The last columns: answers about scope.
    pub(super) scopes: Vec<ScopeColumn>,
    /// What speaks for each column before any word is read, in hundredths.
    pub(super) bias: Vec<i32>,
    /// How the scores of those three make each level, in hundredths.
    pub(super) levels: Levels,
    /// One line for each feature: `name value column=weight …`, in hundredths.
    pub(super) weights: Spanned<String>,
}

/// More of a model, whose lines are too many for one file: `[more]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MoreRow {
    /// Lines as in `[model]`.
    pub(super) weights: Spanned<String>,
}

/// A column of the model: an answer about scope.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeColumn {
    pub(super) verdict: Scope,
    pub(super) clause: Option<String>,
}

/// A clause that may exclude a case: `[[clause]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClauseRow {
    pub(super) id: String,
    /// The policies that have it.
    pub(super) policies: Vec<String>,
    /// Whom to turn to when it excludes the case.
    pub(super) contact: Contact,
    /// Whom to turn to while it is open.
    pub(super) while_open: Contact,
    /// When it can't exclude the case, whatever the words read like: what was stated, or what
    /// the catalog knows of the drive, is against it.
    pub(super) ruled_out_when: Option<Spanned<String>>,
}

/// Whom to turn to for what a policy covers.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactEffect {
    pub(super) contact: Contact,
}

/// How a language builds its sentences: `[language]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageRow {
    pub(super) id: String,
    /// Whether a text that shows no language is taken to be in this one.
    #[serde(default)]
    pub(super) usual: bool,
    /// Small words by which the language is recognised.
    pub(super) function_words: Vec<String>,
    /// Words that turn what follows into its opposite.
    pub(super) negators: Vec<String>,
    /// A negator before one of these negates nothing: `not only`.
    pub(super) not_negating: Vec<String>,
    /// Words that end the reach of a negator.
    pub(super) breaks: Vec<String>,
    /// Numbers as words.
    pub(super) numbers: BTreeMap<String, u64>,
    /// What is counted: `people`, `drives`, `sites`.
    pub(super) units: BTreeMap<String, Vec<String>>,
    /// A number right before one of these counts nothing: `a 64 GB drive`.
    #[serde(default)]
    pub(super) measures: Vec<String>,
    /// A number after one of these is what there is, not what is affected.
    pub(super) stock: Vec<String>,
    /// Words that stand for each other; `@name` in a phrase is any of them.
    #[serde(default)]
    pub(super) sets: BTreeMap<String, Vec<String>>,
    /// Words by what they are about, for the model: a word, a beginning (`corrupt*`) or two
    /// words (`drive_letter`) may be of several kinds.
    #[serde(default)]
    pub(super) kinds: BTreeMap<String, Vec<String>>,
    /// Words spelled right that are one slip away from a cue.
    #[serde(default)]
    pub(super) known: Vec<String>,
}

/// Something a text can say, and how people say it: `[[cue]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CueRow {
    pub(super) says: Spanned<String>,
    pub(super) phrases: Vec<Spanned<String>>,
    /// Whether a negator before it turns it round; not for what contains its own.
    #[serde(default = "yes")]
    pub(super) negatable: bool,
    /// Whether it opens a question or a wish: what follows in the sentence is asked about,
    /// not told.
    #[serde(default)]
    pub(super) asks: bool,
    /// Whether it is only how loud or how calm somebody is: its words are not part of what is
    /// read as having happened.
    #[serde(default)]
    pub(super) tone: bool,
    /// Texts that say it.
    pub(super) yes: Vec<String>,
    /// Texts that do not.
    #[serde(default)]
    pub(super) no: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A product and the names people use for it: `[[product]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductRow {
    pub(super) name: Words,
    pub(super) maker: Words,
    pub(super) role: Role,
    /// Whether a management server governs it.
    #[serde(default)]
    pub(super) managed: Option<ManagedModel>,
    /// Whether the words are a brand only, which several makers' drives have borne: which one
    /// it is an attached drive tells better.
    #[serde(default)]
    pub(super) brand: bool,
    /// The policy that is about it, when it is one of the shipped ones.
    pub(super) policy: Option<String>,
    pub(super) words: Vec<Spanned<String>>,
    #[expect(dead_code, reason = "people read it in the pack")]
    pub(super) note: Option<Words>,
}

/// What a product is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// A drive.
    Drive,
    /// Software that manages drives.
    Management,
    /// Other software.
    Software,
}

/// Whether a management server governs drives of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ManagedModel {
    /// The model exists only as a managed one.
    Always,
    /// It can be.
    Possible,
    /// It cannot be.
    Never,
}

/// A fact that a question can settle: `[[fact]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedFact {
    pub(super) id: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) kind: FactType,
    pub(super) question: Words,
    /// When it is worth asking.
    pub(super) ask_when: Spanned<String>,
    /// The answers to try, to see whether one of them changes the result.
    pub(super) answers: Vec<toml::Value>,
}

/// A rule: a condition and what follows from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleRow<E> {
    pub(super) id: Spanned<String>,
    pub(super) when: Spanned<String>,
    /// The reason, for the person.
    pub(super) because: Words,
    pub(super) then: E,
    /// Texts on which it holds.
    pub(super) yes: Vec<String>,
    /// Texts on which it does not.
    #[serde(default)]
    pub(super) no: Vec<String>,
    /// Facts stated while its examples are tried.
    #[serde(default)]
    pub(super) facts: BTreeMap<String, toml::Value>,
}

/// States a fact: `is.…` for what rules conclude, or one that could have been asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finding {
    pub(super) fact: Spanned<String>,
    pub(super) value: bool,
}

/// Raises or caps the impact; 1 is the worst.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Level {
    /// At least as bad as this.
    pub(super) at_least: Option<u8>,
    /// So many levels worse than what was learned at most; unset, as far as `at_least` says.
    pub(super) by: Option<u8>,
    /// No worse than this, whatever the other rules say.
    pub(super) at_most: Option<u8>,
}

/// What a rule says about support; the first that holds decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeEffect {
    pub(super) verdict: Scope,
    pub(super) exclusion: Option<String>,
    pub(super) contact: Option<Contact>,
}

/// Moves the order of work away from the severity's own.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriorityEffect {
    /// `high`, `normal` or `low`, by position in the policy's list.
    pub(super) place: usize,
}

/// What the person is warned of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Caution {
    pub(super) careful: Words,
}

/// How a policy names what triage finds: `[[policy]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyRow {
    pub(super) id: Spanned<String>,
    /// Names of the severities, the worst first; numbered from 1.
    pub(super) severities: Vec<Words>,
    /// Severity number of a problem of impact 1, 2, 3, 4.
    pub(super) problem: [u8; 4],
    /// Severity number of other requests of impact 1, 2, 3, 4.
    pub(super) other: [u8; 4],
    /// Severity number of feature requests.
    pub(super) feature_request: u8,
    /// Names of the priorities, the highest first; none when the policy has none.
    #[serde(default)]
    pub(super) priorities: Vec<Words>,
    /// Place in `priorities` of severity 1, 2, 3, 4.
    #[serde(default)]
    pub(super) priority_of: Vec<usize>,
}

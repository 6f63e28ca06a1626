//! The format of a policy pack, `policies/<id>.toml`.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::Words;
use super::clause::{ClauseRow, FactRow};

/// A whole policy, as the pack writes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyPack {
    pub(super) id: Spanned<String>,
    pub(super) name: Words,
    pub(super) checked: Date,
    pub(super) source: PolicySource,
    pub(super) scope: Scope,
    #[serde(default, rename = "fact")]
    pub(super) facts: Vec<FactRow>,
    #[serde(default, rename = "clause")]
    pub(super) clauses: Vec<ClauseRow>,
}

/// The document a policy is taken from: `[source]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySource {
    /// Title of the document.
    pub title: Words,
    /// When it took effect.
    pub effective: Option<Date>,
    /// When it was last changed.
    pub updated: Option<Date>,
}

/// What the policy is about: `[scope]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// In words.
    pub text: Words,
    /// Makers whose drives are in scope, as the catalog names them.
    #[serde(default)]
    pub drive_vendors: Vec<String>,
    /// Products by name.
    #[serde(default, rename = "product")]
    pub products: Vec<Product>,
    /// Section of the source.
    pub source: Words,
}

/// A product in scope: `[[scope.product]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its name.
    pub name: Words,
    /// Other names people use.
    #[serde(default)]
    pub aliases: Vec<String>,
}

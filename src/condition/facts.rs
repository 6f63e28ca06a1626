//! Facts: values under dotted names, each remembering where it comes from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::FactValue;

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The machine said so.
    Snapshot,
    /// The device catalog.
    Catalog,
    /// `--fact` on the command line.
    Option,
    /// `[facts]` of the configuration.
    Config,
    /// The person answered a question.
    Answer,
    /// The person's description of the problem.
    Description,
    /// An overlay pack; holds its file.
    Overlay(Arc<str>),
    /// An inventory row.
    Inventory,
    /// The time of this run.
    Clock,
}

impl Origin {
    /// Where the fact comes from, in words.
    pub fn words(&self) -> &str {
        match self {
            Self::Snapshot => "the drive",
            Self::Catalog => "the catalog",
            Self::Option => "--fact",
            Self::Config => "the configuration",
            Self::Answer => "your answer",
            Self::Description => "the description",
            Self::Overlay(file) => file,
            Self::Inventory => "the inventory",
            Self::Clock => "the time of this run",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// One fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its value.
    pub value: FactValue,
    /// Where it comes from.
    pub origin: Origin,
}

/// What is known, by name. A name that is not here is unknown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts<'a> {
    own: BTreeMap<Cow<'a, str>, Fact>,
    below: Option<&'a Facts<'a>>,
}

impl<'a> Facts<'a> {
    /// No facts over those of `below`: a name set here hides the one below.
    pub fn over(below: &'a Facts<'a>) -> Self {
        Self { own: BTreeMap::new(), below: Some(below) }
    }

    /// States a fact, replacing what was stated before.
    pub fn set(
        &mut self,
        name: impl Into<Cow<'a, str>>,
        value: impl Into<FactValue>,
        origin: Origin,
    ) {
        self.own.insert(name.into(), Fact { value: value.into(), origin });
    }

    /// States a fact when there is a value.
    pub fn set_known(
        &mut self,
        name: &'a str,
        value: Option<impl Into<FactValue>>,
        origin: Origin,
    ) {
        if let Some(value) = value {
            self.set(name, value, origin);
        }
    }

    /// The fact of this name, if it is known.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        let own = self.own.get(name);
        own.or_else(|| self.below.and_then(|below| below.get(name)))
    }

    /// The facts stated at this level, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Fact)> {
        self.own.iter().map(|(name, fact)| (name.as_ref(), fact))
    }

    /// All facts of all levels, also those that others hide, level by level and sorted by
    /// name in each.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Fact)> {
        let levels = std::iter::successors(Some(self), |facts| facts.below);
        levels.flat_map(Self::iter)
    }
}

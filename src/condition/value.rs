//! The values a fact can have.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FactType {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// Text.
    Text,
    /// A calendar date; compared with texts such as `"2026-11-22"`.
    Date,
    /// Several values.
    List,
}

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum FactValue {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(String),
    /// A calendar date.
    Date(Date),
    /// Several values, such as the logical units of a drive.
    List(Vec<Self>),
    /// Named parts of one element of a list; a part that is not known is left out.
    Map(BTreeMap<String, Self>),
}

/// A text that is no value of the type a fact has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {wanted}")]
pub struct ValueError {
    text: String,
    wanted: &'static str,
}

impl FactType {
    /// Reads what a person typed: `true`, `yes`, `42`, `2026-11-22`.
    pub fn parse(self, text: &str) -> Result<FactValue, ValueError> {
        let value = match self {
            Self::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" => Some(FactValue::Bool(true)),
                "false" | "no" | "n" => Some(FactValue::Bool(false)),
                _ => None,
            },
            Self::Int => text.parse().ok().map(FactValue::Int),
            Self::Float => text.parse().ok().filter(|n: &f64| n.is_finite()).map(FactValue::Float),
            Self::Text => Some(FactValue::Text(text.to_owned())),
            Self::Date => text.parse().ok().map(FactValue::Date),
            Self::List => None,
        };
        value.ok_or_else(|| {
            let text = text.chars().take(40).collect();
            ValueError { text, wanted: self.wanted() }
        })
    }

    /// What a value of this type looks like, for messages.
    pub fn wanted(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Int => "a whole number",
            Self::Float => "a number",
            Self::Text => "text",
            Self::Date => "a date like 2026-11-22",
            Self::List => "a list",
        }
    }
}

impl FactValue {
    /// The type; an element of a list that has parts counts as a list.
    pub fn kind(&self) -> FactType {
        match self {
            Self::Bool(_) => FactType::Bool,
            Self::Int(_) => FactType::Int,
            Self::Float(_) => FactType::Float,
            Self::Text(_) => FactType::Text,
            Self::Date(_) => FactType::Date,
            Self::List(_) | Self::Map(_) => FactType::List,
        }
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(value) => value.fmt(f),
            Self::Date(value) => value.fmt(f),
            Self::List(values) => write!(f, "{} values", values.len()),
            Self::Map(parts) => write!(f, "{} parts", parts.len()),
        }
    }
}

impl From<bool> for FactValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for FactValue {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for FactValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for FactValue {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Date> for FactValue {
    fn from(value: Date) -> Self {
        Self::Date(value)
    }
}

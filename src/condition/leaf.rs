//! The parts of a condition that are not logic: one comparison each.
//!
//! The usual forms (`fact`, `fact == "x"`, `fact in [..]`, `fact.matches("…")`) are decided
//! here directly; a fleet asks them millions of times. Everything else is left to the CEL
//! interpreter, which sees the facts as variables.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, IdedExpr, Value};
use regex::Regex;

use super::{FactValue, Facts};

/// A comparison sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Sign {
    /// The sign when both sides are exchanged.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            same => same,
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }
}

/// One test on one fact.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The fact is true.
    IsTrue,
    /// The fact compares with a value.
    Compare(Sign, FactValue),
    /// The fact is one of some values.
    OneOf(Vec<FactValue>),
    /// A text fact contains a match.
    Matches(Regex),
}

impl Test {
    /// Decides the test; `None` when the value is of another type than it should be.
    pub(super) fn decide(&self, value: &FactValue) -> Option<bool> {
        match (self, value) {
            (Self::IsTrue, FactValue::Bool(value)) => Some(*value),
            (Self::Compare(sign, with), _) => compare(value, with).map(|o| sign.holds(o)),
            (Self::OneOf(values), _) => {
                Some(values.iter().any(|one| compare(value, one) == Some(Ordering::Equal)))
            }
            (Self::Matches(regex), FactValue::Text(text)) => Some(regex.is_match(text)),
            _ => None,
        }
    }
}

fn compare(a: &FactValue, b: &FactValue) -> Option<Ordering> {
    #[expect(clippy::cast_precision_loss, reason = "CEL compares int and double this way too")]
    match (a, b) {
        (FactValue::Bool(a), FactValue::Bool(b)) => Some(a.cmp(b)),
        (FactValue::Int(a), FactValue::Int(b)) => Some(a.cmp(b)),
        (FactValue::Float(a), FactValue::Float(b)) => a.partial_cmp(b),
        (FactValue::Float(a), FactValue::Int(b)) => a.partial_cmp(&(*b as f64)),
        (FactValue::Int(a), FactValue::Float(b)) => (*a as f64).partial_cmp(b),
        (FactValue::Text(a), FactValue::Text(b)) => Some(a.cmp(b)),
        (FactValue::Date(a), FactValue::Date(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Lets the CEL interpreter decide; `None` when it ends in an error.
pub(super) fn interpret(expression: &IdedExpr, facts: &Facts<'_>) -> Option<bool> {
    static STANDARD: OnceLock<Arc<Env>> = OnceLock::new();
    let env = STANDARD.get_or_init(|| Arc::new(Env::stdlib()));
    let variables = Variables(facts);
    let mut context = Context::with_env(env.clone());
    context.set_variable_resolver(&variables);
    match Value::resolve(expression, &context) {
        Ok(Value::Bool(decided)) => Some(decided),
        _ => None,
    }
}

/// The facts as CEL variables.
struct Variables<'f>(&'f Facts<'f>);

impl VariableResolver for Variables<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        self.0.get(variable).map(|fact| CowVal::Owned(cel_value(&fact.value)))
    }
}

/// Dates become their ISO text, which sorts like the date.
fn cel_value(value: &FactValue) -> Box<dyn Val + '_> {
    match value {
        FactValue::Bool(value) => Box::new(CelBool::from(*value)),
        FactValue::Int(value) => Box::new(CelInt::from(*value)),
        FactValue::Float(value) => Box::new(CelDouble::from(*value)),
        FactValue::Text(value) => Box::new(CelString::from(value.as_str())),
        FactValue::Date(value) => Box::new(CelString::from(value.to_string())),
        FactValue::List(values) => {
            let values: Vec<Box<dyn Val + '_>> = values.iter().map(cel_value).collect();
            Box::new(CelList::from(values))
        }
        FactValue::Map(parts) => {
            let parts: std::collections::HashMap<_, _> =
                parts.iter().map(|(name, part)| (name.clone().into(), cel_value(part))).collect();
            Box::new(CelMap::from(parts))
        }
    }
}

//! Three-valued evaluation.

use std::collections::BTreeSet;

use super::lower::Node;
use super::{Facts, leaf};

/// The outcome of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Not decided: the named facts would settle it.
    Unknown {
        /// Facts that nobody has stated, or whose value the expression cannot work with.
        missing: BTreeSet<String>,
    },
}

impl Truth {
    fn unknown<'n>(names: impl IntoIterator<Item = &'n String>) -> Self {
        Self::Unknown { missing: names.into_iter().cloned().collect() }
    }

    fn decided(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            unknown => unknown,
        }
    }

    /// Both operands of one connective are undecided, or one is neutral: joins the names.
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unknown { mut missing }, Self::Unknown { missing: more }) => {
                missing.extend(more);
                Self::Unknown { missing }
            }
            (unknown @ Self::Unknown { .. }, _) | (_, unknown) => unknown,
        }
    }
}

/// Decides a node by Kleene's logic.
pub(super) fn node(node: &Node, facts: &Facts<'_>) -> Truth {
    match node {
        Node::Constant(value) => Truth::decided(*value),
        Node::Known(name) => Truth::decided(facts.get(name).is_some()),
        Node::Test(name, test) => match facts.get(name).and_then(|f| test.decide(&f.value)) {
            Some(value) => Truth::decided(value),
            None => Truth::unknown([name]),
        },
        Node::Not(operand) => self::node(operand, facts).not(),
        Node::And(left, right) => connect(left, right, facts, &Truth::False),
        Node::Or(left, right) => connect(left, right, facts, &Truth::True),
        Node::If(condition, then, otherwise) => choose(condition, then, otherwise, facts),
        Node::Cel { expression, reads } => interpret(expression, reads, facts),
    }
}

/// `&&` and `||`: one operand that is `deciding` decides, whatever the other is.
fn connect(left: &Node, right: &Node, facts: &Facts<'_>, deciding: &Truth) -> Truth {
    let left = node(left, facts);
    if left == *deciding {
        return left;
    }
    let right = node(right, facts);
    if right == *deciding {
        return right;
    }
    left.join(right)
}

/// `?:` with an unknown condition is known only when both branches agree.
fn choose(condition: &Node, then: &Node, otherwise: &Node, facts: &Facts<'_>) -> Truth {
    match node(condition, facts) {
        Truth::True => node(then, facts),
        Truth::False => node(otherwise, facts),
        unknown => {
            let (then, otherwise) = (node(then, facts), node(otherwise, facts));
            if then == otherwise && !matches!(then, Truth::Unknown { .. }) {
                return then;
            }
            unknown.join(then).join(otherwise)
        }
    }
}

fn interpret(expression: &cel::IdedExpr, reads: &[String], facts: &Facts<'_>) -> Truth {
    let absent: BTreeSet<String> =
        reads.iter().filter(|name| facts.get(name).is_none()).cloned().collect();
    if !absent.is_empty() {
        return Truth::Unknown { missing: absent };
    }
    match leaf::interpret(expression, facts) {
        Some(value) => Truth::decided(value),
        None => Truth::unknown(reads),
    }
}

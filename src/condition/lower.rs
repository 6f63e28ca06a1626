//! From text to a tree of logic with comparisons at its leaves.

use cel::common::ast::{Expr, LiteralValue, operators};
use cel::parser::Parser;
use cel::{IdedExpr, ParseErrors};

use super::leaf::{Sign, Test};
use super::reading::{Reading, Result, dotted};
use super::{ConditionError, FactType, FactValue, KnownNames};

/// A condition, compiled.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Constant(bool),
    Known(String),
    Test(String, Test),
    Not(Box<Self>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    If(Box<Self>, Box<Self>, Box<Self>),
    Cel { expression: IdedExpr, reads: Vec<String> },
}

/// Parses and lowers a text; also returns the names of the facts it reads.
pub(super) fn compile(text: &str, known: &KnownNames) -> Result<(Node, Vec<String>)> {
    let parser = Parser::new().max_recursion_depth(96).error_recovery_limit(4);
    let (expression, source) =
        parser.parse_with_source_info(text).map_err(|errors| syntax_error(text, &errors))?;
    let mut lowering = Reading::new(known, &source);
    lowering.depth(&expression, 0)?;
    let node = lowering.lower(&expression)?;
    Ok((node, lowering.reads))
}

/// The parser's first complaint, without its list of everything that could follow.
fn syntax_error(text: &str, errors: &ParseErrors) -> ConditionError {
    let Some(first) = errors.errors.first() else {
        return ConditionError { column: 1, what: "not a condition".into() };
    };
    let line = usize::try_from(first.pos.0).unwrap_or(1).max(1);
    let before: usize = text.split_inclusive('\n').take(line - 1).map(|l| l.chars().count()).sum();
    let column = before + usize::try_from(first.pos.1).unwrap_or(1).max(1);
    let what = first.msg.lines().next().unwrap_or_default().trim_start_matches("Syntax error: ");
    let what = what.split(" expecting {").next().unwrap_or(what);
    ConditionError { column, what: format!("not a condition: {what}") }
}

impl Reading<'_> {
    /// Lowers an expression in the place of a truth value.
    fn lower(&mut self, at: &IdedExpr) -> Result<Node> {
        match &at.expr {
            Expr::Literal(LiteralValue::Boolean(value)) => Ok(Node::Constant(*value.inner())),
            Expr::Literal(_) => self.error(at, "a condition is true or false, not a value"),
            Expr::Select(select) if select.test => {
                let Some(operand) = dotted(&select.operand) else {
                    return self.interpreted(at);
                };
                self.known_test(at, format!("{operand}.{}", select.field))
            }
            Expr::Ident(_) | Expr::Select(_) => match dotted(at) {
                Some(name) => self.truth_of(at, name),
                None => self.interpreted(at),
            },
            Expr::Call(call) => {
                let args: Vec<&IdedExpr> = call.args.iter().collect();
                self.lower_call(at, &call.func_name, call.target.as_deref(), &args)
            }
            _ => self.interpreted(at),
        }
    }

    fn lower_call(
        &mut self,
        at: &IdedExpr,
        function: &str,
        target: Option<&IdedExpr>,
        args: &[&IdedExpr],
    ) -> Result<Node> {
        let boxed = |node: Result<Node>| node.map(Box::new);
        match (function, target, args) {
            (operators::LOGICAL_AND, None, [a, b]) => {
                Ok(Node::And(boxed(self.lower(a))?, boxed(self.lower(b))?))
            }
            (operators::LOGICAL_OR, None, [a, b]) => {
                Ok(Node::Or(boxed(self.lower(a))?, boxed(self.lower(b))?))
            }
            (operators::LOGICAL_NOT, None, [a]) => Ok(Node::Not(boxed(self.lower(a))?)),
            (operators::CONDITIONAL, None, [a, b, c]) => {
                Ok(Node::If(boxed(self.lower(a))?, boxed(self.lower(b))?, boxed(self.lower(c))?))
            }
            ("known", None, [a]) => match dotted(a) {
                Some(name) => self.known_test(a, name),
                None => self.error(a, "known() takes the name of a fact"),
            },
            ("matches", Some(text), [pattern]) => self.matches(at, text, pattern),
            (operators::IN, None, [value, list]) => self.one_of(at, value, list),
            (_, None, [a, b]) => match sign(function) {
                Some(sign) => self.comparison(at, sign, a, b),
                None => self.interpreted(at),
            },
            _ => self.interpreted(at),
        }
    }

    fn truth_of(&mut self, at: &IdedExpr, name: String) -> Result<Node> {
        match self.fact(at, &name)? {
            FactType::Bool => Ok(Node::Test(name, Test::IsTrue)),
            kind => {
                let wanted = kind.wanted();
                self.error(at, format!("`{name}` is {wanted}, not true or false"))
            }
        }
    }

    fn known_test(&mut self, at: &IdedExpr, name: String) -> Result<Node> {
        self.fact(at, &name)?;
        Ok(Node::Known(name))
    }

    fn comparison(
        &mut self,
        at: &IdedExpr,
        sign: Sign,
        a: &IdedExpr,
        b: &IdedExpr,
    ) -> Result<Node> {
        let sides = match (dotted(a), &b.expr, dotted(b), &a.expr) {
            (Some(name), Expr::Literal(literal), _, _) => Some((name, literal, sign)),
            (_, _, Some(name), Expr::Literal(literal)) => Some((name, literal, sign.flipped())),
            _ => None,
        };
        let Some((name, literal, sign)) = sides.filter(|(name, ..)| !self.is_local(name)) else {
            return self.interpreted(at);
        };
        let kind = self.fact(at, &name)?;
        match value_of(literal, kind) {
            Some(value) => Ok(Node::Test(name, Test::Compare(sign, value))),
            None => self.mismatch(at, &name, kind),
        }
    }

    fn one_of(&mut self, at: &IdedExpr, value: &IdedExpr, list: &IdedExpr) -> Result<Node> {
        let (Some(name), Expr::List(list)) = (dotted(value), &list.expr) else {
            return self.interpreted(at);
        };
        if self.is_local(&name) {
            return self.interpreted(at);
        }
        let kind = self.fact(at, &name)?;
        let mut values = Vec::with_capacity(list.elements.len());
        for element in &list.elements {
            let Expr::Literal(literal) = &element.expr else {
                return self.interpreted(at);
            };
            let Some(value) = value_of(literal, kind) else {
                return self.mismatch(element, &name, kind);
            };
            values.push(value);
        }
        Ok(Node::Test(name, Test::OneOf(values)))
    }

    fn matches(&mut self, at: &IdedExpr, text: &IdedExpr, pattern: &IdedExpr) -> Result<Node> {
        let regex = self.pattern(pattern)?;
        match dotted(text) {
            Some(name) if !self.is_local(&name) => match self.fact(text, &name)? {
                FactType::Text => Ok(Node::Test(name, Test::Matches(regex))),
                kind => self.mismatch(text, &name, kind),
            },
            _ => self.interpreted(at),
        }
    }

    fn mismatch<T>(&self, at: &IdedExpr, name: &str, kind: FactType) -> Result<T> {
        self.error(at, format!("`{name}` is {}; compare it with such a value", kind.wanted()))
    }

    /// Leaves an expression to the interpreter, after looking through all of it.
    fn interpreted(&mut self, at: &IdedExpr) -> Result<Node> {
        let outer = std::mem::take(&mut self.reads);
        let walked = self.walk(at, 0);
        let reads = std::mem::replace(&mut self.reads, outer);
        walked?;
        for name in &reads {
            self.note(name);
        }
        Ok(Node::Cel { expression: at.clone(), reads })
    }
}

fn sign(function: &str) -> Option<Sign> {
    Some(match function {
        operators::EQUALS => Sign::Equal,
        operators::NOT_EQUALS => Sign::NotEqual,
        operators::LESS => Sign::Less,
        operators::LESS_EQUALS => Sign::LessEqual,
        operators::GREATER => Sign::Greater,
        operators::GREATER_EQUALS => Sign::GreaterEqual,
        _ => return None,
    })
}

/// A literal as a value of a fact's type, or `None` when it is of another type.
fn value_of(literal: &LiteralValue, kind: FactType) -> Option<FactValue> {
    match (literal, kind) {
        (LiteralValue::Boolean(value), FactType::Bool) => Some(FactValue::Bool(*value.inner())),
        (LiteralValue::Int(value), FactType::Int | FactType::Float) => {
            Some(FactValue::Int(*value.inner()))
        }
        (LiteralValue::Double(value), FactType::Int | FactType::Float) => {
            Some(FactValue::Float(*value.inner()))
        }
        (LiteralValue::String(text), FactType::Text) => Some(text.inner().into()),
        (LiteralValue::String(text), FactType::Date) => {
            text.inner().parse().ok().map(FactValue::Date)
        }
        _ => None,
    }
}

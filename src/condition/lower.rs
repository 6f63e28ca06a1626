//! From text to a tree of logic with comparisons at its leaves.

use cel::common::ast::{Expr, LiteralValue, SourceInfo, operators};
use cel::parser::Parser;
use cel::{IdedExpr, ParseErrors};
use regex::{Regex, RegexBuilder};

use super::leaf::{Sign, Test};
use super::{ConditionError, FactType, FactValue, KnownNames, limits};

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

/// Functions a condition may call, beside the operators.
const FUNCTIONS: [&str; 5] = ["size", "contains", "startsWith", "endsWith", "matches"];

/// Operators the interpreter may meet; `&&`, `||`, `!`, `?:` are also logic of our own.
const OPERATORS: [&str; 19] = [
    operators::CONDITIONAL,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
    operators::NEGATE,
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::INDEX,
    operators::IN,
    operators::NOT_STRICTLY_FALSE,
];

/// Nested loops over lists multiply their work; two levels are enough for any rule.
const LOOPS: usize = 2;

/// Parses and lowers a text; also returns the names of the facts it reads.
pub(super) fn compile(
    text: &str,
    known: &KnownNames,
) -> Result<(Node, Vec<String>), ConditionError> {
    let parser = Parser::new().max_recursion_depth(96).error_recovery_limit(4);
    let (expression, source) =
        parser.parse_with_source_info(text).map_err(|errors| syntax_error(text, &errors))?;
    let mut lowering = Lowering { known, source: &source, reads: Vec::new(), scope: Vec::new() };
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

struct Lowering<'a> {
    known: &'a KnownNames,
    source: &'a SourceInfo,
    reads: Vec<String>,
    scope: Vec<String>,
}

type Lowered<T = Node> = Result<T, ConditionError>;

impl Lowering<'_> {
    fn error<T>(&self, at: &IdedExpr, what: impl Into<String>) -> Lowered<T> {
        let offset = self.source.offset_for(leftmost(at).id).map_or(0, |(start, _)| start);
        let column = usize::try_from(offset).unwrap_or(0) + 1;
        Err(ConditionError { column, what: what.into() })
    }

    /// Refuses trees that are too deep to walk, before anything walks them.
    fn depth(&self, expression: &IdedExpr, depth: usize) -> Lowered<()> {
        if depth > limits::DEPTH * 2 {
            return self.error(expression, "the condition nests too deeply");
        }
        children(&expression.expr).try_for_each(|child| self.depth(child, depth + 1))
    }

    /// Lowers an expression in the place of a truth value.
    fn lower(&mut self, at: &IdedExpr) -> Lowered {
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
    ) -> Lowered {
        let boxed = |node: Lowered| node.map(Box::new);
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

    fn truth_of(&mut self, at: &IdedExpr, name: String) -> Lowered {
        match self.fact(at, &name)? {
            FactType::Bool => Ok(Node::Test(name, Test::IsTrue)),
            kind => {
                let wanted = kind.wanted();
                self.error(at, format!("`{name}` is {wanted}, not true or false"))
            }
        }
    }

    fn known_test(&mut self, at: &IdedExpr, name: String) -> Lowered {
        self.fact(at, &name)?;
        Ok(Node::Known(name))
    }

    fn comparison(&mut self, at: &IdedExpr, sign: Sign, a: &IdedExpr, b: &IdedExpr) -> Lowered {
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

    fn one_of(&mut self, at: &IdedExpr, value: &IdedExpr, list: &IdedExpr) -> Lowered {
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

    /// A pattern is compiled when the condition is, and bounded in size.
    fn pattern(&self, pattern: &IdedExpr) -> Lowered<Regex> {
        let Expr::Literal(LiteralValue::String(text)) = &pattern.expr else {
            return self.error(pattern, "the pattern of matches() is a text in quotes");
        };
        match RegexBuilder::new(text.inner()).size_limit(1 << 18).build() {
            Ok(regex) => Ok(regex),
            Err(_) => self.error(pattern, "not a regular expression, or one that is too large"),
        }
    }

    fn matches(&mut self, at: &IdedExpr, text: &IdedExpr, pattern: &IdedExpr) -> Lowered {
        let regex = self.pattern(pattern)?;
        match dotted(text) {
            Some(name) if !self.is_local(&name) => match self.fact(text, &name)? {
                FactType::Text => Ok(Node::Test(name, Test::Matches(regex))),
                kind => self.mismatch(text, &name, kind),
            },
            _ => self.interpreted(at),
        }
    }

    fn mismatch<T>(&self, at: &IdedExpr, name: &str, kind: FactType) -> Lowered<T> {
        self.error(at, format!("`{name}` is {}; compare it with such a value", kind.wanted()))
    }

    /// Leaves an expression to the interpreter, after looking through all of it.
    fn interpreted(&mut self, at: &IdedExpr) -> Lowered {
        let outer = std::mem::take(&mut self.reads);
        let walked = self.walk(at, 0);
        let reads = std::mem::replace(&mut self.reads, outer);
        walked?;
        for name in &reads {
            self.note(name);
        }
        Ok(Node::Cel { expression: at.clone(), reads })
    }

    fn walk(&mut self, at: &IdedExpr, loops: usize) -> Lowered<()> {
        match &at.expr {
            Expr::Literal(_) => Ok(()),
            Expr::Ident(_) | Expr::Select(_) => self.walk_name(at, loops),
            Expr::List(list) => list.elements.iter().try_for_each(|e| self.walk(e, loops)),
            Expr::Call(call) => {
                let name = call.func_name.as_str();
                if !OPERATORS.contains(&name) && !FUNCTIONS.contains(&name) {
                    return self.error(at, format!("there is no function `{name}` here"));
                }
                if name == "matches"
                    && let Some(pattern) = call.args.last()
                {
                    self.pattern(pattern)?;
                }
                children(&at.expr).try_for_each(|child| self.walk(child, loops))
            }
            Expr::Comprehension(comprehension) => {
                if loops >= LOOPS {
                    return self.error(at, format!("at most {LOOPS} loops inside each other"));
                }
                self.walk(&comprehension.iter_range, loops)?;
                let mark = self.scope.len();
                self.scope.push(comprehension.iter_var.clone());
                self.scope.extend(comprehension.iter_var2.clone());
                self.scope.push(comprehension.accu_var.clone());
                let rest = [
                    &comprehension.accu_init,
                    &comprehension.loop_cond,
                    &comprehension.loop_step,
                    &comprehension.result,
                ];
                let walked = rest.into_iter().try_for_each(|part| self.walk(part, loops + 1));
                self.scope.truncate(mark);
                walked
            }
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.error(at, "maps and structures have no place in a condition")
            }
        }
    }

    fn walk_name(&mut self, at: &IdedExpr, loops: usize) -> Lowered<()> {
        let Some(name) = dotted(at) else {
            let Expr::Select(select) = &at.expr else { return Ok(()) };
            return self.walk(&select.operand, loops);
        };
        if self.is_local(&name) {
            return Ok(());
        }
        if matches!(&at.expr, Expr::Select(select) if select.test) {
            return self.error(at, "has() stands on its own here: use known() outside");
        }
        self.fact(at, &name).map(|_| ())
    }

    fn is_local(&self, name: &str) -> bool {
        let root = name.split('.').next().unwrap_or(name);
        self.scope.iter().any(|local| local == root)
    }

    /// The type of a fact, noting that it is read.
    fn fact(&mut self, at: &IdedExpr, name: &str) -> Lowered<FactType> {
        let Some(kind) = self.known.get(name) else {
            let hint = self.known.closest(name).map(|n| format!("; is it `{n}`?"));
            return self.error(at, format!("no fact `{name}`{}", hint.unwrap_or_default()));
        };
        self.note(name);
        Ok(kind)
    }

    fn note(&mut self, name: &str) {
        if !self.reads.iter().any(|read| read == name) {
            self.reads.push(name.to_owned());
        }
    }
}

/// `a.b.c` as one name; also that of `has(a.b.c)`.
fn dotted(expression: &IdedExpr) -> Option<String> {
    match &expression.expr {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) => Some(format!("{}.{}", dotted(&select.operand)?, select.field)),
        _ => None,
    }
}

fn leftmost(expression: &IdedExpr) -> &IdedExpr {
    match &expression.expr {
        Expr::Select(select) => leftmost(&select.operand),
        Expr::Call(call) => match (&call.target, call.args.first()) {
            (Some(target), _) => leftmost(target),
            (None, Some(first)) if OPERATORS.contains(&call.func_name.as_str()) => leftmost(first),
            _ => expression,
        },
        _ => expression,
    }
}

fn children(expression: &Expr) -> impl Iterator<Item = &IdedExpr> {
    let mut found: Vec<&IdedExpr> = Vec::new();
    match expression {
        Expr::Call(call) => found.extend(call.target.as_deref().into_iter().chain(&call.args)),
        Expr::List(list) => found.extend(&list.elements),
        Expr::Select(select) => found.push(&select.operand),
        Expr::Comprehension(c) => {
            found.extend([&c.iter_range, &c.accu_init, &c.loop_cond, &c.loop_step, &c.result]);
        }
        _ => {}
    }
    found.into_iter()
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

//! Reading an expression against the names that exist: shared by what lowers it and what
//! looks through the parts left to the interpreter.

use cel::IdedExpr;
use cel::common::ast::{Expr, SourceInfo};

use super::inspect::OPERATORS;
use super::{ConditionError, FactType, KnownNames, limits};

pub(super) type Result<T> = std::result::Result<T, ConditionError>;

/// What is known about the text, and what has been read of it.
pub(super) struct Reading<'a> {
    pub(super) known: &'a KnownNames,
    source: &'a SourceInfo,
    pub(super) reads: Vec<String>,
    /// Variables of loops, the innermost last.
    pub(super) scope: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(known: &'a KnownNames, source: &'a SourceInfo) -> Self {
        Self { known, source, reads: Vec::new(), scope: Vec::new() }
    }

    /// An error at the place where an expression begins.
    pub(super) fn error<T>(&self, at: &IdedExpr, what: impl Into<String>) -> Result<T> {
        let offset = self.source.offset_for(leftmost(at).id).map_or(0, |(start, _)| start);
        let column = usize::try_from(offset).unwrap_or(0) + 1;
        Err(ConditionError { column, what: what.into() })
    }

    /// Refuses trees that are too deep to walk, before anything walks them.
    pub(super) fn depth(&self, expression: &IdedExpr, depth: usize) -> Result<()> {
        if depth > limits::DEPTH * 2 {
            return self.error(expression, "the condition nests too deeply");
        }
        children(&expression.expr).try_for_each(|child| self.depth(child, depth + 1))
    }

    pub(super) fn is_local(&self, name: &str) -> bool {
        let root = name.split('.').next().unwrap_or(name);
        self.scope.iter().any(|local| local == root)
    }

    /// The type of a fact, noting that it is read.
    pub(super) fn fact(&mut self, at: &IdedExpr, name: &str) -> Result<FactType> {
        let Some(kind) = self.known.get(name) else {
            let hint = self.known.closest(name).map(|n| format!("; is it `{n}`?"));
            return self.error(at, format!("no fact `{name}`{}", hint.unwrap_or_default()));
        };
        self.note(name);
        Ok(kind)
    }

    pub(super) fn note(&mut self, name: &str) {
        if !self.reads.iter().any(|read| read == name) {
            self.reads.push(name.to_owned());
        }
    }
}

/// `a.b.c` as one name; also that of `has(a.b.c)`.
pub(super) fn dotted(expression: &IdedExpr) -> Option<String> {
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

pub(super) fn children(expression: &Expr) -> impl Iterator<Item = &IdedExpr> {
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

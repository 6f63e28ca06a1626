//! Looking through an expression that the CEL interpreter will decide: only facts that
//! exist, only functions that are harmless, only bounded loops.

use cel::IdedExpr;
use cel::common::ast::{ComprehensionExpr, Expr, LiteralValue, operators};
use regex::{Regex, RegexBuilder};

use super::reading::{Reading, Result, children, dotted};

/// Functions a condition may call, beside the operators.
const FUNCTIONS: [&str; 5] = ["size", "contains", "startsWith", "endsWith", "matches"];

/// Operators the interpreter may meet; `&&`, `||`, `!`, `?:` are also logic of our own.
pub(super) const OPERATORS: [&str; 19] = [
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

impl Reading<'_> {
    /// A pattern is compiled when the condition is, and bounded in size.
    pub(super) fn pattern(&self, pattern: &IdedExpr) -> Result<Regex> {
        let Expr::Literal(LiteralValue::String(text)) = &pattern.expr else {
            return self.error(pattern, "the pattern of matches() is a text in quotes");
        };
        match RegexBuilder::new(text.inner()).size_limit(1 << 18).build() {
            Ok(regex) => Ok(regex),
            Err(_) => self.error(pattern, "not a regular expression, or one that is too large"),
        }
    }

    /// Looks through an expression inside `loops` loops.
    pub(super) fn walk(&mut self, at: &IdedExpr, loops: usize) -> Result<()> {
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
            Expr::Comprehension(comprehension) => self.walk_loop(at, comprehension, loops),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.error(at, "maps and structures have no place in a condition")
            }
        }
    }

    fn walk_loop(&mut self, at: &IdedExpr, of: &ComprehensionExpr, loops: usize) -> Result<()> {
        if loops >= LOOPS {
            return self.error(at, format!("at most {LOOPS} loops inside each other"));
        }
        if loops > 0 && dotted(&of.iter_range).is_none() {
            return self.error(at, "a loop inside a loop goes over the list of a fact");
        }
        self.walk(&of.iter_range, loops)?;
        let mark = self.scope.len();
        self.scope.push(of.iter_var.clone());
        self.scope.extend(of.iter_var2.clone());
        self.scope.push(of.accu_var.clone());
        let rest = [&of.accu_init, &of.loop_cond, &of.loop_step, &of.result];
        let walked = rest.into_iter().try_for_each(|part| self.walk(part, loops + 1));
        self.scope.truncate(mark);
        walked
    }

    fn walk_name(&mut self, at: &IdedExpr, loops: usize) -> Result<()> {
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
}

//! One known problem as a text for people, and all of them as a page.

use std::fmt::Write as _;

use super::findings;
use super::text::labelled;
use crate::diagnose::{About, Basis, Problem, Problems, System};
use crate::snapshot::Tool;

/// The rule behind a finding: what is seen, how it is decided, what to do.
pub fn explain(problem: &Problem) -> String {
    let mut out = format!("{}: {}\n", problem.id, problem.title);
    labelled(&mut out, "seen as", &problem.seen);
    labelled(&mut out, "looks at", about(problem.about));
    if let Some(condition) = &problem.applies_when {
        labelled(&mut out, "concerns", condition.text());
    }
    for rule in &problem.evidence {
        labelled(&mut out, "evidence", &format!("{} ({})", rule.what, rule.place));
        labelled(&mut out, "  when", rule.when.text());
        let sure = findings::certainty(rule.confidence);
        labelled(
            &mut out,
            "  on",
            &format!("{}; {sure}; {}", systems(&rule.systems), basis(rule.basis)),
        );
        for step in &rule.remedy {
            labelled(&mut out, "  to do", step);
        }
    }
    for (fact, question) in &problem.questions {
        labelled(&mut out, "question", &format!("{question} (--fact {fact}=…)"));
    }
    for (number, step) in problem.remedy.iter().enumerate() {
        labelled(
            &mut out,
            if number == 0 { "to do" } else { "" },
            &format!("{}. {step}", number + 1),
        );
    }
    for warning in &problem.never {
        labelled(&mut out, "careful", warning);
    }
    labelled(&mut out, "then ask", &findings::contact(problem.contact, None));
    labelled(&mut out, "source", &format!("{} (checked {})", problem.source, problem.checked));
    out
}

/// The rule as a document.
pub fn document(problem: &Problem, tool: Tool) -> serde_json::Value {
    let evidence = problem.evidence.iter().map(|rule| {
        serde_json::json!({
            "systems": rule.systems,
            "when": rule.when.text(),
            "confidence": rule.confidence,
            "what": rule.what,
            "where": rule.place,
        })
    });
    let ask = problem.questions.iter();
    let ask = ask.map(|(fact, text)| serde_json::json!({ "fact": fact, "question": text }));
    serde_json::json!({
        "schema": "keycase.explanation/1",
        "tool": tool,
        "id": problem.id,
        "kind": "problem",
        "text": problem.title,
        "source": problem.source,
        "applies_when": problem.applies_when.as_ref().map(|condition| condition.text()),
        "severity": problem.severity,
        "category": problem.category,
        "contact": problem.contact,
        "evidence": evidence.collect::<Vec<_>>(),
        "ask": ask.collect::<Vec<_>>(),
        "remedy": problem.remedy,
        "never": problem.never,
        "checked": problem.checked,
    })
}

/// The page `docs/problems.md`.
pub fn page(problems: &Problems) -> String {
    let mut out = String::from(
        "# Known problems\n\nGenerated from `data/problems`; `UPDATE=1 cargo test --test \
         problems` rewrites this page. Each problem is one pack with its evidence, its remedy \
         and the examples that test it.\n\n| problem | severity | systems |\n|---|---|---|\n",
    );
    for problem in problems.iter() {
        let severity = findings::severity(problem.severity);
        let on = systems(&all_systems(problem));
        let _ = writeln!(out, "| [{}](#{}) | {severity} | {on} |", problem.title, problem.id);
    }
    for problem in problems.iter() {
        section(&mut out, problem);
    }
    out
}

fn section(out: &mut String, problem: &Problem) {
    let _ = write!(out, "\n## {}\n\n**{}.** {}\n", problem.id, problem.title, problem.seen);
    out.push_str("\nEvidence:\n\n");
    for rule in &problem.evidence {
        let sure = findings::certainty(rule.confidence).split(':').next().unwrap_or_default();
        let _ = writeln!(
            out,
            "- {sure} ({}; {}): {}. Where: {}. `{}`",
            systems(&rule.systems),
            basis(rule.basis),
            rule.what,
            rule.place,
            unbroken(rule.when.text())
        );
    }
    if let Some(condition) = &problem.applies_when {
        let _ = writeln!(out, "\nConcerns only: `{}`", unbroken(condition.text()));
    }
    for (fact, question) in &problem.questions {
        let _ = writeln!(out, "\nQuestion `{fact}`: {question}");
    }
    out.push_str("\nRemedy:\n\n");
    let first = problem.evidence.iter().flat_map(|rule| &rule.remedy);
    for (number, step) in first.chain(&problem.remedy).enumerate() {
        let _ = writeln!(out, "{}. {step}", number + 1);
    }
    for warning in &problem.never {
        let _ = writeln!(out, "\n**{warning}**");
    }
    let _ = writeln!(out, "\nThen: {}.", findings::contact(problem.contact, None));
    let _ = writeln!(out, "\nSource: {} (checked {}).", problem.source, problem.checked);
}

fn unbroken(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn all_systems(problem: &Problem) -> Vec<System> {
    let mut all: Vec<System> =
        problem.evidence.iter().flat_map(|rule| rule.systems.clone()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn systems(systems: &[System]) -> String {
    let name = |system: &System| match system {
        System::Linux => "Linux",
        System::Windows => "Windows",
        System::Macos => "macOS",
    };
    systems.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Source => "by the source",
        Basis::GeneralKnowledge => "general knowledge",
    }
}

fn about(about: About) -> &'static str {
    match about {
        About::Drive => "each drive",
        About::Port => "each port that a log names",
        About::Machine => "the machine",
    }
}

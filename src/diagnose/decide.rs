//! From evidence to findings.

use std::collections::BTreeSet;

use super::finding::{Asked, Diagnosis, Evidence, Finding, NotEvaluated};
use super::load::{EvidenceRule, Problem, Problems, placeholders};
use super::pack::{About, System};
use super::{Observed, Tally, facts};
use crate::catalog::Catalog;
use crate::condition::{Facts, Truth};
use crate::snapshot::{Drive, PortPath, Snapshot};

/// Everything a diagnosis rests on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// What the machine said.
    pub snapshot: &'a Snapshot,
    /// What is known about models.
    pub catalog: &'a Catalog,
    /// What its logs said.
    pub observed: &'a Observed,
    /// What was stated beside: answers, and facts that other readers found.
    pub stated: &'a Facts<'a>,
    /// The day of the run.
    pub today: jiff::civil::Date,
}

/// Decides every known problem on a machine.
pub fn diagnose(case: Case<'_>, problems: &Problems) -> Diagnosis {
    let mut judge = Judge { case, problems, diagnosis: Diagnosis::default() };
    let mut machine = Facts::over(case.stated);
    facts::machine(&mut machine, case.snapshot);
    judge.machine(&machine);
    for drive in &case.snapshot.drives {
        judge.drive(drive, &machine);
    }
    judge.ports(&machine);
    judge.diagnosis.sort();
    judge.diagnosis
}

struct Judge<'a> {
    case: Case<'a>,
    problems: &'a Problems,
    diagnosis: Diagnosis,
}

/// What a problem is judged at.
struct At<'a> {
    facts: &'a Facts<'a>,
    port: Option<PortPath>,
    /// Matches of a signal there; the flag tells whether its lines name a subject.
    tally: &'a dyn Fn(&str, bool) -> Tally,
}

impl<'a> Judge<'a> {
    fn of(&self, about: About) -> impl Iterator<Item = &'a Problem> + use<'a> {
        self.problems.iter().filter(move |problem| problem.about == about)
    }

    fn machine(&mut self, machine: &Facts<'_>) {
        let observed = self.case.observed;
        let tally = |signal: &str, _| observed.total(signal);
        let mut facts = Facts::over(machine);
        facts::signals(&mut facts, self.problems.signals(), observed, tally);
        for problem in self.of(About::Machine) {
            self.problem(problem, &At { facts: &facts, port: None, tally: &tally });
        }
    }

    fn drive(&mut self, drive: &Drive, machine: &Facts<'_>) {
        let observed = self.case.observed;
        let tally = |signal: &str, subject| match subject {
            true => observed.of_drive(signal, drive),
            false => observed.total(signal),
        };
        let mut facts = Facts::over(machine);
        facts::drive(&mut facts, drive, self.case.catalog, self.case.today);
        facts::signals(&mut facts, self.problems.signals(), observed, tally);
        for problem in self.of(About::Drive) {
            let port = Some(drive.port.clone());
            self.problem(problem, &At { facts: &facts, port, tally: &tally });
        }
    }

    /// Ports are those that a signal of the problem names; a drive need not be there.
    fn ports(&mut self, machine: &Facts<'_>) {
        for problem in self.of(About::Port) {
            let ports = self.named_ports(problem);
            if ports.is_empty() {
                self.unread_ports(problem);
            }
            for port in ports {
                self.port(problem, &port, machine);
            }
        }
    }

    fn port(&mut self, problem: &Problem, port: &str, machine: &Facts<'_>) {
        let observed = self.case.observed;
        let tally = |signal: &str, subject| match subject {
            true => observed.of_port(signal, port),
            false => observed.total(signal),
        };
        let mut facts = Facts::over(machine);
        facts::port(&mut facts, port, self.case.snapshot);
        let mut drives = self.case.snapshot.drives.iter();
        if let Some(drive) = drives.find(|drive| drive.port.to_string() == port) {
            facts::drive(&mut facts, drive, self.case.catalog, self.case.today);
        }
        facts::signals(&mut facts, self.problems.signals(), observed, tally);
        self.problem(problem, &At { facts: &facts, port: port.parse().ok(), tally: &tally });
    }

    /// No port is named: nothing is wrong, or the log was not read.
    fn unread_ports(&mut self, problem: &Problem) {
        let rules = problem.evidence.iter().filter(|rule| self.is_here(rule));
        let signals = rules.flat_map(signals_of);
        let all = self.problems.signals();
        let unread: BTreeSet<String> = signals
            .filter_map(|id| all.get(id))
            .filter(|signal| self.case.observed.reading(signal.log).is_none())
            .map(|signal| facts::log_name(signal.log))
            .collect();
        if !unread.is_empty() {
            let id = problem.id.clone();
            self.diagnosis.not_evaluated.push(NotEvaluated { id, port: None, missing: unread });
        }
    }

    fn named_ports(&self, problem: &Problem) -> BTreeSet<String> {
        let signals = problem.evidence.iter().flat_map(signals_of);
        let ports = signals.flat_map(|signal| self.case.observed.ports(signal));
        ports.map(str::to_owned).collect()
    }

    /// A machine that does not say its system might be any.
    fn is_here(&self, rule: &EvidenceRule) -> bool {
        let os = self.case.snapshot.host.os.as_deref();
        os.is_none_or(|os| rule.systems.iter().copied().map(System::id).any(|id| id == os))
    }

    fn problem(&mut self, problem: &Problem, at: &At<'_>) {
        let applies = problem.applies_when.as_ref().map(|condition| condition.evaluate(at.facts));
        let applies = applies.unwrap_or(Truth::True);
        let mut missing = BTreeSet::new();
        let mut shown = Vec::new();
        for rule in problem.evidence.iter().filter(|rule| self.is_here(rule)) {
            match both(&applies, rule.when.evaluate(at.facts)) {
                Truth::True => shown.push(rule),
                Truth::False => {}
                Truth::Unknown { missing: names } => missing.extend(names),
            }
        }
        if !shown.is_empty() {
            let finding = self.finding(problem, at, &shown);
            self.diagnosis.findings.push(finding);
        } else if !missing.is_empty() {
            self.open(problem, at.port.clone(), &missing);
        }
    }

    /// Nothing shows, and what is missing might change that.
    fn open(&mut self, problem: &Problem, port: Option<PortPath>, missing: &BTreeSet<String>) {
        let asked = problem.questions.iter().filter(|(fact, _)| missing.contains(fact));
        self.diagnosis.ask.extend(asked.map(|(fact, question)| {
            let (fact, question) = (fact.clone(), question.clone());
            Asked { fact, question }
        }));
        let signals = self.problems.signals();
        let name = |name: &String| {
            let signal = name.strip_prefix("signal.").and_then(|id| signals.get(id));
            signal.map_or_else(|| name.clone(), |signal| facts::log_name(signal.log))
        };
        let (id, missing) = (problem.id.clone(), missing.iter().map(name).collect());
        self.diagnosis.not_evaluated.push(NotEvaluated { id, port, missing });
    }

    fn finding(&self, problem: &Problem, at: &At<'_>, shown: &[&EvidenceRule]) -> Finding {
        let steps = shown.iter().flat_map(|rule| &rule.remedy).chain(&problem.remedy);
        let mut remedy: Vec<String> = Vec::new();
        for step in steps {
            let step = fill(step, at.facts);
            if !remedy.contains(&step) {
                remedy.push(step);
            }
        }
        let surest = shown.iter().map(|rule| rule.confidence).max();
        Finding {
            id: problem.id.clone(),
            title: problem.title.clone(),
            port: at.port.clone(),
            severity: problem.severity,
            confidence: surest.unwrap_or(super::Certainty::Possible),
            category: problem.category,
            evidence: self.evidence(at, shown),
            remedy,
            never: problem.never.clone(),
            contact: problem.contact,
            source: problem.source.clone(),
        }
    }

    fn evidence(&self, at: &At<'_>, shown: &[&EvidenceRule]) -> Vec<Evidence> {
        let mut evidence: Vec<Evidence> = Vec::new();
        for rule in shown {
            let (what, place) = (fill(&rule.what, at.facts), fill(&rule.place, at.facts));
            evidence.push(Evidence { what, place, lines: Vec::new() });
        }
        let read: BTreeSet<&str> = shown.iter().copied().flat_map(signals_of).collect();
        for signal in read.into_iter().filter_map(|id| self.problems.signals().get(id)) {
            let tally = (at.tally)(&signal.id, signal.has_subject());
            if tally.count > 0 {
                let what = format!("{}: {}", signal.means, counted(&tally));
                let place = self.case.observed.place(signal.log);
                evidence.push(Evidence { what, place, lines: tally.samples });
            }
        }
        evidence
    }
}

/// Whether the problem concerns this place and shows there.
fn both(applies: &Truth, shows: Truth) -> Truth {
    match (applies, shows) {
        (Truth::False, _) | (_, Truth::False) => Truth::False,
        (Truth::True, shows) => shows,
        (Truth::Unknown { missing }, Truth::True) => Truth::Unknown { missing: missing.clone() },
        (Truth::Unknown { missing }, Truth::Unknown { missing: more }) => {
            Truth::Unknown { missing: missing.union(&more).cloned().collect() }
        }
    }
}

fn signals_of(rule: &EvidenceRule) -> impl Iterator<Item = &str> {
    rule.when.reads().iter().filter_map(|name| name.strip_prefix("signal."))
}

/// How often, and when.
fn counted(tally: &Tally) -> String {
    let times = match tally.count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    match (tally.first, tally.last) {
        (Some(first), Some(last)) if first == last => format!("{times}, at {first:.0}"),
        (Some(first), Some(last)) => format!("{times}, first at {first:.0}, last at {last:.0}"),
        _ => times,
    }
}

/// Puts the values of facts in the place of their names in braces.
fn fill(text: &str, facts: &Facts<'_>) -> String {
    let mut filled = text.to_owned();
    for name in placeholders(text) {
        let value = facts.get(name).map_or("not known".into(), |fact| fact.value.to_string());
        filled = filled.replace(&format!("{{{name}}}"), &value);
    }
    filled
}

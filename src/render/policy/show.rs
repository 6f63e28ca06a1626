//! A whole policy for people: every topic, with its source, or what is not published.

use crate::policy::{Hours, Period, Policy, Rule, SeverityRef, TargetRow, Topic};
use crate::render::contact::way;
use crate::render::text::labelled;
use crate::text::visible;

/// Renders a policy.
pub fn show(policy: &Policy) -> String {
    let mut out = format!("{} ({})\n", visible(&policy.pack.name), policy.id);
    labelled(&mut out, "source", &policy.cited());
    let source = &policy.pack.source;
    if let Some(url) = &source.url {
        labelled(&mut out, "published", url);
    }
    let dated = [("effective", source.effective), ("updated", source.updated)];
    for (label, date) in dated.into_iter().filter_map(|(label, date)| Some((label, date?))) {
        labelled(&mut out, label, &date.to_string());
    }
    labelled(&mut out, "checked", &policy.pack.checked.to_string());
    for topic in Topic::ALL {
        section(&mut out, topic, policy);
    }
    clauses(&mut out, policy);
    out
}

fn section(out: &mut String, topic: Topic, policy: &Policy) {
    let rows = rows(topic, policy);
    let gap = policy.gap(topic);
    if rows.is_empty() && gap.is_none() {
        return;
    }
    out.push_str(&format!("\n{}\n", title(topic)));
    for (label, text) in rows {
        labelled(out, &label, &text);
    }
    if let Some(note) = gap {
        labelled(out, "unstated", note);
    }
}

type Row = (String, String);

fn rows(topic: Topic, policy: &Policy) -> Vec<Row> {
    let pack = &policy.pack;
    match topic {
        Topic::Scope => scope(policy),
        Topic::RequestTypes => {
            let rows = pack.request_types.iter();
            rows.map(|row| {
                (String::new(), cited(&format!("{}: {}", row.name, row.meaning), &row.source))
            })
            .collect()
        }
        Topic::Severities => severities(policy),
        Topic::Priorities => {
            let rows = pack.priorities.iter();
            rows.map(|row| (row.name.to_string(), cited(&row.meaning, &row.source))).collect()
        }
        Topic::FirstResponse => times(policy, |row| target(policy, row, row.first_response)),
        Topic::Resolution => times(policy, |row| target(policy, row, row.resolution)),
        Topic::FixExpectations => times(policy, |row| row.fix.as_ref().map(ToString::to_string)),
        Topic::Plans => {
            pack.plans.iter().map(|plan| (String::new(), cited(&plan.name, &plan.source))).collect()
        }
        Topic::Hours => pack.hours.iter().flat_map(hours).collect(),
        Topic::Channels => channels(policy),
        Topic::Escalation => escalation(policy),
        Topic::Waiting => {
            let rows = pack.timers.iter();
            rows.map(|row| ("after".into(), timed(policy, row.after, &row.text, &row.source)))
                .collect()
        }
        Topic::Reopen => {
            let rows = pack.reopen.iter();
            rows.map(|row| ("within".into(), timed(policy, row.within, &row.text, &row.source)))
                .collect()
        }
        Topic::Versions => versions(policy),
        Topic::AlreadyFixed => rules(&pack.already_fixed),
        Topic::SecurityIncident => rules(&pack.security_incident),
        Topic::Suspension => rules(&pack.suspension),
        Topic::ChangeNotice => rules(&pack.change_notice),
        Topic::FeatureRequests => rules(&pack.feature_requests),
        Topic::AskedOfCustomer => rules(&pack.asked_of_customer),
        Topic::States => {
            let rows = pack.states.iter();
            rows.map(|row| {
                (String::new(), cited(&format!("{}: {}", row.name, row.meaning), &row.source))
            })
            .collect()
        }
        Topic::SourceDate | Topic::PlanContents | Topic::Holidays | Topic::OutOfScope => vec![],
    }
}

fn scope(policy: &Policy) -> Vec<Row> {
    let scope = &policy.pack.scope;
    let mut rows = vec![(String::new(), cited(&scope.text, &scope.source))];
    if !scope.drive_vendors.is_empty() {
        rows.push(("drives of".into(), scope.drive_vendors.join(", ")));
    }
    let products: Vec<&str> = scope.products.iter().map(|product| &*product.name).collect();
    rows.push(("products".into(), products.join(", ")));
    rows
}

fn severities(policy: &Policy) -> Vec<Row> {
    let rows = policy.pack.severities.iter().enumerate();
    rows.map(|(place, row)| {
        let number =
            row.level.map_or_else(|| format!("({})", place + 1), |level| level.to_string());
        (number, cited(&format!("{}: {}", row.name, row.meaning), &row.source))
    })
    .collect()
}

fn times(policy: &Policy, of: impl Fn(&TargetRow) -> Option<String>) -> Vec<Row> {
    let rows = policy.pack.targets.iter();
    rows.filter_map(|row| {
        let SeverityRef(severity) = row.severity.get_ref();
        Some((severity.clone(), cited(&of(row)?, &row.source)))
    })
    .collect()
}

/// A target in the words of the hours that hold for its severity.
fn target(policy: &Policy, row: &TargetRow, period: Option<Period>) -> Option<String> {
    let severity = policy.severity(&row.severity.get_ref().0);
    let calendar = severity.map(|(_, severity)| policy.calendar(severity));
    Some(calendar.unwrap_or_else(|| policy.usual_calendar()).words(period?))
}

fn hours(hours: &Hours) -> Vec<Row> {
    let mut rows = vec![(String::new(), cited(&hours.text, &hours.source))];
    rows.push(("zone".into(), hours.zone.to_string()));
    rows.extend(
        hours.exceptions.iter().map(|other| ("except".into(), cited(&other.text, &other.source))),
    );
    rows.extend(hours.assumptions().map(|text| ("assumed".into(), text)));
    rows.extend(hours.overlaid_by.iter().map(|file| ("stated by".into(), file.clone())));
    rows
}

fn channels(policy: &Policy) -> Vec<Row> {
    let rows = policy.pack.channels.iter();
    rows.map(|row| {
        let text = way(&row.id, row.address.as_deref(), row.condition.as_deref());
        (String::new(), cited(&text, &row.source))
    })
    .collect()
}

fn escalation(policy: &Policy) -> Vec<Row> {
    let rows = policy.pack.escalation.iter();
    rows.map(|row| {
        let when = row.when.as_ref().map(|when| format!(", when {when}")).unwrap_or_default();
        let level = row.level.map(|level| format!("level {level}")).unwrap_or_default();
        (level, cited(&format!("{}{when}", row.who), &row.source))
    })
    .collect()
}

fn versions(policy: &Policy) -> Vec<Row> {
    let Some(versions) = &policy.pack.versions else { return vec![] };
    let mut rows = vec![(String::new(), cited(&versions.text, &versions.source))];
    for release in &versions.releases {
        let version = release.version.as_ref().map(|v| format!(" {v}")).unwrap_or_default();
        let out = release.released.map(|d| format!(", released {d}")).unwrap_or_default();
        let ends = release.ends.map_or_else(|| "to be determined".into(), |d| d.to_string());
        let text = format!("{}{version}{out}, support ends {ends}", release.product.get_ref());
        rows.push(("release".into(), cited(&text, &release.source)));
    }
    rows.extend(versions.older.iter().map(|text| ("older".into(), text.to_string())));
    rows
}

fn rules(rules: &[Rule]) -> Vec<Row> {
    rules.iter().map(|rule| (String::new(), cited(&rule.text, &rule.source))).collect()
}

fn clauses(out: &mut String, policy: &Policy) {
    if policy.clauses.is_empty() {
        return;
    }
    out.push_str("\nWho is not supported\n");
    for clause in &policy.clauses {
        labelled(
            out,
            "",
            &format!("{}.{}: {}", policy.id, clause.id, cited(&clause.text, &clause.source)),
        );
    }
}

fn timed(policy: &Policy, period: Period, text: &str, source: &str) -> String {
    cited(&format!("{}: {text}", policy.usual_calendar().words(period)), source)
}

fn cited(text: &str, source: &str) -> String {
    format!("{text} [{source}]")
}

fn title(topic: Topic) -> &'static str {
    match topic {
        Topic::Scope => "Scope",
        Topic::SourceDate => "Date of the source",
        Topic::RequestTypes => "Request types",
        Topic::Severities => "Severities",
        Topic::Priorities => "Priorities",
        Topic::FirstResponse => "First response (target)",
        Topic::Resolution => "Resolution (target)",
        Topic::FixExpectations => "Software fixes",
        Topic::Plans => "Plans",
        Topic::PlanContents => "What the plans contain",
        Topic::Hours => "Hours",
        Topic::Holidays => "Holidays",
        Topic::Channels => "Channels",
        Topic::Escalation => "Escalation",
        Topic::Waiting => "Tickets that wait",
        Topic::Reopen => "Reopening",
        Topic::Versions => "Versions",
        Topic::AlreadyFixed => "Already fixed",
        Topic::SecurityIncident => "Security incidents",
        Topic::OutOfScope => "Out of scope",
        Topic::Suspension => "Suspension",
        Topic::ChangeNotice => "Notice of changes",
        Topic::States => "Ticket states",
        Topic::FeatureRequests => "Feature requests",
        Topic::AskedOfCustomer => "Asked of the customer",
    }
}

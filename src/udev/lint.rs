//! What a rules file of ours must never say. `udevadm verify` knows the syntax, not the
//! intent: it takes `ATTR{idVendor}="1953"`, which *writes* into the device's sysfs file.

use super::rules::Grant;
use super::syntax::{self, Operator, Rule, Token};

/// Something wrong with a rules file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The rule's first line, from 1.
    pub line: usize,
    /// What is wrong and what it would do.
    pub what: String,
}

/// Keys that only compare.
const COMPARED: &[&str] = &["ACTION", "ATTR", "ATTRS", "ENV", "SUBSYSTEM"];

/// Every fault of a rules file, in the order of its lines.
pub fn lint(text: &str) -> Vec<Fault> {
    let rules = syntax::parse(text);
    let mut faults = Vec::new();
    for rule in &rules {
        let mut say = |what: String| faults.push(Fault { line: rule.line, what });
        match &rule.tokens {
            Ok(tokens) => {
                tokens.iter().filter_map(token).for_each(&mut say);
                if tokens.iter().any(is_grant) && grant(tokens).is_none() {
                    say("gives a right without comparing both ids of a USB device or HID node \
                         with four lowercase hex digits each"
                        .into());
                }
            }
            Err(error) => say(error.clone()),
        }
    }
    faults.extend(jumps(&rules));
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// What the rules of a file give to the seat's user; rules that are faulty give nothing.
pub(super) fn granted(text: &str) -> Vec<(Grant, String)> {
    let rules = syntax::parse(text);
    let rules = rules.iter().filter_map(|rule| rule.tokens.as_ref().ok());
    rules.filter(|tokens| tokens.iter().any(is_grant)).filter_map(|t| grant(t)).collect()
}

fn token(token: &Token) -> Option<String> {
    let Token { key, attribute, operator, value } = token;
    let name = match attribute {
        Some(attribute) => format!("{key}{{{attribute}}}"),
        None => key.clone(),
    };
    let known = COMPARED.contains(&key.as_str());
    match operator {
        Operator::Equal | Operator::Differ if known => None,
        Operator::Set if key == "GOTO" || key == "LABEL" => None,
        Operator::Add if key == "TAG" && value == "uaccess" => None,
        Operator::Set if known => {
            Some(format!("`{name}=` sets a value, it does not compare: write `==`"))
        }
        _ if key == "TAG" => Some(format!("only `TAG+=\"uaccess\"` is given here, not `{value}`")),
        _ => Some(format!("`{name}` has no place here: only the seat's user gets a right")),
    }
}

fn is_grant(token: &Token) -> bool {
    token.key == "TAG" && !matches!(token.operator, Operator::Equal | Operator::Differ)
}

/// The product whose nodes a rule opens, and the subsystem of the nodes.
fn grant(tokens: &[Token]) -> Option<(Grant, String)> {
    let compared = |key: &str, attribute: Option<&str>| {
        let mut all = tokens.iter().filter(|token| {
            token.operator == Operator::Equal
                && token.key == key
                && token.attribute.as_deref() == attribute
        });
        all.next().map(|token| token.value.as_str())
    };
    let subsystem = compared("SUBSYSTEM", None)?;
    let key = match subsystem {
        "usb" if compared("ENV", Some("DEVTYPE")) == Some("usb_device") => "ATTR",
        "hidraw" => "ATTRS",
        _ => return None,
    };
    let lower = |text: &&str| !text.bytes().any(|byte| byte.is_ascii_uppercase());
    let vid = compared(key, Some("idVendor")).filter(lower)?.parse().ok()?;
    let pid = compared(key, Some("idProduct")).filter(lower)?.parse().ok()?;
    Some((Grant { vid, pid }, subsystem.to_owned()))
}

/// Jumps to a label that does not follow.
fn jumps(rules: &[Rule]) -> Vec<Fault> {
    let of = |key: &'static str| {
        let tokens = rules.iter().filter_map(|rule| Some((rule.line, rule.tokens.as_ref().ok()?)));
        tokens.flat_map(move |(line, tokens)| {
            tokens.iter().filter(move |t| t.key == key).map(move |t| (line, t.value.clone()))
        })
    };
    let missing =
        of("GOTO").filter(|(from, to)| !of("LABEL").any(|(at, l)| l == *to && at > *from));
    missing
        .map(|(line, label)| Fault { line, what: format!("no label `{label}` follows this jump") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::packs::embedded;

    const GOOD: &str = "SUBSYSTEM==\"usb\", ENV{DEVTYPE}==\"usb_device\", ATTR{idVendor}==\"1953\", ATTR{idProduct}==\"0202\", TAG+=\"uaccess\"";

    #[test]
    fn the_rules_of_the_catalog_have_no_fault() {
        let text = super::super::rules(&Catalog::load(&embedded()).unwrap());
        assert_eq!(lint(&text), []);
    }

    #[test]
    fn each_slip_is_found_on_its_line() {
        let slips = [
            ("ATTR{idVendor}==", "ATTR{idVendor}=", "does not compare"),
            ("ATTR{idProduct}==", "ATTR{idProduct}:=", "does not compare"),
            ("SUBSYSTEM==", "SUBSYSTEM=", "does not compare"),
            ("TAG+=\"uaccess\"", "MODE=\"0666\"", "`MODE` has no place"),
            ("TAG+=\"uaccess\"", "TAG+=\"uaccess\", GROUP=\"users\"", "`GROUP` has no place"),
            ("TAG+=\"uaccess\"", "TAG+=\"uaccess\", RUN+=\"/bin/x\"", "`RUN` has no place"),
            ("TAG+=", "TAG=", "only `TAG+="),
            ("uaccess", "seat", "only `TAG+="),
            ("ATTR{idProduct}==\"0202\", ", "", "without comparing both ids"),
            ("1953", "1953|0951", "without comparing both ids"),
            ("0202", "*", "without comparing both ids"),
            ("0202", "020A", "without comparing both ids"),
            ("\"usb\"", "\"scsi_generic\"", "without comparing both ids"),
            ("\"usb\"", "\"block\"", "without comparing both ids"),
            ("ENV{DEVTYPE}==\"usb_device\", ", "", "without comparing both ids"),
            ("TAG+=\"uaccess\"", "TAG+=\"uaccess\", GOTO=\"x\"", "no label `x`"),
            ("TAG+=\"uaccess\"", "TAG+uaccess", "is not KEY"),
        ];
        assert_eq!(lint(GOOD), []);
        for (good, bad, want) in slips {
            let text = format!("# one\n{}\n", GOOD.replacen(good, bad, 1));
            let faults = lint(&text);
            let found = faults.iter().any(|f| f.line == 2 && f.what.contains(want));
            assert!(found, "{bad}: {faults:?}, not {want}");
        }
    }

    #[test]
    fn a_negated_comparison_opens_nothing_by_itself() {
        // `!=` on an id would open every other device.
        let faults = lint(&GOOD.replace("ATTR{idProduct}==", "ATTR{idProduct}!="));
        assert!(!faults.is_empty());
    }
}

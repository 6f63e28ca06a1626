//! Redaction through its public surface: every rule's own examples, pseudonyms, streams,
//! JSON, names.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use keycase::packs::embedded;
use keycase::redact::{Class, Key, Redactor, Seed, Seeds, rows};

fn redactor(seeds: &[(&str, Class)]) -> Redactor {
    let secret = seeds.iter().map(|&(value, class)| Seed { value: value.into(), class }).collect();
    let seeds = Seeds { secret, keep: vec!["0123FEEDC0DE4567".into()] };
    Redactor::new(&embedded(), &seeds, Key([7; 32])).unwrap()
}

fn text(redactor: &Redactor, raw: &str) -> String {
    String::from_utf8_lossy(redactor.text(raw.as_bytes()).unwrap().bytes()).into_owned()
}

#[test]
fn every_rule_passes_its_own_examples() {
    let redactor = redactor(&[]);
    let mut wrong = Vec::new();
    for row in rows(&embedded()).unwrap() {
        for example in &row.redacts {
            let out = text(&redactor, &example.text);
            for value in example.values.iter().filter(|value| out.contains(value.as_str())) {
                wrong.push(format!("{}: `{value}` is left in `{out}`", row.id));
            }
        }
        for kept in &row.keeps {
            let out = text(&redactor, kept);
            if out != *kept {
                wrong.push(format!("{}: `{kept}` became `{out}`", row.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

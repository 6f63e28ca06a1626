//! Any text as a person's description: a classification that every policy understands, the
//! same whether or not questions are looked for, shown without harm.
#![no_main]

use std::sync::LazyLock;

use keycase::condition::Facts;
use keycase::packs::embedded;
use keycase::triage::{Rules, Ticket, place, triage};

static RULES: LazyLock<Rules> =
    LazyLock::new(|| Rules::load(&embedded()).expect("the embedded packs"));

libfuzzer_sys::fuzz_target!(|text: &str| {
    let facts = Facts::default();
    for policy in RULES.policy_ids().take(1) {
        let ticket = Ticket { description: text, policy, facts: &facts };
        let whole = triage(&ticket, &RULES).expect("the policy is known");
        let placed = place(&ticket, &RULES).expect("the policy is known");
        assert!((1..=4).contains(&whole.severity.level));
        assert_eq!((whole.kind, whole.severity.level), (placed.kind, placed.severity.level));
    }
});

//! Any text is an error or a condition, and a condition decides on any facts.
//!
//!     cargo fuzz run condition
#![no_main]

use keycase::condition::{Condition, FactType, Facts, KnownNames, Origin, Truth, drive_names};
use libfuzzer_sys::fuzz_target;

fn names() -> KnownNames {
    let names = drive_names();
    names.with("a", FactType::Bool).with("n", FactType::Int).with("t", FactType::Text)
}

fuzz_target!(|text: &str| {
    let Ok(condition) = Condition::compile(text, &names()) else { return };
    let mut facts = Facts::default();
    let unknown = condition.evaluate(&facts);
    facts.set("a", true, Origin::Option);
    facts.set("n", 7_i64, Origin::Option);
    facts.set("t", "text", Origin::Option);
    let known = condition.evaluate(&facts);
    // More facts settle an open answer, they never change a settled one.
    assert!(matches!(unknown, Truth::Unknown { .. }) || unknown == known || text.contains("known"));
});

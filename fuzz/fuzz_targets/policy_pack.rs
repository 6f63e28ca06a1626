//! Any text is a policy, an overlay, or errors that name their place.
//!
//!     cargo fuzz run policy_pack
#![no_main]

use jiff::Timestamp;
use keycase::packs::{Origin, Pack, embedded};
use keycase::policy::{Policies, TargetQuery, targets};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static EMBEDDED: LazyLock<Policies> =
    LazyLock::new(|| Policies::load(&embedded()).expect("the embedded packs"));

fuzz_target!(|text: &str| {
    let mut policies = EMBEDDED.clone();
    let (path, text) = ("fuzzed.toml".to_owned(), text.to_owned().into());
    if let Err(errors) = policies.add(&Pack { path, text, origin: Origin::Overlay }) {
        assert!(!errors.is_empty() && errors.iter().all(|error| error.file == "fuzzed.toml"));
        return;
    }
    for policy in policies.iter() {
        for severity in ["1", "2", "3", "4"] {
            let received = Timestamp::UNIX_EPOCH;
            let query = TargetQuery { severity, request_type: None, priority: None, received };
            let _ = targets(policy, &query);
        }
    }
});

//! The made-up values that the audit searches for besides the machine's own.

use std::sync::LazyLock;

use keycase::packs::embedded;
use keycase::redact::Seeds;
use keycase::redact::audit::Audit;

static CANARIES: LazyLock<Audit> =
    LazyLock::new(|| Audit::new(&embedded(), &Seeds::default()).expect("the embedded rules"));

/// Whether an input holds one of them. libFuzzer learns them from the audit's comparisons and
/// puts them where no redactor could tell what they are: no machine does.
pub fn holds_one(mut input: &[u8]) -> bool {
    CANARIES.content("in", &mut input).is_ok_and(|hits| !hits.is_empty())
}

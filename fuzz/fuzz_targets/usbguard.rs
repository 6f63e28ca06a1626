//! Any text as USBGuard's rules: what is shown of them is the rule language's own words, ids,
//! classes and ports, and nothing that tells one device from another.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use keycase::collect::{self, Asked, Collector, Content, Context, Ending, Stop, Target};
use keycase_fuzz::tree::Tree;

const RULES: &str = "etc/usbguard/rules.conf";

struct Bed {
    tree: Tree,
    collector: Arc<dyn Collector>,
}

static BED: LazyLock<Bed> = LazyLock::new(|| {
    let mut all = collect::all().machine.into_iter();
    let collector = all.find(|collector| collector.id() == "device-control");
    Bed { tree: Tree::new(), collector: collector.expect("that collector") }
});

/// Words of the rule language that may be shown: usbguard-rules.conf(5).
const WORDS: [&str; 22] = [
    "allow",
    "block",
    "reject",
    "match",
    "device",
    "id",
    "via-port",
    "with-interface",
    "with-connect-type",
    "if",
    "one-of",
    "none-of",
    "all-of",
    "equals",
    "equals-ordered",
    "match-all",
    "{",
    "}",
    "\"hotplug\"",
    "\"hardwired\"",
    "\"not used\"",
    "\"unknown\"",
];

fn is_harmless(word: &str) -> bool {
    let digits = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit() || more.contains(c))
    };
    let port = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
    let is_port = port.is_some_and(|port| digits(port.trim_start_matches("usb"), "-."));
    let condition = word.trim_start_matches('!');
    let is_condition = ["localtime", "allowed-matches", "rule-applied", "rule-evaluated"]
        .iter()
        .chain(&["random", "true", "false"])
        .any(|name| condition.starts_with(name));
    WORDS.contains(&word) || digits(word, ":*") || is_port || is_condition && word.len() <= 40
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let bed = &*BED;
    bed.tree.put(RULES, text.as_bytes());
    let root = bed.tree.root();
    let context = Context {
        root: Some(root.clone()),
        target: Target { ids: ["1953:0202".to_owned()].into(), ..Target::default() },
        now: Timestamp::UNIX_EPOCH,
        since: None,
        stop: Stop::new(Arc::default(), Duration::from_secs(3600)),
        asked: Asked::default(),
    };
    let Ending::Done(files) = bed.collector.collect(&root, &context) else { return };
    for file in files {
        let Content::Text(shown) = file.content else { panic!("rules are text") };
        let shown = String::from_utf8(shown).expect("rules are UTF-8");
        let rules =
            shown.lines().filter_map(|line| line.strip_prefix("/etc/usbguard/rules.conf: "));
        for rule in rules.filter(|rule| !rule.ends_with(" rules for other devices")) {
            let rule = rule.replace("\"not used\"", "\"unknown\"");
            let strange =
                rule.split(char::is_whitespace).find(|w| !w.is_empty() && !is_harmless(w));
            assert_eq!(strange, None, "in {rule:?}");
        }
    }
});

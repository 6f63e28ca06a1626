//! Any bytes as a machine's files: every collector ends within its budget, and of what the
//! machine knows about itself nothing comes through the redactor.
//!
//! The input is a list of files' contents, separated by zero bytes, in the order of `FILES`.
#![no_main]

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use keycase::collect::{self, Asked, Collector, Content, Context, Ending, Stop, Target, seeds};
use keycase::packs::{PackSet, embedded};
use keycase::redact::audit::Audit;
use keycase::redact::{Key, Redactor};
use keycase_fuzz::canary;
use keycase_fuzz::tree::Tree;

const FILES: [&str; 16] = [
    "var/log/kern.log",
    "var/log/syslog",
    "etc/hostname",
    "etc/passwd",
    "etc/resolv.conf",
    "etc/machine-id",
    "sys/bus/usb/devices/1-1/serial",
    "run/udev/data/b8:0",
    "proc/self/mountinfo",
    "etc/hosts",
    "etc/os-release",
    "var/lib/dpkg/status",
    "lib/apk/db/installed",
    "etc/modprobe.d/usb.conf",
    "etc/udev/rules.d/9.rules",
    "var/log/kern.log.1.gz",
];

struct Bed {
    tree: Tree,
    packs: PackSet,
    collectors: Vec<Arc<dyn Collector>>,
}

static BED: LazyLock<Bed> = LazyLock::new(|| {
    let tree = Tree::new();
    tree.put("sys/bus/usb/devices/1-1/idVendor", b"0951\n");
    tree.put("proc/uptime", b"5140.90 1.00\n");
    Bed { tree, packs: embedded(), collectors: collect::all().machine }
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Bed { tree, packs, collectors } = &*BED;
    if canary::holds_one(bytes) {
        return;
    }
    tree.put_parts(bytes, &FILES);
    let root = tree.root();
    let ids = ["0951:1576".to_owned()].into();
    let (ports, disks) = (["1-1".to_owned()].into(), ["sda".to_owned()].into());
    let context = Context {
        root: Some(root.clone()),
        target: Target { ids, ports, disks, ..Target::default() },
        now: Timestamp::from_second(1_795_000_000).expect("a time"),
        since: Some(Duration::from_secs(30 * 24 * 3600)),
        stop: Stop::new(Arc::default(), Duration::from_secs(3600)),
        asked: Asked::default(),
    };
    let known = seeds::read(&root, &[], &[]).seeds;
    let redactor = Redactor::new(packs, &known, Key([3; 32])).expect("the embedded rules");
    let audit = Audit::new(packs, &known).expect("the embedded rules");
    for collector in collectors.iter().filter(|collector| collector.is_wanted(&context.asked)) {
        let Ending::Done(files) = collector.collect(&root, &context) else { continue };
        for file in files {
            let redacted = match &file.content {
                Content::Text(text) => {
                    assert!(text.len() <= collector.budget().bytes, "{} is too long", file.name);
                    redactor.text(text)
                }
                Content::Fields(fields) => redactor.json(fields),
            };
            let redacted = redacted.expect("memory can be read");
            let hits = audit.content(&file.name, &mut redacted.bytes());
            assert_eq!(hits.expect("memory can be read"), []);
        }
    }
});

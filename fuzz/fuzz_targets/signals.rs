//! Any bytes as a log: counted signals, the same however the log is cut into blocks, with a
//! bounded number of bounded samples.
//!
//! The first byte is the length of a block.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use keycase::diagnose::{Clock, LogKind, Observed, Problems, Reading, Scan};
use keycase::packs::embedded;

static PROBLEMS: LazyLock<Problems> =
    LazyLock::new(|| Problems::load(&embedded()).expect("the embedded packs"));

fn observed<'b>(blocks: impl Iterator<Item = &'b [u8]>) -> Observed {
    let now = Timestamp::from_second(1_795_000_000).expect("a time");
    let clock = Clock { now, boot: Timestamp::from_second(1_794_990_000).ok() };
    let mut observed = Observed::default();
    let mut scan = Scan::new(PROBLEMS.signals(), &LogKind::ALL, clock, &mut observed);
    blocks.for_each(|block| scan.block(block));
    scan.end("a log", Reading::Whole);
    observed
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&length, log)) = bytes.split_first() else { return };
    let whole = observed([log].into_iter());
    assert_eq!(whole, observed(log.chunks(usize::from(length).max(1))));
    let lines = log.split(|&byte| byte == b'\n').count() as u64;
    for signal in PROBLEMS.signals().iter() {
        let tally = whole.total(&signal.id);
        assert!(tally.count <= lines && tally.samples.len() <= 3);
        assert!(tally.samples.iter().all(|line| line.unredacted().len() <= 240));
        assert!(tally.first <= tally.last);
        assert!(whole.ports(&signal.id).all(|port| port.len() <= 64));
    }
});

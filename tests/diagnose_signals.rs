//! Counting signals: the same whatever the blocks, bounded, and silent about other drives.

#![expect(clippy::unwrap_used, reason = "a test")]

use keycase::diagnose::{Clock, LogKind, Observed, Problems, Reading, Scan};
use keycase::packs::embedded;
use keycase::snapshot::Drive;
use proptest::prelude::*;

fn problems() -> &'static Problems {
    static PROBLEMS: std::sync::OnceLock<Problems> = std::sync::OnceLock::new();
    PROBLEMS.get_or_init(|| Problems::load(&embedded()).unwrap())
}

fn clock() -> Clock {
    Clock { now: "2026-11-22T12:00:00Z".parse().unwrap(), boot: None }
}

fn count<'a>(blocks: impl IntoIterator<Item = &'a [u8]>) -> Observed {
    let mut observed = Observed::default();
    let kinds = [LogKind::Kernel];
    let mut scan = Scan::new(problems().signals(), &kinds, clock(), &mut observed);
    blocks.into_iter().for_each(|block| scan.block(block));
    scan.end("test", Reading::Whole);
    observed
}

const LOG: &str = "\
2026-11-22T08:14:03+00:00 pc kernel: usb 2-1: reset SuperSpeed USB device number 2 using xhci_hcd
2026-11-22T08:15:03+00:00 pc kernel: usb 2-10: reset SuperSpeed USB device number 2 using xhci_hcd
an ordinary line
2026-11-22T08:16:03+00:00 pc kernel: sd 6:0:0:0: [sdb] Write Protect is on
2026-11-22T08:17:03+00:00 pc kernel: usb 2-1: reset high-speed USB device number 2 using xhci_hcd";

fn drive(port: &str) -> Drive {
    let text = format!(r#"{{"port": "{port}", "luns": [{{"node": "/dev/sdb"}}]}}"#);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn lines_are_counted_with_first_and_last_time_and_a_drive_has_its_own() {
    let observed = count([LOG.as_bytes()]);
    let total = observed.total("usb_reset");
    assert_eq!(total.count, 3);
    assert_eq!(total.first.unwrap().to_string(), "2026-11-22T08:14:03Z");
    assert_eq!(total.last.unwrap().to_string(), "2026-11-22T08:17:03Z");
    assert_eq!(observed.of_drive("usb_reset", &drive("2-1")).count, 2);
    assert_eq!(observed.of_drive("usb_reset", &drive("2-10")).count, 1);
    assert_eq!(observed.of_drive("usb_reset", &drive("2-2")).count, 0);
    assert_eq!(observed.of_drive("write_protect_on", &drive("2-2")).count, 1, "by its disk");
}

#[test]
fn samples_begin_where_the_pattern_does_and_are_few() {
    let observed = count([LOG.repeat(50).replace("xhci_hcd2026", "xhci_hcd\n2026").as_bytes()]);
    let samples = observed.total("usb_reset").samples;
    assert_eq!(samples.len(), 3);
    for sample in samples {
        let text = String::from_utf8_lossy(sample.unredacted()).into_owned();
        assert!(text.starts_with("usb 2-1"), "no host name, no program: {text}");
        assert!(!format!("{sample:?}").contains("usb"), "a debug print shows no line");
    }
}

#[test]
fn blocks_end_anywhere() {
    let whole = count([LOG.as_bytes()]);
    for size in 1..LOG.len() {
        assert_eq!(count(LOG.as_bytes().chunks(size)), whole, "blocks of {size} bytes");
    }
}

#[test]
fn an_endless_line_is_cut_and_the_next_one_is_seen() {
    let mut log = vec![b'x'; 300_000];
    log.extend_from_slice(
        b" usb 2-1: USB disconnect, device number 4\nusb 2-1: USB disconnect, device number 5\n",
    );
    assert_eq!(count(log.chunks(1000)).total("usb_disconnect").count, 1);
}

#[test]
fn a_log_of_garbage_names_only_so_many_ports() {
    let lines: String = (0..2000)
        .map(|n| format!("usb {n}-1: reset SuperSpeed USB device number 2 using xhci_hcd\n"))
        .collect();
    let observed = count([lines.as_bytes()]);
    assert_eq!(observed.total("usb_reset").count, 2000);
    assert!(observed.ports("usb_reset").count() <= 256);
}

#[test]
fn a_log_read_in_part_stays_read_in_part() {
    let mut observed = Observed::default();
    let kinds = [LogKind::Kernel];
    for reading in [Reading::Whole, Reading::Partly, Reading::Whole] {
        Scan::new(problems().signals(), &kinds, clock(), &mut observed).end("x", reading);
    }
    assert_eq!(observed.reading(LogKind::Kernel), Some(Reading::Partly));
    assert_eq!(observed.reading(LogKind::Setupapi), None);
}

#[test]
fn every_word_stands_in_a_line_that_its_pattern_matches() {
    // Examples prove it for the words they use; this one that no signal is left without.
    let mut unproved: Vec<&str> = problems().signals().iter().map(|s| s.id.as_str()).collect();
    for example in problems().iter().flat_map(|problem| &problem.examples) {
        for (kind, text) in &example.logs {
            let mut observed = Observed::default();
            let kinds = [*kind];
            let mut scan = Scan::new(problems().signals(), &kinds, clock(), &mut observed);
            scan.block(text.as_bytes());
            scan.end("example", Reading::Whole);
            unproved.retain(|id| observed.total(id).count == 0);
        }
    }
    assert!(unproved.is_empty(), "no example has a line for: {unproved:?}");
}

proptest! {
    /// Any bytes, in any blocks, are counted or passed over.
    #[test]
    fn any_bytes_are_a_log(
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
        size in 1_usize..300,
        at in 0_usize..2000,
    ) {
        let mut log = bytes;
        let at = at.min(log.len());
        log.splice(at..at, LOG.bytes());
        prop_assert_eq!(count(log.chunks(size)), count([log.as_slice()]));
    }
}

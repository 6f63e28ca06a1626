//! How fast signals are counted in a log, in MB per CPU second, and how much memory it takes.
//!
//! `cargo bench --bench signals [-- --size MB]` reads a log made here, a gigabyte by
//! default: what a busy desktop's kernel writes, with a line that matters in every
//! thousand, and once with such a line in every two. Beside it stands the cost of only
//! walking through the lines.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program of its own")]

use std::hint::black_box;

use keycase::diagnose::{Clock, LogKind, Observed, Problems, Reading, Scan};
use keycase::packs::embedded;

/// A block as the program reads it.
const BLOCK: usize = 256 * 1024;

fn main() {
    let mut args = std::env::args().skip_while(|arg| arg != "--size").skip(1);
    let megabytes: usize = args.next().map_or(1000, |size| size.parse().unwrap());
    let problems = Problems::load(&embedded()).unwrap();
    let quiet = text(1000);
    let noisy = text(2);
    let passes = |text: &str| megabytes * 1_000_000 / text.len();
    floor(&quiet, passes(&quiet));
    measure("one line in 1000 matters", &problems, &quiet, passes(&quiet));
    measure("one line in 2 matters", &problems, &noisy, passes(&noisy) / 10);
    println!("peak memory {}", peak());
}

fn measure(what: &str, problems: &Problems, text: &str, passes: usize) {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let clock = Clock { now, boot: None };
    let mut observed = Observed::default();
    let kinds = [LogKind::Kernel, LogKind::Journal];
    let mut scan = Scan::new(problems.signals(), &kinds, clock, &mut observed);
    let start = cpu_seconds();
    for _ in 0..passes {
        text.as_bytes().chunks(BLOCK).for_each(|block| scan.block(block));
    }
    scan.end("bench", Reading::Whole);
    report(what, text.len() * passes, cpu_seconds() - start);
    assert!(observed.total("usb_reset").count > 0, "the lines that matter were missed");
}

/// What looking at every line costs without looking for anything.
fn floor(text: &str, passes: usize) {
    let start = cpu_seconds();
    for _ in 0..passes {
        black_box(black_box(text.as_bytes()).split(|byte| *byte == b'\n').count());
    }
    report("floor: only splitting lines", text.len() * passes, cpu_seconds() - start);
}

fn report(what: &str, bytes: usize, seconds: f64) {
    #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
    let megabytes = bytes as f64 / 1e6;
    println!("{what}: {megabytes:.0} MB, {:.0} MB per CPU second", megabytes / seconds.max(1e-9));
}

/// About 16 MB of kernel messages, one in `every` about the drive.
fn text(every: usize) -> String {
    const ORDINARY: [&str; 6] = [
        "usb 1-4: new full-speed USB device number 9 using xhci_hcd",
        "audit: type=1400 audit(1795334043.000:99): apparmor=\"ALLOWED\" operation=\"open\"",
        "[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.17 DST=192.0.2.1 LEN=60 TOS=0x00 PROTO=TCP",
        "perf: interrupt took too long (2504 > 2500), lowering kernel.perf_event_max_sample",
        "EXT4-fs (nvme0n1p3): mounted filesystem with ordered data mode. Quota mode: none.",
        "scsi 6:0:0:0: Direct-Access     Example  Disk             1.00 PQ: 0 ANSI: 6",
    ];
    let mut text = String::with_capacity(17 << 20);
    let mut line = 0_usize;
    while text.len() < 16 << 20 {
        let message = match line % every {
            0 => "usb 2-1: reset SuperSpeed USB device number 2 using xhci_hcd",
            _ => ORDINARY[line % ORDINARY.len()],
        };
        let second = line % 60;
        text.push_str(&format!(
            "2026-11-22T08:14:{second:02}.123456+00:00 pc kernel: [{line:6}.123456] {message}\n"
        ));
        line += 1;
    }
    text
}

#[cfg(target_os = "linux")]
fn cpu_seconds() -> f64 {
    // Fields 14 and 15 after the name in brackets, in clock ticks of 1/100 s (proc(5)).
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |index: usize| fields[index].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

#[cfg(not(target_os = "linux"))]
fn cpu_seconds() -> f64 {
    use std::sync::OnceLock;
    static START: OnceLock<std::time::Instant> = OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64()
}

fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("not known".into(), |line| line.trim().to_owned())
}

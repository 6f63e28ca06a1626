//! How long a million eligibility verdicts take on one core, each on other facts. A fleet has
//! few kinds of drives, each decided once: `inventory` measures that.
//!
//!     cargo bench --bench eligibility [-- VERDICTS]
//!
//! Target for a million distinct ones: at most 4 s of processor time, so that whatever else
//! the machine does is not measured.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program for one's own terminal")]

use std::time::Duration;

use keycase::condition::{Facts, Origin};
use keycase::packs::embedded;
use keycase::policy::{Policies, Policy, Verdict, eligibility};
use keycase::snapshot::{Confidence, Drive, Identity, Lifecycle, Managed};

const TARGET: Duration = Duration::from_secs(4);

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let count: u32 = number.unwrap_or(1_000_000);
    let policies = Policies::load(&embedded()).expect("the embedded packs load");
    let policy = policies.get("datalocker").expect("the policy is embedded");
    let target = TARGET.mul_f64(f64::from(count) / 1e6);
    let distinct = time(count, policy);
    let met = if distinct <= target { "met" } else { "missed" };
    println!(
        "{count} distinct verdicts: {:.2} s (target {:.2} s, {met})",
        distinct.as_secs_f64(),
        target.as_secs_f64()
    );
}

/// Decides `count` verdicts on as many different drives.
fn time(count: u32, policy: &Policy) -> Duration {
    let today = jiff::civil::date(2026, 11, 22);
    let mut seen = [0_u32; 4];
    let start = processor_time();
    for number in 0..count {
        let (drive, life, facts) = case(number);
        let answer = eligibility(policy, &drive, &life, &facts, today);
        seen[answer.verdict as usize] += 1;
    }
    let took = processor_time().saturating_sub(start);
    assert!(
        seen[Verdict::NotEligible as usize] > 0 && seen[Verdict::NeedsInformation as usize] > 0
    );
    took
}

/// Time this thread has spent on a processor, from Linux' scheduler.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a Linux system");
    let nanoseconds = stat.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

/// A drive, its end of life, and what is known about its owner.
fn case(number: u32) -> (Drive, Lifecycle, Facts<'static>) {
    let vendor = ["DataLocker", "Kingston", "IronKey"][number as usize % 3];
    let drive = Drive {
        identity: Identity {
            id: Some(format!("model-{}", number % 97)),
            vendor: Some(vendor.into()),
            model: Some(format!("Model {}", number % 97)),
            name: Some(format!("{vendor} Model {}", number % 97)),
            confidence: Confidence::Exact,
            ..Identity::default()
        },
        managed: [Managed::Yes, Managed::No, Managed::Unknown][(number / 3) as usize % 3],
        firmware: keycase::snapshot::Version { version: Some(format!("{number}.0")), from: None },
        ..drive_at("1-1")
    };
    let life = Lifecycle {
        end_of_life: (number.is_multiple_of(5))
            .then(|| jiff::civil::date(2026, 1 + (number % 12) as i8, 1)),
        end_of_support: None,
        checked: Some(jiff::civil::date(2026, 11, 22)),
        source: None,
    };
    let mut facts = Facts::default();
    let names = [
        "license_compliant",
        "account_in_good_standing",
        "implementation_complete",
        "request_is_problem",
        "requester_is_admin",
        "installed_as_instructed",
    ];
    for (bit, name) in names.into_iter().enumerate() {
        // Mostly good and known, as in a fleet that somebody looks after.
        let state = number.wrapping_mul(2_654_435_761) >> (4 * bit) & 15;
        if state < 15 {
            facts.set(name, state > 0, Origin::Config);
        }
    }
    (drive, life, facts)
}

fn drive_at(port: &str) -> Drive {
    Drive {
        port: port.parse().expect("a port path"),
        usb: keycase::snapshot::Usb::default(),
        interfaces: vec![],
        hid: vec![],
        luns: vec![],
        identity: Identity::default(),
        firmware: keycase::snapshot::Version::default(),
        software: keycase::snapshot::Version::default(),
        lock_state: keycase::snapshot::LockState::default(),
        managed: Managed::default(),
        missing: vec![],
    }
}

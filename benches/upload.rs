//! How long a 19 MB bundle takes to a desk on this machine, beside curl sending the same file
//! to the same desk, and how much memory that takes.
//!
//!     cargo bench --bench upload [-- RUNS]
//!
//! The desk measures: from the end of a request's head to the last byte of its body. The
//! middle of RUNS (default 11) runs each, in turns, and the highest peak of memory as the
//! kernel has it when the last byte is in. The whole run, with the bundle checked, kept on disk
//! and asked for again, is shown as well. Target: at most 1.1 × curl, 32 MB.
#![expect(clippy::expect_used, reason = "a program for one's own terminal")]

#[path = "page/row.rs"]
mod row;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use row::Row;

const BYTES: usize = 18_900_000;
const RATIO: f64 = 1.1;
const MEMORY: u64 = 32_000_000;

fn main() {
    let number = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let runs: usize = number.unwrap_or(11);
    let home = tempfile::tempdir().expect("a folder");
    let desk = Desk::start();
    let bundle = make_bundle(home.path());
    configure(home.path(), desk.address);
    let (mut ours, mut curls, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=runs {
        let start = Instant::now();
        let our = desk.time(attach(home.path(), &bundle, run));
        let all = start.elapsed();
        let peer = desk.time(curl(desk.address, &bundle));
        // The first of each warms up the page cache.
        if run > 0 {
            ours.push(our);
            curls.push(peer);
            whole.push(all);
        }
    }
    let [ours, curls, whole] = [&mut ours, &mut curls, &mut whole].map(|times| middle(times));
    let ratio = ours.as_secs_f64() / curls.as_secs_f64();
    Row {
        what: "upload of a 19 MB bundle",
        ours: milliseconds(ours),
        peer: format!("curl {}", milliseconds(curls)),
        target: Some((format!("at most {RATIO} × curl, is {ratio:.2}"), ratio <= RATIO)),
    }
    .print();
    Row {
        what: "`keycase attach`, whole run",
        ours: milliseconds(whole),
        peer: "–".into(),
        target: None,
    }
    .print();
    let peak = desk.peak.load(Ordering::Relaxed);
    Row {
        what: "peak of memory at the upload's end",
        ours: format!("{:.1} MB", peak as f64 / 1e6),
        peer: "–".into(),
        target: Some(("at most 32 MB".into(), peak <= MEMORY)),
    }
    .print();
}

/// The middle of the times.
fn middle(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

/// Just enough of a Freshdesk to have a bundle added to ticket 1.
struct Desk {
    address: SocketAddr,
    took: Arc<Mutex<Option<Duration>>>,
    child: Arc<AtomicU32>,
    peak: Arc<AtomicU64>,
}

impl Desk {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let this =
            Self { address, took: Arc::default(), child: Arc::default(), peak: Arc::default() };
        let (took, child, peak) = (this.took.clone(), this.child.clone(), this.peak.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                serve(stream, child.load(Ordering::Relaxed), &took, &peak);
            }
        });
        this
    }

    /// Runs a command that uploads; how long the upload took.
    fn time(&self, mut command: Command) -> Duration {
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a start");
        let is_ours = command.get_program() == env!("CARGO_BIN_EXE_keycase");
        self.child.store(if is_ours { child.id() } else { 0 }, Ordering::Relaxed);
        let status = child.wait().expect("an end");
        assert!(status.success(), "{command:?} failed");
        self.took.lock().expect("the time").take().expect("nothing was uploaded")
    }
}

/// Answers one request, and notes how long its body took if it was an upload.
fn serve(mut stream: TcpStream, child: u32, took: &Mutex<Option<Duration>>, peak: &AtomicU64) {
    let mut reader = BufReader::with_capacity(1 << 20, stream.try_clone().expect("a reader"));
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).expect("a head") == 0 {
            return;
        }
    }
    let start = Instant::now();
    let is_upload = head.starts_with("POST");
    if head.to_ascii_lowercase().contains("expect: 100-continue") {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").expect("a go-ahead");
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<u64>().ok())?
    });
    std::io::copy(&mut reader.by_ref().take(length.unwrap_or(0)), &mut std::io::sink())
        .expect("a body");
    if is_upload {
        *took.lock().expect("the time") = Some(start.elapsed());
    }
    let body = if head.contains("/conversations") {
        "[]"
    } else if is_upload {
        r#"{"id":9}"#
    } else {
        r#"{"id":1,"requester_id":2,"status":2}"#
    };
    if is_upload && child > 0 {
        peak.fetch_max(peak_of(child).unwrap_or(0), Ordering::Relaxed);
    }
    let status = if is_upload { "201 Created" } else { "200 OK" };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).expect("an answer");
}

/// The most memory a process has had so far.
fn peak_of(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn keycase(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keycase"));
    command.env_clear().env("HOME", home).env("KEYCASE_DESK_TOKEN", "key");
    command.env("XDG_CONFIG_HOME", home.join("config")).env("XDG_STATE_HOME", home.join("state"));
    command
}

/// A bundle of the size, of bytes that do not compress.
fn make_bundle(home: &Path) -> PathBuf {
    let noise = home.join("noise");
    let mut state = 0x2545_f491_u32;
    let bytes: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    })
    .take(BYTES / 4)
    .flatten()
    .collect();
    std::fs::write(&noise, bytes).expect("noise");
    let root = home.join("root/sys");
    std::fs::create_dir_all(&root).expect("a root");
    let bundle = home.join("bundle.zip");
    let mut command = keycase(home);
    command.arg("--sysroot").arg(home.join("root")).args(["bundle", "--max-bytes", "40M", "-o"]);
    let made = command.arg(&bundle).arg("--include").arg(&noise).output().expect("a start");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    bundle
}

fn configure(home: &Path, address: SocketAddr) {
    let folder = home.join("config/keycase");
    std::fs::create_dir_all(&folder).expect("a folder");
    let text = format!(
        "default-desk = \"desk\"\n[desk.desk]\nkind = \"freshdesk\"\nurl = \"http://{address}\"\nrequester = \"a@b.c\"\nattachment-bytes = 100000000\n"
    );
    std::fs::write(folder.join("config.toml"), text).expect("a configuration");
}

/// The bundle to the ticket, under a name of its own so that nothing is known of it.
fn attach(home: &Path, bundle: &Path, run: usize) -> Command {
    let copy = home.join(format!("bundle-{run}.zip"));
    std::fs::copy(bundle, &copy).expect("a copy");
    let mut command = keycase(home);
    command.args(["attach", "1"]).arg(copy).args(["--yes", "--quiet"]);
    command
}

fn curl(address: SocketAddr, bundle: &Path) -> Command {
    let mut command = Command::new("curl");
    let file = format!("attachments[]=@{};type=application/zip", bundle.display());
    command.args(["-sS", "-f", "-u", "key:X", "-F", "body=b", "-F", &file]);
    command.arg(format!("http://{address}/api/v2/tickets/1/notes"));
    command
}

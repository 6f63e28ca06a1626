//! How fast redaction is, in MB per CPU second, and how much memory it takes.
//!
//! `cargo bench --bench redaction` makes a corpus of its own and checks that every planted
//! value is gone and every protected line is unchanged. `cargo bench --bench redaction --
//! IN OUT [SEEDS.json]` redacts the files of a folder into another one; the seeds are an
//! object of lists by class. For `benches/peers`: `corpus DIR MEGABYTES` writes the corpus to
//! `DIR/in` and its seeds to `DIR/seeds.json`, and `left DIR` counts what is left in
//! the files of a folder.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a program of its own"
)]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use keycase::packs::embedded;
use keycase::redact::{Class, Key, Redactor, Seed, Seeds};

#[path = "redaction/corpus.rs"]
mod corpus;

/// How often the corpus is redacted.
const PASSES: usize = 5;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    match args.as_slice() {
        [what, dir, megabytes] if what == "corpus" => write_corpus(Path::new(dir), megabytes),
        [what, dir] if what == "left" => left_in(Path::new(dir)),
        [from, to] => folder(Path::new(from), Path::new(to), &Seeds::default()),
        [from, to, seeds] => folder(Path::new(from), Path::new(to), &read_seeds(seeds)),
        _ => own_corpus(),
    }
}

/// Redacts a corpus made here, several times, and checks the result. The quickest pass is
/// the one that other work on the machine disturbed least.
fn own_corpus() {
    let corpus = corpus::Corpus::new(64 << 20);
    let redactor = redactor(&corpus.seeds());
    let mut file = tempfile::tempfile().unwrap();
    let bytes = copy(&mut corpus.reader(), &mut file);
    let mut seconds = f64::INFINITY;
    for _ in 0..PASSES {
        file.rewind().unwrap();
        let start = cpu_seconds();
        let mut reader = redactor.reader(Box::new(&file));
        copy(&mut reader, &mut io::sink());
        seconds = seconds.min(cpu_seconds() - start);
    }
    report("own corpus, all classes", bytes, seconds, start_peak());
    let mut sink = Check::new(&corpus);
    file.rewind().unwrap();
    copy(&mut redactor.reader(Box::new(&file)), &mut sink);
    sink.finish();
}

/// Writes the corpus for other programs to redact.
fn write_corpus(dir: &Path, megabytes: &str) {
    let corpus = corpus::Corpus::new(megabytes.parse::<u64>().unwrap() * 1_000_000);
    fs::create_dir_all(dir.join("in")).unwrap();
    let mut file = File::create(dir.join("in/system.log")).unwrap();
    copy(&mut corpus.reader(), &mut file);
    let mut lists = BTreeMap::<&str, Vec<String>>::new();
    for seed in corpus.seeds().secret {
        lists.entry(seed.class.name()).or_default().push(seed.value);
    }
    fs::write(dir.join("seeds.json"), serde_json::to_string(&lists).unwrap()).unwrap();
}

/// Counts the planted values that the files of a folder still hold.
fn left_in(dir: &Path) {
    let corpus = corpus::Corpus::new(0);
    let mut check = Check::new(&corpus);
    for entry in fs::read_dir(dir).unwrap() {
        check.text.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    check.finish();
}

fn folder(from: &Path, to: &Path, seeds: &Seeds) {
    let redactor = redactor(seeds);
    fs::create_dir_all(to).unwrap();
    let (mut bytes, mut seconds) = (0, 0.0);
    let mut files: Vec<_> =
        fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.is_file()) {
        let mut out = File::create(to.join(path.file_name().unwrap())).unwrap();
        let start = cpu_seconds();
        let mut reader = redactor.reader(Box::new(File::open(path).unwrap()));
        copy(&mut reader, &mut out);
        seconds += cpu_seconds() - start;
        bytes += fs::metadata(path).unwrap().len();
    }
    report("folder, reading and writing included", bytes, seconds, start_peak());
}

fn redactor(seeds: &Seeds) -> Redactor {
    let start = cpu_seconds();
    let redactor = Redactor::new(&embedded(), seeds, Key([42; 32])).unwrap();
    println!(
        "compiled rules and {} seeds in {:.0} ms",
        seeds.secret.len(),
        (cpu_seconds() - start) * 1e3
    );
    redactor
}

fn read_seeds(path: &str) -> Seeds {
    let text = fs::read_to_string(path).unwrap();
    let lists: BTreeMap<String, Vec<String>> = serde_json::from_str(&text).unwrap();
    let mut seeds = Seeds::default();
    for (class, values) in lists {
        let Some(class) = Class::from_name(&class) else { panic!("no class `{class}`") };
        seeds.secret.extend(values.into_iter().map(|value| Seed { value, class }));
    }
    seeds
}

fn copy(reader: &mut dyn Read, writer: &mut dyn Write) -> u64 {
    let mut buffer = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        let count = reader.read(&mut buffer).unwrap();
        if count == 0 {
            return total;
        }
        writer.write_all(&buffer[..count]).unwrap();
        total += count as u64;
    }
}

fn report(what: &str, bytes: u64, seconds: f64, peak: Option<u64>) {
    let megabytes = bytes as f64 / 1e6;
    let peak = peak.map_or("unknown".to_owned(), |kib| format!("{:.1} MB", kib as f64 / 1024.0));
    println!(
        "{what}: {megabytes:.0} MB, {:.0} MB per CPU second, peak {peak}",
        megabytes / seconds
    );
}

/// User and system time of this process so far.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1e9
}

/// Peak resident memory in KiB.
fn start_peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Looks for planted values in what comes out.
struct Check {
    planted: Vec<(Class, Vec<u8>)>,
    protected: Vec<Vec<u8>>,
    text: Vec<u8>,
}

impl Check {
    fn new(corpus: &corpus::Corpus) -> Self {
        Self { planted: corpus.planted(), protected: corpus::protected(), text: Vec::new() }
    }

    fn finish(self) {
        let text = self.text.to_ascii_lowercase();
        let mut left = BTreeMap::<Class, (usize, usize)>::new();
        let search =
            aho_corasick::AhoCorasick::new(self.planted.iter().map(|(_, value)| value)).unwrap();
        let mut seen = vec![false; self.planted.len()];
        for found in search.find_overlapping_iter(&text) {
            seen[found.pattern().as_usize()] = true;
        }
        for ((class, _), seen) in self.planted.iter().zip(seen) {
            let (planted, left) = left.entry(*class).or_default();
            *planted += 1;
            *left += usize::from(seen);
        }
        let (mut all, mut all_left) = (0, 0);
        for (class, (planted, left)) in left {
            println!("{:13} planted {planted:4}  left {left:4}", class.name());
            (all, all_left) = (all + planted, all_left + left);
        }
        let recall = 100.0 * (1.0 - all_left as f64 / all as f64);
        println!("recall {recall:.1} %");
        let changed =
            self.protected.iter().filter(|line| memchr::memmem::find(&self.text, line).is_none());
        println!("protected lines changed: {}", changed.count());
    }
}

impl Write for Check {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

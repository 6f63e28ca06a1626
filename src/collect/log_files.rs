//! Log files and their rotated predecessors, read from the newest line back.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;

use super::lines;
use super::newest::Newest;
use super::sieve::Sieve;
use super::{Context, Marks};
use crate::host::Root;
use crate::host::logs::FOLDER;

/// Bytes read at a time, from the end of a file towards its start.
const PIECE: u64 = 1024 * 1024;

/// Rotated files looked at; logrotate(8) keeps four weeks or seven days by default.
const MOST_FILES: usize = 64;

/// One log of a rotated set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogFile {
    /// Path below the root.
    pub(super) path: String,
    packed: bool,
}

/// How reading a set ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There is no such log.
    Nothing,
    /// It was read as far as it was wanted.
    Something,
    /// It is there and cannot be read; says why.
    Refused(String),
}

/// Reads `name` and what it was before it was rotated, until `newest` is full.
pub(super) fn read(
    root: &Root,
    name: &str,
    context: &Context,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> Found {
    let mut found = Found::Nothing;
    for (number, log) in set(root, name).into_iter().enumerate() {
        if newest.is_full() {
            newest.mark_cut("older log files were left out to stay within the budget of this log");
        }
        if newest.is_full() || sieve.is_past() || context.stop.is_due() {
            break;
        }
        // What was rotated away while a recording ran is in the file before; all others
        // are older than the recording.
        if number > 0 && context.asked.recording.is_some() {
            break;
        }
        match read_one(root, &log, context, sieve, newest) {
            Ok(true) => found = Found::Something,
            Ok(false) => {}
            Err(error) if found == Found::Something => {
                newest.mark_cut(format!("/{}: {error}", log.path));
            }
            Err(error) => found = Found::Refused(format!("/{}: {error}", log.path)),
        }
    }
    if context.stop.is_due() {
        newest.mark_cut("the time of this collector was up before older lines were read");
    }
    found
}

/// The files of a rotated set, newest first.
fn set(root: &Root, name: &str) -> Vec<LogFile> {
    let names = root.dir(FOLDER).and_then(|dir| dir.names()).unwrap_or_default();
    let mut found: Vec<(Age, LogFile)> = names
        .into_iter()
        .filter_map(|entry| {
            let (age, packed) = age(entry.strip_prefix(name)?)?;
            Some((age, LogFile { path: format!("{FOLDER}/{entry}"), packed }))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().map(|(_, log)| log).take(MOST_FILES).collect()
}

/// How old a file of a set is, from what stands behind the name; smaller is newer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    /// The file being written.
    Current,
    /// `.1`, `.2.gz` (logrotate's default).
    Number(u32),
    /// `-20261122.gz` (logrotate's `dateext`); the reversed date sorts newer first.
    Date(std::cmp::Reverse<String>),
}

/// Age and whether it is packed; `None` for another file.
fn age(rest: &str) -> Option<(Age, bool)> {
    let (rest, packed) = match rest.strip_suffix(".gz") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    if rest.is_empty() {
        return (!packed).then_some((Age::Current, false));
    }
    if let Some(number) = rest.strip_prefix('.') {
        return Some((Age::Number(number.parse().ok()?), packed));
    }
    let date = rest.strip_prefix('-')?;
    let is_date = date.len() >= 8 && date.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_date.then(|| (Age::Date(std::cmp::Reverse(date.to_owned())), packed))
}

/// Reads one file; `false` when it is no regular file or away.
fn read_one(
    root: &Root,
    log: &LogFile,
    context: &Context,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> io::Result<bool> {
    let mut file = match root.open(&log.path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let about = file.metadata()?;
    if !about.is_file() {
        return Ok(false);
    }
    if log.packed {
        packed(file, context, sieve, newest)?;
    } else {
        let marks = context.asked.recording.as_ref().map(|recording| &recording.marks);
        let start = marks.map_or(0, |marks| marks.start_of(&log.path, about.len()));
        plain(&mut file, start..about.len(), context, sieve, newest)?;
    }
    Ok(true)
}

/// A text file, piece by piece from its end; a piece starts where a line starts.
fn plain(
    file: &mut File,
    range: std::ops::Range<u64>,
    context: &Context,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> io::Result<()> {
    let mut end = range.end;
    while end > range.start && !newest.is_full() && !sieve.is_past() && !context.stop.is_due() {
        let mut start = end.saturating_sub(PIECE).max(range.start);
        file.seek(SeekFrom::Start(start))?;
        let mut piece = Vec::new();
        file.by_ref().take(end - start).read_to_end(&mut piece)?;
        let mut text = piece.as_slice();
        if start > range.start {
            // The line that starts before this piece belongs to the piece before. A line
            // longer than a piece is nobody's log line and is passed over.
            let line_break = text.iter().position(|byte| *byte == b'\n');
            let skip = line_break.map_or(text.len(), |at| at + 1);
            text = &text[skip..];
            start = if text.is_empty() { start } else { start + skip as u64 };
        }
        sieve.restart();
        newest.add_older(sifted(text, context, sieve)?);
        end = start;
    }
    if newest.is_full() && end > range.start {
        newest.mark_cut("older lines were left out to stay within the budget of this log");
    }
    Ok(())
}

/// A packed file can only be read from its start: its newest lines are kept.
fn packed(
    file: File,
    context: &Context,
    sieve: &mut Sieve<'_>,
    newest: &mut Newest,
) -> io::Result<()> {
    let unpacked = BufReader::with_capacity(64 * 1024, MultiGzDecoder::new(BufReader::new(file)));
    let mut tail = lines::Tail::new(newest.room());
    sieve.restart();
    let whole = lines::for_each(unpacked, &context.stop, |line| {
        if let Some(mut kept) = sieve.take(line) {
            kept.push(b'\n');
            tail.push(kept);
        }
    });
    let (text, cut) = tail.finish();
    newest.add_older(text);
    if cut {
        newest.mark_cut("older lines were left out to stay within the budget of this log");
    }
    match whole {
        // What a damaged file held until then is there; there is no more in it.
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => {
            newest.mark_cut(format!("a packed log file is damaged: {error}"));
            Ok(())
        }
        Err(error) => Err(error),
        Ok(_) => Ok(()),
    }
}

fn sifted(text: &[u8], context: &Context, sieve: &mut Sieve<'_>) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    lines::for_each(text, &context.stop, |line| {
        if let Some(line) = sieve.take(line) {
            kept.extend(line);
            kept.push(b'\n');
        }
    })?;
    Ok(kept)
}

/// The files that a recording notes when it begins.
pub(super) fn note(root: &Root, names: &[&str], marks: &mut Marks) {
    for log in names.iter().flat_map(|name| set(root, name)).filter(|log| !log.packed) {
        if let Ok(about) = root.open(&log.path).and_then(|file| file.metadata()) {
            marks.note(&log.path, about.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::collect::{Content, Context};

    fn tree(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Root) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join(FOLDER)).unwrap();
        for (name, bytes) in files {
            std::fs::write(dir.path().join(FOLDER).join(name), bytes).unwrap();
        }
        let root = Root::at(dir.path());
        (dir, root)
    }

    fn gz(text: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    fn read_all(root: &Root, most: usize) -> (String, bool) {
        let context = Context::for_tests(root);
        let mut newest = Newest::new(most);
        let all = |line: &[u8]| Some(line.to_vec());
        let mut sieve = Sieve::new(&context, &all);
        assert_eq!(read(root, "kern.log", &context, &mut sieve, &mut newest), Found::Something);
        let file = newest.finish("x");
        let Content::Text(text) = file.content else { panic!("a log is text") };
        (String::from_utf8(text).unwrap(), file.cut.is_some())
    }

    #[test]
    fn rotated_files_come_before_the_current_one() {
        let (_dir, root) = tree(&[
            ("kern.log", b"5\n6\n"),
            ("kern.log.1", b"4\n"),
            ("kern.log.2.gz", &gz(b"2\n3\n")),
            ("kern.log.10.gz", &gz(b"1\n")),
            ("kern.log.old", b"never\n"),
            ("kern.logx", b"never\n"),
        ]);
        assert_eq!(read_all(&root, 100), ("1\n2\n3\n4\n5\n6\n".into(), false));
        assert_eq!(read_all(&root, 5), ("5\n6\n".into(), true));
        let (_dir, root) = tree(&[
            ("kern.log-20261101", b"1\n"),
            ("kern.log-20261108.gz", &gz(b"2\n")),
            ("kern.log", b"3\n"),
        ]);
        assert_eq!(read_all(&root, 100), ("1\n2\n3\n".into(), false));
    }

    #[test]
    fn lines_across_the_borders_of_pieces_are_whole() {
        let line = |n: usize| format!("{n:06} {}\n", "x".repeat(n % 97));
        let text: String = (0..60_000).map(line).collect();
        assert!(text.len() as u64 > 3 * PIECE);
        let (_dir, root) = tree(&[("kern.log", text.as_bytes())]);
        assert!(read_all(&root, 100_000_000) == (text, false));
    }

    #[test]
    fn a_line_longer_than_a_piece_is_passed_over() {
        let mut text = b"first\n".to_vec();
        text.resize(text.len() + 3 * 1024 * 1024, b'x');
        text.extend(b"\nlast\n");
        let (_dir, root) = tree(&[("kern.log", &text)]);
        let (kept, _) = read_all(&root, 100_000_000);
        assert!(kept.starts_with("first\n") && kept.ends_with("last\n"), "{}", kept.len());
        assert!(kept.len() < 20_000, "{}", kept.len());
    }

    #[test]
    fn a_damaged_or_endless_packed_file_ends() {
        let mut broken = gz(&b"word ".repeat(100_000));
        broken.truncate(broken.len() / 2);
        let (_dir, root) = tree(&[("kern.log", b"1\n"), ("kern.log.1.gz", &broken)]);
        let (text, cut) = read_all(&root, 100_000);
        assert!(text.ends_with("1\n") && cut);
    }
}

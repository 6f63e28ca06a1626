//! The file list of an ISO 9660 volume, with Joliet names where it has them.
//!
//! Source: ECMA-119 (4th edition) for the volume and directory structures; the Joliet
//! Specification of 1995 for the supplementary descriptor and its names. Every number on
//! the medium is taken as a claim: bounded, checked, and followed at most once.

use std::collections::BTreeSet;
use std::io;

use super::bytes::{ReadAt, one_line, u16_le, u32_le, utf16};

/// Volume descriptors stand in sectors of this size whatever the block size is (6.2).
const SECTOR: u64 = 2048;

/// The first volume descriptor (6.2.1).
const FIRST_DESCRIPTOR: u64 = 16;

/// Descriptors looked at; a disc has three or four.
const MOST_DESCRIPTORS: u64 = 32;

/// Files and folders listed in all; a launcher has a few hundred.
const MOST_ENTRIES: usize = 5000;

/// Folders deep: eight by the standard (6.8.2.1), a few more with Joliet.
const DEEPEST: usize = 12;

/// Bytes of one folder; 5000 entries have about half a megabyte.
const LARGEST_FOLDER: u32 = 1024 * 1024;

/// Parts of one file; a part has up to four gigabytes.
const MOST_PARTS: usize = 16;

/// A volume's label and files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// The volume identifier.
    pub label: Option<String>,
    /// Every file, in the order of its path.
    pub files: Vec<File>,
    /// Whether something was left out: too much, too deep, damaged.
    pub incomplete: bool,
}

/// A file of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path from the root of the volume, with `/` between folders.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    /// Where its parts are, in order: offset and length in bytes.
    pub parts: Vec<(u64, u32)>,
}

/// Reads a volume; `None` when the medium holds no ISO 9660 volume.
pub fn read(medium: &mut dyn ReadAt) -> io::Result<Option<Volume>> {
    let Some(found) = descriptor(medium)? else { return Ok(None) };
    let mut walk = Walk {
        medium,
        kind: found.kind,
        block: found.block,
        files: Vec::new(),
        seen: BTreeSet::from([found.root.0]),
        entries: 0,
        incomplete: false,
    };
    walk.folder(found.root, "", 0)?;
    let mut files = walk.files;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Some(Volume { label: found.label, files, incomplete: walk.incomplete }))
}

/// How names are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// One byte a character.
    Plain,
    /// UCS-2, big-endian.
    Joliet,
}

/// What is needed of a volume descriptor.
struct Descriptor {
    kind: Names,
    label: Option<String>,
    block: u64,
    /// First block and length of the root folder.
    root: (u32, u32),
}

/// The Joliet descriptor, or else the primary one.
fn descriptor(medium: &mut dyn ReadAt) -> io::Result<Option<Descriptor>> {
    let mut primary = None;
    for number in FIRST_DESCRIPTOR..FIRST_DESCRIPTOR + MOST_DESCRIPTORS {
        let sector = medium.bytes_at(number * SECTOR, 2048)?;
        if sector.len() < 2048 || &sector[1..6] != b"CD001" {
            break;
        }
        match sector[0] {
            1 if primary.is_none() => primary = parse(&sector, Names::Plain),
            // %/@, %/C, %/E: the three levels of UCS-2 (Joliet, "SVD Escape Sequences").
            2 if matches!(&sector[88..91], b"%/@" | b"%/C" | b"%/E") => {
                if let Some(joliet) = parse(&sector, Names::Joliet) {
                    return Ok(Some(joliet));
                }
            }
            255 => break,
            _ => {}
        }
    }
    Ok(primary)
}

/// Fields of a primary (8.4) or supplementary (8.5) descriptor.
fn parse(sector: &[u8], kind: Names) -> Option<Descriptor> {
    let block = u64::from(u16_le(sector, 128)?);
    if !matches!(block, 512 | 1024 | 2048) {
        return None;
    }
    let label = one_line(&text(sector.get(40..72)?, kind));
    let root = (u32_le(sector, 156 + 2)?, u32_le(sector, 156 + 10)?);
    Some(Descriptor { kind, label: Some(label).filter(|text| !text.is_empty()), block, root })
}

fn text(bytes: &[u8], kind: Names) -> String {
    match kind {
        Names::Plain => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Names::Joliet => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            utf16(units, 128)
        }
    }
}

/// A walk through all folders.
struct Walk<'a> {
    medium: &'a mut dyn ReadAt,
    kind: Names,
    block: u64,
    files: Vec<File>,
    /// Folders by their first block: each is followed once.
    seen: BTreeSet<u32>,
    entries: usize,
    incomplete: bool,
}

impl Walk<'_> {
    fn folder(&mut self, (first, length): (u32, u32), path: &str, depth: usize) -> io::Result<()> {
        if depth > DEEPEST || length > LARGEST_FOLDER {
            self.incomplete = true;
            return Ok(());
        }
        let wanted = usize::try_from(length).unwrap_or(0);
        let content = self.medium.bytes_at(u64::from(first) * self.block, wanted)?;
        self.incomplete |= content.len() < wanted;
        let mut folders = Vec::new();
        let records = Records { content: &content, at: 0 };
        for record in records {
            if self.entries >= MOST_ENTRIES {
                self.incomplete = true;
                break;
            }
            self.entries += 1;
            self.record(record, path, &mut folders);
        }
        for (place, path) in folders {
            match self.seen.insert(place.0) {
                true => self.folder(place, &path, depth + 1)?,
                false => self.incomplete = true,
            }
        }
        Ok(())
    }

    /// One directory record (9.1).
    fn record(&mut self, record: &[u8], path: &str, folders: &mut Vec<((u32, u32), String)>) {
        let fields = (|| {
            let (first, length) = (u32_le(record, 2)?, u32_le(record, 10)?);
            let attributes = u32::from(*record.get(1)?);
            let flags = *record.get(25)?;
            let end = 33_usize.checked_add(usize::from(*record.get(32)?))?;
            Some((first.checked_add(attributes)?, length, flags, record.get(33..end)?))
        })();
        let Some((first, length, flags, name)) = fields else {
            self.incomplete = true;
            return;
        };
        // The folder itself and its parent (7.6.2).
        if matches!(name, [0] | [1]) {
            return;
        }
        let Some(name) = self.name(name) else {
            self.incomplete = true;
            return;
        };
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if flags & 2 != 0 {
            folders.push(((first, length), path));
            return;
        }
        let part = (u64::from(first) * self.block, length);
        // A file of several parts has several records in a row, of one name (6.5.1).
        match self.files.last_mut() {
            Some(file) if file.path == path && file.parts.len() < MOST_PARTS => {
                file.size = file.size.saturating_add(u64::from(length));
                file.parts.push(part);
            }
            Some(file) if file.path == path => self.incomplete = true,
            _ => self.files.push(File { path, size: u64::from(length), parts: vec![part] }),
        }
    }

    /// A name without its version number; `None` for one that is no name.
    fn name(&self, bytes: &[u8]) -> Option<String> {
        let name = text(bytes, self.kind);
        let name = name.split(';').next().unwrap_or("").trim_end_matches('.');
        let is_name = !name.is_empty()
            && !matches!(name, "." | "..")
            && !name.contains(['/', '\\'])
            && !name.chars().any(char::is_control);
        is_name.then(|| name.to_owned())
    }
}

/// Directory records; none crosses a sector, and zeros fill the rest of one (6.8.1).
struct Records<'a> {
    content: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let length = usize::from(*self.content.get(self.at)?);
            if length == 0 {
                // On to the next sector.
                self.at = (self.at / 2048 + 1) * 2048;
                continue;
            }
            let end = self.at.checked_add(length)?;
            let record = self.content.get(self.at..end.min(self.content.len()))?;
            self.at = end;
            return Some(record);
        }
    }
}

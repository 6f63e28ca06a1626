//! The file list of a UDF volume on a read-only medium.
//!
//! Source: ECMA-167 (3rd edition) and the OSTA UDF Specification 2.01: one partition that
//! is mapped directly, which is what mastered discs have. Virtual, sparable and metadata
//! partitions belong to rewritable discs; such a volume is reported as none.

use std::collections::BTreeSet;
use std::io;

use super::bytes::{ReadAt, one_line, u16_le, u32_le, utf16};
use super::iso9660::{File, Volume};

/// Blocks of optical media.
const BLOCK: u64 = 2048;

/// The place of the anchor (ECMA-167 3/8.4.2.1).
const ANCHOR: u64 = 256;

const MOST_DESCRIPTORS: u64 = 64;
const MOST_ENTRIES: usize = 5000;
const DEEPEST: usize = 12;
const LARGEST_FOLDER: u64 = 1024 * 1024;
const MOST_PARTS: usize = 1024;

/// Descriptor tags (3/7.2.1, 4/7.2.1).
const TAG_ANCHOR: u16 = 2;
const TAG_PARTITION: u16 = 5;
const TAG_LOGICAL_VOLUME: u16 = 6;
const TAG_END: u16 = 8;
const TAG_FILE_SET: u16 = 256;
const TAG_IDENTIFIER: u16 = 257;
const TAG_FILE: u16 = 261;
const TAG_EXTENDED_FILE: u16 = 266;

/// Reads a volume; `None` when the medium holds no UDF volume of the plain kind.
pub fn read(medium: &mut dyn ReadAt) -> io::Result<Option<Volume>> {
    let Some((partition, set)) = sequence(medium)? else { return Ok(None) };
    let block = descriptor(medium, (partition + u64::from(set)) * BLOCK, TAG_FILE_SET)?;
    let Some(root) = block.as_deref().and_then(|block| u32_le(block, 404)) else { return Ok(None) };
    let label = block.as_deref().and_then(|block| d_string(block.get(304..336)?));
    let mut walk = Walk {
        medium,
        partition,
        files: Vec::new(),
        seen: BTreeSet::from([root]),
        entries: 0,
        incomplete: false,
    };
    walk.folder(root, "", 0)?;
    let mut files = walk.files;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Some(Volume { label, files, incomplete: walk.incomplete }))
}

/// First block of the partition, and the file set's block in it.
fn sequence(medium: &mut dyn ReadAt) -> io::Result<Option<(u64, u32)>> {
    let Some(anchor) = descriptor(medium, ANCHOR * BLOCK, TAG_ANCHOR)? else { return Ok(None) };
    let (Some(length), Some(first)) = (u32_le(&anchor, 16), u32_le(&anchor, 20)) else {
        return Ok(None);
    };
    let count = (u64::from(length) / BLOCK).min(MOST_DESCRIPTORS);
    let (mut partition, mut set) = (None, None);
    for number in 0..count {
        let block = medium.bytes_at((u64::from(first) + number) * BLOCK, 2048)?;
        match tag(&block) {
            Some(TAG_PARTITION) => partition = u32_le(&block, 188).map(u64::from),
            Some(TAG_LOGICAL_VOLUME) => set = plain_volume(&block),
            Some(TAG_END) | None => break,
            Some(_) => {}
        }
    }
    Ok(partition.zip(set))
}

/// Where a logical volume has its file set; only one with a single plain partition.
fn plain_volume(block: &[u8]) -> Option<u32> {
    let plain = u32_le(block, 212)? == 2048 && u32_le(block, 268)? == 1 && *block.get(440)? == 1;
    plain.then(|| u32_le(block, 252)).flatten()
}

/// A block that holds the descriptor of this tag.
fn descriptor(medium: &mut dyn ReadAt, at: u64, wanted: u16) -> io::Result<Option<Vec<u8>>> {
    let block = medium.bytes_at(at, 2048)?;
    Ok((tag(&block) == Some(wanted)).then_some(block))
}

/// The tag of a descriptor whose checksum fits (3/7.2.3).
fn tag(block: &[u8]) -> Option<u16> {
    let head = block.get(..16)?;
    let others = head.iter().enumerate().filter(|(at, _)| *at != 4);
    let sum = others.fold(0_u8, |sum, (_, byte)| sum.wrapping_add(*byte));
    (sum == head[4]).then(|| u16_le(head, 0)).flatten()
}

/// A file or folder: its kind, length, and parts as (offset, length).
struct Node {
    is_folder: bool,
    size: u64,
    parts: Vec<(u64, u32)>,
}

struct Walk<'a> {
    medium: &'a mut dyn ReadAt,
    partition: u64,
    files: Vec<File>,
    /// Blocks of folders that were followed.
    seen: BTreeSet<u32>,
    entries: usize,
    incomplete: bool,
}

impl Walk<'_> {
    fn folder(&mut self, block: u32, path: &str, depth: usize) -> io::Result<()> {
        let node = self.node(block)?.filter(|node| node.is_folder && node.size <= LARGEST_FOLDER);
        let Some(node) = node.filter(|_| depth <= DEEPEST) else {
            self.incomplete = true;
            return Ok(());
        };
        let content = self.content(&node)?;
        let mut at = 0;
        while let Some(identifier) = Identifier::at(&content, at) {
            at += identifier.length;
            if self.entries >= MOST_ENTRIES {
                self.incomplete = true;
                break;
            }
            self.entries += 1;
            if identifier.is_left_out {
                continue;
            }
            let Some(name) = identifier.name else {
                self.incomplete = true;
                continue;
            };
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            self.entry(identifier.block, identifier.is_folder, path, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, block: u32, is_folder: bool, path: String, depth: usize) -> io::Result<()> {
        if is_folder {
            match self.seen.insert(block) {
                true => return self.folder(block, &path, depth + 1),
                false => self.incomplete = true,
            }
            return Ok(());
        }
        match self.node(block)? {
            Some(node) => self.files.push(File { path, size: node.size, parts: node.parts }),
            None => self.incomplete = true,
        }
        Ok(())
    }

    /// A folder's content, bounded by its own length.
    fn content(&mut self, node: &Node) -> io::Result<Vec<u8>> {
        let most = usize::try_from(node.size.min(LARGEST_FOLDER)).unwrap_or(0);
        let mut content = Vec::new();
        for (offset, length) in &node.parts {
            let room = most - content.len();
            let length = usize::try_from(*length).unwrap_or(0).min(room);
            content.extend(self.medium.bytes_at(*offset, length)?);
        }
        Ok(content)
    }

    /// A file entry (4/14.9) or an extended one (4/14.17).
    fn node(&mut self, block: u32) -> io::Result<Option<Node>> {
        let at = self.offset(block);
        let entry = self.medium.bytes_at(at, 2048)?;
        let fields = match tag(&entry) {
            Some(TAG_FILE) => 168,
            Some(TAG_EXTENDED_FILE) => 208,
            _ => return Ok(None),
        };
        Ok(self.parse(&entry, fields, at))
    }

    fn parse(&self, entry: &[u8], fields: usize, at: u64) -> Option<Node> {
        let is_folder = *entry.get(27)? == 4;
        let size = u64::from(u32_le(entry, 56)?) | u64::from(u32_le(entry, 60)?) << 32;
        let attributes = usize::try_from(u32_le(entry, fields)?).ok()?;
        let allocations = usize::try_from(u32_le(entry, fields + 4)?).ok()?;
        let start = (fields + 8).checked_add(attributes)?;
        let list = entry.get(start..start.checked_add(allocations)?)?;
        let parts = match u16_le(entry, 34)? & 7 {
            0 => self.extents(list, 8),
            1 => self.extents(list, 16),
            // The content itself stands in the entry.
            3 => vec![(at + start as u64, u32::try_from(allocations).ok()?)],
            _ => return None,
        };
        Some(Node { is_folder, size, parts })
    }

    /// Short (4/14.14.1) or long (4/14.14.2) allocation descriptors.
    fn extents(&self, list: &[u8], width: usize) -> Vec<(u64, u32)> {
        let rows = list.chunks_exact(width).take(MOST_PARTS);
        let part = |row: &[u8]| {
            let length = u32_le(row, 0)? & 0x3fff_ffff;
            (length > 0).then_some((self.offset(u32_le(row, 4)?), length))
        };
        rows.map_while(part).collect()
    }

    fn offset(&self, block: u32) -> u64 {
        (self.partition + u64::from(block)) * BLOCK
    }
}

/// A file identifier (4/14.4).
struct Identifier {
    length: usize,
    block: u32,
    is_folder: bool,
    /// Deleted, or the parent.
    is_left_out: bool,
    name: Option<String>,
}

impl Identifier {
    fn at(content: &[u8], at: usize) -> Option<Self> {
        let bytes = content.get(at..)?;
        if tag(bytes)? != TAG_IDENTIFIER {
            return None;
        }
        let flags = *bytes.get(18)?;
        let name_length = usize::from(*bytes.get(19)?);
        let name_at = 38 + usize::from(u16_le(bytes, 36)?);
        let name = bytes.get(name_at..name_at + name_length)?;
        Some(Self {
            length: (name_at + name_length + 3) & !3,
            block: u32_le(bytes, 24)?,
            is_folder: flags & 2 != 0,
            is_left_out: flags & (4 | 8) != 0,
            name: characters(name).filter(|name| is_name(name)),
        })
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !matches!(name, "." | "..")
        && !name.contains(['/', '\\'])
        && !name.chars().any(char::is_control)
}

/// OSTA compressed Unicode: one or two bytes a character (UDF 2.1.1).
fn characters(bytes: &[u8]) -> Option<String> {
    let (kind, text) = bytes.split_first()?;
    match kind {
        8 => Some(text.iter().map(|byte| char::from(*byte)).collect()),
        16 => {
            let units = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            Some(utf16(units, 255))
        }
        _ => None,
    }
}

/// A text in a field of fixed length, whose last byte tells how much of it is used.
fn d_string(field: &[u8]) -> Option<String> {
    let (used, text) = field.split_last()?;
    let text = one_line(&characters(text.get(..usize::from(*used).min(text.len()))?)?);
    (!text.is_empty()).then_some(text)
}

//! A medium in pieces, and what every file list of one must keep.
//!
//! The places that matter on a disc lie half a megabyte apart, so an input is not the medium
//! itself but its blocks: each a number (two bytes, low first), a kind, a length in units of
//! 16 bytes, and that much content. What is not there reads as zeros, up to the last block.
//!
//! UDF checks the head of every descriptor by a sum that no mutation keeps. A block of kind 1
//! gets its sum mended, one of kind 2 also those of all identifiers in it; any other stays
//! broken if it is.

use std::collections::BTreeMap;
use std::io;

use keycase::host::launcher::ReadAt;
use keycase::host::launcher::iso9660::Volume;

const BLOCK: u64 = 2048;

/// Blocks of a medium, by number.
#[derive(Default)]
pub struct Medium(BTreeMap<u64, Vec<u8>>);

impl Medium {
    /// Reads an input; what is no whole block is left out.
    pub fn of(mut input: &[u8]) -> Self {
        let mut blocks = BTreeMap::new();
        while let [low, high, kind, units, rest @ ..] = input {
            let length = (usize::from(*units) * 16).min(BLOCK as usize).min(rest.len());
            let mut block = rest[..length].to_vec();
            block.resize(BLOCK as usize, 0);
            mend(&mut block, *kind);
            blocks.insert(u64::from(u16::from_le_bytes([*low, *high])), block);
            input = &rest[length..];
        }
        Self(blocks)
    }

    fn length(&self) -> u64 {
        self.0.last_key_value().map_or(0, |(last, _)| (last + 1) * BLOCK)
    }
}

impl ReadAt for Medium {
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length().saturating_sub(offset);
        let count = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        buffer[..count].fill(0);
        let (first, last) = (offset / BLOCK, (offset + count as u64) / BLOCK);
        for (number, block) in self.0.range(first..=last) {
            let at = number * BLOCK;
            let (from, to) = (offset.max(at), (offset + count as u64).min(at + BLOCK));
            let part = |base: u64| (from - base) as usize..(to.max(from) - base) as usize;
            buffer[part(offset)].copy_from_slice(&block[part(at)]);
        }
        Ok(count)
    }
}

fn mend(block: &mut [u8], kind: u8) {
    if matches!(kind, 1 | 2) {
        mend_tag(&mut block[..16]);
    }
    if kind == 2 {
        let identifier = 257_u16.to_le_bytes();
        for at in (0..=block.len() - 16).step_by(4) {
            if block[at..at + 2] == identifier {
                mend_tag(&mut block[at..at + 16]);
            }
        }
    }
}

/// The sum over a tag's other bytes (ECMA-167 3/7.2.3).
fn mend_tag(tag: &mut [u8]) {
    tag[4] = 0;
    tag[4] = tag.iter().fold(0, |sum, byte| sum.wrapping_add(*byte));
}

/// Reads a volume from the pieces and from the input as it is, and holds both to what every
/// file list must keep.
pub fn check(input: &[u8], read: impl Fn(&mut dyn ReadAt) -> io::Result<Option<Volume>>) {
    let media: [&mut dyn ReadAt; 2] = [&mut Medium::of(input), &mut &input[..]];
    for medium in media {
        if let Some(volume) = read(medium).expect("reading memory does not fail") {
            check_volume(&volume);
        }
    }
}

fn check_volume(volume: &Volume) {
    assert!(volume.files.len() <= 5000);
    if let Some(label) = &volume.label {
        assert!(!label.is_empty() && !label.chars().any(char::is_control));
    }
    for file in &volume.files {
        assert!(!file.path.is_empty() && !file.path.starts_with('/'));
        assert!(file.path.split('/').all(|part| !matches!(part, "" | "." | "..")));
        assert!(!file.path.chars().any(char::is_control));
        assert!(file.path.split('/').count() <= 32 && file.parts.len() <= 1024);
    }
}

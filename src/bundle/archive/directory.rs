//! The list of entries: read once, bounded, and checked against every local header.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use super::fields::{self, Central, End, Fields, Header};
use super::{ArchiveError, MOST_FILES, most_unpacked};
use crate::bundle::name::{self, LONGEST};

/// How an entry is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// Deflate.
    Deflated,
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, safe by `name::is_safe`.
    pub name: String,
    /// How it is packed.
    pub method: Method,
    /// CRC-32 of the unpacked bytes.
    pub crc: u32,
    /// Packed length.
    pub packed: u64,
    /// Unpacked length.
    pub size: u64,
    /// Where its packed bytes start.
    pub data_at: u64,
}

/// The most bytes one central header takes: fixed part, name, room for extra fields.
const MOST_HEADER: u64 = 46 + LONGEST as u64 + 256;

/// Extra fields that change what an entry is: zip64 sizes, AES, a second name.
const CHANGING_EXTRA: [u16; 3] = [0x0001, 0x9901, 0x7075];

/// Bit 11 (the name is UTF-8) and the two bits that only say how hard deflate tried.
const HARMLESS_FLAGS: u16 = 0x0806;

pub(super) fn read<R: Read + Seek>(reader: &mut R) -> Result<Vec<Entry>, ArchiveError> {
    let io = |error: std::io::Error| ArchiveError::whole(error.to_string());
    let length = reader.seek(SeekFrom::End(0)).map_err(io)?;
    let end = end(reader, length)?;
    let directory = directory(reader, &end)?;

    let mut fields = Fields::new(&directory);
    let mut entries: Vec<Entry> = Vec::new();
    let (mut names, mut at, mut total) = (HashSet::new(), 0, 0);
    for _ in 0..end.count {
        let central = fields::central(&mut fields)
            .ok_or_else(|| ArchiveError::whole("the list of files is damaged"))?;
        let entry = entry(reader, &central, at)?;
        at = entry.data_at + entry.packed;
        total += entry.size;
        if at > u64::from(end.directory_at) {
            return Err(ArchiveError::of(&entry.name, "it reaches into the list of files"));
        }
        // Names that differ only in case are one file on Windows and macOS.
        if !names.insert(entry.name.to_lowercase()) {
            return Err(ArchiveError::of(&entry.name, "the name stands twice in the archive"));
        }
        entries.push(entry);
    }
    if !fields.is_empty() || at != u64::from(end.directory_at) {
        return Err(ArchiveError::whole("there is data that belongs to no file"));
    }
    if total > most_unpacked(length) {
        let what = format!("{length} bytes would unpack to {total}; refused as a bomb");
        return Err(ArchiveError::whole(what));
    }
    Ok(entries)
}

fn end<R: Read + Seek>(reader: &mut R, length: u64) -> Result<End, ArchiveError> {
    let not_a_zip = || ArchiveError::whole("not a complete zip archive");
    let at = length.checked_sub(End::LENGTH as u64).ok_or_else(not_a_zip)?;
    let mut bytes = [0; End::LENGTH];
    read_at(reader, at, &mut bytes)?;
    let end = End::parse(&bytes).ok_or_else(not_a_zip)?;
    if usize::from(end.count) > MOST_FILES {
        let what = format!("it lists {} files, more than the {MOST_FILES} allowed", end.count);
        return Err(ArchiveError::whole(what));
    }
    if u64::from(end.directory_at) + u64::from(end.directory_bytes) != at {
        return Err(ArchiveError::whole("the list of files does not stand at the end"));
    }
    Ok(end)
}

fn directory<R: Read + Seek>(reader: &mut R, end: &End) -> Result<Vec<u8>, ArchiveError> {
    let length = u64::from(end.directory_bytes);
    if length > u64::from(end.count) * MOST_HEADER {
        return Err(ArchiveError::whole("the list of files is longer than its files explain"));
    }
    let mut bytes = vec![0; end.directory_bytes as usize];
    read_at(reader, end.directory_at.into(), &mut bytes)?;
    Ok(bytes)
}

/// One entry, whose local header must stand at `at` and say the same.
fn entry<R: Read + Seek>(
    reader: &mut R,
    central: &Central,
    at: u64,
) -> Result<Entry, ArchiveError> {
    let header = &central.header;
    let name = checked_name(&header.name)?;
    let fail = |what: &str| Err(ArchiveError::of(&name, what));
    if has_changing_extra(&central.extra) {
        return fail("an extra field would give it another size, name or encryption");
    }
    if header.flags & !HARMLESS_FLAGS != 0 {
        return fail("it is encrypted, streamed or patched; a bundle has plain files only");
    }
    if !is_plain_file(central) {
        return fail("it is a link or a folder; a bundle has plain files only");
    }
    let method = match header.method {
        0 => Method::Stored,
        8 => Method::Deflated,
        _ => return fail("its packing method is unknown"),
    };
    if u64::from(central.offset) != at {
        return fail("it does not follow the file before it");
    }
    let data_at = at + local_length(reader, header, &name, at)?;
    let (crc, packed, size) = (header.crc, header.packed.into(), header.size.into());
    Ok(Entry { name, method, crc, packed, size, data_at })
}

fn checked_name(raw: &[u8]) -> Result<String, ArchiveError> {
    let shown = || String::from_utf8_lossy(&raw[..raw.len().min(LONGEST)]).into_owned();
    match std::str::from_utf8(raw) {
        Ok(text) if name::is_safe(text) => Ok(text.to_owned()),
        _ => Err(ArchiveError::of(
            &shown(),
            "the name is not a plain relative path; unpacking it could write elsewhere",
        )),
    }
}

/// Checks the local header against the central one; returns its length.
fn local_length<R: Read + Seek>(
    reader: &mut R,
    header: &Header,
    name: &str,
    at: u64,
) -> Result<u64, ArchiveError> {
    let mut fixed = [0; fields::LOCAL_LENGTH];
    read_at(reader, at, &mut fixed)?;
    let differs = || ArchiveError::of(name, "its two headers disagree");
    let (mut local, name_length, extra_length) = fields::local(&fixed).ok_or_else(differs)?;
    if usize::from(name_length) != header.name.len() || extra_length > 1024 {
        return Err(differs());
    }
    let mut tail = vec![0; usize::from(name_length) + usize::from(extra_length)];
    read_at(reader, at + fields::LOCAL_LENGTH as u64, &mut tail)?;
    let extra = tail.split_off(usize::from(name_length));
    local.name = tail;
    if local != *header || has_changing_extra(&extra) {
        return Err(differs());
    }
    Ok(fields::LOCAL_LENGTH as u64 + u64::from(name_length) + u64::from(extra_length))
}

fn has_changing_extra(extra: &[u8]) -> bool {
    let mut fields = Fields::new(extra);
    while !fields.is_empty() {
        let field = fields.u16().zip(fields.u16());
        let Some((id, length)) = field else { return true };
        if CHANGING_EXTRA.contains(&id) || fields.take(length.into()).is_none() {
            return true;
        }
    }
    false
}

/// The Unix mode stands in the upper half, the DOS folder bit in the lower. Some zip
/// programs write no file type at all; nobody unpacks those as a link.
fn is_plain_file(central: &Central) -> bool {
    const FORMAT: u32 = 0o170_000;
    const REGULAR: u32 = 0o100_000;
    let format = (central.attributes >> 16) & FORMAT;
    (format == REGULAR || format == 0) && central.attributes & 0x10 == 0
}

fn read_at<R: Read + Seek>(reader: &mut R, at: u64, into: &mut [u8]) -> Result<(), ArchiveError> {
    reader
        .seek(SeekFrom::Start(at))
        .and_then(|_| reader.read_exact(into))
        .map_err(|_| ArchiveError::whole("it ends too early, or an offset points outside"))
}

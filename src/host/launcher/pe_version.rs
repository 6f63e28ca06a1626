//! What a Windows program says about its own version: the resource `VS_VERSIONINFO`.
//!
//! Source: PE Format (Microsoft), "The .rsrc Section"; `VS_VERSIONINFO`, `StringFileInfo`,
//! `StringTable` and `String` structures of the Windows menus and resources reference.
//! Nothing is executed, and every offset in the file is taken as a claim.

use std::collections::BTreeMap;
use std::io;

use super::bytes::{ReadAt, one_line, u16_le, u32_le, utf16};

/// Sections of a program; the format's loader accepts 96.
const MOST_SECTIONS: usize = 96;

/// Entries of one resource folder that are looked at.
const MOST_ENTRIES: usize = 4096;

/// A version resource has one or two kilobytes.
const LARGEST_RESOURCE: usize = 64 * 1024;

/// Structures inside the resource.
const MOST_STRUCTURES: usize = 512;

/// A value is a line of text.
const LONGEST_VALUE: usize = 200;

/// The type of version resources (`RT_VERSION`).
const RT_VERSION: u32 = 16;

/// The strings that say what the program is.
const WANTED: &[&str] = &[
    "CompanyName",
    "FileDescription",
    "FileVersion",
    "OriginalFilename",
    "ProductName",
    "ProductVersion",
];

/// What a program says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeVersion {
    /// `FILEVERSION` of the fixed part.
    pub file: Option<[u16; 4]>,
    /// `PRODUCTVERSION` of the fixed part.
    pub product: Option<[u16; 4]>,
    /// Strings by their names, e.g. `ProductVersion`.
    pub strings: BTreeMap<String, String>,
    /// What it is built for: `x86`, `x64`, `arm64`.
    pub machine: Option<&'static str>,
}

impl PeVersion {
    /// The version of the product and the name of the field that states it.
    pub fn stated(&self) -> Option<(String, &'static str)> {
        let string = |name: &'static str| {
            let text = self.strings.get(name)?;
            // Old resource compilers make people write `4, 8, 25, 0`.
            let text = text.replace(", ", ".").replace(',', ".");
            let plain = text.len() <= 64 && text.starts_with(|c: char| c.is_ascii_digit());
            plain.then_some((text, name))
        };
        let fixed = |version: Option<[u16; 4]>, name: &'static str| {
            let version = version.filter(|parts| parts.iter().any(|part| *part != 0))?;
            Some((version.map(|part| part.to_string()).join("."), name))
        };
        string("ProductVersion")
            .or_else(|| string("FileVersion"))
            .or_else(|| fixed(self.product, "PRODUCTVERSION"))
            .or_else(|| fixed(self.file, "FILEVERSION"))
    }
}

/// Reads the version of a program; `None` when the file is no program or says nothing.
pub fn read(file: &mut dyn ReadAt) -> io::Result<Option<PeVersion>> {
    let Some(headers) = Headers::read(file)? else { return Ok(None) };
    let mut version = match resource(file, &headers)? {
        Some(bytes) => parse(&bytes),
        None => PeVersion::default(),
    };
    version.machine = headers.machine;
    Ok(Some(version))
}

/// Where sections and resources are.
struct Headers {
    machine: Option<&'static str>,
    /// Address and size in memory, offset and size in the file.
    sections: Vec<[u32; 4]>,
    resources: u32,
}

impl Headers {
    fn read(file: &mut dyn ReadAt) -> io::Result<Option<Self>> {
        let start = file.bytes_at(0, 64)?;
        let Some(at) = u32_le(&start, 0x3c).filter(|_| start.starts_with(b"MZ")) else {
            return Ok(None);
        };
        // Signature, file header, optional header with sixteen directories.
        let head = file.bytes_at(u64::from(at), 24 + 240)?;
        Ok(Self::parse(&head, file, at))
    }

    fn parse(head: &[u8], file: &mut dyn ReadAt, at: u32) -> Option<Self> {
        if !head.starts_with(b"PE\0\0") {
            return None;
        }
        let machine = match u16_le(head, 4)? {
            0x014c => Some("x86"),
            0x8664 => Some("x64"),
            0xaa64 => Some("arm64"),
            _ => None,
        };
        let count = usize::from(u16_le(head, 6)?).min(MOST_SECTIONS);
        let optional = u64::from(u16_le(head, 20)?);
        let (directories, number) = match u16_le(head, 24)? {
            0x10b => (24 + 96, u32_le(head, 24 + 92)?),
            0x20b => (24 + 112, u32_le(head, 24 + 108)?),
            _ => return None,
        };
        // The third directory is the resources'.
        let resources = if number > 2 { u32_le(head, directories + 16)? } else { 0 };
        let table = file.bytes_at(u64::from(at) + 24 + optional, count * 40).ok()?;
        let section = |row: &[u8]| {
            Some([u32_le(row, 12)?, u32_le(row, 8)?, u32_le(row, 20)?, u32_le(row, 16)?])
        };
        let sections = table.chunks_exact(40).filter_map(section).collect();
        Some(Self { machine, sections, resources })
    }

    /// Where an address in memory stands in the file.
    fn offset(&self, address: u32) -> Option<u64> {
        self.sections.iter().find_map(|[start, in_memory, offset, in_file]| {
            let inside = address.checked_sub(*start)?;
            let fits = inside < *in_memory.max(in_file) && inside < *in_file;
            fits.then(|| u64::from(*offset) + u64::from(inside))
        })
    }
}

/// The bytes of the version resource: type, name, language, and the first of each.
fn resource(file: &mut dyn ReadAt, headers: &Headers) -> io::Result<Option<Vec<u8>>> {
    let Some(root) = headers.offset(headers.resources).filter(|_| headers.resources != 0) else {
        return Ok(None);
    };
    let Some(names) = entry(file, root, 0, Some(RT_VERSION))? else { return Ok(None) };
    let Some(languages) = folder_entry(file, root, names)? else { return Ok(None) };
    let Some(data) = folder_entry(file, root, languages)? else { return Ok(None) };
    if data & FOLDER != 0 {
        return Ok(None);
    }
    let about = file.bytes_at(root + u64::from(data), 16)?;
    let (Some(address), Some(size)) = (u32_le(&about, 0), u32_le(&about, 4)) else {
        return Ok(None);
    };
    let Some(offset) = headers.offset(address) else { return Ok(None) };
    let size = usize::try_from(size).unwrap_or(usize::MAX).min(LARGEST_RESOURCE);
    file.bytes_at(offset, size).map(Some)
}

/// The bit that tells a folder from data.
const FOLDER: u32 = 0x8000_0000;

/// The first entry of a folder.
fn folder_entry(file: &mut dyn ReadAt, root: u64, folder: u32) -> io::Result<Option<u32>> {
    match folder & FOLDER {
        0 => Ok(None),
        _ => entry(file, root, folder & !FOLDER, None),
    }
}

/// What an entry of a folder points to: the one with this id, or the first.
fn entry(
    file: &mut dyn ReadAt,
    root: u64,
    folder: u32,
    id: Option<u32>,
) -> io::Result<Option<u32>> {
    let at = root + u64::from(folder);
    let head = file.bytes_at(at, 16)?;
    let (Some(named), Some(numbered)) = (u16_le(&head, 12), u16_le(&head, 14)) else {
        return Ok(None);
    };
    let count = (usize::from(named) + usize::from(numbered)).min(MOST_ENTRIES);
    let entries = file.bytes_at(at + 16, count * 8)?;
    let mut rows = entries.chunks_exact(8);
    let found = rows.find(|row| id.is_none() || u32_le(row, 0) == id);
    Ok(found.and_then(|row| u32_le(row, 4)))
}

/// The strings and numbers of a version resource.
pub fn parse(bytes: &[u8]) -> PeVersion {
    let mut version = PeVersion::default();
    let Some(root) = Structure::at(bytes, 0) else { return version };
    if let Some([file, product]) = fixed(root.value) {
        (version.file, version.product) = (Some(file), Some(product));
    }
    let mut left = MOST_STRUCTURES;
    for info in root.children(&mut left) {
        if info.key != "StringFileInfo" {
            continue;
        }
        for table in info.children(&mut left) {
            for string in table.children(&mut left) {
                string.add_to(&mut version.strings);
            }
        }
    }
    version
}

/// `VS_FIXEDFILEINFO`: file and product version, high halves first.
fn fixed(value: &[u8]) -> Option<[[u16; 4]; 2]> {
    if u32_le(value, 0)? != 0xfeef_04bd {
        return None;
    }
    let version = |at: usize| {
        Some([
            u16_le(value, at + 2)?,
            u16_le(value, at)?,
            u16_le(value, at + 6)?,
            u16_le(value, at + 4)?,
        ])
    };
    Some([version(8)?, version(16)?])
}

/// One structure: length, value, name, then children; each aligned to four bytes.
struct Structure<'a> {
    key: String,
    value: &'a [u8],
    children: &'a [u8],
    is_text: bool,
}

impl<'a> Structure<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let bytes = bytes.get(at..)?;
        let length = usize::from(u16_le(bytes, 0)?);
        let bytes = bytes.get(..length.min(bytes.len())).filter(|bytes| bytes.len() >= 6)?;
        let is_text = u16_le(bytes, 4)? == 1;
        let value_length = usize::from(u16_le(bytes, 2)?);
        let value_length = if is_text { value_length * 2 } else { value_length };
        let key_units = units(&bytes[6..]).take_while(|unit| *unit != 0).take(64).count();
        let key = utf16(units(&bytes[6..]), 64);
        let value_at = aligned(6 + (key_units + 1) * 2);
        let value_end = value_at.saturating_add(value_length).min(bytes.len());
        let value = bytes.get(value_at..value_end).unwrap_or(&[]);
        let children = bytes.get(aligned(value_end)..).unwrap_or(&[]);
        Some(Self { key, value, children, is_text })
    }

    /// The structures inside; `left` bounds how many are looked at in all.
    fn children(&self, left: &mut usize) -> Vec<Structure<'a>> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(length) = u16_le(self.children, at).map(usize::from) {
            if length < 6 || *left == 0 {
                break;
            }
            *left -= 1;
            found.extend(Structure::at(self.children, at));
            at = aligned(at + length);
        }
        found
    }

    /// A wanted string. Some compilers count its length in bytes, not in characters, and
    /// some leave its type at binary: the text ends at its first zero.
    fn add_to(&self, strings: &mut BTreeMap<String, String>) {
        if !WANTED.contains(&self.key.as_str()) {
            return;
        }
        let value = if self.value.is_empty() && !self.is_text { self.children } else { self.value };
        let text = one_line(&utf16(units(value), LONGEST_VALUE));
        if !text.is_empty() {
            strings.entry(self.key.clone()).or_insert(text);
        }
    }
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

fn aligned(at: usize) -> usize {
    at.saturating_add(3) & !3
}

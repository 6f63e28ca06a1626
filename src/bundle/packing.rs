//! Whether the text of a file can be seen at all.
//!
//! What is packed or a picture passes every search for text unseen, and what cannot be
//! searched cannot be redacted. Such a file is told by its first bytes: gzip is unpacked on
//! the way in, everything else is refused, and the audit refuses both.

/// How a file's text is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As text, or as data that holds it as it is.
    Plain,
    /// As one or more members of gzip (RFC 1952).
    Gzip,
    /// In a way that this program cannot look through; says which.
    Hidden(&'static str),
}

/// How many bytes of a file's start are enough to tell.
pub const START: usize = 20;

/// First bytes of files that hide their text, from the documents of each format.
const HIDDEN: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "a zip archive, or a document that is one"),
    (b"PK\x05\x06", "a zip archive, or a document that is one"),
    (b"\xfd7zXZ\0", "packed by xz"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd"),
    (b"\x04\x22\x4d\x18", "packed by lz4"),
    (b"BZh", "packed by bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"MSCF\0\0\0\0", "a cabinet"),
    (b"%PDF-", "a PDF document"),
    (b"LPKSHHRH", "a journal file; `journalctl -o short-iso` prints it as text"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"age-encryption.org/", "an encrypted file"),
];

impl Packing {
    /// Tells by the first bytes of a file.
    pub fn of(start: &[u8]) -> Self {
        if start.starts_with(b"\x1f\x8b\x08") {
            return Self::Gzip;
        }
        let hidden = HIDDEN.iter().find(|(first, _)| start.starts_with(first));
        hidden.map_or(Self::Plain, |(_, what)| Self::Hidden(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_files_are_told_from_text() {
        assert_eq!(Packing::of(b"\x1f\x8b\x08\x00"), Packing::Gzip);
        for text in [b"".as_slice(), b"PK", b"BZ", b"Nov 22 08:14:03 pc kernel: x", b"\xff\xfeN\0"]
        {
            assert_eq!(Packing::of(text), Packing::Plain, "{text:?}");
        }
        for (first, what) in HIDDEN {
            assert_eq!(Packing::of(first), Packing::Hidden(what));
            assert!(first.len() <= START);
        }
    }
}

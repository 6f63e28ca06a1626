//! Little-endian fields of zip records (APPNOTE.TXT 6.3.10, §4.3).

/// Reads fields one after the other; past the end everything is `None`.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

/// The end of central directory record, without a comment.
pub(super) struct End {
    pub(super) count: u16,
    pub(super) directory_bytes: u32,
    pub(super) directory_at: u32,
}

impl End {
    pub(super) const LENGTH: usize = 22;

    /// `None` when the record is another one, spans several parts, or has a comment.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::new(bytes);
        let signature = fields.take(4)? == b"PK\x05\x06";
        let parts = (fields.u16()?, fields.u16()?);
        let (here, count) = (fields.u16()?, fields.u16()?);
        let (directory_bytes, directory_at) = (fields.u32()?, fields.u32()?);
        let comment = fields.u16()?;
        let plain = signature && parts == (0, 0) && here == count && comment == 0;
        (plain && fields.is_empty()).then_some(Self { count, directory_bytes, directory_at })
    }
}

/// What both headers of an entry say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) packed: u32,
    pub(super) size: u32,
    pub(super) name: Vec<u8>,
}

/// The central header: the common part, and what only it has.
pub(super) struct Central {
    pub(super) header: Header,
    pub(super) extra: Vec<u8>,
    pub(super) attributes: u32,
    pub(super) offset: u32,
}

/// Reads one central header.
pub(super) fn central(fields: &mut Fields<'_>) -> Option<Central> {
    let signature = fields.take(4)?;
    let _made_by = fields.u16()?;
    let _needed = fields.u16()?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    let _time_and_date = fields.u32()?;
    let (crc, packed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (part, _internal) = (fields.u16()?, fields.u16()?);
    let (attributes, offset) = (fields.u32()?, fields.u32()?);
    let name = fields.take(name.into())?.to_vec();
    let extra = fields.take(extra.into())?.to_vec();
    if signature != b"PK\x01\x02" || comment != 0 || part != 0 {
        return None;
    }
    let header = Header { flags, method, crc, packed, size, name };
    Some(Central { header, extra, attributes, offset })
}

/// The fixed part of a local header; the lengths of name and extra field follow it.
pub(super) const LOCAL_LENGTH: usize = 30;

/// Reads the fixed part of a local header: the common part without the name, the length
/// of the name, the length of the extra field.
pub(super) fn local(bytes: &[u8]) -> Option<(Header, u16, u16)> {
    let mut fields = Fields::new(bytes);
    let signature = fields.take(4)?;
    let _needed = fields.u16()?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    let _time_and_date = fields.u32()?;
    let (crc, packed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let (name, extra) = (fields.u16()?, fields.u16()?);
    let header = Header { flags, method, crc, packed, size, name: Vec::new() };
    (signature == b"PK\x03\x04").then_some((header, name, extra))
}

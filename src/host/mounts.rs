//! The mount table: which device is mounted where.

use super::root::Root;

/// One line of the mount table that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Device number `major:minor`.
    pub device: String,
    /// Device node, e.g. `/dev/sdb1`.
    pub source: String,
    /// Where it is mounted.
    pub target: String,
    /// File system type.
    pub filesystem: String,
}

/// A mount table longer than this is cut; container hosts have thousands of lines.
const LONGEST: usize = 4 * 1024 * 1024;

/// Reads one line of a table.
type Line = fn(&str) -> Option<Mount>;

/// Where the table is, and how its lines are read; the one that tells most first.
const PLACES: [(&str, Line); 5] = [
    ("proc/self/mountinfo", mountinfo_line),
    ("proc/1/mountinfo", mountinfo_line),
    ("proc/self/mounts", mounts_line),
    ("proc/mounts", mounts_line),
    ("etc/mtab", mounts_line),
];

/// Reads the mount table; empty when there is none.
pub(super) fn read(root: &Root) -> Vec<Mount> {
    let Some((text, line)) = find(root) else { return Vec::new() };
    text.lines().filter_map(line).collect()
}

/// The mount table as the machine has it, in one of two formats; `None` when there is none.
pub fn table(root: &Root) -> Option<String> {
    find(root).map(|(text, _)| text)
}

fn find(root: &Root) -> Option<(String, Line)> {
    PLACES.iter().find_map(|(path, line)| Some((root.text(path, LONGEST).ok()?, *line)))
}

/// Reads a table in the format of `/proc/self/mountinfo`; lines that are none are left out.
pub fn parse(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mountinfo_line).collect()
}

/// `36 35 8:16 / /media/x rw,nosuid shared:1 - vfat /dev/sdb rw` (proc(5)).
fn mountinfo_line(line: &str) -> Option<Mount> {
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ');
    let device = left.nth(2)?.to_owned();
    let target = unescape(left.nth(1)?);
    let mut right = right.split(' ');
    let filesystem = right.next()?.to_owned();
    let source = unescape(right.next()?);
    Some(Mount { device, source, target, filesystem })
}

/// `/dev/sdb /media/x vfat rw,nosuid 0 0` (fstab(5)).
fn mounts_line(line: &str) -> Option<Mount> {
    let mut fields = line.split(' ');
    let source = unescape(fields.next()?);
    let target = unescape(fields.next()?);
    let filesystem = fields.next()?.to_owned();
    Some(Mount { device: String::new(), source, target, filesystem })
}

/// Space, tab, line break and backslash are written as three octal digits.
pub(super) fn unescape(text: &str) -> String {
    unescape_with(text, |rest| {
        let digits = rest.get(..3)?;
        let ok = digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
        ok.then(|| u8::from_str_radix(digits, 8).ok()).flatten().map(|byte| (byte, 3))
    })
}

/// Replaces `\` followed by a code that `decode` knows by the byte it stands for.
pub(super) fn unescape_with(text: &str, decode: impl Fn(&str) -> Option<(u8, usize)>) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        match decode(rest) {
            Some((byte, length)) => {
                bytes.push(byte);
                rest = &rest[length..];
            }
            None => bytes.push(b'\\'),
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_give_the_same_mount() {
        let info = r"36 35 8:16 / /media/al\040ice rw,nosuid shared:1 master:2 - vfat /dev/sdb rw";
        let info = mountinfo_line(info).unwrap();
        assert_eq!((info.device.as_str(), info.target.as_str()), ("8:16", "/media/al ice"));
        let mounts = mounts_line(r"/dev/sdb /media/al\040ice vfat rw,nosuid 0 0").unwrap();
        assert_eq!(mounts.target, info.target);
        assert_eq!((mounts.source, mounts.filesystem), (info.source, info.filesystem));
    }

    #[test]
    fn the_table_is_found_where_a_tree_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let root = Root::at(dir.path());
        assert_eq!((table(&root), read(&root)), (None, vec![]));
        std::fs::create_dir(dir.path().join("etc")).unwrap();
        std::fs::write(dir.path().join("etc/mtab"), "/dev/sdb /media/x vfat rw 0 0\n").unwrap();
        assert_eq!(table(&root).as_deref(), Some("/dev/sdb /media/x vfat rw 0 0\n"));
        assert_eq!(read(&root)[0].target, "/media/x");
    }

    #[test]
    fn escapes_are_undone_and_broken_ones_kept() {
        assert_eq!(unescape(r"a\134b\011c\04"), "a\\b\tc\\04");
        assert_eq!(unescape(r"\303\274\"), "ü\\");
        assert_eq!(unescape(r"\999"), r"\999");
    }

    #[test]
    fn short_lines_are_skipped() {
        for line in ["", "36 35 8:16", "36 35 8:16 / /x rw -", " - "] {
            assert_eq!(mountinfo_line(line), None, "{line}");
        }
    }
}

//! Files below a root folder: `/` on a live machine, any folder for a recorded one.
//!
//! Below another root than `/`, symbolic links are resolved as if the root were `/`, so a
//! hostile tree cannot lead out of it. Reads are bounded, and never block: a named pipe in
//! the tree is opened without waiting for a writer.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Attributes in sysfs are at most a page; text files such as `mountinfo` can be longer.
const ATTRIBUTE: usize = 4096;

/// Where the kernel publishes its devices.
const SYSFS: &str = "/sys";

/// Links followed before a path counts as a loop, as in the kernel.
const MOST_LINKS: u32 = 40;

/// A folder that stands for `/`.
#[derive(Clone, Debug)]
pub struct Root {
    base: PathBuf,
}

/// A folder below a root, already resolved: no component of its path is a link.
#[derive(Clone, Debug)]
pub struct Dir {
    root: Root,
    path: PathBuf,
}

impl Root {
    /// The live machine's `/`.
    pub fn live() -> Self {
        Self { base: PathBuf::from("/") }
    }

    /// Another folder as root.
    pub fn at(base: impl Into<PathBuf>) -> Self {
        let base: PathBuf = base.into();
        // Links inside the tree are compared with the real base.
        Self { base: fs::canonicalize(&base).unwrap_or(base) }
    }

    /// Whether this is the live machine.
    pub fn is_live(&self) -> bool {
        self.base == Path::new("/")
    }

    /// A folder below the root; an error when it is missing or not a folder.
    pub fn dir(&self, path: &str) -> io::Result<Dir> {
        let path = self.resolve(&self.base.join(path))?;
        if !fs::metadata(&path)?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder"));
        }
        Ok(Dir { root: self.clone(), path })
    }

    /// Reads a file below the root as text, at most `most` bytes of it.
    pub fn text(&self, path: &str, most: usize) -> io::Result<String> {
        Ok(as_text(self.bytes(path, most)?))
    }

    /// Reads a file below the root, at most `most` bytes of it.
    pub fn bytes(&self, path: &str, most: usize) -> io::Result<Vec<u8>> {
        read_whole(&mut self.open(path)?, most)
    }

    /// Opens a file below the root for reading, without waiting and without following a
    /// link out of the root.
    pub fn open(&self, path: &str) -> io::Result<File> {
        open(&self.resolve(&self.base.join(path))?)
    }

    /// Where a path below the root really is, for a program that reads it itself.
    pub fn real(&self, path: &str) -> io::Result<PathBuf> {
        self.resolve(&self.base.join(path))
    }

    /// Where a path below the root lies, for writing there: links are followed inside the
    /// root, and what does not exist yet stays as it is named.
    pub fn place(&self, path: &str) -> io::Result<PathBuf> {
        let mut names = Path::new(path).components();
        let mut missing = Vec::new();
        loop {
            match self.resolve(&self.base.join(names.as_path())) {
                Ok(at) => return Ok(missing.iter().rev().fold(at, |at, name| at.join(name))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            // A link to nowhere is no place to write to.
            match names.next_back() {
                Some(Component::Normal(name)) => missing.push(name.to_owned()),
                _ => return Err(io::Error::from(io::ErrorKind::NotFound)),
            }
            let parent = self.base.join(names.as_path());
            let last = missing.last().map(|name| parent.join(name));
            if last.is_some_and(|path| path.is_symlink()) {
                return Err(io::Error::other("a link to nowhere is in the way"));
            }
        }
    }

    /// The path of a resolved file as the machine itself would name it.
    fn inner<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.base).unwrap_or(path)
    }

    /// Follows all links of `path`, which starts with the base.
    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        if self.is_live() {
            return fs::canonicalize(path);
        }
        let rest = self.inner(path).to_owned();
        let mut links = 0;
        self.walk(self.base.clone(), &rest, &mut links)
    }

    fn walk(&self, mut at: PathBuf, rest: &Path, links: &mut u32) -> io::Result<PathBuf> {
        for component in rest.components() {
            match component {
                Component::Prefix(_) | Component::RootDir => at.clone_from(&self.base),
                Component::CurDir => {}
                Component::ParentDir => {
                    if at != self.base {
                        at.pop();
                    }
                }
                Component::Normal(name) => at = self.step(at, name.as_ref(), links)?,
            }
        }
        Ok(at)
    }

    fn step(&self, at: PathBuf, name: &Path, links: &mut u32) -> io::Result<PathBuf> {
        let next = at.join(name);
        if !fs::symlink_metadata(&next)?.is_symlink() {
            return Ok(next);
        }
        *links += 1;
        if *links > MOST_LINKS {
            return Err(io::Error::other("too many symbolic links"));
        }
        let target = fs::read_link(&next)?;
        self.walk(at, &target, links)
    }
}

impl Dir {
    /// A folder in it; links are followed inside the root.
    pub fn dir(&self, name: &str) -> io::Result<Dir> {
        let path = self.path.join(name);
        let path = match self.root.is_live() && self.path.starts_with(SYSFS) {
            true => sysfs_target(&self.path, path)?,
            false => self.root.resolve(&path)?,
        };
        Ok(Self { root: self.root.clone(), path })
    }

    /// A folder in it that is no link on a live machine: the kernel made it, or somebody has
    /// looked. In a tree of files anything can be a link, which is followed inside the root.
    pub fn plain_dir(&self, name: &str) -> io::Result<Dir> {
        let path = self.path.join(name);
        let path = if self.root.is_live() { path } else { self.root.resolve(&path)? };
        Ok(Self { root: self.root.clone(), path })
    }

    /// Whether `name` is a folder in it and not a link.
    pub fn is_plain_dir(&self, name: &str) -> bool {
        fs::symlink_metadata(self.path.join(name)).is_ok_and(|about| about.is_dir())
    }

    /// The length of a regular file in it; `None` for a link or anything else.
    pub fn plain_file_size(&self, name: &str) -> Option<u64> {
        let about = fs::symlink_metadata(self.path.join(name)).ok()?;
        about.is_file().then_some(about.len())
    }

    /// Opens a regular file in it; an error for a link or anything else.
    pub fn open_plain(&self, name: &str) -> io::Result<File> {
        let file = open_with(&self.path.join(name), Links::Refused)?;
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::other("not a regular file")),
        }
    }

    /// Names in the folder, in order; names that are not UTF-8 are left out, since no
    /// kernel interface read here has such names.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = fs::read_dir(&self.path)?
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        Ok(names)
    }

    /// Reads an attribute: one page at most, without the final line break.
    pub fn attribute(&self, name: &str) -> io::Result<String> {
        let bytes = match self.root.is_live() {
            true => read_page(&mut open(&self.path.join(name))?)?,
            false => self.bytes(name, ATTRIBUTE)?,
        };
        let text = as_text(bytes);
        Ok(text.trim_end_matches(['\n', '\0']).to_owned())
    }

    /// Reads a file, at most `most` bytes of it.
    pub fn bytes(&self, name: &str, most: usize) -> io::Result<Vec<u8>> {
        let path = self.path.join(name);
        let path = if self.root.is_live() { path } else { self.root.resolve(&path)? };
        read_whole(&mut open(&path)?, most)
    }

    /// The last component of what a link in the folder points to, e.g. a driver's name.
    pub fn link_name(&self, name: &str) -> Option<String> {
        let target = fs::read_link(self.path.join(name)).ok()?;
        Some(target.file_name()?.to_str()?.to_owned())
    }

    /// Whether the folder lies below `other`.
    pub fn is_below(&self, other: &Dir) -> bool {
        self.path.starts_with(&other.path)
    }

    /// The path as the machine itself would name it, for messages.
    pub fn display(&self) -> String {
        format!("/{}", self.root.inner(&self.path).display())
    }
}

/// Bytes as text; they are copied only where they are none.
fn as_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn open(path: &Path) -> io::Result<File> {
    open_with(path, Links::Followed)
}

/// What becomes of a link in the place of a file.
#[derive(PartialEq, Eq)]
enum Links {
    Followed,
    Refused,
}

#[cfg(unix)]
fn open_with(path: &Path, links: Links) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    flags.set(rustix::fs::OFlags::NOFOLLOW, links == Links::Refused);
    #[expect(clippy::cast_possible_wrap, reason = "the flags' own type is unsigned")]
    OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(path)
}

#[cfg(not(unix))]
fn open_with(path: &Path, links: Links) -> io::Result<File> {
    if links == Links::Refused && fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("a link"));
    }
    OpenOptions::new().read(true).open(path)
}

/// Where a folder of sysfs really is. Its links are relative, and point to a folder without a
/// link on the way, so that one look at the link is enough; `canonicalize` looks at every part of
/// the path, which makes up half the time that a large bus takes.
fn sysfs_target(parent: &Path, path: PathBuf) -> io::Result<PathBuf> {
    let Ok(target) = fs::read_link(&path) else {
        return fs::symlink_metadata(&path).map(|_| path);
    };
    let mut at = parent.to_owned();
    for component in target.components() {
        match component {
            Component::ParentDir => {
                at.pop();
            }
            Component::Normal(name) => at.push(name),
            _ => return fs::canonicalize(&path),
        }
    }
    // A device unplugged meanwhile leaves a link to nowhere.
    fs::symlink_metadata(&at).map(|_| at)
}

/// What the kernel answers to one read, which is the whole attribute.
fn read_page(file: &mut File) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; ATTRIBUTE];
    loop {
        match file.read(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => {
                bytes.truncate(read?);
                return Ok(bytes);
            }
        }
    }
}

fn read_whole(file: &mut File, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most.min(ATTRIBUTE));
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    #![expect(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::symlink;

    fn tree() -> (tempfile::TempDir, Root) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("sys/a")).unwrap();
        fs::write(dir.path().join("sys/a/attr"), "in\n").unwrap();
        let root = Root::at(dir.path());
        (dir, root)
    }

    #[test]
    fn absolute_links_stay_inside_the_root() {
        let (dir, root) = tree();
        symlink("/sys/a", dir.path().join("sys/abs")).unwrap();
        symlink("/etc", dir.path().join("out")).unwrap();
        symlink("../../../../../../etc/passwd", dir.path().join("sys/up")).unwrap();
        assert_eq!(root.dir("sys/abs").unwrap().attribute("attr").unwrap(), "in");
        assert!(root.text("out/passwd", 100).is_err());
        assert!(root.text("sys/up", 100).is_err());
    }

    #[test]
    fn folders_that_are_no_links_elsewhere_stay_inside_the_root_as_links() {
        let (dir, root) = tree();
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir(outside.path().join("target0:0:0")).unwrap();
        symlink(outside.path(), dir.path().join("sys/a/host0")).unwrap();
        symlink("/sys", dir.path().join("sys/a/host1")).unwrap();
        let device = root.dir("sys/a").unwrap();
        assert!(device.plain_dir("host0").and_then(|host| host.names()).is_err());
        assert_eq!(device.plain_dir("host1").unwrap().names().unwrap(), ["a"]);
    }

    #[test]
    fn what_is_no_text_is_shown_as_far_as_it_is() {
        assert_eq!(as_text(b"a\xffb".to_vec()), "a\u{fffd}b");
    }

    #[test]
    fn link_loops_and_pipes_end() {
        let (dir, root) = tree();
        symlink("loop", dir.path().join("loop")).unwrap();
        assert!(root.text("loop", 10).is_err());
        let pipe = dir.path().join("sys/a/pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR).unwrap();
        assert_eq!(root.dir("sys/a").unwrap().attribute("pipe").unwrap(), "");
    }

    /// As sysfs lists a device: a relative link beside the folder that it leads to.
    #[test]
    fn one_look_at_a_link_of_sysfs_finds_what_following_it_finds() {
        let dir = tempfile::tempdir().unwrap();
        let base = fs::canonicalize(dir.path()).unwrap();
        let bus = base.join("bus/usb/devices");
        fs::create_dir_all(&bus).unwrap();
        fs::create_dir_all(base.join("devices/pci0/usb1/1-1/1-1:1.0")).unwrap();
        symlink("../../../devices/pci0/usb1/1-1", bus.join("1-1")).unwrap();
        symlink("../../../devices/pci0/usb1/1-2", bus.join("1-2")).unwrap();
        let device = sysfs_target(&bus, bus.join("1-1")).unwrap();
        assert_eq!(device, fs::canonicalize(bus.join("1-1")).unwrap());
        let interface = device.join("1-1:1.0");
        assert_eq!(sysfs_target(&device, interface.clone()).unwrap(), interface);
        let gone = sysfs_target(&bus, bus.join("1-2")).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        let never = sysfs_target(&bus, bus.join("1-3")).unwrap_err();
        assert_eq!(never.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn reads_are_bounded() {
        let (dir, root) = tree();
        fs::write(dir.path().join("big"), vec![b'x'; 100_000]).unwrap();
        assert_eq!(root.bytes("big", 1000).unwrap().len(), 1000);
        assert_eq!(root.dir(".").unwrap().attribute("big").unwrap().len(), ATTRIBUTE);
    }
}

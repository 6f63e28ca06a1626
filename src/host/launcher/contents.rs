//! A launcher as a whole: which files it has, what they state about their version.

use std::fs::File;
use std::io;

use super::bytes::ReadAt;
use super::{iso9660, mounted, pe_version, text_files, udf};
use crate::host::Root;

/// A text file larger than this states no version.
const LARGEST_TEXT: usize = 256 * 1024;

/// Programs whose version is read; a launcher has one or two, and some tools.
const MOST_PROGRAMS: usize = 40;

/// Where a launcher is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Folder where it is mounted, as the machine names it.
    pub mount: Option<String>,
    /// Its device node, e.g. `/dev/sr0`.
    pub node: Option<String>,
}

/// Why a launcher cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LauncherError {
    /// It is mounted nowhere and has no node.
    #[error("it is not mounted, and the system shows no device node of it")]
    Nowhere,
    /// What stands there is not the CD.
    #[error("{0} is not the CD any more")]
    Other(String),
    /// There is neither ISO 9660 nor UDF on it.
    #[error("{0} holds neither an ISO 9660 nor a UDF volume")]
    NoVolume(String),
    /// It cannot be read.
    #[error("{place}: {source}")]
    Io {
        /// Folder or node.
        place: String,
        /// Why.
        source: io::Error,
    },
}

/// A launcher that has been opened and listed.
pub struct Launcher {
    /// Folder or node it is read from.
    pub place: String,
    /// The label on the medium itself; `None` when it was read from its mount.
    pub label: Option<String>,
    /// Its files, in the order of their paths.
    pub files: Vec<LauncherFile>,
    /// Whether there is more than is listed.
    pub incomplete: bool,
    source: Source,
}

/// A file of a launcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LauncherFile {
    /// Path from the root of the medium.
    pub path: String,
    /// Its length in bytes.
    pub size: u64,
    parts: Vec<(u64, u32)>,
}

/// Where the bytes of files come from.
enum Source {
    Mounted(mounted::Mounted),
    Node(File),
}

/// A version, and the file and field that state it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// The version, as the vendor writes it.
    pub version: String,
    /// What states it, e.g. `ProductVersion of Unlocker.exe on the launcher CD`.
    pub from: String,
}

impl Launcher {
    /// Opens and lists a launcher: where it is mounted, or else by its node.
    pub fn open(root: &Root, place: &Place) -> Result<Self, LauncherError> {
        if let Some(folder) = &place.mount {
            return mounted::open(root, folder, place.node.as_deref());
        }
        let node = place.node.as_deref().ok_or(LauncherError::Nowhere)?;
        Self::from_node(root, node)
    }

    fn from_node(root: &Root, node: &str) -> Result<Self, LauncherError> {
        let fail = |source| LauncherError::Io { place: node.to_owned(), source };
        let mut file = root.open(node.trim_start_matches('/')).map_err(fail)?;
        if !is_cd(root, node, &file).map_err(fail)? {
            return Err(LauncherError::Other(node.to_owned()));
        }
        let volume = match iso9660::read(&mut file).map_err(fail)? {
            Some(volume) => Some(volume),
            None => udf::read(&mut file).map_err(fail)?,
        };
        let volume = volume.ok_or_else(|| LauncherError::NoVolume(node.to_owned()))?;
        let files = volume.files.into_iter();
        Ok(Self {
            place: node.to_owned(),
            label: volume.label,
            files: files
                .map(|f| LauncherFile { path: f.path, size: f.size, parts: f.parts })
                .collect(),
            incomplete: volume.incomplete,
            source: Source::Node(file),
        })
    }

    /// A launcher that is mounted.
    pub(super) fn mounted(
        place: &str,
        files: Vec<(String, u64)>,
        incomplete: bool,
        source: mounted::Mounted,
    ) -> Self {
        let files = files.into_iter();
        Self {
            place: place.to_owned(),
            label: None,
            files: files
                .map(|(path, size)| LauncherFile { path, size, parts: Vec::new() })
                .collect(),
            incomplete,
            source: Source::Mounted(source),
        }
    }

    /// Opens a file of it for reading at any place.
    pub fn open_file(&self, file: &LauncherFile) -> io::Result<Box<dyn ReadAt>> {
        Ok(match &self.source {
            Source::Mounted(mounted) => Box::new(mounted.open(&file.path)?),
            Source::Node(node) => {
                Box::new(Parts { medium: node.try_clone()?, parts: file.parts.clone() })
            }
        })
    }

    /// What a Windows program says about itself; `None` when the file is none.
    pub fn program(&self, file: &LauncherFile) -> Option<pe_version::PeVersion> {
        pe_version::read(self.open_file(file).ok()?.as_mut()).ok()?
    }

    /// The lines of readme files that name a version: `(path, line)`.
    pub fn readmes(&self) -> Vec<(String, String)> {
        let is_readme = |file: &&LauncherFile| {
            let name = file.path.rsplit('/').next().unwrap_or("").to_ascii_lowercase();
            name.contains("readme") && !name.ends_with(".exe")
        };
        let lines = self.files.iter().filter(is_readme).filter_map(|file| {
            Some((file.path.clone(), text_files::readme_version(&self.text(file)?)?))
        });
        lines.take(10).collect()
    }

    /// The one version of the launcher's software, if the medium states exactly one: that of
    /// the program that starts by itself, or that on which all programs at the top agree.
    pub fn software(&self) -> Option<Stated> {
        let top = |path: &str| !path.contains('/');
        let started = self.files.iter().find(|file| file.path.eq_ignore_ascii_case("autorun.inf"));
        let started = started.and_then(|file| text_files::autorun_program(&self.text(file)?));
        if let Some(program) = started
            && let Some(file) = self.files.iter().find(|f| f.path.eq_ignore_ascii_case(&program))
            && let Some((version, field)) = self.program(file).and_then(|program| program.stated())
        {
            return Some(from(&file.path, field, version));
        }
        let programs = self.files.iter().filter(|f| top(&f.path) && ends_with(&f.path, ".exe"));
        let mut stated = programs.take(MOST_PROGRAMS).filter_map(|file| {
            let (version, field) = self.program(file)?.stated()?;
            Some(from(&file.path, field, version))
        });
        if let Some(first) = stated.next() {
            return stated.all(|other| other.version == first.version).then_some(first);
        }
        let bundles = self.files.iter().filter(|file| {
            ends_with(&file.path, ".app/contents/info.plist") && file.path.matches('/').count() == 2
        });
        let mut stated = bundles.filter_map(|file| {
            let version = text_files::plist_version(&self.text(file)?)?;
            Some(from(&file.path, "bundle version", version))
        });
        let first = stated.next()?;
        stated.all(|other| other.version == first.version).then_some(first)
    }

    fn text(&self, file: &LauncherFile) -> Option<Vec<u8>> {
        if file.size > LARGEST_TEXT as u64 {
            return None;
        }
        self.open_file(file).ok()?.bytes_at(0, LARGEST_TEXT).ok()
    }
}

fn from(path: &str, field: &str, version: String) -> Stated {
    Stated { version, from: format!("{field} of {path} on the launcher CD") }
}

fn ends_with(path: &str, ending: &str) -> bool {
    let start = path.len().checked_sub(ending.len());
    start.and_then(|at| path.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// A file on a medium: its parts, one after the other.
struct Parts {
    medium: File,
    parts: Vec<(u64, u32)>,
}

impl ReadAt for Parts {
    fn read_at(&mut self, mut offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        for (start, length) in &self.parts {
            let length = u64::from(*length);
            if offset >= length {
                offset -= length;
                continue;
            }
            let wanted = (buffer.len() - filled) as u64;
            let most = usize::try_from(wanted.min(length - offset)).unwrap_or(0);
            let place = start.saturating_add(offset);
            let count = self.medium.read_at(place, &mut buffer[filled..filled + most])?;
            filled += count;
            if count < most || filled == buffer.len() {
                break;
            }
            offset = 0;
        }
        Ok(filled)
    }
}

/// Whether an opened node is the block device that sysfs shows under its name, and
/// read-only; in a recorded tree an image of it.
#[cfg(unix)]
fn is_cd(root: &Root, node: &str, file: &File) -> io::Result<bool> {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};
    let about = file.metadata()?;
    if !root.is_live() {
        return Ok(about.is_file());
    }
    Ok(about.file_type().is_block_device()
        && number(root, node).is_some_and(|number| number == device_number(about.rdev())))
}

#[cfg(not(unix))]
fn is_cd(root: &Root, _node: &str, file: &File) -> io::Result<bool> {
    Ok(!root.is_live() && file.metadata()?.is_file())
}

/// The device number that sysfs gives for a node, `11:0`.
pub(super) fn number(root: &Root, node: &str) -> Option<String> {
    let name = node.strip_prefix("/dev/")?;
    Some(root.dir(&format!("sys/block/{name}")).ok()?.attribute("dev").ok()?.trim().to_owned())
}

/// `major:minor` of a number as stat(2) gives it.
#[cfg(unix)]
pub(super) fn device_number(number: u64) -> String {
    format!("{}:{}", rustix::fs::major(number), rustix::fs::minor(number))
}

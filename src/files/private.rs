//! Files only their owner can read, written so that a crash leaves the old or the new.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Creates a folder and its missing parents; only the owner may enter.
pub(crate) fn create_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir)
}

/// Creates a folder under a name of its own in `dir`; only the owner may enter.
pub(crate) fn create_unnamed_dir(dir: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    #[cfg(unix)]
    builder.permissions(permissions);
    builder.tempdir_in(dir)
}

/// Writes a file as a whole: aside, to disk, in place, and the place to disk.
pub(crate) fn replace(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    write(dir, name, bytes)?;
    sync_dir(dir)
}

/// Writes a file as a whole; its place is on disk only after [`sync_dir`].
pub(crate) fn write(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    // Temporary files are created for their owner only.
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(dir.join(name)).map_err(|error| error.error)?;
    Ok(())
}

/// Makes renames within a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Folders can be opened as files, and need it, on Unix only.
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

/// Makes renames within a folder durable where its file system can. For a file that is on
/// disk already and whose name can be given again: losing that in a power cut is not worth an
/// error, and some file systems refuse.
pub(crate) fn sync_dir_if_possible(dir: &Path) {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let _ = sync_dir(dir);
}

/// Who besides the owner can read an open file: `None` when nobody, or when the system
/// does not say it in permission bits.
pub(crate) fn readable_by_others(file: &File) -> io::Result<Option<u32>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = file.metadata()?.mode() & 0o777;
        Ok((mode & 0o077 != 0).then_some(mode))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Ok(None)
    }
}

/// Opens a file for reading, not through a symbolic link at its end.
pub(crate) fn open_no_link(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_is_whole_and_leaves_nothing_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        create_dir(&folder).unwrap();
        for content in ["one", "longer than one"] {
            replace(&folder, "name", content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(folder.join("name")).unwrap(), content);
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(replace(&dir.path().join("none"), "name", b"").is_err());
        sync_dir_if_possible(&dir.path().join("none"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a");
        create_dir(&folder).unwrap();
        replace(&folder, "name", b"x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("name"))), (0o700, 0o600));
        let file = File::open(folder.join("name")).unwrap();
        assert_eq!(readable_by_others(&file).unwrap(), None);
    }
}

//! A machine's files below a folder in memory.

use std::fs;
use std::path::{Path, PathBuf};

use keycase::host::Root;

/// A folder that is written anew for each input.
pub struct Tree {
    folder: PathBuf,
}

impl Tree {
    /// An empty folder, in memory where there is such a place.
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.into() } else { std::env::temp_dir() };
        let folder = base.join(format!("keycase-fuzz-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self { folder }
    }

    /// Makes a folder.
    pub fn folder(&self, path: &str) {
        fs::create_dir_all(self.path(path)).expect("a folder");
    }

    /// Writes a file and makes the folders above it.
    pub fn put(&self, path: &str, content: &[u8]) {
        let path = self.path(path);
        if fs::write(&path, content).is_err() {
            fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
    }

    /// Writes the parts of an input, which zero bytes separate, to the files of a list; a
    /// file without its part is empty.
    pub fn put_parts(&self, input: &[u8], files: &[impl AsRef<str>]) {
        let mut parts = input.splitn(files.len(), |&byte| byte == 0);
        for file in files {
            self.put(file.as_ref(), parts.next().unwrap_or_default());
        }
    }

    /// Where a file lies.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The folder as the root of a machine.
    pub fn root(&self) -> Root {
        Root::at(&self.folder)
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

//! The outbox on disk: one folder for each submission.
//!
//! ```text
//! outbox/<uuid>/request.json    what the person agreed to
//!               ticket.txt      the ticket's text, for people
//!               bundle.zip      the bundle, byte for byte as agreed to
//!               bundle.sha256   its hash, for `sha256sum -c`
//!               state.json      how far it has come
//!               log.jsonl       every step; also the lock against a second process
//! ```
//!
//! A submission appears under its name only when everything in it is on disk.

mod item;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use self::item::lock;
pub use self::item::{Content, Item, Locked};
use super::record::{Progress, Request};
use super::state::{Event, State};
use crate::bundle::sha256;
use crate::files;
use crate::text::hex;

const REQUEST: &str = "request.json";
const STATE: &str = "state.json";
const LOG: &str = "log.jsonl";
const TEXT: &str = "ticket.txt";
const HASH: &str = "bundle.sha256";

/// A larger file than this was not written by this program.
const LARGEST_RECORD: u64 = 4 * 1024 * 1024;

/// How much of an id must be given: nothing at all would begin every one.
const SHORTEST_ID: usize = 4;

/// How long a submission is kept that is at the desk.
const KEPT_HOURS: i64 = 90 * 24;
/// How long nobody can be still writing a folder.
const HALF_HOURS: i64 = 24;

/// Why the outbox could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("can't {what} {path}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A record is not readable as what it should be.
    #[error("{path} is damaged")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// In what way.
        source: serde_json::Error,
    },
    /// The bundle is not the one the person agreed to.
    #[error("the bundle {0} is not the one that was agreed to")]
    BundleChanged(PathBuf),
    /// Another process works on the submission.
    #[error("another process is working on submission {0}")]
    Busy(Uuid),
    /// The request is not the one the person agreed to.
    #[error("the request {0} is not the one that was agreed to")]
    RequestChanged(PathBuf),
    /// So little of an id could be a slip.
    #[error("`{0}` is too little of an id to tell a submission by")]
    IdTooShort(String),
    /// No submission has this id.
    #[error("no submission {0} in the outbox")]
    NotFound(String),
    /// More than one submission begins with this id.
    #[error("more than one submission begins with {0}")]
    AmbiguousId(String),
    /// The table of transitions has no such step; nothing was written.
    #[error("`{}` cannot happen to a submission that is {}", on.name(), from.name())]
    Impossible {
        /// Where it stands.
        from: State,
        /// What should have happened to it.
        on: Event,
    },
}

/// The folder of all submissions.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

/// All submissions, and what could not be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// Readable submissions, oldest first.
    pub items: Vec<Item>,
    /// Errors, one for each folder that is not readable.
    pub problems: Vec<StoreError>,
}

impl Store {
    /// The outbox in `root`, which need not exist yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Puts a submission on disk, complete or not at all, and keeps it locked.
    pub fn add(
        &self,
        request: Request,
        progress: Progress,
        bundle: Option<&Path>,
    ) -> Result<Locked, StoreError> {
        files::create_dir(&self.root).map_err(io("create", &self.root))?;
        let aside = files::create_unnamed_dir(&self.root);
        let aside = aside.map_err(io("create a folder in", &self.root))?;
        let dir = aside.path();
        if let (Some(source), Some(info)) = (bundle, &request.draft.bundle) {
            let hash = copy(source, dir, stored_name(&info.file))?;
            if hash != info.sha256 {
                return Err(StoreError::BundleChanged(source.to_owned()));
            }
            let line = format!("{hash}  {}\n", stored_name(&info.file));
            put(dir, HASH, line.as_bytes())?;
        }
        let agreed = json_text(&dir.join(REQUEST), &request)?;
        put(dir, REQUEST, &agreed)?;
        let progress = Progress { request_sha256: Some(hash_bytes(&agreed)), ..progress };
        put(dir, TEXT, request.draft.text.as_bytes())?;
        put_json(dir, STATE, &progress)?;
        put(dir, LOG, b"")?;
        files::sync_dir(dir).map_err(io("write", dir))?;
        let log = lock(dir, request.submission)?;
        let target = self.root.join(request.submission.to_string());
        let aside = aside.keep();
        fs::rename(&aside, &target).map_err(io("create", &target))?;
        files::sync_dir(&self.root).map_err(io("write", &self.root))?;
        Ok(Locked { item: Item { dir: target, request, progress }, log })
    }

    /// Everything in the outbox.
    pub fn list(&self) -> Result<Listing, StoreError> {
        let mut listing = Listing::default();
        for (_, dir) in self.folders()? {
            match Item::read(dir) {
                Ok(item) => listing.items.push(item),
                Err(problem) => listing.problems.push(problem),
            }
        }
        listing.items.sort_by_key(|item| (item.request.agreed_at, item.request.submission));
        Ok(listing)
    }

    /// The submission whose id is, or begins with, `id`.
    pub fn find(&self, id: &str) -> Result<Item, StoreError> {
        Item::read(self.folder(id)?)
    }

    /// The folder of the submission whose id is, or begins with, `id`.
    pub fn folder(&self, id: &str) -> Result<PathBuf, StoreError> {
        if id.chars().count() < SHORTEST_ID {
            return Err(StoreError::IdTooShort(id.to_owned()));
        }
        let wanted = id.to_ascii_lowercase();
        let mut fitting = self.folders()?;
        fitting.retain(|(name, _)| name.starts_with(&wanted));
        match fitting.pop() {
            Some((_, dir)) if fitting.is_empty() => Ok(dir),
            None => Err(StoreError::NotFound(id.to_owned())),
            Some(_) => Err(StoreError::AmbiguousId(id.to_owned())),
        }
    }

    /// Removes a submission, readable or not, unless another process works on it.
    pub fn remove(&self, id: &str) -> Result<PathBuf, StoreError> {
        let dir = self.folder(id)?;
        let uuid = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let _lock = match lock(&dir, uuid.parse().unwrap_or_default()) {
            Err(StoreError::Io { .. }) => None,
            other => Some(other?),
        };
        // First out of sight as a whole, so that no half of it is ever found.
        let aside = self.root.join(format!(".gone-{uuid}"));
        fs::rename(&dir, &aside).map_err(io("remove", &dir))?;
        fs::remove_dir_all(&aside).map_err(io("remove", &aside))?;
        Ok(dir)
    }

    /// Removes what nobody needs any more: bundles that have arrived, submissions that have
    /// been at the desk for 90 days, and halves that a killed process left a day ago.
    /// Returns how many submissions and halves.
    pub fn sweep(&self, now: Timestamp) -> Result<usize, StoreError> {
        let is_old = |at: Timestamp, hours| now.duration_since(at).as_hours() >= hours;
        let mut removed = 0;
        for item in self.list()?.items.iter().filter(|item| item.progress.state == State::Sent) {
            if is_old(item.progress.at, KEPT_HOURS) {
                self.remove(&item.request.submission.to_string())?;
                removed += 1;
            } else {
                item.drop_bundle()?;
            }
        }
        let Ok(entries) = fs::read_dir(&self.root) else { return Ok(removed) };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let is_half =
                name.to_str().is_some_and(|n| n.starts_with(".new-") || n.starts_with(".gone-"));
            let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            let changed = changed.and_then(|changed| Timestamp::try_from(changed).ok());
            if is_half && changed.is_some_and(|changed| is_old(changed, HALF_HOURS)) {
                fs::remove_dir_all(entry.path()).map_err(io("remove", &entry.path()))?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    fn folders(&self) -> Result<Vec<(String, PathBuf)>, StoreError> {
        let entries = match fs::read_dir(&self.root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(io("read", &self.root))?,
        };
        let named = entries.filter_map(Result::ok).filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            name.parse::<Uuid>().ok().map(|_| (name, entry.path()))
        });
        let mut folders: Vec<_> = named.collect();
        folders.sort();
        Ok(folders)
    }
}

/// The SHA-256 and length of a file.
pub fn hash_file(path: &Path) -> io::Result<(String, u64)> {
    sha256(&mut File::open(path)?)
}

fn hash_bytes(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn stored_name(file: &str) -> &'static str {
    if file.ends_with(".age") { "bundle.zip.age" } else { "bundle.zip" }
}

fn copy(source: &Path, dir: &Path, name: &str) -> Result<String, StoreError> {
    let mut from = File::open(source).map_err(io("open", source))?;
    let mut to = tempfile::Builder::new().tempfile_in(dir).map_err(io("write in", dir))?;
    let target = dir.join(name);
    io::copy(&mut from, to.as_file_mut())
        .and_then(|_| to.as_file().sync_all())
        .map_err(io("write", &target))?;
    to.persist(&target).map_err(|error| io("write", &target)(error.error))?;
    hash_file(&target).map(|(hash, _)| hash).map_err(io("read", &target))
}

fn put_json<T: Serialize>(dir: &Path, name: &str, value: &T) -> Result<(), StoreError> {
    put(dir, name, &json_text(&dir.join(name), value)?)
}

fn json_text<T: Serialize>(path: &Path, value: &T) -> Result<Vec<u8>, StoreError> {
    let mut text = serde_json::to_vec_pretty(value).map_err(damaged(path))?;
    text.push(b'\n');
    Ok(text)
}

fn put(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    files::write(dir, name, bytes).map_err(io("write", &dir.join(name)))
}

fn get_json<T: DeserializeOwned>(path: &Path) -> Result<T, StoreError> {
    serde_json::from_slice(&get(path)?).map_err(damaged(path))
}

fn get(path: &Path) -> Result<Vec<u8>, StoreError> {
    let file = File::open(path).map_err(io("open", path))?;
    let mut text = Vec::new();
    file.take(LARGEST_RECORD).read_to_end(&mut text).map_err(io("read", path))?;
    Ok(text)
}

fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { what, path, source }
}

fn damaged(path: &Path) -> impl FnOnce(serde_json::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Damaged { path, source }
}

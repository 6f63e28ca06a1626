//! One submission: as last read, and held so that no other process touches it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{
    LOG, REQUEST, STATE, StoreError, TEXT, damaged, get, get_json, hash_bytes, io, json_text,
    stored_name,
};
use crate::bundle::sha256;
use crate::desk::record::{LogLine, Progress, Request};
use crate::desk::state::State;
use crate::files;

/// One submission, as last read.
#[derive(Clone, Debug)]
pub struct Item {
    pub(super) dir: PathBuf,
    /// What the person agreed to.
    pub request: Request,
    /// How far it has come.
    pub progress: Progress,
}

/// A submission that no other process touches while this value lives.
#[derive(Debug)]
pub struct Locked {
    pub(super) item: Item,
    pub(super) log: File,
}

/// A bundle that has been checked and is open at its beginning.
#[derive(Debug)]
pub struct Content {
    /// What it is.
    pub info: crate::desk::BundleInfo,
    /// Its bytes.
    pub file: File,
}

impl Item {
    pub(super) fn read(dir: PathBuf) -> Result<Self, StoreError> {
        let path = dir.join(REQUEST);
        let agreed = get(&path)?;
        let request: Request = serde_json::from_slice(&agreed).map_err(damaged(&path))?;
        let progress: Progress = get_json(&dir.join(STATE))?;
        // Records of earlier releases hold no hash.
        if progress.request_sha256.as_ref().is_some_and(|hash| *hash != hash_bytes(&agreed)) {
            return Err(StoreError::RequestChanged(path));
        }
        // A submission is removed by its id: a copied folder must not stand for the original.
        let name = dir.file_name().and_then(|name| name.to_str()).map(Uuid::parse_str);
        if name != Some(Ok(request.submission)) {
            let what = "its submission is not the one its folder is named after";
            return Err(damaged(&path)(serde::de::Error::custom(what)));
        }
        Ok(Self { dir, request, progress })
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The ticket's text as a file.
    pub fn text_path(&self) -> PathBuf {
        self.dir.join(TEXT)
    }

    /// Its log.
    pub fn log_path(&self) -> PathBuf {
        self.dir.join(LOG)
    }

    /// Where its bundle is, if it has one.
    pub fn bundle_path(&self) -> Option<PathBuf> {
        let info = self.request.draft.bundle.as_ref()?;
        Some(self.dir.join(stored_name(&info.file)))
    }

    /// Takes the submission for this process and reads it again.
    pub fn lock(self) -> Result<Locked, StoreError> {
        let log = lock(&self.dir, self.request.submission)?;
        Ok(Locked { item: Self::read(self.dir)?, log })
    }

    /// Removes the bundle of a submission that is at the desk with it.
    pub fn drop_bundle(&self) -> Result<(), StoreError> {
        let Some(path) = self.bundle_path().filter(|_| self.progress.state == State::Sent) else {
            return Ok(());
        };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Whether another process works on it now.
    pub fn is_busy(&self) -> bool {
        matches!(lock(&self.dir, self.request.submission), Err(StoreError::Busy(_)))
    }

    /// The bundle, open at its beginning, if it is still the one that was agreed to.
    pub fn content(&self) -> Result<Option<Content>, StoreError> {
        let Some((path, info)) = self.bundle_path().zip(self.request.draft.bundle.clone()) else {
            return Ok(None);
        };
        let mut file = File::open(&path).map_err(io("open", &path))?;
        let (hash, bytes) = sha256(&mut file).map_err(io("read", &path))?;
        if (hash, bytes) != (info.sha256.clone(), info.bytes) {
            return Err(StoreError::BundleChanged(path));
        }
        file.rewind().map_err(io("read", &path))?;
        Ok(Some(Content { info, file }))
    }
}

impl Locked {
    /// Where it stands.
    pub fn state(&self) -> State {
        self.item.progress.state
    }

    /// How far it has come.
    pub fn progress(&self) -> &Progress {
        &self.item.progress
    }

    /// What the person agreed to.
    pub fn request(&self) -> &Request {
        &self.item.request
    }

    /// Lets other processes have it again.
    pub fn into_item(self) -> Item {
        self.item
    }

    /// [`Item::content`], which nobody else changes meanwhile.
    pub(in crate::desk) fn content(&self) -> Result<Option<Content>, StoreError> {
        self.item.content()
    }

    /// [`Item::drop_bundle`], which nobody else sends meanwhile.
    pub fn drop_bundle(&self) -> Result<(), StoreError> {
        self.item.drop_bundle()
    }

    /// Writes how far the submission has come; on disk when this returns. After an error
    /// this value is ahead of the disk: it still names the ticket for the person.
    pub(in crate::desk) fn save(
        &mut self,
        progress: Progress,
        line: &LogLine,
    ) -> Result<(), StoreError> {
        self.item.progress = progress;
        let dir = &self.item.dir;
        let path = dir.join(STATE);
        let text = json_text(&path, &self.item.progress)?;
        files::replace(dir, STATE, &text).map_err(io("write", &path))?;
        let log = dir.join(LOG);
        let mut text = serde_json::to_vec(line).map_err(damaged(&log))?;
        text.push(b'\n');
        // The state is what counts; a log line that does not fit on the disk is no reason
        // to forget that a ticket was made.
        let _ = self.log.write_all(&text).and_then(|()| self.log.sync_data());
        Ok(())
    }
}

/// Takes a submission for this process; its log is the lock.
pub(super) fn lock(dir: &Path, submission: Uuid) -> Result<File, StoreError> {
    let path = dir.join(LOG);
    let log = OpenOptions::new().append(true).open(&path).map_err(io("open", &path))?;
    match log.try_lock() {
        Ok(()) => Ok(log),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy(submission)),
        Err(TryLockError::Error(error)) => Err(io("lock", &path)(error)),
    }
}

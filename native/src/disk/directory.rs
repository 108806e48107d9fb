//! The data directory: made, made durable, and locked.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use quorate_core::disk::{SNAPSHOT_DIRECTORY, WAL_DIRECTORY};
use thiserror::Error;

use super::dedicated_log;

/// Nobody but the owner looks into it, as with etcd.
const DIRECTORY_MODE: u32 = 0o700;
/// Held by the server that runs; its contents mean nothing.
const LOCK_FILE: &str = "quorate.lock";

/// A data directory that this process alone uses until the value is dropped.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    has_member: bool,
    _lock: File,
    _log_lock: Option<File>,
}

/// Why a data directory cannot be used.
#[derive(Debug, Error)]
pub(crate) enum DirectoryError {
    /// Another server runs on it.
    #[error("data directory \"{}\" is in use by another server", .0.display())]
    InUse(PathBuf),
    /// The log is not where it is asked for.
    #[error(
        "--wal-dir is \"{}\", but the member's log is in \"{}\": move its files, or ask for that",
        .asked.display(),
        .place.display()
    )]
    LogElsewhere {
        /// Where it is asked for.
        asked: PathBuf,
        /// Where it is.
        place: PathBuf,
    },
    /// It cannot be made or opened.
    #[error("cannot use data directory \"{}\": {error}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl DataDirectory {
    /// Makes what is missing and takes the lock.
    pub(crate) fn open(path: &Path) -> Result<Self, DirectoryError> {
        Self::open_with_log(path, None)
    }

    /// The same, with the log in a directory of its own (`--wal-dir`).
    pub(crate) fn open_with_log(path: &Path, log: Option<&Path>) -> Result<Self, DirectoryError> {
        let failed = |error| DirectoryError::Io {
            path: path.to_owned(),
            error,
        };
        create(path).map_err(failed)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join(LOCK_FILE))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DirectoryError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let usual = path.join(WAL_DIRECTORY);
        let log_lock = match log {
            Some(log) => Some(dedicated_log::lead(&usual, log)?),
            None => None,
        };
        let has_member = has_files(&usual).map_err(failed)?;
        for directory in [WAL_DIRECTORY, SNAPSHOT_DIRECTORY] {
            create(&path.join(directory)).map_err(failed)?;
        }
        Ok(Self {
            path: path.to_owned(),
            has_member,
            _lock: lock,
            _log_lock: log_lock,
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a member has been started on it before.
    pub(crate) fn has_member(&self) -> bool {
        self.has_member
    }
}

/// Makes a directory and all above it that are missing, and makes each durable in its parent:
/// a synced file in a directory that a crash takes away is lost all the same.
pub(super) fn create(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("/"),
    };
    create(parent)?;
    match DirBuilder::new().mode(DIRECTORY_MODE).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(parent)?.sync_all()
}

fn has_files(path: &Path) -> io::Result<bool> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_refused() {
        let root = tempfile::tempdir().expect("a directory");
        let path = root.path().join("deep/infra1.etcd");
        let first = DataDirectory::open(&path).expect("free");
        assert!(!first.has_member());
        let refused = DataDirectory::open(&path).expect_err("taken").to_string();
        assert!(
            refused.ends_with("is in use by another server"),
            "{refused}"
        );
        drop(first);
        fs::write(path.join(WAL_DIRECTORY).join("x.wal"), b"").expect("written");
        assert!(DataDirectory::open(&path).expect("free again").has_member());
    }
}

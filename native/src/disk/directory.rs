//! The data directory: made, made durable, and locked.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use quorate_core::disk::{SNAPSHOT_DIRECTORY, WAL_DIRECTORY};
use thiserror::Error;

use super::dedicated_log;

/// Nobody but the owner looks into it, as with etcd.
const DIRECTORY_MODE: u32 = 0o700;
/// Held by the server that runs; its contents mean nothing.
const LOCK_FILE: &str = "quorate.lock";

/// Nobody else holds it.
const LOCK_FILE_MODE: u32 = 0o600;

/// etcd's database.
const ETCD_DATABASE: &str = "member/snap/db";
/// What each of etcd's log files begins with: the length, without padding, of a checksum's record.
const ETCD_LOG_BEGINS: [u8; 8] = [4, 0, 0, 0, 0, 0, 0, 0x84];

/// A data directory that this process alone uses until the value is dropped.
#[derive(Debug)]
pub(crate) struct DataDirectory {
    path: PathBuf,
    has_member: bool,
    mode: u32,
    _lock: File,
    _log_lock: Option<File>,
}

/// Why a data directory cannot be used.
#[derive(Debug, Error)]
pub(crate) enum DirectoryError {
    /// Another server runs on it.
    #[error("data directory \"{}\" is in use by another server", .0.display())]
    InUse(PathBuf),
    /// It is one of etcd's.
    #[error(
        "\"{}\" is etcd's: quorate does not read the files of etcd's data directories; give \
         --data-dir another directory, and copy the keys from the running etcd with `quoratectl \
         make-mirror`",
        .0.display()
    )]
    OfEtcd(PathBuf),
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
    /// Makes what is missing and takes the lock. Nothing is touched when it is one of etcd's.
    pub(crate) fn open(path: &Path) -> Result<Self, DirectoryError> {
        Self::open_with_log(path, None)
    }

    /// The same, with the log in a directory of its own (`--wal-dir`).
    pub(crate) fn open_with_log(path: &Path, log: Option<&Path>) -> Result<Self, DirectoryError> {
        let failed = |error| DirectoryError::Io {
            path: path.to_owned(),
            error,
        };
        if let Some(file) = file_in_the_way(path) {
            return Err(DirectoryError::Io {
                path: file,
                error: io::ErrorKind::NotADirectory.into(),
            });
        }
        if let Some(file) = file_of_etcd(path).map_err(failed)? {
            return Err(DirectoryError::OfEtcd(file));
        }
        create(path).map_err(failed)?;
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(LOCK_FILE_MODE)
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
            mode,
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

    /// What is wrong with its permissions, in etcd's words.
    pub(crate) fn permissions_advice(&self) -> Option<String> {
        if self.mode & 0o777 == DIRECTORY_MODE {
            return None;
        }
        Some(format!(
            "directory \"{}\" exist, but the permission is \"{}\". The recommended permission is \
             \"{}\" to prevent possible unprivileged access to the data",
            self.path.display(),
            shown("d", self.mode),
            shown("-", DIRECTORY_MODE)
        ))
    }
}

/// `drwxr-xr-x`.
fn shown(kind: &str, mode: u32) -> String {
    let letters = (0..9).rev().map(|bit| match (mode >> bit & 1, bit % 3) {
        (0, _) => '-',
        (_, 2) => 'r',
        (_, 1) => 'w',
        _ => 'x',
    });
    kind.chars().chain(letters).collect()
}

/// What stands where a directory must be, if anything does.
fn file_in_the_way(root: &Path) -> Option<PathBuf> {
    let below = [WAL_DIRECTORY, SNAPSHOT_DIRECTORY].map(|directory| root.join(directory));
    let member = below[0].parent().map(Path::to_owned);
    std::iter::once(root.to_owned())
        .chain(member)
        .chain(below)
        .find(|path| fs::metadata(path).is_ok_and(|about| !about.is_dir()))
}

/// A file that only etcd writes, if there is one.
fn file_of_etcd(root: &Path) -> io::Result<Option<PathBuf>> {
    let database = root.join(ETCD_DATABASE);
    if database.exists() {
        return Ok(Some(database));
    }
    let entries = match fs::read_dir(root.join(WAL_DIRECTORY)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let path = entry?.path();
        let mut begins = [0; ETCD_LOG_BEGINS.len()];
        let is_log = path.extension().is_some_and(|end| end == "wal");
        if is_log && File::open(&path)?.read_exact(&mut begins).is_ok() && begins == ETCD_LOG_BEGINS
        {
            return Ok(Some(path));
        }
    }
    Ok(None)
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

    #[test]
    fn a_directory_of_etcds_is_left_alone() {
        for (file, bytes) in [
            (ETCD_DATABASE, &b"anything"[..]),
            (
                "member/wal/0000000000000000-0000000000000000.wal",
                &b"\x04\0\0\0\0\0\0\x84\x08\x04\x10\0"[..],
            ),
        ] {
            let root = tempfile::tempdir().expect("a directory");
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().expect("has one")).expect("made");
            fs::write(&path, bytes).expect("written");
            let refused = DataDirectory::open(root.path())
                .expect_err("etcd's")
                .to_string();
            let begins = format!("\"{}\" is etcd's: ", path.display());
            assert!(refused.starts_with(&begins), "{refused}");
            assert!(!root.path().join(LOCK_FILE).exists());
        }
    }

    #[test]
    fn who_may_look_into_it_is_told() {
        let root = tempfile::tempdir().expect("a directory");
        let new = DataDirectory::open(&root.path().join("new")).expect("free");
        assert_eq!(new.permissions_advice(), None);
        let path = root.path().join("open");
        fs::create_dir(&path).expect("made");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("set");
        let told = DataDirectory::open(&path)
            .expect("free")
            .permissions_advice();
        let told = told.expect("something is wrong");
        assert!(
            told.contains(
                "permission is \"drwxr-xr-x\". The recommended permission is \"-rwx------\""
            ),
            "{told}"
        );
    }
}

//! A directory of its own for the log (`--wal-dir`), on a quicker disk perhaps.
//!
//! The log's place below the data directory becomes a link to it. So the tools find the log
//! without being told, and so does a server that is started without the flag; etcd would begin an
//! empty log then.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::directory::{DirectoryError, create};

/// Leads the log's usual place to a directory of its own, and keeps other servers out of that.
/// The lock is held until the file is dropped.
pub(super) fn lead(usual: &Path, dedicated: &Path) -> Result<File, DirectoryError> {
    let failed = |error| DirectoryError::Io {
        path: dedicated.to_owned(),
        error,
    };
    create(dedicated).map_err(failed)?;
    let lock = File::open(dedicated).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(DirectoryError::InUse(dedicated.to_owned())),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let target = fs::canonicalize(dedicated).map_err(failed)?;
    match place_of(usual).map_err(failed)? {
        Place::Here(place) if place == target => {}
        Place::Here(place) => {
            return Err(DirectoryError::LogElsewhere {
                asked: dedicated.to_owned(),
                place,
            });
        }
        Place::Empty => {
            fs::remove_dir(usual).map_err(failed)?;
            link(usual, &target).map_err(failed)?;
        }
        Place::Nowhere => link(usual, &target).map_err(failed)?,
    }
    Ok(lock)
}

/// Where a log is.
enum Place {
    /// No directory has been made.
    Nowhere,
    /// In the usual directory, without a file yet.
    Empty,
    /// In this directory.
    Here(PathBuf),
}

fn place_of(usual: &Path) -> io::Result<Place> {
    match fs::symlink_metadata(usual) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Place::Nowhere),
        Err(error) => Err(error),
        Ok(found) if found.is_symlink() => fs::canonicalize(usual).map(Place::Here),
        Ok(_) if fs::read_dir(usual)?.next().is_none() => Ok(Place::Empty),
        Ok(_) => Ok(Place::Here(usual.to_owned())),
    }
}

fn link(usual: &Path, target: &Path) -> io::Result<()> {
    let parent = usual.parent().unwrap_or(Path::new("/"));
    create(parent)?;
    symlink(target, usual)?;
    // A log that a crash loses the way to is lost.
    File::open(parent)?.sync_all()
}

#[cfg(test)]
mod tests {
    use quorate_core::disk::WAL_DIRECTORY;

    use crate::disk::DataDirectory;

    #[test]
    fn the_log_is_where_it_was_asked_for_and_stays_there() {
        let root = tempfile::tempdir().expect("a directory");
        let (data, log) = (root.path().join("data"), root.path().join("fast/log"));
        let first = DataDirectory::open_with_log(&data, Some(&log)).expect("free");
        assert!(!first.has_member());
        std::fs::write(data.join(WAL_DIRECTORY).join("0.wal"), b"log").expect("written");
        assert!(log.join("0.wal").is_file());
        let other = DataDirectory::open_with_log(&root.path().join("other"), Some(&log));
        let refused = other.expect_err("taken").to_string();
        assert!(
            refused.ends_with("is in use by another server"),
            "{refused}"
        );
        drop(first);
        for asked in [Some(log.as_path()), None] {
            let again = DataDirectory::open_with_log(&data, asked).expect("free again");
            assert!(again.has_member());
        }
        let elsewhere = root.path().join("elsewhere");
        let refused = DataDirectory::open_with_log(&data, Some(&elsewhere));
        let refused = refused.expect_err("another place").to_string();
        assert!(refused.contains("but the member's log is in"), "{refused}");
    }

    #[test]
    fn a_log_in_the_usual_place_is_not_left_behind() {
        let root = tempfile::tempdir().expect("a directory");
        let data = root.path().join("data");
        drop(DataDirectory::open(&data).expect("free"));
        let log = root.path().join("log");
        // An empty directory is no log.
        drop(DataDirectory::open_with_log(&data, Some(&log)).expect("led away"));
        let usual = root.path().join("usual");
        drop(DataDirectory::open(&usual).expect("free"));
        std::fs::write(usual.join(WAL_DIRECTORY).join("0.wal"), b"log").expect("written");
        let refused = DataDirectory::open_with_log(&usual, Some(&root.path().join("new")));
        assert!(refused.is_err());
    }
}

//! Opening the files that a user names.

use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use quorate_core::disk::SNAPSHOT_DIRECTORY;
use quorate_core::snapshot::{SavedError, SnapshotFile, read_saved};

use crate::ctl::failure::{Exit, Failure};
use crate::go::io_error_text;

/// Reads a file whole.
///
/// # Errors
/// It cannot be read, or it is one of etcd's, or the place where etcd would have one; then which
/// file serves here.
pub(super) fn read(path: &Path) -> Result<Bytes, Failure> {
    // A device or a pipe may never end.
    if fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        let path = path.display();
        return Err(failure(format!("{path} is not a regular file")));
    }
    match fs::read(path) {
        Ok(bytes) if is_bolt(&bytes) => Err(failure(format!(
            "{} is a database of etcd's (bbolt); etcdutl reads it, quorateutl reads Quorate's \
             snapshots",
            path.display()
        ))),
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => Err(failure(unreadable(path, &error))),
    }
}

/// Reads a snapshot: one that a client saved, or one of a data directory.
///
/// # Errors
/// As [`read`], or it is broken.
pub(super) fn read_snapshot(path: &Path) -> Result<(SnapshotFile, u64), Failure> {
    let bytes = read(path)?;
    let size_bytes = bytes.len() as u64;
    let snapshot = match read_saved(&bytes, false) {
        // One of a data directory has its own checksums and no other.
        Err(SavedError::NoChecksum) => read_saved(&bytes, true),
        other => other,
    };
    let snapshot = snapshot.map_err(|error| broken(path, &error))?;
    Ok((snapshot, size_bytes))
}

/// A snapshot that is no good.
pub(super) fn broken(path: &Path, error: &SavedError) -> Failure {
    failure(format!("{}: {error}", path.display()))
}

/// The newest snapshot of a data directory, by its name.
pub(super) fn newest_snapshot(data_directory: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(data_directory.join(SNAPSHOT_DIRECTORY)).ok()?;
    let paths = files.flatten().map(|entry| entry.path());
    // Term and index stand in the name with leading zeros.
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "snap"))
        .max()
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    let plain = format!("stat {}: {}", path.display(), io_error_text(error));
    let Some(data_directory) = etcds_database(path) else {
        return plain;
    };
    let advice = match newest_snapshot(data_directory) {
        Some(newest) => format!("the newest one is {}", newest.display()),
        None => format!("none has been taken below {} yet", data_directory.display()),
    };
    format!(
        "{plain}\nQuorate keeps no database there: its snapshots are files of their own in \
         {SNAPSHOT_DIRECTORY}, {advice}.\nA running member's is saved by `quoratectl snapshot \
         save FILE`."
    )
}

/// The data directory, when a path is that of etcd's database in it.
fn etcds_database(path: &Path) -> Option<&Path> {
    let data_directory = path.parent()?.parent()?.parent()?;
    (path == data_directory.join(SNAPSHOT_DIRECTORY).join("db")).then_some(data_directory)
}

/// A page of bbolt's that says so: behind a page's head of 16 bytes.
fn is_bolt(bytes: &[u8]) -> bool {
    bytes.get(16..20) == Some(&[0xed, 0xda, 0x0c, 0xed])
}

/// What went wrong, with etcdutl's exit code.
pub(super) fn failure(text: impl ToString) -> Failure {
    Failure::new(Exit::Error, text)
}

//! Opening the files that a user names.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use quorate_core::disk::SNAPSHOT_DIRECTORY;
use quorate_core::limits::{FRAME_SIZE_BYTES_MAX, RECORD_SIZE_BYTES_MAX, SEGMENT_SIZE_BYTES};
use quorate_core::snapshot::{self, SavedError, SnapshotError, SnapshotFile, read_saved};

use crate::ctl::failure::{Exit, Failure};
use crate::go::io_error_text;

/// What a file is believed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A segment of the log.
    Segment,
    /// A snapshot.
    Snapshot,
}

impl FileKind {
    /// A file that is no longer than this is read whatever it is: more than a snapshot's header may
    /// have, and than a segment grows to with the longest of its records.
    fn usual_size_bytes_max(self) -> u64 {
        match self {
            Self::Segment => SEGMENT_SIZE_BYTES + u64::from(RECORD_SIZE_BYTES_MAX),
            Self::Snapshot => u64::from(FRAME_SIZE_BYTES_MAX),
        }
    }
}

/// Reads a file whole that is believed to be of a kind.
///
/// # Errors
/// It cannot be read, or it is one of etcd's, or the place where etcd would have one; then which
/// file serves here. Or it is large, and by its first bytes none of ours.
pub(super) fn read(path: &Path, kind: FileKind) -> Result<Bytes, Failure> {
    // A device or a pipe may never end.
    let about = fs::metadata(path);
    if about
        .as_ref()
        .is_ok_and(|about| !about.is_file() && !about.is_dir())
    {
        let path = path.display();
        return Err(failure(format!("{path} is not a regular file")));
    }
    let unreadable = |error| failure(unreadable(path, &error));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let first = FIRST_BYTES as u64;
    (&mut file)
        .take(first)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if is_bolt(&bytes) {
        return Err(failure(format!(
            "{} is a database of etcd's (bbolt); etcdutl reads it, quorateutl reads Quorate's \
             snapshots",
            path.display()
        )));
    }
    let most = kind.usual_size_bytes_max();
    if about.is_ok_and(|about| about.len() > most) {
        let mut beginning = (&mut file).take(most - bytes.len() as u64);
        beginning.read_to_end(&mut bytes).map_err(unreadable)?;
        if let Some(reason) = not_of_kind(&bytes, kind) {
            return Err(failure(format!("{}: {reason}", path.display())));
        }
    }
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes.into())
}

/// Why a large file cannot be ours, by what it begins with: nobody need read a film to know.
fn not_of_kind(beginning: &[u8], kind: FileKind) -> Option<String> {
    match kind {
        FileKind::Segment => Some("no segment of a log is so large".to_owned()),
        // Its header comes first, and is whole in what was read.
        FileKind::Snapshot => match snapshot::read(&Bytes::copy_from_slice(beginning)) {
            Err(error @ SnapshotError::Broken { at_bytes: 0, .. }) => {
                Some(format!("this is no snapshot: {error}"))
            }
            _ => None,
        },
    }
}

/// Reads a snapshot: one that a client saved, or one of a data directory.
///
/// # Errors
/// As [`read`], or it is broken.
pub(super) fn read_snapshot(path: &Path) -> Result<(SnapshotFile, u64), Failure> {
    let bytes = read(path, FileKind::Snapshot)?;
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

/// What says whether it is etcd's.
const FIRST_BYTES: usize = 20;

/// A page of bbolt's that says so: behind a page's head of 16 bytes.
fn is_bolt(bytes: &[u8]) -> bool {
    bytes.get(16..20) == Some(&[0xed, 0xda, 0x0c, 0xed])
}

/// What went wrong, with etcdutl's exit code.
pub(super) fn failure(text: impl ToString) -> Failure {
    Failure::new(Exit::Error, text)
}

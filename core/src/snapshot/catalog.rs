//! Which snapshots a data directory holds.

use bytes::Bytes;

use crate::collections::InOrder;
use crate::disk::{DiskImage, SNAPSHOT_DIRECTORY};
use crate::id::{Index, Term};
use crate::wal::{SnapshotMarker, hexadecimal};

use super::header::RECEIVED_SUFFIX;
use super::writer::UNFINISHED_SUFFIX;
use super::{SnapshotError, SnapshotFile, read};

/// What [`newest_good`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Newest {
    /// The newest snapshot that can be used.
    pub snapshot: Option<SnapshotFile>,
    /// Newer ones that cannot: their paths, and why.
    pub broken: Vec<(String, SnapshotError)>,
}

/// The newest snapshot that reads well; broken ones are passed over.
pub fn newest_good(image: &DiskImage) -> Newest {
    let files = snapshots(image.files.keys().map(String::as_str));
    newest(image, files)
}

/// As [`newest_good`], of those alone that the log has a marker for, as etcd does. A snapshot
/// without one was published just before a crash; the log and an older snapshot have all that
/// was promised, and a leader's snapshot that nobody was told of must not run ahead of them. One
/// that a crash kept from getting its name after the log had its marker counts too.
pub fn newest_good_marked(image: &DiskImage, markers: &[SnapshotMarker]) -> Newest {
    let paths = || image.files.keys().map(String::as_str);
    let mut files: Vec<_> = received(paths()).chain(snapshots(paths())).collect();
    files.retain(|(position, _)| is_marked(*position, markers));
    // Of two at one position the one that has its name comes last, and so is read first.
    files.order_by_key(|(position, _)| *position);
    newest(image, files)
}

/// Leaders' snapshots that have not got their names yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedFiles {
    /// Those that the log has a marker for: they get their names when that is durable.
    pub marked: Vec<(Index, Term)>,
    /// The paths of the others: nobody was told of them, and nobody needs them.
    pub void: Vec<String>,
}

/// The leaders' snapshots that an earlier life did not come to name.
pub fn received_files(image: &DiskImage, markers: &[SnapshotMarker]) -> ReceivedFiles {
    let mut files = ReceivedFiles::default();
    for (position, path) in received(image.files.keys().map(String::as_str)) {
        let has_its_name = named(path).is_some_and(|named| image.files.contains_key(named));
        if is_marked(position, markers) && !has_its_name {
            files.marked.push(position);
        } else {
            files.void.push(path.to_owned());
        }
    }
    files.marked.order();
    files
}

/// Whether the log has a marker for a snapshot.
pub(super) fn is_marked(position: (Index, Term), markers: &[SnapshotMarker]) -> bool {
    let mut positions = markers.iter().map(|marker| (marker.index, marker.term));
    positions.any(|marked| marked == position)
}

/// The paths of snapshots that are not among the newest `keep`, oldest first. Whoever removes
/// them knows that the newest ones are good: it wrote or read them.
pub fn old_files<'a>(paths: impl IntoIterator<Item = &'a str>, keep: usize) -> Vec<String> {
    let mut files = snapshots(paths);
    files.truncate(files.len().saturating_sub(keep));
    files.into_iter().map(|(_, path)| path.to_owned()).collect()
}

/// The paths of snapshots that were never finished, to be removed when a member starts.
pub fn unfinished_files(image: &DiskImage) -> Vec<String> {
    let is_unfinished = |path: &&String| {
        path.strip_suffix(UNFINISHED_SUFFIX)
            .is_some_and(|path| position(named(path).unwrap_or(path)).is_some())
    };
    image.files.keys().filter(is_unfinished).cloned().collect()
}

/// The newest of some files, oldest first, that reads well.
fn newest(image: &DiskImage, files: Vec<((Index, Term), &str)>) -> Newest {
    let mut newest = Newest::default();
    for (_, path) in files.into_iter().rev() {
        match read_file(image, path) {
            Ok(file) => {
                newest.snapshot = Some(file);
                break;
            }
            Err(error) => newest.broken.push((path.to_owned(), error)),
        }
    }
    newest
}

/// Reads a file of an image, which is to be the snapshot that its name says.
pub(super) fn read_file(image: &DiskImage, path: &str) -> Result<SnapshotFile, SnapshotError> {
    let file = read(image.files.get(path).unwrap_or(&Bytes::new()))?;
    if file.header.path() == named(path).unwrap_or(path) {
        return Ok(file);
    }
    Err(SnapshotError::Renamed(file.header.file_name()))
}

/// The leaders' snapshots without their names among some paths.
fn received<'a>(
    paths: impl Iterator<Item = &'a str>,
) -> impl Iterator<Item = ((Index, Term), &'a str)> {
    paths.filter_map(|path| Some((position(named(path)?)?, path)))
}

/// The path that a leader's snapshot is to get.
fn named(path: &str) -> Option<&str> {
    path.strip_suffix(RECEIVED_SUFFIX)
}

/// The snapshots among some paths, oldest first.
pub(super) fn snapshots<'a>(
    paths: impl IntoIterator<Item = &'a str>,
) -> Vec<((Index, Term), &'a str)> {
    let mut files: Vec<_> = paths
        .into_iter()
        .filter_map(|path| Some((position(path)?, path)))
        .collect();
    files.order();
    files
}

/// The position in a snapshot's path; nothing when it is no snapshot's.
pub(crate) fn position(path: &str) -> Option<(Index, Term)> {
    let name = path.strip_prefix(SNAPSHOT_DIRECTORY)?.strip_prefix('/')?;
    let (term, index) = name.strip_suffix(".snap")?.split_once('-')?;
    Some((Index(hexadecimal(index)?), Term(hexadecimal(term)?)))
}

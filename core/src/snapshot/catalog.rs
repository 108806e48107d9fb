//! Which snapshots a data directory holds.

use crate::disk::{DiskImage, SNAPSHOT_DIRECTORY};
use crate::id::{Index, Term};
use crate::wal::{SnapshotMarker, hexadecimal};

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
    newest(image, |_| true)
}

/// As [`newest_good`], of those alone that the log has a marker for, as etcd does. A snapshot
/// without one was published just before a crash; the log and an older snapshot have all that
/// was promised, and a leader's snapshot that nobody was told of must not run ahead of them.
pub fn newest_good_marked(image: &DiskImage, markers: &[SnapshotMarker]) -> Newest {
    newest(image, |position| {
        markers
            .iter()
            .any(|marker| (marker.index, marker.term) == position)
    })
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
            .is_some_and(|path| position(path).is_some())
    };
    image.files.keys().filter(is_unfinished).cloned().collect()
}

fn newest(image: &DiskImage, wanted: impl Fn((Index, Term)) -> bool) -> Newest {
    let mut newest = Newest::default();
    let files = snapshots(image.files.keys().map(String::as_str));
    for (position, path) in files.into_iter().rev() {
        let Some(bytes) = image.files.get(path).filter(|_| wanted(position)) else {
            continue;
        };
        match read(bytes) {
            Ok(file) if file.header.path() == path => {
                newest.snapshot = Some(file);
                break;
            }
            Ok(file) => {
                let error = SnapshotError::Renamed(file.header.file_name());
                newest.broken.push((path.to_owned(), error));
            }
            Err(error) => newest.broken.push((path.to_owned(), error)),
        }
    }
    newest
}

/// The snapshots among some paths, oldest first.
fn snapshots<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<((Index, Term), &'a str)> {
    let mut files: Vec<_> = paths
        .into_iter()
        .filter_map(|path| Some((position(path)?, path)))
        .collect();
    files.sort_unstable();
    files
}

/// The position in a snapshot's path; nothing when it is no snapshot's.
fn position(path: &str) -> Option<(Index, Term)> {
    let name = path.strip_prefix(SNAPSHOT_DIRECTORY)?.strip_prefix('/')?;
    let (term, index) = name.strip_suffix(".snap")?.split_once('-')?;
    Some((Index(hexadecimal(index)?), Term(hexadecimal(term)?)))
}

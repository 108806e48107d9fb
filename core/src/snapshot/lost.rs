//! Whether the snapshots say that a log has lost its end.
//!
//! A log that was cut short reads like one that a crash tore: nothing in it says that there was
//! more. But a member takes its own snapshots of entries that are durable in its log, and a
//! leader's snapshot gets its name only when the log's marker for it is durable. So no snapshot
//! that has its name lies beyond the end of a log that is whole.

use thiserror::Error;

use crate::disk::{DiskImage, WAL_DIRECTORY};
use crate::id::Index;
use crate::wal::Recovered;

use super::SnapshotError;
use super::catalog::{is_marked, read_file, snapshots};

/// Entries that were on the disk are not there any more.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{snapshot} reaches index {index}, but {log} ends at index {last}: entries that were on the \
     disk are gone; remove this member and add it anew with an empty data directory \
     (docs/file-format.md)"
)]
pub struct LostEntries {
    /// The path of the snapshot that is evidence.
    pub snapshot: String,
    /// How far it reaches.
    pub index: Index,
    /// The path of the log's last segment.
    pub log: String,
    /// How far the log reaches.
    pub last: Index,
}

/// Lays the log's end against the snapshots.
///
/// # Errors
/// [`LostEntries`]: the member that goes on with this log breaks promises.
pub fn check_log_end(image: &DiskImage, recovered: &Recovered) -> Result<(), LostEntries> {
    let last = recovered.last_index();
    let files = snapshots(image.files.keys().map(String::as_str));
    let beyond = files.into_iter().rev().find(|(position, path)| {
        position.0 > last
            && !is_marked(*position, &recovered.markers)
            && is_own(image, path, recovered)
    });
    let Some(((index, _), path)) = beyond else {
        return Ok(());
    };
    let segments = recovered.wal.segment_names();
    let segment = segments.last().map_or("", String::as_str);
    Err(LostEntries {
        snapshot: path.to_owned(),
        index,
        log: format!("{WAL_DIRECTORY}/{segment}"),
        last,
    })
}

/// Whether this member gave a snapshot its name. Damage does not speak against that; another
/// cluster's, or a copy under another name, somebody has put there.
fn is_own(image: &DiskImage, path: &str, recovered: &Recovered) -> bool {
    match read_file(image, path) {
        Ok(file) => file.header.cluster == recovered.metadata.cluster,
        Err(SnapshotError::Renamed(_)) => false,
        Err(SnapshotError::Broken { .. } | SnapshotError::NewerFormat { .. }) => true,
    }
}

//! Giving back what a member no longer needs of its files.

use crate::disk::{DiskImage, DiskOperation, SNAPSHOT_DIRECTORY};
use crate::snapshot::{
    SnapshotHeader, newest_good_marked, old_files, position, received_files, unfinished_files,
};
use crate::wal::{self, Metadata, WalError, WalOptions};

/// Whose files they are.
///
/// # Errors
/// The log cannot be read.
pub fn owner(image: &DiskImage) -> Result<Metadata, WalError> {
    let recovered = wal::recover(image, None, WalOptions::default())?;
    Ok(recovered.metadata)
}

/// What removes all that is behind the newest good snapshot: older ones, those that were never
/// finished, and segments of the log whose entries it holds. A member that runs keeps some of
/// them for followers that are a little behind; one that starts needs none.
///
/// # Errors
/// The log cannot be read: then nothing is removed.
pub fn tidy(image: &DiskImage) -> Result<Vec<DiskOperation>, WalError> {
    let mut recovered = wal::recover(image, None, WalOptions::default())?;
    let mut operations = recovered.operations;
    recovered.wal.batch_done();
    let remove = |path: String| DiskOperation::Remove { path };
    operations.extend(unfinished_files(image).into_iter().map(remove));
    let received = received_files(image, &recovered.markers);
    operations.extend(received.void.into_iter().map(remove));
    for (index, term) in received.marked {
        // The log was synced before.
        let header = SnapshotHeader::at(index, term);
        let (from, to) = (header.received_path(), header.path());
        operations.push(DiskOperation::Rename { from, to });
    }
    let newest = newest_good_marked(image, &recovered.markers);
    if let Some(snapshot) = newest.snapshot {
        // Newer ones stand in no marker: a start passes them over, but they are not ours to judge.
        let paths = image.files.keys().map(String::as_str);
        let own = Some((snapshot.header.index, snapshot.header.term));
        let older = old_files(paths, 0)
            .into_iter()
            .take_while(|path| position(path) < own);
        operations.extend(older.map(remove));
        let released = recovered.wal.release_before(snapshot.header.index, 1);
        operations.extend(released.operations);
    }
    operations.push(DiskOperation::SyncDirectory {
        path: SNAPSHOT_DIRECTORY.to_owned(),
    });
    Ok(operations)
}

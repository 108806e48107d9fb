//! Writing a snapshot, chunk by chunk.

use bytes::Bytes;

use crate::disk::{DiskOperation, SNAPSHOT_DIRECTORY};

use super::{SnapshotEncoder, SnapshotHeader};

/// Writes one snapshot. The operations of each call go to the disk in the order of the calls,
/// on [`crate::disk::Lane::Snapshot`]; the snapshot exists when those of
/// [`SnapshotWriter::finish`] are done, and not before.
#[derive(Clone, Debug)]
pub struct SnapshotWriter {
    /// Where it will be.
    path: String,
    encoder: SnapshotEncoder,
}

impl SnapshotWriter {
    /// Begins a snapshot; what is left of an earlier attempt at the same one goes.
    pub fn begin(header: &SnapshotHeader) -> (Self, Vec<DiskOperation>) {
        Self::begin_at(header.path(), header)
    }

    /// As [`SnapshotWriter::begin`], for a leader's snapshot: the log does not reach that far, so
    /// it gets the name of a snapshot only once the log has a marker for it. Until it is whole it
    /// has a name of its own as well: this member may write its own snapshot of the same entry
    /// meanwhile, and neither may write into the other's file, or remove it.
    pub fn begin_received(header: &SnapshotHeader) -> (Self, Vec<DiskOperation>) {
        Self::begin_at(header.received_path(), header)
    }

    fn begin_at(path: String, header: &SnapshotHeader) -> (Self, Vec<DiskOperation>) {
        let (encoder, first) = SnapshotEncoder::begin(header);
        let writer = Self { path, encoder };
        let path = writer.unfinished_path();
        let remove = DiskOperation::Remove { path };
        let append = writer.append(first);
        (writer, vec![remove, append])
    }

    /// Adds a chunk, of about [`crate::limits::SNAPSHOT_CHUNK_SIZE_BYTES`].
    pub fn chunk(&mut self, bytes: &[u8]) -> DiskOperation {
        let bytes = self.encoder.chunk(bytes);
        self.append(bytes)
    }

    /// Ends it: the last frame, the sync, and only then the rename that makes it a snapshot.
    pub fn finish(mut self) -> Vec<DiskOperation> {
        let last = self.encoder.finish();
        let append = self.append(last);
        let path = self.unfinished_path();
        vec![
            append,
            DiskOperation::Sync { path: path.clone() },
            DiskOperation::Rename {
                from: path,
                to: self.path,
            },
            DiskOperation::SyncDirectory {
                path: SNAPSHOT_DIRECTORY.to_owned(),
            },
        ]
    }

    /// Gives it up.
    pub fn abandon(self) -> Vec<DiskOperation> {
        let path = self.unfinished_path();
        vec![DiskOperation::Remove { path }]
    }

    /// How much has been written, in bytes.
    pub fn written_bytes(&self) -> u64 {
        self.encoder.written_bytes()
    }

    fn unfinished_path(&self) -> String {
        format!("{}{UNFINISHED_SUFFIX}", self.path)
    }

    fn append(&self, bytes: Bytes) -> DiskOperation {
        DiskOperation::Append {
            path: self.unfinished_path(),
            bytes,
        }
    }
}

/// What follows the name of a snapshot that is being written.
pub(crate) const UNFINISHED_SUFFIX: &str = ".tmp";

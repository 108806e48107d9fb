//! Writing a snapshot, chunk by chunk.

use bytes::BytesMut;

use crate::archive;
use crate::disk::{DiskOperation, SNAPSHOT_DIRECTORY};
use crate::wal::frame::{self, Place};

use super::SnapshotHeader;
use super::header::{FORMAT_VERSION, KIND_CHUNK, KIND_HEADER, KIND_TAIL, PLACE_FILE, Tail};

/// Writes one snapshot. The operations of each call go to the disk in the order of the calls,
/// on [`crate::disk::Lane::Snapshot`]; the snapshot exists when those of
/// [`SnapshotWriter::finish`] are done, and not before.
#[derive(Clone, Debug)]
pub struct SnapshotWriter {
    path: String,
    chain: u32,
    written_bytes: u64,
    tail: Tail,
}

impl SnapshotWriter {
    /// Begins a snapshot; what is left of an earlier attempt at the same one goes.
    pub fn begin(header: &SnapshotHeader) -> (Self, Vec<DiskOperation>) {
        let mut writer = Self {
            path: header.path(),
            chain: 0,
            written_bytes: 0,
            tail: Tail::default(),
        };
        let path = writer.unfinished_path();
        let remove = DiskOperation::Remove { path };
        let append = writer.frame(KIND_HEADER, &header.encode());
        (writer, vec![remove, append])
    }

    /// Adds a chunk, of about [`crate::limits::SNAPSHOT_CHUNK_SIZE_BYTES`].
    pub fn chunk(&mut self, bytes: &[u8]) -> DiskOperation {
        self.tail.chunks += 1;
        self.tail.chunk_bytes += bytes.len() as u64;
        self.frame(KIND_CHUNK, bytes)
    }

    /// Ends it: the last frame, the sync, and only then the rename that makes it a snapshot.
    pub fn finish(mut self) -> Vec<DiskOperation> {
        let tail = archive::encode(&self.tail);
        let append = self.frame(KIND_TAIL, &tail);
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
        self.written_bytes
    }

    fn unfinished_path(&self) -> String {
        format!("{}{UNFINISHED_SUFFIX}", self.path)
    }

    fn frame(&mut self, kind: u8, body: &[u8]) -> DiskOperation {
        let mut bytes = BytesMut::new();
        let place = Place {
            file: PLACE_FILE,
            at_bytes: self.written_bytes,
        };
        let what = (kind, FORMAT_VERSION);
        self.chain = frame::write(&mut bytes, what, place, self.chain, &[body]);
        self.written_bytes += bytes.len() as u64;
        DiskOperation::Append {
            path: self.unfinished_path(),
            bytes: bytes.freeze(),
        }
    }
}

/// What follows the name of a snapshot that is being written.
pub(crate) const UNFINISHED_SUFFIX: &str = ".tmp";

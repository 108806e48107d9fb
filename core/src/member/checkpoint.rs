//! Writing the member's own snapshots, in the background.
//!
//! 1. The store is pinned as it is after an entry; writes go on above the pin.
//! 2. Its chunks are read and written one by one, each when the disk is done with the last.
//! 3. The file is synced, and only then renamed to its name.
//! 4. The log gets a marker. When that is durable, the log behind the snapshot may go.
//!
//! A crash at any point leaves the snapshot before it in force.

use crate::disk::DiskOperation;
use crate::id::{Index, Term};
use crate::limits::SNAPSHOT_CHUNK_SIZE_BYTES;
use crate::mvcc::{Cursor, Pin, Store};
use crate::snapshot::{SnapshotHeader, SnapshotWriter};

/// A snapshot that is being written.
pub(super) struct Checkpoint {
    header: SnapshotHeader,
    pin: Pin,
    cursor: Option<Cursor>,
    /// Taken when the last operations have been handed out.
    writer: Option<SnapshotWriter>,
}

/// How a checkpoint goes on.
pub(super) enum Next {
    /// These are to be carried out, then it goes on.
    Write(Vec<DiskOperation>),
    /// It is on the disk.
    Done,
    /// The store it was of is gone.
    Abandoned(Vec<DiskOperation>),
}

impl Checkpoint {
    /// Begins one of the store as it is now.
    pub(super) fn begin(header: SnapshotHeader, store: &mut Store) -> (Self, Vec<DiskOperation>) {
        let (writer, operations) = SnapshotWriter::begin(&header);
        let pin = store.pin();
        (
            Self {
                header,
                pin,
                cursor: None,
                writer: Some(writer),
            },
            operations,
        )
    }

    /// What it is of.
    pub(super) fn position(&self) -> (Index, Term) {
        (self.header.index, self.header.term)
    }

    /// The disk is done with what it was given last.
    pub(super) fn go_on(&mut self, store: &Store) -> Next {
        let Some(mut writer) = self.writer.take() else {
            return Next::Done;
        };
        let chunk = store
            .read_chunk(&self.pin, self.cursor.as_ref(), SNAPSHOT_CHUNK_SIZE_BYTES)
            .and_then(|(chunk, cursor)| Some((chunk.encode().ok()?, cursor)));
        let Some((bytes, cursor)) = chunk else {
            return Next::Abandoned(writer.abandon());
        };
        let mut operations = vec![writer.chunk(&bytes)];
        if cursor.is_some() {
            self.cursor = cursor;
            self.writer = Some(writer);
        } else {
            operations.extend(writer.finish());
        }
        Next::Write(operations)
    }

    /// Gives it up; its store is gone, and the pin with it. What removes its file.
    pub(super) fn abandon(self) -> Vec<DiskOperation> {
        match self.writer {
            Some(writer) => writer.abandon(),
            None => vec![DiskOperation::Remove {
                path: self.header.path(),
            }],
        }
    }

    /// Gives the pin back.
    pub(super) fn end(self, store: &mut Store) {
        store.unpin(self.pin);
    }
}

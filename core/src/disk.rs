//! The disk, as data.
//!
//! A member never touches a file. It hands out batches of [`DiskOperation`]s; the host carries
//! each batch out in order and answers with its [`BatchId`]. What a member promises to others it
//! promises only after that answer, so `Sync` is where durability begins: until a file is synced
//! a crash may leave any part of what was written to it, and until a directory is synced a crash
//! may undo any rename, creation or removal in it.
//!
//! Paths are relative to the member's data directory and use `/`.

use bytes::Bytes;
use thiserror::Error;

use crate::collections::BTreeMap;
use crate::id::BatchId;

/// Which queue a batch goes through. Batches of one lane are carried out in order; the lanes do
/// not wait for one another, so that writing a large snapshot never delays a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// The write-ahead log: on the way of every write.
    Log,
    /// Snapshots, written in the background.
    Snapshot,
}

/// One operation on a file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskOperation {
    /// Adds bytes at the end of a file, which is created (empty) when it is not there.
    Append {
        /// The file.
        path: String,
        /// What to add.
        bytes: Bytes,
    },
    /// Cuts a file to a length, in bytes; a shorter file is left as it is.
    Truncate {
        /// The file.
        path: String,
        /// Its new length.
        length_bytes: u64,
    },
    /// Makes a file's contents durable (`fdatasync`).
    Sync {
        /// The file.
        path: String,
    },
    /// Makes a directory's entries durable: creations, renames, removals.
    SyncDirectory {
        /// The directory, relative to the data directory; it exists.
        path: String,
    },
    /// Gives a file another name in the same directory, replacing what had that name.
    Rename {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// Removes a file; one that is not there is no error.
    Remove {
        /// The file.
        path: String,
    },
}

/// Operations that belong together; the host answers once all are done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskBatch {
    /// Echoed in the answer.
    pub id: BatchId,
    /// Which queue.
    pub lane: Lane,
    /// In order.
    pub operations: Vec<DiskOperation>,
}

/// A host could not carry out a batch. A member that hears this stops: after a failed `fsync`
/// nobody knows what is on the disk, and asking again may be told a lie.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("disk: {operation} {path}: {reason}")]
pub struct DiskError {
    /// What was tried: `append`, `sync`, …
    pub operation: String,
    /// On which file.
    pub path: String,
    /// What the host's disk said.
    pub reason: String,
}

/// All files of a member's data directory, handed back to it when it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiskImage {
    /// Contents by path.
    pub files: BTreeMap<String, Bytes>,
}

/// The directory of the log segments.
pub const WAL_DIRECTORY: &str = "member/wal";
/// The directory of the snapshots.
pub const SNAPSHOT_DIRECTORY: &str = "member/snap";

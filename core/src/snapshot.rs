//! Snapshot files: a checkpoint of the store, so that the log behind it can be let go.
//!
//! A snapshot is written in the background, chunk by chunk, to a file whose name ends in `.tmp`,
//! and becomes `{term:016x}-{index:016x}.snap` by a rename once it is synced: a crash leaves
//! either a whole snapshot or none. Only when the rename is durable too (the directory is
//! synced) does the log note it with a marker ([`crate::wal::Wal::mark_snapshot`]), and only
//! when the marker is durable does the log let segments go.
//!
//! A leader's snapshot reaches beyond the log, so it is called `….snap.received` until its marker
//! is durable, and gets its name then: one that has its name and lies beyond the log's end is
//! evidence that the log has lost entries ([`check_log_end`]).
//!
//! ```text
//! header frame   SnapshotHeader: cluster, index, term, configuration, members, revisions
//! chunk frame    bytes of the store, opaque here     ┐ as many as it takes
//! …                                                  ┘
//! tail frame     how many chunks, how many bytes; its checksum ends a chain over all
//! ```
//!
//! The frames are those of the log (`docs/file-format.md`): each checksum runs on from the one
//! before, so a file that lacks a chunk, or has two in the wrong order, is a broken one. On the
//! way to a follower the same header and the same chunks travel in messages; the follower writes
//! them with the same [`SnapshotWriter`].
//!
//! A client may save one (`Maintenance/Snapshot`): the same bytes, and behind them what etcd's
//! clients look for at the end of a saved file, see [`SavedChecksum`].

mod catalog;
mod encoder;
mod error;
mod header;
mod lost;
mod reader;
mod saved;
mod writer;

pub(crate) use catalog::position;
pub use catalog::{
    Newest, ReceivedFiles, newest_good, newest_good_marked, old_files, received_files,
    unfinished_files,
};
pub use encoder::SnapshotEncoder;
pub use error::SnapshotError;
pub use header::{Configuration, SnapshotHeader};
pub use lost::{LostEntries, check_log_end};
pub use reader::{SnapshotFile, read};
pub(crate) use saved::padding;
pub use saved::{SavedChecksum, SavedError, SavedSize, read_saved};
pub use writer::SnapshotWriter;

//! The write-ahead log: what a member has promised, so that it can keep its word after a crash.
//!
//! # Why a log
//! A Raft member makes promises: "I voted for you in this term", "I hold this entry". Others
//! count on them at once, so before it speaks they must be on a disk (paper §5, figure 2). A
//! disk is quick at one thing, adding to the end of a file, so that is all that happens on the
//! way of a write: records are appended and synced; the store itself stays in memory. After a
//! crash the member starts from its newest snapshot and plays the log back behind it.
//!
//! ```text
//! member/wal/0000000000000000-0000000000000000.wal      {sequence}-{index of the next entry}
//!            0000000000000001-0000000000002000.wal
//!            ┌──────┬───────┬───────┬────────┬───────┬ ─ ─
//!            │ head │ batch │ batch │ marker │ batch │        each one frame
//!            └──────┴───────┴───────┴────────┴───────┴ ─ ─
//! ```
//!
//! - A **batch** is what Raft handed over at once: entries, and the hard state (term, vote,
//!   commit) that goes with them. An entry at an index that is there already replaces it and
//!   all behind it: the file only grows, the last write of an index wins.
//! - A **marker** says that a snapshot up to an index is durable.
//! - The **head** opens a segment: whose log it is, and where the log stood. A segment is closed
//!   at 64 MB and a new one begun, so that the log can be let go in pieces: once a snapshot's
//!   marker is durable, all segments before the one that holds its index may go.
//!
//! The bytes are described in `docs/file-format.md`.
//!
//! # Group commit
//! A sync takes a millisecond where adding a record takes a microsecond. So [`Wal`] has one
//! batch of operations out at a time, and all that is appended meanwhile shares the next sync.
//! No timer, no count: the queue sets the size by itself. A change of nothing but the commit
//! index is written without a sync; Raft finds that out anew.
//!
//! # Torn or corrupt?
//! A crash may leave any part of what was not synced: half a record, zeros, a sector of
//! something else, the second record without the first. Such a **torn** end was promised to
//! nobody, and is cut off. A record that *had* been synced and has changed is another matter: to
//! cut there would be to forget promises, and a member that forgets votes or entries can make a
//! cluster lose data that it acknowledged. Such a log is **corrupt**; the member must not serve.
//!
//! A wrong checksum looks the same in both cases. So each frame says how many bytes of its
//! segment were known to be durable when it was made: its *synced mark*. The rule:
//!
//! 1. Damage in a segment that a newer one follows is corruption: a segment is begun only when
//!    the one before it is synced whole.
//! 2. Otherwise, look at the frames behind the bad one. If any good one has a synced mark beyond
//!    where the bad one begins, it is corruption. If none has, it is a torn end.
//! 3. A newest segment without a good head, and without such a frame, was never finished: it is
//!    removed.
//!
//! *It never refuses what a crash left.* A synced mark lies on the border of two frames, and is
//! written only when all before it is durable; a frame that begins before the mark ends before
//! it, so no crash could damage it. Nor can the frames of an end that was cut off testify later,
//! should their sectors come back: what is cut was not durable, so no mark among them lies
//! beyond the cut. (And a frame that is not where it was written has a wrong checksum.)
//!
//! *It never forgets what it can know was promised.* The one thing it cannot know is whether the
//! very last batch had been synced: nothing was written after it that could tell. A crash is
//! far more likely than damage just there, so that is cut. The window is small: when entries are
//! committed, the new commit index goes to the log, and its frame testifies for them.
//!
//! Contrast etcd, which calls an end torn if some sector of the last record is all zeros, and
//! refuses any other wrong checksum: it has no marks, and trusts disks to leave zeros.
//!
//! # After a kill
//! What a new process reads may be in the operating system's memory alone. So recovery always
//! begins with a sync ([`Recovered::operations`]), and the writer hands nothing out before that.
//!
//! # What is left out
//! Segments are not preallocated (etcd's `0.tmp`), entries are not compressed, and a corrupt log
//! is not mended from peers: the member is replaced, as with etcd.

mod error;
pub(crate) mod frame;
mod raw;
mod record;
mod recovery;
mod replay;
mod segment;
mod segment_name;
mod writer;

pub use error::WalError;
pub(crate) use raw::{RawRecord, raw_records};
pub use record::{EntryKind, FORMAT_VERSION, HardState, LogEntry, Metadata, SnapshotMarker};
pub use recovery::{Recovered, Repair, recover};
pub(crate) use segment_name::hexadecimal;
pub use writer::{LogBatch, Released, Wal, WalOptions};

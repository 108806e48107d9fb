//! What stands in the log.

use std::fmt;

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use crate::id::{ClusterId, Index, MemberId, Term};

/// Whose log it is: it stands at the head of every segment, so that a data directory that was
/// mixed up with another's is noticed.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The member.
    pub member: MemberId,
    /// Its cluster.
    pub cluster: ClusterId,
}

impl fmt::Display for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "member {} of cluster {}", self.member, self.cluster)
    }
}

/// What an entry's data is.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryKind {
    /// A command for the store, or nothing at all (a new leader's first entry).
    #[default]
    Normal,
    /// A change of the cluster's members.
    ConfChange,
}

/// One entry of the Raft log (paper §5.3).
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct LogEntry {
    /// The term of the leader that made it.
    pub term: Term,
    /// Its position.
    pub index: Index,
    /// What the data is.
    pub kind: EntryKind,
    /// What is to be applied.
    pub data: Bytes,
}

/// What Raft must not forget besides the entries (paper, figure 2: "persistent state").
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HardState {
    /// The latest term seen.
    pub term: Term,
    /// Whom this member voted for in that term; 0 for nobody.
    pub vote: MemberId,
    /// How far the log is known to be committed. A hint: Raft finds it out anew.
    pub commit: Index,
}

/// Says that a snapshot up to here is durable.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotMarker {
    /// The last index in the snapshot.
    pub index: Index,
    /// That entry's term.
    pub term: Term,
    /// The snapshot came from a leader and stands for the whole log: what was before is void.
    pub replaces_log: bool,
}

/// The body of the first frame of a segment: all that a reader needs who no longer has the
/// segments before it. Its frame carries the chain on from them.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHead {
    pub(crate) metadata: Metadata,
    pub(crate) sequence: u64,
    pub(crate) state: LogState,
}

/// What Raft handed over at once: entries, then the hard state that goes with them.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) entries: Vec<LogEntry>,
    pub(crate) hard_state: Option<HardState>,
}

/// The log so far, without its entries: writer and reader keep it by the same rules.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogState {
    /// The last index.
    pub(crate) last: Index,
    pub(crate) hard_state: HardState,
    pub(crate) marker: Option<SnapshotMarker>,
}

impl LogState {
    /// Takes a marker in. What a snapshot holds was committed, even when the hard state that
    /// says so is not written yet.
    pub(crate) fn mark(&mut self, marker: SnapshotMarker) {
        self.marker = Some(marker);
        self.hard_state.commit = self.hard_state.commit.max(marker.index);
        if marker.replaces_log {
            self.last = marker.index;
        }
    }
}

/// The version of the format that is written, in every frame.
pub const FORMAT_VERSION: u8 = 1;

/// Kind of a frame that holds a [`SegmentHead`].
pub(crate) const KIND_HEAD: u8 = 1;
/// Kind of a frame that holds a [`Batch`].
pub(crate) const KIND_BATCH: u8 = 2;
/// Kind of a frame that holds a [`SnapshotMarker`].
pub(crate) const KIND_MARKER: u8 = 3;

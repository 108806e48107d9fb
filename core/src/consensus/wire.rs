//! What members say to one another, as rkyv records.
//!
//! These types are the wire format: changing one is a new [`super::frame::VERSION`]. They hold
//! raft's messages field for field, without the fields that this project does not use, so that
//! nobody can set them from outside.

mod hash;
mod lease;
mod membership;

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

pub use hash::{HashAnswer, HashOutcome, HashQuestion};
pub use lease::{LeaseAnswer, LeaseQuestion, LeaseQuestionKind};
pub use membership::{
    ChangeAnswer, ChangeQuestion, ChangeVerdict, RemovalNotice, StandingQuestion,
};

/// The body of one frame.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct WireFrame {
    /// Who sent it.
    pub from: u64,
    /// To whom.
    pub to: u64,
    /// What it says.
    pub body: WireBody,
}

/// What a frame says.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum WireBody {
    /// A message of Raft.
    Raft(WireMessage),
    /// A part of a snapshot's file, see [`crate::snapshot`].
    SnapshotChunk(SnapshotChunk),
    /// How far a snapshot has been received.
    SnapshotProgress(SnapshotProgress),
    /// A question about a lease. From version 2 on.
    LeaseQuestion(LeaseQuestion),
    /// The leader's answer. From version 2 on.
    LeaseAnswer(LeaseAnswer),
    /// A change of the members, asked of the leader. From version 3 on.
    ChangeQuestion(ChangeQuestion),
    /// That it was not taken. From version 3 on.
    ChangeAnswer(ChangeAnswer),
    /// That a member is removed. From version 3 on.
    Removal(RemovalNotice),
    /// Whether the sender is still a member. From version 3 on.
    StandingQuestion(StandingQuestion),
    /// A question for the hash of a store. From version 4 on.
    HashQuestion(HashQuestion),
    /// Its answer. From version 4 on.
    HashAnswer(HashAnswer),
}

/// A message of Raft. Which fields mean something depends on the kind.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct WireMessage {
    /// Its kind.
    pub kind: WireKind,
    /// The sender's term; 0 on what is forwarded (proposals, reads).
    pub term: u64,
    /// The term of the entry at `index`.
    pub log_term: u64,
    /// Of an append: what its entries follow on.
    pub index: u64,
    /// The entries.
    pub entries: Vec<WireEntry>,
    /// The sender's commit index.
    pub commit: u64,
    /// The term of the entry at `commit`.
    pub commit_term: u64,
    /// Whether it says no.
    pub reject: bool,
    /// Where the logs might agree.
    pub reject_hint: u64,
    /// Says which read, or that an election was ordered by the leader.
    pub context: Bytes,
}

/// The kinds of Raft's messages that may cross a link. A snapshot's own message does not: the
/// receiver makes it when it has the snapshot's file. Nor does a wish for another leader: only
/// the leader itself hands over.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are raft's; see trace::MessageKind")]
pub enum WireKind {
    Propose,
    Append,
    AppendResponse,
    Vote,
    VoteResponse,
    PreVote,
    PreVoteResponse,
    Heartbeat,
    HeartbeatResponse,
    TimeoutNow,
    ReadIndex,
    ReadIndexResponse,
}

/// A log entry.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct WireEntry {
    /// Whether it changes the configuration.
    pub conf_change: bool,
    /// Its term.
    pub term: u64,
    /// Its index.
    pub index: u64,
    /// What it says; empty for the entry a new leader begins with.
    pub data: Bytes,
}

/// A part of a snapshot's file. Part 0 is its header.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct SnapshotChunk {
    /// The leader's term.
    pub term: u64,
    /// Which snapshot: its index.
    pub index: u64,
    /// And its term.
    pub log_term: u64,
    /// Which try of this leader's to send it; a receiver starts anew when it changes.
    pub transfer: u64,
    /// Which part, from 0.
    pub number: u32,
    /// Whether no part follows.
    pub last: bool,
    /// The part.
    pub bytes: Bytes,
}

/// How far a snapshot has been received.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotProgress {
    /// The receiver's term.
    pub term: u64,
    /// Which snapshot: its index.
    pub index: u64,
    /// Which try.
    pub transfer: u64,
    /// The part that is wanted next; all before it have come.
    pub next: u32,
    /// What became of it.
    pub state: SnapshotProgressState,
}

/// What became of a snapshot under way.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotProgressState {
    /// More parts are wanted.
    Receiving,
    /// All of it has come, is on the disk, and has been taken over.
    Installed,
    /// It was no good; the leader may try again.
    Failed,
}

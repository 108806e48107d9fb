//! The events.

use super::MessageKind;
use crate::auto_compaction::AutoCompaction;
use crate::command::AlarmMember;
use crate::id::{Index, LeaseId, MemberId, Revision, Term};
use crate::version::ServerVersion;

/// Something that happened in one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEvent {
    /// In which.
    pub member: MemberId,
    /// What.
    pub kind: TraceKind,
}

/// How much a person should care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every step of the machine.
    Debug,
    /// What an operator wants to read.
    Info,
    /// Something is not as it should be.
    Warn,
}

/// Which check of the members' stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorruptionCheck {
    /// Before a member takes part in anything.
    Initial,
    /// From time to time.
    Periodic,
    /// Of the hashes of compactions.
    Compaction,
}

/// What happened. Terms without a note are the member's own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each variant is documented, and its fields are named for it"
)]
pub enum TraceKind {
    /// The member has read its disk and joins.
    Restarted {
        term: Term,
        commit: Index,
        last: Index,
    },
    /// The store has been rebuilt.
    StoreRestored { revision: Revision },
    /// The ticks of the first election timeout that were skipped, and why.
    ElectionTicksAdvanced { ticks: u32, single: bool },
    /// A connection to a peer came up.
    PeerActive { peer: MemberId },
    /// A connection to a peer was lost.
    PeerInactive { peer: MemberId },

    /// Became follower.
    BecameFollower { term: Term },
    /// Became pre-candidate: asks whether it would win, without raising the term.
    BecamePreCandidate { term: Term },
    /// Became candidate.
    BecameCandidate { term: Term },
    /// Became leader.
    BecameLeader { term: Term },
    /// An election begins: the timer ran out.
    ElectionStarted { term: Term },
    /// An election begins because the leader said so.
    TimeoutNowReceived { term: Term, from: MemberId },
    /// A leader could not hear a majority for an election timeout.
    QuorumLost,
    /// It knows a leader now.
    LeaderElected { leader: MemberId, term: Term },
    /// It lost its leader.
    LeaderLost { leader: MemberId, term: Term },
    /// Another leader took over.
    LeaderChanged {
        from: MemberId,
        to: MemberId,
        term: Term,
    },

    /// Asked for a vote, real or preliminary.
    VoteRequested {
        kind: MessageKind,
        to: MemberId,
        term: Term,
        log_term: Term,
        index: Index,
    },
    /// Gave a vote.
    VoteCast {
        kind: MessageKind,
        to: MemberId,
        term: Term,
    },
    /// Refused a vote.
    VoteRejected {
        kind: MessageKind,
        to: MemberId,
        term: Term,
    },
    /// Ignored a request for a vote: it still hears from a leader.
    VoteIgnored {
        kind: MessageKind,
        from: MemberId,
        term: Term,
        remaining_ticks: u32,
    },
    /// The member cannot stand for election any more: terms or indexes are used up.
    ElectionImpossible { reason: String },
    /// Reads are answered by the leader's lease from now on.
    ReadLeaseBegan { term: Term },
    /// The leader's lease has run out: reads wait for a majority.
    ReadLeaseEnded { term: Term },
    /// Got the answer to a request for a vote.
    VoteReceived {
        kind: MessageKind,
        from: MemberId,
        term: Term,
        granted: bool,
    },
    /// How the vote stands.
    VoteTally {
        kind: MessageKind,
        granted: u32,
        rejected: u32,
    },
    /// A message of a higher term came in.
    HigherTerm {
        kind: MessageKind,
        from: MemberId,
        own: Term,
        theirs: Term,
    },
    /// A message of a lower term was ignored.
    LowerTermIgnored {
        kind: MessageKind,
        from: MemberId,
        own: Term,
        theirs: Term,
    },

    /// A leader begins to hand over.
    TransferStarted { term: Term, to: MemberId },
    /// A member that stops, or is asked to, hands over.
    TransferOnStop { to: MemberId },
    /// A stopping member does not lead: it has nothing to hand over.
    TransferSkipped,
    /// A stopping leader is the only voter: there is nobody to hand over to.
    TransferSkippedAlone,
    /// A stopping leader reaches no other voter.
    TransferImpossible,
    /// The leadership was handed over.
    TransferFinished { to: MemberId },
    /// The leadership could not be handed over in time.
    TransferFailed { to: MemberId },

    /// Entries came into the log, in memory so far.
    Appended {
        first: Index,
        last: Index,
        term: Term,
    },
    /// Entries that did not agree with the leader's were thrown away.
    LogTruncated { from: Index },
    /// All up to here is on this member's disk.
    Synced {
        index: Index,
        term: Term,
        vote: MemberId,
    },
    /// The commit index moved.
    Committed { index: Index },
    /// The store has carried out all up to here.
    Applied { index: Index, revision: Revision },
    /// A follower's log did not have what the leader's append builds on.
    AppendRejected {
        from: MemberId,
        index: Index,
        hint: Index,
    },

    /// A snapshot is being written.
    SnapshotStarted { index: Index, term: Term },
    /// A snapshot is on the disk.
    SnapshotSaved { index: Index, term: Term },
    /// A snapshot goes out to a follower.
    SnapshotSendStarted {
        to: MemberId,
        index: Index,
        term: Term,
    },
    /// A follower has all of it.
    SnapshotSendFinished {
        to: MemberId,
        index: Index,
        succeeded: bool,
    },
    /// A snapshot from the leader took the place of the store.
    SnapshotApplied {
        from: MemberId,
        index: Index,
        term: Term,
    },
    /// Log segments behind a snapshot were let go.
    SegmentsReleased { files: Vec<String> },
    /// A new segment was begun.
    SegmentCut { file: String },
    /// The end of the log was damaged, as a crash leaves it, and was cut off.
    WalRepaired { file: String, at_bytes: u64 },
    /// A snapshot could not be read when the member started, and was passed over; a damaged one
    /// is kept under another name.
    SnapshotUnreadable {
        path: String,
        broken_path: Option<String>,
        reason: String,
    },
    /// The log in memory was cut behind a snapshot.
    LogCompacted { index: Index },

    /// The store forgot history.
    StoreCompacted { revision: Revision },
    /// A member was added.
    MemberAdded {
        id: MemberId,
        peer_urls: Vec<String>,
        is_learner: bool,
    },
    /// A member was removed.
    MemberRemoved { id: MemberId },
    /// A member is reached elsewhere.
    MemberUpdated {
        id: MemberId,
        peer_urls: Vec<String>,
    },
    /// A learner got its vote.
    MemberPromoted { id: MemberId },
    /// The configuration that counts from here on.
    ConfigurationSwitched {
        voters: Vec<MemberId>,
        learners: Vec<MemberId>,
    },
    /// A change of the members was refused.
    ChangeRefused { change: String, reason: String },
    /// This member was removed, and says goodbye.
    LeavingStarted,
    /// This member was removed, and stops.
    RemovedForGood,
    /// A member's name and client URLs became known.
    AttributesPublished { id: MemberId, name: String },

    /// A lease was granted.
    LeaseGranted { lease: LeaseId, ttl_seconds: i64 },
    /// A lease ended, and its keys were deleted: by a client, or because its time was over.
    LeaseRevoked {
        lease: LeaseId,
        keys: usize,
        expired: bool,
    },
    /// A new leader begins to count the time of the leases that are there (etcd's lessor is
    /// promoted).
    LeasesPromoted { term: Term, leases: usize },
    /// An end of leases that another term's leader had decided on was passed over.
    LeaseExpiryIgnored { decided: Term, term: Term },

    /// This member's store has grown beyond its quota: it raises an alarm.
    QuotaExceeded { size_bytes: u64, quota_bytes: u64 },
    /// An alarm was raised.
    AlarmRaised { alarm: AlarmMember },
    /// An alarm was lowered.
    AlarmLowered { alarm: AlarmMember },
    /// The leader compacts by itself.
    AutoCompactionStarted {
        revision: Revision,
        mode: AutoCompaction,
    },
    /// It has.
    AutoCompactionFinished {
        revision: Revision,
        mode: AutoCompaction,
    },
    /// It could not.
    AutoCompactionFailed {
        revision: Revision,
        mode: AutoCompaction,
        reason: String,
    },
    /// A check of the members' stores begins.
    CorruptionCheckStarted { check: CorruptionCheck },
    /// It has ended: with how many members, or of how many compactions.
    CorruptionCheckFinished {
        check: CorruptionCheck,
        checked: usize,
    },
    /// A check has found that stores differ.
    StoresDiffer {
        check: CorruptionCheck,
        peer: MemberId,
        what: String,
    },
    /// A defragmentation begins.
    DefragmentStarted {
        size_bytes: u64,
        size_in_use_bytes: u64,
    },
    /// It has ended.
    DefragmentFinished {
        before_bytes: u64,
        size_bytes: u64,
        size_in_use_bytes: u64,
    },
    /// The cluster has a version now, or another one.
    ClusterVersionSet {
        from: Option<ServerVersion>,
        to: ServerVersion,
    },
    /// What the cluster's version allows may be used.
    CapabilitiesEnabled { version: ServerVersion },
    /// The cluster goes down to a version.
    DowngradeEnabled { target: ServerVersion },
    /// It does not any more.
    DowngradeCancelled,
    /// It should not any more, but did not.
    DowngradeCancelFailed { reason: String },

    /// A frame or message was refused: it would break a rule, or was damaged.
    Refused { from: MemberId, reason: String },
    /// A disk operation failed: the member stops.
    DiskFailed { reason: String },
}

impl TraceKind {
    /// How much a person should care.
    pub fn level(&self) -> Level {
        match self {
            TraceKind::Refused { .. }
            | TraceKind::DiskFailed { .. }
            | TraceKind::QuorumLost
            | TraceKind::TransferFailed { .. }
            | TraceKind::TransferImpossible
            | TraceKind::PeerInactive { .. }
            | TraceKind::LeaseExpiryIgnored { .. }
            | TraceKind::QuotaExceeded { .. }
            | TraceKind::AlarmRaised { .. }
            | TraceKind::AlarmLowered { .. }
            | TraceKind::DowngradeCancelFailed { .. }
            | TraceKind::AutoCompactionFailed { .. }
            | TraceKind::StoresDiffer { .. }
            | TraceKind::ChangeRefused { .. }
            | TraceKind::RemovedForGood
            | TraceKind::ElectionImpossible { .. }
            | TraceKind::SnapshotUnreadable { .. }
            | TraceKind::WalRepaired { .. } => Level::Warn,
            TraceKind::Appended { .. }
            | TraceKind::LogTruncated { .. }
            | TraceKind::Synced { .. }
            | TraceKind::Committed { .. }
            | TraceKind::Applied { .. }
            | TraceKind::AppendRejected { .. }
            | TraceKind::LogCompacted { .. }
            | TraceKind::LeaseGranted { .. }
            | TraceKind::LeaseRevoked { .. }
            | TraceKind::LowerTermIgnored { .. } => Level::Debug,
            _ => Level::Info,
        }
    }
}

//! The events.

use std::fmt;

use super::MessageKind;
use crate::id::{Index, MemberId, Revision, Term};

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
    /// A stopping member hands over: which way it goes about it.
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
    /// The log in memory was cut behind a snapshot.
    LogCompacted { index: Index },

    /// The store forgot history.
    StoreCompacted { revision: Revision },
    /// A member's name and client URLs became known.
    AttributesPublished { id: MemberId, name: String },

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
            | TraceKind::WalRepaired { .. } => Level::Warn,
            TraceKind::Appended { .. }
            | TraceKind::LogTruncated { .. }
            | TraceKind::Synced { .. }
            | TraceKind::Committed { .. }
            | TraceKind::Applied { .. }
            | TraceKind::AppendRejected { .. }
            | TraceKind::LogCompacted { .. }
            | TraceKind::LowerTermIgnored { .. } => Level::Debug,
            _ => Level::Info,
        }
    }
}

impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TraceKind as K;
        let id = self.member;
        match &self.kind {
            K::Restarted { term, commit, last } => write!(
                f,
                "newRaft {id} [term: {term}, commit: {commit}, lastindex: {last}]"
            ),
            K::StoreRestored { revision } => {
                write!(f, "kvstore restored [current-rev: {revision}]")
            }
            K::ElectionTicksAdvanced {
                ticks,
                single: true,
            } => {
                write!(
                    f,
                    "{id} started as single-node; fast-forwarding {ticks} election ticks"
                )
            }
            K::ElectionTicksAdvanced {
                ticks,
                single: false,
            } => write!(
                f,
                "{id} initialized peer connections; fast-forwarding {ticks} election ticks"
            ),
            K::PeerActive { peer } => write!(f, "{id} peer became active: {peer}"),
            K::PeerInactive { peer } => write!(f, "{id} peer became inactive: {peer}"),
            K::QuorumLost => {
                write!(
                    f,
                    "{id} stepped down to follower since quorum is not active"
                )
            }
            K::BecameFollower { term } => write!(f, "{id} became follower at term {term}"),
            K::BecamePreCandidate { term } => {
                write!(f, "{id} became pre-candidate at term {term}")
            }
            K::BecameCandidate { term } => write!(f, "{id} became candidate at term {term}"),
            K::BecameLeader { term } => write!(f, "{id} became leader at term {term}"),
            K::ElectionStarted { term } => {
                write!(f, "{id} is starting a new election at term {term}")
            }
            K::TimeoutNowReceived { term, from } => write!(
                f,
                "{id} [term {term}] received MsgTimeoutNow from {from} and starts an election to \
                 get leadership."
            ),
            K::LeaderElected { leader, term } => {
                write!(f, "raft.node: {id} elected leader {leader} at term {term}")
            }
            K::LeaderLost { leader, term } => {
                write!(f, "raft.node: {id} lost leader {leader} at term {term}")
            }
            K::LeaderChanged { from, to, term } => {
                write!(
                    f,
                    "raft.node: {id} changed leader from {from} to {to} at term {term}"
                )
            }
            kind => self.write_rest(kind, f),
        }
    }
}

impl TraceEvent {
    fn write_rest(&self, kind: &TraceKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TraceKind as K;
        let id = self.member;
        match kind {
            K::VoteRequested {
                kind,
                to,
                term,
                log_term,
                index,
            } => write!(
                f,
                "{id} [logterm: {log_term}, index: {index}] sent {kind} request to {to} at term \
                 {term}"
            ),
            K::VoteCast { kind, to, term } => {
                write!(f, "{id} cast {kind} for {to} at term {term}")
            }
            K::VoteRejected { kind, to, term } => {
                write!(f, "{id} rejected {kind} from {to} at term {term}")
            }
            K::VoteIgnored {
                kind,
                from,
                term,
                remaining_ticks,
            } => write!(
                f,
                "{id} ignored {kind} from {from} at term {term}: lease is not expired (remaining \
                 ticks: {remaining_ticks})"
            ),
            K::VoteReceived {
                kind,
                from,
                term,
                granted: true,
            } => {
                write!(f, "{id} received {kind} from {from} at term {term}")
            }
            K::VoteReceived {
                kind,
                from,
                term,
                granted: false,
            } => {
                write!(
                    f,
                    "{id} received {kind} rejection from {from} at term {term}"
                )
            }
            K::VoteTally {
                kind,
                granted,
                rejected,
            } => write!(
                f,
                "{id} has received {granted} {kind} votes and {rejected} vote rejections"
            ),
            K::HigherTerm {
                kind,
                from,
                own,
                theirs,
            } => write!(
                f,
                "{id} [term: {own}] received a {kind} message with higher term from {from} \
                 [term: {theirs}]"
            ),
            K::LowerTermIgnored {
                kind,
                from,
                own,
                theirs,
            } => write!(
                f,
                "{id} [term: {own}] ignored a {kind} message with lower term from {from} \
                 [term: {theirs}]"
            ),
            K::TransferStarted { term, to } => {
                write!(
                    f,
                    "{id} [term {term}] starts to transfer leadership to {to}"
                )
            }
            K::TransferOnStop { to } => write!(f, "leadership transfer starting: {id} to {to}"),
            K::TransferSkipped => {
                write!(
                    f,
                    "{id} skipped leadership transfer; local server is not leader"
                )
            }
            K::TransferSkippedAlone => write!(
                f,
                "{id} skipped leadership transfer for single voting member cluster"
            ),
            K::TransferImpossible => write!(
                f,
                "{id} leadership transfer failed: etcdserver: unhealthy cluster"
            ),
            K::TransferFinished { to } => {
                write!(f, "leadership transfer finished: {id} to {to}")
            }
            K::TransferFailed { to } => write!(
                f,
                "leadership transfer failed: {id} to {to}: etcdserver: request timed out, \
                 leader transfer took too long"
            ),
            kind => self.write_storage(kind, f),
        }
    }

    fn write_storage(&self, kind: &TraceKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TraceKind as K;
        let id = self.member;
        match kind {
            K::Appended { first, last, term } => {
                write!(f, "{id} appended entries {first}..={last} of term {term}")
            }
            K::LogTruncated { from } => write!(f, "{id} truncated its log from index {from}"),
            K::Synced { index, term, vote } => {
                write!(
                    f,
                    "{id} synced its log up to index {index} [term: {term}, vote: {vote}]"
                )
            }
            K::Committed { index } => write!(f, "{id} committed up to index {index}"),
            K::Applied { index, revision } => {
                write!(f, "{id} applied up to index {index} [revision: {revision}]")
            }
            K::AppendRejected { from, index, hint } => write!(
                f,
                "{id} rejected MsgApp from {from} at index {index}, hint {hint}"
            ),
            K::SnapshotStarted { index, term } => {
                write!(
                    f,
                    "{id} triggering snapshot at index {index} [term: {term}]"
                )
            }
            K::SnapshotSaved { index, term } => {
                write!(f, "{id} saved snapshot at index {index} [term: {term}]")
            }
            K::SnapshotSendStarted { to, index, term } => {
                write!(
                    f,
                    "{id} sending snapshot at index {index} [term: {term}] to {to}"
                )
            }
            K::SnapshotSendFinished {
                to,
                index,
                succeeded,
            } => {
                let verb = if *succeeded { "sent" } else { "failed to send" };
                write!(f, "{id} {verb} database snapshot at index {index} to {to}")
            }
            K::SnapshotApplied { from, index, term } => {
                write!(
                    f,
                    "{id} applied snapshot from {from} at index {index} [term: {term}]"
                )
            }
            K::SegmentsReleased { files } => {
                write!(f, "{id} released log segments {}", files.join(", "))
            }
            K::SegmentCut { file } => write!(f, "{id} created a new log segment {file}"),
            K::WalRepaired { file, at_bytes } => {
                write!(f, "{id} repaired the torn end of {file} at byte {at_bytes}")
            }
            K::LogCompacted { index } => write!(f, "{id} compacted its log up to index {index}"),
            K::StoreCompacted { revision } => {
                write!(
                    f,
                    "{id} finished scheduled compaction at revision {revision}"
                )
            }
            K::AttributesPublished { id: whose, name } => {
                write!(f, "{id} set the attributes of {whose} [name: {name}]")
            }
            K::Refused { from, reason } => {
                write!(f, "{id} refused a message from {from}: {reason}")
            }
            K::DiskFailed { reason } => write!(f, "{id} stops: {reason}"),
            _ => unreachable!("the kinds above are written by Display"),
        }
    }
}

//! What can be seen of a member from outside: facts to draw, nothing to act on.

use bytes::Bytes;

use crate::collections::BTreeMap;
use crate::command::{AlarmMember, MemberInfo};
use crate::id::{BatchId, Index, LeaseId, MemberId, Revision, Term};
use crate::mvcc::WatchStreamView;
use crate::trace::LocalMessage;

/// A member's role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Follows a leader, or waits for one.
    #[default]
    Follower,
    /// Asks whether it would be elected.
    PreCandidate,
    /// Asks to be elected.
    Candidate,
    /// Leads.
    Leader,
}

/// How far a leader believes one follower is, and how it sends to it (paper §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgressState {
    /// Looks for the place where the logs agree: one append per answer.
    Probe,
    /// Sends ahead of the answers.
    Replicate,
    /// A snapshot is under way.
    Snapshot,
}

/// What the admission of a request asks of a member: cheap to tell after every round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The leader it knows, or nobody.
    pub leader: MemberId,
    /// Whether it is a learner, which serves next to nothing.
    pub is_learner: bool,
    /// Whether its disk knows of no term but the one that a cluster begins with: it has not heard
    /// of a leader and has promised nothing to anybody. Of a member that has told its name to the
    /// cluster this cannot be so, see [`Membership::has_started`].
    ///
    /// [`Membership::has_started`]: crate::membership::Membership::has_started
    pub is_new: bool,
}

/// A leader's notes on one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressView {
    /// On whom.
    pub member: MemberId,
    /// How it sends.
    pub state: ProgressState,
    /// Highest index known to be on that member's disk.
    pub matched: Index,
    /// The next index to send.
    pub next: Index,
    /// Appends under way.
    pub in_flight: u32,
    /// Whether it has been heard from in this election timeout.
    pub recently_active: bool,
}

/// One lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseView {
    /// Which.
    pub id: LeaseId,
    /// How long a keep-alive gives it, in seconds.
    pub granted_ttl_seconds: i64,
    /// On a leader that counts: how many of its ticks are left; else nothing.
    pub remaining_ticks: Option<u64>,
    /// How many keys hang on it.
    pub keys: u64,
}

/// One entry of a member's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryView {
    /// Its position.
    pub index: Index,
    /// The term it was made in.
    pub term: Term,
    /// What it says, for a person: `put x=1`, `no-op`, `add member 8211f1d0f64f3269`.
    pub text: String,
}

/// One member at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Who.
    pub id: MemberId,
    /// Its role.
    pub role: Role,
    /// Its term.
    pub term: Term,
    /// Whom it voted for in this term.
    pub vote: MemberId,
    /// The leader it knows.
    pub leader: MemberId,
    /// Ticks since its election timer was set back.
    pub election_elapsed_ticks: u32,
    /// Ticks at which the timer runs out. A leader's runs to the next quorum check.
    pub election_timeout_ticks: u32,
    /// A leader's ticks since it last sent its heartbeats; 0 for all others.
    pub heartbeat_elapsed_ticks: u32,
    /// Ticks at which a leader sends its heartbeats.
    pub heartbeat_timeout_ticks: u32,
    /// The messages that its raft handed to itself in the last event, each once.
    pub local: Vec<LocalMessage>,
    /// A (pre-)candidate's answers so far.
    pub votes: BTreeMap<MemberId, bool>,
    /// The voters of its configuration, in ascending order.
    pub voters: Vec<MemberId>,
    /// Those who follow without a vote, in ascending order.
    pub learners: Vec<MemberId>,
    /// The members as it knows them, in ascending order of ids.
    pub members: Vec<MemberInfo>,
    /// The members that were removed, in ascending order.
    pub removed: Vec<MemberId>,
    /// Whether it is removed itself, and about to stop.
    pub is_leaving: bool,
    /// A leader's notes, in ascending order of ids, itself included; else empty.
    pub progress: Vec<ProgressView>,
    /// A leader: the highest index that a majority has on its disk, by its notes; else 0. It is
    /// committed once the entry there is of the leader's own term (paper §5.4.2).
    pub quorum_index: Index,
    /// The log in memory, from the first entry still held.
    pub log: Vec<EntryView>,
    /// The last index before `log`: what a snapshot or a compaction has taken.
    pub log_offset: Index,
    /// Up to here the log is on this member's disk.
    pub synced: Index,
    /// Up to here it has been handed to the disk; between the two it may or may not be written.
    pub handed: Index,
    /// The batch that `handed` waits for, if one is outstanding.
    pub batch: Option<BatchId>,
    /// Committed as far as this member knows.
    pub commit: Index,
    /// Carried out by the store.
    pub applied: Index,
    /// The newest snapshot on its disk.
    pub snapshot: Option<(Index, Term)>,
    /// The store's revision.
    pub revision: Revision,
    /// The store's compaction; -1 when there was none.
    pub compact_revision: Revision,
    /// The first keys of the store with their values, for a glance.
    pub keys: Vec<(Bytes, Bytes)>,
    /// The watch streams, in ascending order of ids.
    pub watches: Vec<WatchStreamView>,
    /// The leases, in ascending order of ids.
    pub leases: Vec<LeaseView>,
    /// The alarms that are raised, as far as it knows.
    pub alarms: Vec<AlarmMember>,
    /// Bytes its store takes, as the quota counts them.
    pub size_bytes: u64,
    /// As above without what is free.
    pub size_in_use_bytes: u64,
    /// Whether it has stopped.
    pub stopped: bool,
}

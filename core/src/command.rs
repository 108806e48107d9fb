//! Client operations and their replies, as data.
//!
//! A [`Command`] is what a client asks; the part of it that changes the store is what the Raft
//! log carries ([`Command::is_write`]). The shapes follow etcd's v3 protos
//! (`api/etcdserverpb/rpc.proto`), field for field, so a host only copies.

mod change;
mod cluster;
mod kv;
mod lease;
mod save;
mod txn;
mod watch;

use rkyv::{Archive, Deserialize, Serialize};

pub use change::{MemberAdd, MemberAddReply, MemberUpdate};
pub use cluster::{
    Alarm, AlarmMember, HashKv, HashKvReply, MemberAttributes, MemberInfo, MemberListReply,
    Publication, StatusReply,
};
pub use kv::{
    Compact, DeleteRange, DeleteRangeReply, KeyValue, Put, PutReply, Range, RangeReply, SortOrder,
    SortTarget,
};
pub use lease::{
    LeaseCheckpoint, LeaseExpire, LeaseGrant, LeaseGrantReply, LeaseKeepAliveReply,
    LeaseTimeToLive, LeaseTimeToLiveReply,
};
pub use save::{SaveAnswer, SaveEnd, SaveRequest, SaveResponse};
pub use txn::{Compare, CompareOutcome, CompareTarget, RequestOp, ResponseOp, Txn, TxnReply};
pub use watch::{WatchCreate, WatchEvent, WatchEventKind, WatchRequest, WatchResponse};

use crate::id::{ClusterId, LeaseId, MemberId, Revision, Term};
use crate::version::ServerVersion;

/// What a client asks of a member.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Read keys.
    Range(Range),
    /// Write one key.
    Put(Put),
    /// Delete keys.
    DeleteRange(DeleteRange),
    /// Compare, then one of two lists of operations, at one revision.
    Txn(Txn),
    /// Forget history up to a revision.
    Compact(Compact),
    /// Hash the store at a revision. Answered from this member alone.
    HashKv(HashKv),
    /// This member's state. Answered from this member alone.
    Status,
    /// The cluster's members; linearizable unless told otherwise.
    ///
    /// True asks a majority first whether the list is current.
    MemberList(bool),
    /// The alarms that are raised.
    AlarmList,
    /// A member tells the cluster its name and client URLs. Proposed by members before they told
    /// their version too, see [`Command::Publish`].
    PublishAttributes(MemberAttributes),
    /// Make a lease.
    LeaseGrant(LeaseGrant),
    /// End a lease and delete its keys.
    LeaseRevoke(LeaseId),
    /// Begin a lease's time anew. Carried out by the leader, in memory.
    LeaseKeepAlive(LeaseId),
    /// How long a lease lives. Answered by the leader, which alone counts.
    LeaseTimeToLive(LeaseTimeToLive),
    /// All leases; linearizable.
    LeaseList,
    /// The leader tells the others what is left of leases, so that its successor does not begin
    /// them anew. Proposed by leaders themselves.
    LeaseCheckpoint(Vec<LeaseCheckpoint>),
    /// Add a member or a learner.
    MemberAdd(MemberAdd),
    /// Remove a member.
    MemberRemove(MemberId),
    /// Change a member's peer URLs.
    MemberUpdate(MemberUpdate),
    /// Give a learner that is in sync its vote.
    MemberPromote(MemberId),
    /// Hand leadership to another member. Asked of the leader.
    MoveLeader(MemberId),
    /// The leader ends leases whose time is over. Proposed by leaders themselves.
    LeaseExpire(LeaseExpire),
    /// A member tells the cluster its name, client URLs and version. Proposed by members
    /// themselves.
    Publish(Publication),
    /// Raise an alarm. Members do so themselves, and a client may.
    AlarmRaise(AlarmMember),
    /// Lower an alarm.
    AlarmLower(AlarmMember),
    /// Whether the cluster could go down to a version.
    DowngradeValidate(ServerVersion),
    /// Let the cluster go down to a version.
    DowngradeEnable(ServerVersion),
    /// Take that back.
    DowngradeCancel,
    /// Give back what is free in this member's store. Carried out by this member alone.
    Defragment,
}

impl Command {
    /// Whether this goes through the Raft log.
    pub fn is_write(&self) -> bool {
        match self {
            Command::Put(_)
            | Command::DeleteRange(_)
            | Command::Compact(_)
            | Command::PublishAttributes(_)
            | Command::Publish(_)
            | Command::AlarmRaise(_)
            | Command::AlarmLower(_)
            | Command::DowngradeEnable(_)
            | Command::DowngradeCancel
            | Command::LeaseGrant(_)
            | Command::LeaseRevoke(_)
            | Command::LeaseCheckpoint(_)
            | Command::LeaseExpire(_)
            | Command::MemberAdd(_)
            | Command::MemberRemove(_)
            | Command::MemberUpdate(_)
            | Command::MemberPromote(_) => true,
            Command::Txn(txn) => !txn.is_read_only(),
            Command::Range(_)
            | Command::HashKv(_)
            | Command::Status
            | Command::MemberList(_)
            | Command::AlarmList
            | Command::DowngradeValidate(_)
            | Command::Defragment
            | Command::LeaseKeepAlive(_)
            | Command::LeaseTimeToLive(_)
            | Command::LeaseList
            | Command::MoveLeader(_) => false,
        }
    }
}

/// What every reply begins with.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplyHeader {
    /// The cluster that answered.
    pub cluster: ClusterId,
    /// The member that answered.
    pub member: MemberId,
    /// The store's revision when the request was carried out.
    pub revision: Revision,
    /// The member's term when it answered.
    pub term: Term,
}

/// The answer to a [`Command`], without its header.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// To [`Command::Range`].
    Range(RangeReply),
    /// To [`Command::Put`].
    Put(PutReply),
    /// To [`Command::DeleteRange`].
    DeleteRange(DeleteRangeReply),
    /// To [`Command::Txn`].
    Txn(TxnReply),
    /// To [`Command::Compact`].
    Compact,
    /// To [`Command::HashKv`].
    HashKv(HashKvReply),
    /// To [`Command::Status`].
    Status(StatusReply),
    /// To [`Command::MemberList`].
    MemberList(MemberListReply),
    /// To [`Command::AlarmList`]: all that are raised. To [`Command::AlarmRaise`]: the alarm. To
    /// [`Command::AlarmLower`]: the alarm, if it was raised.
    AlarmList(Vec<AlarmMember>),
    /// To [`Command::PublishAttributes`] and [`Command::Publish`].
    PublishAttributes,
    /// To [`Command::LeaseGrant`].
    LeaseGrant(LeaseGrantReply),
    /// To [`Command::LeaseRevoke`].
    LeaseRevoke,
    /// To [`Command::LeaseKeepAlive`].
    LeaseKeepAlive(LeaseKeepAliveReply),
    /// To [`Command::LeaseTimeToLive`].
    LeaseTimeToLive(LeaseTimeToLiveReply),
    /// To [`Command::LeaseList`]: the ids in ascending order.
    LeaseList(Vec<LeaseId>),
    /// To [`Command::LeaseCheckpoint`].
    LeaseCheckpoint,
    /// To [`Command::MemberAdd`].
    MemberAdd(MemberAddReply),
    /// To [`Command::MemberRemove`]: the members that stay.
    MemberRemove(Vec<MemberInfo>),
    /// To [`Command::MemberUpdate`]: all members.
    MemberUpdate(Vec<MemberInfo>),
    /// To [`Command::MemberPromote`]: all members.
    MemberPromote(Vec<MemberInfo>),
    /// To [`Command::MoveLeader`].
    MoveLeader,
    /// To [`Command::LeaseExpire`].
    LeaseExpire,
    /// To the commands about a downgrade: the cluster's version.
    Downgrade(ServerVersion),
    /// To [`Command::Defragment`].
    Defragment,
}

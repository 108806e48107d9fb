//! Client operations and their replies, as data.
//!
//! A [`Command`] is what a client asks; the part of it that changes the store is what the Raft
//! log carries ([`Command::is_write`]). The shapes follow etcd's v3 protos
//! (`api/etcdserverpb/rpc.proto`), field for field, so a host only copies.

mod cluster;
mod kv;
mod txn;

use rkyv::{Archive, Deserialize, Serialize};

pub use cluster::{
    Alarm, AlarmMember, HashKv, HashKvReply, MemberAttributes, MemberInfo, MemberListReply,
    StatusReply,
};
pub use kv::{
    Compact, DeleteRange, DeleteRangeReply, KeyValue, Put, PutReply, Range, RangeReply, SortOrder,
    SortTarget,
};
pub use txn::{Compare, CompareOutcome, CompareTarget, RequestOp, ResponseOp, Txn, TxnReply};

use crate::id::{ClusterId, MemberId, Revision, Term};

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
    /// A member tells the cluster its name and client URLs. Proposed by members themselves.
    PublishAttributes(MemberAttributes),
}

impl Command {
    /// Whether this goes through the Raft log.
    pub fn is_write(&self) -> bool {
        match self {
            Command::Put(_)
            | Command::DeleteRange(_)
            | Command::Compact(_)
            | Command::PublishAttributes(_) => true,
            Command::Txn(txn) => !txn.is_read_only(),
            Command::Range(_)
            | Command::HashKv(_)
            | Command::Status
            | Command::MemberList(_)
            | Command::AlarmList => false,
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
    /// To [`Command::AlarmList`].
    AlarmList(Vec<AlarmMember>),
    /// To [`Command::PublishAttributes`].
    PublishAttributes,
}

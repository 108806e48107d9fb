//! What a member tells of itself and of the cluster.

use rkyv::{Archive, Deserialize, Serialize};

use crate::id::{Index, MemberId, Revision, Term};

/// One member, as etcd's `etcdserverpb.Member`.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberInfo {
    /// Its id.
    pub id: MemberId,
    /// Its name; empty until it has started and published it.
    pub name: String,
    /// Where other members reach it.
    pub peer_urls: Vec<String>,
    /// Where clients reach it; empty until it has published them.
    pub client_urls: Vec<String>,
    /// Whether it is a non-voting member.
    pub is_learner: bool,
}

/// What a member publishes of itself once it has started.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberAttributes {
    /// Who.
    pub id: MemberId,
    /// `--name`.
    pub name: String,
    /// `--advertise-client-urls`.
    pub client_urls: Vec<String>,
}

/// To `MemberList`, in ascending order of ids.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberListReply {
    /// The members.
    pub members: Vec<MemberInfo>,
}

/// To `Status`.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusReply {
    /// The leader this member knows, or nobody.
    pub leader: MemberId,
    /// Last committed index.
    pub committed: Index,
    /// Last applied index.
    pub applied: Index,
    /// The member's term.
    pub term: Term,
    /// Whether it is a learner.
    pub is_learner: bool,
    /// Bytes the store takes, counted as etcd's quota counts them.
    pub store_size_bytes: i64,
    /// As above without what is already forgotten but not given back.
    pub store_size_in_use_bytes: i64,
    /// What is wrong, in etcd's words (`etcdserver: no leader`); empty when nothing is.
    pub errors: Vec<String>,
}

/// Hashes the store up to a revision; 0 for the newest.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashKv {
    /// At which revision.
    pub revision: Revision,
}

/// To [`HashKv`]. Equal on two members whose `compact_revision` and `hash_revision` are equal.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashKvReply {
    /// CRC-32C over the stored records, as etcd computes it.
    pub hash: u32,
    /// The compaction the hash was taken under; -1 when there was none.
    pub compact_revision: Revision,
    /// The revision the hash was taken at.
    pub hash_revision: Revision,
}

/// What can be wrong with a member for all to see.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// The store is above its quota.
    NoSpace,
    /// Members disagree about the store.
    Corrupt,
}

/// An alarm and who raised it.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlarmMember {
    /// Who raised it.
    pub member: MemberId,
    /// Which.
    pub alarm: Alarm,
}

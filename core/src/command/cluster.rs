//! What a member tells of itself and of the cluster.

use std::fmt;

use rkyv::{Archive, Deserialize, Serialize};

use crate::id::{Index, MemberId, Revision, Term};
use crate::version::ServerVersion;

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

/// What a member publishes of itself, its version too.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Its name and client URLs.
    pub attributes: MemberAttributes,
    /// The version it says it is.
    pub version: ServerVersion,
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
    /// How large the store may grow, in bytes; nothing when it may grow without end.
    pub quota_bytes: Option<u64>,
    /// The cluster's version, which is its stores' too; nothing before it is decided.
    pub cluster_version: Option<ServerVersion>,
    /// What the cluster is going down to, if it is.
    pub downgrade: Option<ServerVersion>,
    /// The alarms that are raised as far as this member knows.
    pub alarms: Vec<AlarmMember>,
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
#[derive(
    Archive,
    Serialize,
    Deserialize,
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
)]
pub enum Alarm {
    /// The store is above its quota.
    #[serde(rename = "NOSPACE")]
    NoSpace,
    /// Members disagree about the store.
    #[serde(rename = "CORRUPT")]
    Corrupt,
}

/// An alarm and whose it is.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AlarmMember {
    /// Whose store it is about; nobody when it cannot be told.
    pub member: MemberId,
    /// Which.
    pub alarm: Alarm,
}

/// As etcd's status shows it: the text form of its protobuf, in which a zero is left out and a
/// space ends every field.
impl fmt::Display for AlarmMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.member.is_some() {
            write!(f, "memberID:{} ", self.member.0)?;
        }
        write!(f, "alarm:{} ", self.alarm.name())
    }
}

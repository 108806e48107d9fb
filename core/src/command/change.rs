//! Changes of a cluster's members, one at a time (Raft thesis §4.1).

use rkyv::{Archive, Deserialize, Serialize};

use super::cluster::MemberInfo;
use crate::id::MemberId;

/// Adds a member.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberAdd {
    /// Where the others will reach it.
    pub peer_urls: Vec<String>,
    /// Whether it begins as a learner: it gets the log, and has no vote.
    pub is_learner: bool,
    /// The time it is added at, in Unix seconds by the host's clock: part of its id.
    pub added_at_seconds: u64,
}

/// To [`MemberAdd`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberAddReply {
    /// The new member.
    pub member: MemberInfo,
    /// All members, itself included.
    pub members: Vec<MemberInfo>,
}

/// Changes where the others reach a member.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberUpdate {
    /// Which member.
    pub id: MemberId,
    /// Its new peer URLs.
    pub peer_urls: Vec<String>,
}

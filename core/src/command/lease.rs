//! Leases: a key attached to one lives no longer than it.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

use crate::id::{LeaseId, Term};

/// Makes a lease.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseGrant {
    /// Its id; 0 lets the member that was asked choose one.
    pub id: LeaseId,
    /// How long it lives without a keep-alive, in seconds. It may be granted a longer life: none
    /// is shorter than an election.
    pub ttl_seconds: i64,
}

/// To [`LeaseGrant`].
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseGrantReply {
    /// Its id.
    pub id: LeaseId,
    /// How long it lives, in seconds.
    pub ttl_seconds: i64,
}

/// To a keep-alive.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseKeepAliveReply {
    /// Which lease.
    pub id: LeaseId,
    /// How long it lives from now, in seconds; 0 when there is no such lease.
    pub ttl_seconds: i64,
}

/// Asks how long a lease lives.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseTimeToLive {
    /// Which.
    pub id: LeaseId,
    /// Whether to list its keys.
    pub keys: bool,
}

/// To [`LeaseTimeToLive`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseTimeToLiveReply {
    /// Which lease.
    pub id: LeaseId,
    /// How long it still lives, in seconds; -1 when there is no such lease.
    pub ttl_seconds: i64,
    /// How long a keep-alive gives it, in seconds.
    pub granted_ttl_seconds: i64,
    /// Its keys in ascending order, if asked for.
    pub keys: Vec<Bytes>,
}

/// What is left of one lease when its leader last counted.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeaseCheckpoint {
    /// Which lease.
    pub id: LeaseId,
    /// What is left of it, in seconds.
    pub remaining_ttl_seconds: i64,
}

/// A leader ends leases whose time is over. Proposed by leaders themselves; a client's is refused.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseExpire {
    /// Which.
    pub ids: Vec<LeaseId>,
    /// The term in which this was decided. In an entry of any other term it does nothing: the
    /// leader that decided was deposed, and another may have promised them more time.
    pub term: Term,
}

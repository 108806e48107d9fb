//! What members ask their leader about leases, which it alone counts. Of version 2 of the bodies.

use bytes::Bytes;
use rkyv::{Archive, Deserialize, Serialize};

/// A question about a lease, passed on to the leader.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseQuestion {
    /// Which start of the sender this comes from.
    pub incarnation: u64,
    /// The sender's number for it; the same when it is sent again.
    pub number: u64,
    /// Which lease.
    pub lease: i64,
    /// What is asked.
    pub kind: LeaseQuestionKind,
}

/// What is asked about a lease.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseQuestionKind {
    /// Begin its time anew.
    KeepAlive,
    /// How long does it live?
    TimeToLive,
    /// How long does it live, and which keys hang on it?
    TimeToLiveWithKeys,
}

/// The leader's answer to a [`LeaseQuestion`].
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct LeaseAnswer {
    /// The question's.
    pub incarnation: u64,
    /// The question's.
    pub number: u64,
    /// Whether the one that was asked does not lead, and has not answered.
    pub not_leader: bool,
    /// How long the lease lives, in seconds; as a client gets it.
    pub ttl_seconds: i64,
    /// How long a keep-alive gives it, in seconds.
    pub granted_ttl_seconds: i64,
    /// Its keys, if asked for.
    pub keys: Vec<Bytes>,
}

//! What members ask one another about their stores, to find out whether they agree. Of version 4
//! of the bodies.

use rkyv::{Archive, Deserialize, Serialize};

/// A question for the hash of a store at a revision.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashQuestion {
    /// Which start of the sender this comes from.
    pub incarnation: u64,
    /// The sender's number for it.
    pub number: u64,
    /// At which revision; 0 for the newest.
    pub revision: i64,
}

/// The answer to a [`HashQuestion`].
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashAnswer {
    /// The question's.
    pub incarnation: u64,
    /// The question's.
    pub number: u64,
    /// What is answered.
    pub outcome: HashOutcome,
}

/// What a question for a hash is answered.
#[derive(Archive, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashOutcome {
    /// The hash.
    Hash {
        /// As [`crate::command::HashKvReply::hash`].
        hash: u32,
        /// As [`crate::command::HashKvReply::compact_revision`].
        compact_revision: i64,
        /// As [`crate::command::HashKvReply::hash_revision`].
        hash_revision: i64,
        /// The store's revision when it was hashed.
        revision: i64,
    },
    /// The revision has been compacted away.
    Compacted,
    /// The revision is not written yet.
    FutureRevision,
    /// There is no hash now; says nothing.
    Unavailable,
}

//! The newtypes of everything that is counted or named.
//!
//! A bare `u64` in a public signature says nothing; these say what is meant, and the compiler
//! keeps a term from being used as an index.

use std::fmt;

use rkyv::{Archive, Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty), $format:literal) => {
        $(#[$doc])*
        #[derive(
            Archive, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq,
            PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, $format, self.0)
            }
        }
    };
}

number! {
    /// A member's id: the first eight bytes of a SHA-1, see `crate::membership`.
    /// Printed in hexadecimal without padding, as etcd prints it. 0 stands for "nobody".
    MemberId(u64), "{:x}"
}
number! {
    /// A cluster's id: the first eight bytes of the SHA-1 of its first members' ids.
    ClusterId(u64), "{:x}"
}
number! {
    /// Raft's logical clock (paper §5.1): at most one leader in each.
    Term(u64), "{}"
}
number! {
    /// A position in the Raft log; the first entry has index 1.
    Index(u64), "{}"
}
number! {
    /// A main revision of the store: one more for each transaction that wrote.
    /// A fresh store is at revision 1. Signed because etcd's API has it so; `compact_revision`
    /// starts at -1.
    Revision(i64), "{}"
}
number! {
    /// A lease's id; 0 means "no lease" on a key and "choose one" in a grant.
    LeaseId(i64), "{:016x}"
}
number! {
    /// Names one client's watch stream at one member, chosen by the host.
    WatchStreamId(u64), "{}"
}
number! {
    /// Names one watch of a stream; -1 stands for the stream itself.
    WatchId(i64), "{}"
}
number! {
    /// Names one client that saves a member's store, chosen by the host.
    SaveId(u64), "{}"
}
number! {
    /// Names one request of one host, chosen by the host, echoed in its reply.
    RequestId(u64), "{}"
}
number! {
    /// Names one batch of disk operations, echoed when the host has carried it out. Ascending in
    /// each [`crate::disk::Lane`].
    BatchId(u64), "{}"
}
number! {
    /// Which start of a member this is. Requests proposed in an earlier life must not be answered
    /// in this one, so a host hands in a number that it has never used before for this member
    /// (wall time natively, a count in the simulator).
    Incarnation(u64), "{}"
}

impl MemberId {
    /// Nobody: what Raft uses for "no leader" and "no vote".
    pub const NONE: MemberId = MemberId(0);

    /// Whether this is a real member's id.
    pub fn is_some(self) -> bool {
        self != Self::NONE
    }
}

impl Index {
    /// The position after this one.
    pub fn next(self) -> Index {
        Index(self.0.saturating_add(1))
    }
}

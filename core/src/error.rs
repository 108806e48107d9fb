//! What a request can fail with: etcd's errors, in etcd's words.
//!
//! Hosts map a variant to a gRPC code; clients map by text, so the text is the contract
//! (`api/v3rpc/rpctypes/error.go`).

use rkyv::{Archive, Deserialize, Serialize};
use thiserror::Error;

/// Why a request was not carried out.
///
/// Members tell one another too: a new one comes last, or frames would change.
#[derive(Archive, Serialize, Deserialize, Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// A key was empty where one is needed.
    #[error("etcdserver: key is not provided")]
    EmptyKey,
    /// `ignore_value` or `ignore_lease` on a key that does not exist.
    #[error("etcdserver: key not found")]
    KeyNotFound,
    /// A value came together with `ignore_value`.
    #[error("etcdserver: value is provided")]
    ValueProvided,
    /// A lease came together with `ignore_lease`.
    #[error("etcdserver: lease is provided")]
    LeaseProvided,
    /// A transaction has more operations than `--max-txn-ops`.
    #[error("etcdserver: too many operations in txn request")]
    TooManyOperations,
    /// Two puts of one transaction overlap.
    #[error("etcdserver: duplicate key given in txn request")]
    DuplicateKey,
    /// `sort_order` or `sort_target` is not one of etcd's.
    #[error("etcdserver: invalid sort option")]
    InvalidSortOption,
    /// The request is larger than `--max-request-bytes`.
    #[error("etcdserver: request is too large")]
    RequestTooLarge,
    /// The revision asked for has been compacted away.
    #[error("etcdserver: mvcc: required revision has been compacted")]
    Compacted,
    /// The revision asked for is not written yet.
    #[error("etcdserver: mvcc: required revision is a future revision")]
    FutureRevision,
    /// The key was to be attached to a lease that does not exist.
    #[error("etcdserver: requested lease not found")]
    LeaseNotFound,
    /// The store is above its quota.
    #[error("etcdserver: mvcc: database space exceeded")]
    NoSpace,
    /// Commits run too far ahead of what has been applied.
    #[error("etcdserver: too many requests")]
    TooManyRequests,
    /// There is no leader to turn to.
    #[error("etcdserver: no leader")]
    NoLeader,
    /// This member is not the leader.
    #[error("etcdserver: not leader")]
    NotLeader,
    /// The leader changed while the request was under way.
    #[error("etcdserver: leader changed")]
    LeaderChanged,
    /// The member is stopping, or has stopped.
    #[error("etcdserver: server stopped")]
    Stopped,
    /// No majority answered in time. The write may or may not have happened.
    #[error("etcdserver: request timed out")]
    Timeout,
    /// As [`Error::Timeout`], and the leader was lost at about that time.
    #[error("etcdserver: request timed out, possibly due to previous leader failure")]
    TimeoutLeaderFailure,
    /// As [`Error::Timeout`], and the connection to the leader was lost at about that time.
    #[error("etcdserver: request timed out, possibly due to connection lost")]
    TimeoutConnectionLost,
    /// A leadership transfer was not finished in time.
    #[error("etcdserver: request timed out, leader transfer took too long")]
    TimeoutLeaderTransfer,
    /// The target of a leadership transfer is no voter of this cluster.
    #[error("etcdserver: bad leader transferee")]
    BadLeaderTransferee,
    /// A learner serves only serializable reads and its status.
    #[error("etcdserver: rpc not supported for learner")]
    NotSupportedForLearner,
    /// A lease with this id exists.
    #[error("etcdserver: lease already exists")]
    LeaseExists,
    /// A lease was to live longer than 9,000,000,000 seconds.
    #[error("etcdserver: too large lease TTL")]
    LeaseTtlTooLarge,
    /// A new member's peer URLs are none that it could be reached at.
    #[error("etcdserver: given member URLs are invalid")]
    MemberUrlsInvalid,
    /// There is no such member.
    #[error("etcdserver: member not found")]
    MemberNotFound,
    /// A member with this id exists.
    #[error("etcdserver: member ID already exist")]
    MemberExists,
    /// Another member has one of these peer URLs.
    #[error("etcdserver: Peer URLs already exists")]
    PeerUrlsExist,
    /// The change would leave a cluster whose started members are no majority.
    #[error("etcdserver: re-configuration failed due to not enough started members")]
    NotEnoughStartedMembers,
    /// The change was refused because members are not connected (`--strict-reconfig-check`).
    #[error("etcdserver: unhealthy cluster")]
    UnhealthyCluster,
    /// The learner is too far behind the leader.
    #[error("etcdserver: can only promote a learner member which is in sync with leader")]
    LearnerNotReady,
    /// The member to promote is no learner.
    #[error("etcdserver: can only promote a learner member")]
    MemberNotLearner,
    /// The cluster has as many learners as it may.
    #[error("etcdserver: too many learner members in cluster")]
    TooManyLearners,
    /// Another change of the members has not been carried out yet: one at a time. Raft's rule; etcd
    /// drops the proposal silently.
    #[error("etcdserver: re-configuration failed due to a pending change")]
    ReconfigurationPending,
    /// What is asked for does not exist in this version; says what.
    #[error("quorate: {0} is not supported yet")]
    NotSupported(String),
    /// Members disagree about the store: none of it is served.
    #[error("etcdserver: corrupt cluster")]
    Corrupt,
    /// A downgrade was asked for before the cluster had a version.
    #[error("etcdserver: cluster version not found during downgrade")]
    ClusterVersionUnavailable,
    /// A downgrade's target is no version.
    #[error("etcdserver: wrong downgrade target version format")]
    WrongDowngradeVersion,
    /// A downgrade goes one minor version down, and no other way.
    #[error("etcdserver: invalid downgrade target version")]
    InvalidDowngradeTarget,
    /// The cluster is going down already.
    #[error("etcdserver: cluster has a downgrade job in progress")]
    DowngradeInProcess,
    /// The cluster is not going down.
    #[error("etcdserver: no inflight downgrade job")]
    NoDowngrade,
    /// The store has no revision left for a write: see
    /// [`REVISION_MAX`](crate::limits::REVISION_MAX).
    #[error("quorate: the store is at its last revision; found a new cluster with its keys")]
    RevisionsExhausted,
    /// The log has no index left for an entry: see
    /// [`TERM_OR_INDEX_MAX`](crate::limits::TERM_OR_INDEX_MAX).
    #[error("quorate: the log is at its last index; found a new cluster on a snapshot of this one")]
    LogExhausted,
}

impl Error {
    /// Whether sending the same request again can succeed without anybody's help.
    ///
    /// A timed-out write is *unknown*, not failed: repeating it may apply it twice.
    pub fn retry_can_help(&self) -> bool {
        match self {
            // The cluster may have a leader, or room in its queue, a moment later.
            Error::NoLeader
            | Error::NotLeader
            | Error::LeaderChanged
            | Error::Stopped
            | Error::Timeout
            | Error::TimeoutLeaderFailure
            | Error::TimeoutConnectionLost
            | Error::TimeoutLeaderTransfer
            | Error::TooManyRequests
            | Error::ReconfigurationPending
            | Error::UnhealthyCluster
            | Error::ClusterVersionUnavailable
            | Error::LearnerNotReady => true,
            // The request itself is wrong, or the store's state says no until somebody acts.
            Error::EmptyKey
            | Error::KeyNotFound
            | Error::ValueProvided
            | Error::LeaseProvided
            | Error::TooManyOperations
            | Error::DuplicateKey
            | Error::InvalidSortOption
            | Error::RequestTooLarge
            | Error::Compacted
            | Error::FutureRevision
            | Error::LeaseNotFound
            | Error::NoSpace
            | Error::BadLeaderTransferee
            | Error::NotSupportedForLearner
            | Error::LeaseExists
            | Error::LeaseTtlTooLarge
            | Error::MemberUrlsInvalid
            | Error::MemberNotFound
            | Error::MemberExists
            | Error::PeerUrlsExist
            | Error::NotEnoughStartedMembers
            | Error::MemberNotLearner
            | Error::TooManyLearners
            | Error::Corrupt
            | Error::WrongDowngradeVersion
            | Error::InvalidDowngradeTarget
            | Error::DowngradeInProcess
            | Error::NoDowngrade
            | Error::RevisionsExhausted
            | Error::LogExhausted
            | Error::NotSupported(_) => false,
        }
    }
}

//! What clients of a world ask, beyond the four simplest things.

mod txn;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub use self::txn::{TxnCompare, TxnRelation, TxnSide, TxnStep};
use super::action::Node;
use super::revision_choice::RevisionChoice;
use crate::command::{
    Alarm, AlarmMember, Command, Compare, CompareOutcome, CompareTarget, DeleteRange, LeaseGrant,
    LeaseTimeToLive, MemberUpdate, Put, Range, RequestOp, Txn,
};
use crate::id::{LeaseId, MemberId, Revision};

/// One operation of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Operation {
    /// Gets the keys of a range.
    Range {
        /// First key.
        key: String,
        /// End of the range, as etcd has it; empty for the one key.
        #[serde(default)]
        end: String,
        /// At which revision; 0 for the newest.
        #[serde(default = "newest")]
        revision: RevisionChoice,
        /// Whether to answer from this member alone, however old its state.
        #[serde(default)]
        serializable: bool,
    },
    /// Puts a key if it still has a value, and gets it if not.
    CompareAndSwap {
        /// The key.
        key: String,
        /// The value it should have; nothing for a key that should not exist.
        expected: Option<String>,
        /// The value it gets.
        value: String,
    },
    /// Puts several keys at one revision.
    PutAll {
        /// Keys and values.
        pairs: Vec<(String, String)>,
    },
    /// Puts a key and gets it as it was at a revision, in one transaction: when that cannot be
    /// read, nothing is put.
    PutAndGetOld {
        /// The key.
        key: String,
        /// The value that it gets.
        value: String,
        /// At which revision it is read.
        revision: RevisionChoice,
    },
    /// Puts a key and attaches it to a lease.
    PutWithLease {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The lease.
        lease: i64,
    },
    /// Makes a lease.
    LeaseGrant {
        /// Its id; 0 lets the member choose.
        lease: i64,
        /// How long it lives.
        ttl_seconds: i64,
    },
    /// Ends a lease.
    LeaseRevoke {
        /// Which.
        lease: i64,
    },
    /// Begins a lease's time anew.
    LeaseKeepAlive {
        /// Which.
        lease: i64,
    },
    /// Asks how long a lease lives.
    LeaseTimeToLive {
        /// Which.
        lease: i64,
    },
    /// Watches a range from a revision. The watcher's number is the operation's.
    Watch {
        /// First key.
        key: String,
        /// End of the range; empty for the one key.
        #[serde(default)]
        end: String,
        /// From which revision; 0 for what comes from now on.
        #[serde(default = "newest")]
        revision: RevisionChoice,
    },
    /// Ends a watch.
    WatchCancel {
        /// The operation that began it.
        operation: u64,
    },
    /// A client takes nothing of what a watch is told, or goes on and takes all that has come.
    WatchStall {
        /// The operation that began the watch.
        operation: u64,
        /// Whether it begins; else it ends.
        on: bool,
    },
    /// Asks a watch's stream how far it is.
    WatchProgress {
        /// The operation that began the watch.
        operation: u64,
    },
    /// Adds a machine to the world and its member to the cluster. The machine is off until it is
    /// started, which may be before the cluster has said yes. It may be asked for again.
    MemberAdd {
        /// The new machine: the next free number, or one that was asked for before.
        new: Node,
        /// Whether it begins as a learner.
        learner: bool,
    },
    /// Removes a member from the cluster.
    MemberRemove {
        /// Which.
        target: Node,
    },
    /// Changes where a member is reached; nobody is reached elsewhere in fact.
    MemberUpdate {
        /// Which.
        target: Node,
        /// The port of its new peer URL.
        port: u16,
    },
    /// Gives a learner its vote.
    MemberPromote {
        /// Which.
        target: Node,
    },
    /// Hands leadership to another member.
    MoveLeader {
        /// To which.
        target: Node,
    },
    /// Asks which alarms are raised.
    AlarmList,
    /// Raises an alarm, as members do by themselves.
    AlarmRaise {
        /// Which.
        alarm: Alarm,
        /// About whose store.
        target: Node,
    },
    /// Lowers an alarm.
    AlarmDisarm {
        /// Which.
        alarm: Alarm,
        /// About whose store.
        target: Node,
    },
    /// Gives back what is free in the store of the member that is asked.
    Defragment,
    /// Deletes the keys of a range.
    DeleteRange {
        /// First key.
        key: String,
        /// End of the range, as etcd has it; empty for the one key.
        #[serde(default)]
        end: String,
    },
    /// Compares, then does one of two lists.
    Txn {
        /// The conditions; none at all hold.
        #[serde(default)]
        compare: Vec<TxnCompare>,
        /// Done when they hold.
        #[serde(default)]
        success: Vec<TxnStep>,
        /// Done when they do not.
        #[serde(default)]
        failure: Vec<TxnStep>,
    },
    /// Asks for all leases.
    LeaseList,
    /// Asks who is in the cluster; a majority says whether the list is current.
    MemberList,
    /// Asks a member how it is.
    Status,
}

impl Operation {
    /// What a member is asked; `id` answers a machine's member, `newest` is the newest revision
    /// that clients have heard of. Nothing for what is asked on a watch stream, and for a new
    /// machine, which has no id before it is there.
    #[expect(clippy::too_many_lines, reason = "one arm, one operation")]
    pub(super) fn command(
        &self,
        id: impl Fn(Node) -> MemberId,
        newest: Revision,
    ) -> Option<Command> {
        Some(match self {
            Operation::Range {
                key,
                end,
                revision,
                serializable,
            } => Command::Range(Range {
                key: Bytes::from(key.clone()),
                range_end: Bytes::from(end.clone()),
                revision: revision.resolve(newest),
                serializable: *serializable,
                ..Range::default()
            }),
            Operation::CompareAndSwap {
                key,
                expected,
                value,
            } => Command::Txn(compare_and_swap(key, expected.as_deref(), value)),
            Operation::PutAll { pairs } => Command::Txn(Txn {
                success: pairs
                    .iter()
                    .map(|(key, value)| RequestOp::Put(put(key, value, 0)))
                    .collect(),
                ..Txn::default()
            }),
            Operation::PutAndGetOld {
                key,
                value,
                revision,
            } => Command::Txn(put_and_get_old(key, value, revision.resolve(newest))),
            Operation::PutWithLease { key, value, lease } => Command::Put(put(key, value, *lease)),
            Operation::LeaseGrant { lease, ttl_seconds } => Command::LeaseGrant(LeaseGrant {
                id: LeaseId(*lease),
                ttl_seconds: *ttl_seconds,
            }),
            Operation::LeaseRevoke { lease } => Command::LeaseRevoke(LeaseId(*lease)),
            Operation::LeaseKeepAlive { lease } => Command::LeaseKeepAlive(LeaseId(*lease)),
            Operation::LeaseTimeToLive { lease } => Command::LeaseTimeToLive(LeaseTimeToLive {
                id: LeaseId(*lease),
                keys: true,
            }),
            Operation::MemberRemove { target } => Command::MemberRemove(id(*target)),
            Operation::MemberUpdate { target, port } => Command::MemberUpdate(MemberUpdate {
                id: id(*target),
                peer_urls: vec![format!("http://127.0.0.1:{port}")],
            }),
            Operation::MemberPromote { target } => Command::MemberPromote(id(*target)),
            Operation::MoveLeader { target } => Command::MoveLeader(id(*target)),
            Operation::AlarmList => Command::AlarmList,
            Operation::AlarmRaise { alarm, target } => Command::AlarmRaise(AlarmMember {
                member: id(*target),
                alarm: *alarm,
            }),
            Operation::AlarmDisarm { alarm, target } => Command::AlarmLower(AlarmMember {
                member: id(*target),
                alarm: *alarm,
            }),
            Operation::Defragment => Command::Defragment,
            Operation::DeleteRange { key, end } => Command::DeleteRange(DeleteRange {
                key: Bytes::from(key.clone()),
                range_end: Bytes::from(end.clone()),
                ..DeleteRange::default()
            }),
            Operation::Txn {
                compare,
                success,
                failure,
            } => Command::Txn(txn::transaction(compare, success, failure)),
            Operation::LeaseList => Command::LeaseList,
            Operation::MemberList => Command::MemberList(true),
            Operation::Status => Command::Status,
            Operation::Watch { .. }
            | Operation::WatchCancel { .. }
            | Operation::WatchStall { .. }
            | Operation::WatchProgress { .. }
            | Operation::MemberAdd { .. } => return None,
        })
    }
}

fn newest() -> RevisionChoice {
    RevisionChoice::DEFAULT
}

fn put(key: &str, value: &str, lease: i64) -> Put {
    Put {
        key: Bytes::from(key.to_owned()),
        value: Bytes::from(value.to_owned()),
        lease: LeaseId(lease),
        ..Put::default()
    }
}

fn put_and_get_old(key: &str, value: &str, revision: Revision) -> Txn {
    let old = Range {
        key: Bytes::from(key.to_owned()),
        revision,
        ..Range::default()
    };
    Txn {
        success: vec![RequestOp::Range(old), RequestOp::Put(put(key, value, 0))],
        ..Txn::default()
    }
}

/// A key that should not exist is one that was never created: it has version 0.
fn compare_and_swap(key: &str, expected: Option<&str>, value: &str) -> Txn {
    let target = match expected {
        Some(expected) => CompareTarget::Value(Bytes::from(expected.to_owned())),
        None => CompareTarget::Version(0),
    };
    let range = Range {
        key: Bytes::from(key.to_owned()),
        ..Range::default()
    };
    Txn {
        compare: vec![Compare {
            outcome: CompareOutcome::Equal,
            target,
            key: range.key.clone(),
            range_end: Bytes::new(),
        }],
        success: vec![RequestOp::Put(put(key, value, 0))],
        failure: vec![RequestOp::Range(range)],
    }
}

//! The kinds of work that a store does, under the names that etcd's metrics have for them.

use quorate_core::command::Command;

/// A kind of committed request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation(usize);

/// In the order of their numbers. The last stands for all that etcd has no name for.
const NAMES: [&str; 9] = [
    "Put",
    "DeleteRange",
    "Txn",
    "Compaction",
    "LeaseGrant",
    "LeaseRevoke",
    "LeaseCheckpoint",
    "ClusterMemberAttrSet",
    "unknown",
];

impl Operation {
    /// Its kind.
    pub(crate) fn of(command: &Command) -> Self {
        Self(match command {
            Command::Put(_) => 0,
            Command::DeleteRange(_) => 1,
            Command::Txn(_) => 2,
            Command::Compact(_) => 3,
            Command::LeaseGrant(_) => 4,
            Command::LeaseRevoke(_) | Command::LeaseExpire(_) => 5,
            Command::LeaseCheckpoint(_) => 6,
            Command::PublishAttributes(_) => 7,
            _ => NAMES.len() - 1,
        })
    }

    /// The names of all, in the order of [`Operation::number`].
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// A number below that of the names.
    pub(super) fn number(self) -> usize {
        self.0
    }
}

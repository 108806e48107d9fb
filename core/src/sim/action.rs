//! What a person, a test or a fault plan does to a world.

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::operation::Operation;
use super::revision_choice::RevisionChoice;

/// A member's number in a world, from 1: `n1` is `Node(1)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Node(pub u32);

impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// One action. Actions that make no sense (crash a member that is down) do nothing and say so in
/// the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// The member's process ends at once; of what it had not synced, the disk keeps what the
    /// world's chance leaves.
    Crash {
        /// Which.
        node: Node,
    },
    /// The member starts again from its disk.
    Restart {
        /// Which.
        node: Node,
    },
    /// All links of a member are cut, both ways.
    Isolate {
        /// Which.
        node: Node,
    },
    /// One link is cut, both ways.
    Cut {
        /// One end.
        from: Node,
        /// The other.
        to: Node,
    },
    /// All links are whole again.
    Heal,
    /// A client puts a key at a member.
    Put {
        /// At which; it need not be the leader.
        node: Node,
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// A client gets a key from a member, linearizably.
    Get {
        /// At which.
        node: Node,
        /// The key.
        key: String,
    },
    /// A client deletes a key.
    Delete {
        /// At which.
        node: Node,
        /// The key.
        key: String,
    },
    /// A client compacts the store.
    Compact {
        /// At which.
        node: Node,
        /// Up to which revision.
        revision: RevisionChoice,
    },
    /// Asks a member to stop, as SIGTERM does.
    Stop {
        /// Which.
        node: Node,
    },
    /// A finer fault.
    Fault(Fault),
    /// A client asks something else of a member.
    Operation {
        /// Which.
        node: Node,
        /// What.
        operation: Operation,
    },
}

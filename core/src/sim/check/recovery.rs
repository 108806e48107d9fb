//! A member starts from whatever a crash leaves, and never stops by itself.

use super::{Broken, Verdict};
use crate::sim::action::Node;

/// Raft paper §5.1: servers may fail by stopping and recover later from the state on stable
/// storage. A world's disks do not fail, so a member has no reason of its own to stop.
pub(super) fn fail(node: Node, failure: &str) -> Verdict {
    Err(Broken {
        property: "recovery",
        source: "Raft paper §5.1",
        text: format!("{node} stopped by itself: {failure}"),
    })
}

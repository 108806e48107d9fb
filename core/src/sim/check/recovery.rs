//! A member starts from whatever a crash leaves, and stops by itself only when its disk failed
//! or was damaged, or when it was removed from the cluster: then it must.

use super::{Broken, Verdict};
use crate::disk::DiskError;
use crate::sim::action::Node;

/// Raft paper §5.1: servers may fail by stopping and recover later from the state on stable
/// storage. While its disk does what it says, a member has no reason of its own to stop.
pub(super) fn fail(node: Node, failure: &str, is_excused: bool) -> Verdict {
    if is_excused {
        return Ok(());
    }
    Err(broken(format!("{node} stopped by itself: {failure}")))
}

/// Rebello et al., "Can Applications Recover from fsync Failures?" (2020): after a failed write
/// or sync nobody knows what is on the disk, so a member that goes on may promise what it does
/// not have.
pub(super) fn go_on(node: Node, error: &DiskError) -> Verdict {
    Err(broken(format!(
        "{node} went on after its disk said {error}"
    )))
}

fn broken(text: String) -> Broken {
    Broken {
        property: "recovery",
        source: "Raft paper §5.1",
        text,
    }
}

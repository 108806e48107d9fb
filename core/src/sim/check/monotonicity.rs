//! A running member's term, commit index and applied index never go back.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::{Index, Term};
use crate::sim::action::Node;

/// Raft paper Figure 2: `currentTerm`, `commitIndex` and `lastApplied` increase monotonically.
/// Across a restart the last two begin anew, and so may a term that had not been synced: see
/// `persistence`.
#[derive(Debug, Default)]
pub(super) struct Monotonicity {
    members: BTreeMap<Node, Marks>,
}

#[derive(Clone, Copy, Debug)]
struct Marks {
    start: u64,
    term: Term,
    commit: Index,
    applied: Index,
}

impl Monotonicity {
    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let now = Marks {
            start: scene.start,
            term: scene.facts.term,
            commit: scene.facts.commit,
            applied: scene.facts.applied,
        };
        let before = self.members.insert(scene.node, now).unwrap_or(now);
        if now.applied > now.commit {
            return Err(broken(format!(
                "{} has applied index {}, but knows only {} committed",
                scene.node, now.applied, now.commit
            )));
        }
        let went_back =
            now.term < before.term || now.commit < before.commit || now.applied < before.applied;
        if before.start == now.start && went_back {
            return Err(broken(format!(
                "{} went back from term {}, commit {}, applied {} to {}, {}, {}",
                scene.node,
                before.term,
                before.commit,
                before.applied,
                now.term,
                now.commit,
                now.applied
            )));
        }
        Ok(())
    }
}

fn broken(text: String) -> Broken {
    Broken {
        property: "monotonicity",
        source: "Raft paper Figure 2",
        text,
    }
}

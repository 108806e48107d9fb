//! Election safety: at most one leader can be elected in a given term.

use std::collections::BTreeMap;

use super::{Broken, Scene, Verdict};
use crate::id::Term;
use crate::member::Role;
use crate::sim::action::Node;

/// Raft paper §5.2, Figure 3.
#[derive(Debug, Default)]
pub(super) struct ElectionSafety {
    leaders: BTreeMap<Term, Node>,
}

impl ElectionSafety {
    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let term = scene.facts.term;
        if scene.facts.role != Role::Leader {
            return Ok(());
        }
        let leader = *self.leaders.entry(term).or_insert(scene.node);
        if leader == scene.node {
            return Ok(());
        }
        Err(Broken {
            property: "election safety",
            source: "Raft paper §5.2, Figure 3",
            text: format!("{} leads term {term}, which {leader} has led", scene.node),
        })
    }
}

//! Election safety: at most one leader can be elected in a given term.
//!
//! An only voter elects itself within one call, before its vote is on its disk. It sends nothing
//! and answers nobody until then (the checkers of what it says see to that), so if a crash takes
//! the vote, nobody has been led, and the term may have another leader.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::Term;
use crate::member::Role;
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// Raft paper §5.2, Figure 3.
#[derive(Debug, Default)]
pub(super) struct ElectionSafety {
    leaders: BTreeMap<Term, Node>,
    /// The terms that are on disks.
    synced: BTreeMap<Node, Term>,
}

impl ElectionSafety {
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) {
        if let TraceKind::Synced { term, .. } = *kind {
            self.synced.insert(node, term);
        }
    }

    /// Its disk is another one now.
    pub(super) fn forget(&mut self, node: Node) {
        self.synced.remove(&node);
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let term = scene.facts.term;
        if scene.facts.role != Role::Leader {
            return Ok(());
        }
        if !self.leaders.contains_key(&term) && !self.is_elected(scene) {
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

    /// Whether anybody else voted, or its own vote is on its disk.
    fn is_elected(&self, scene: &Scene<'_>) -> bool {
        let synced = self.synced.get(&scene.node);
        synced.is_some_and(|synced| *synced >= scene.facts.term)
            || scene.subject.configuration().voters != [scene.facts.id]
    }
}

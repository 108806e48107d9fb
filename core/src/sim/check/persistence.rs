//! What a member said it had synced is there when it starts again: its term, and its vote in it.

use std::collections::BTreeMap;

use super::{Broken, Scene, Verdict};
use crate::id::{MemberId, Term};
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// Raft paper §5.2 and Figure 2: `currentTerm` and `votedFor` are updated on stable storage
/// before a member responds. A member that forgets a vote can vote twice in a term.
#[derive(Debug, Default)]
pub(super) struct Persistence {
    synced: BTreeMap<Node, (Term, MemberId)>,
    starts: BTreeMap<Node, u64>,
}

impl Persistence {
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) {
        if let TraceKind::Synced { term, vote, .. } = kind {
            self.synced.insert(node, (*term, *vote));
        }
    }

    /// Its disk is another one now.
    pub(super) fn forget(&mut self, node: Node) {
        self.synced.remove(&node);
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        if self.starts.insert(scene.node, scene.start) == Some(scene.start) {
            return Ok(());
        }
        let Some((term, vote)) = self.synced.get(&scene.node) else {
            return Ok(());
        };
        let view = &scene.facts;
        let has_vote = !vote.is_some() || view.vote == *vote;
        if view.term > *term || (view.term == *term && has_vote) {
            return Ok(());
        }
        Err(Broken {
            property: "persistence",
            source: "Raft paper §5.2, Figure 2",
            text: format!(
                "{} started at term {} with a vote for {}, after it had synced term {term} and a \
                 vote for {vote}",
                scene.node, view.term, view.vote
            ),
        })
    }
}

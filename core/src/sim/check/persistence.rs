//! What a member said it had synced is there when it starts again: its term, its vote in it, and
//! its log up to where it was synced.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::{Index, MemberId, Term};
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// Raft paper §5.2 and Figure 2: `currentTerm` and `votedFor` are updated on stable storage
/// before a member responds, and so is `log[]`. A member that forgets a vote can vote twice in a
/// term, and one that forgets an entry was counted in a majority that it takes away again.
#[derive(Debug, Default)]
pub(super) struct Persistence {
    synced: BTreeMap<Node, Synced>,
    starts: BTreeMap<Node, u64>,
}

#[derive(Debug)]
struct Synced {
    /// How far its log was on its disk.
    index: Index,
    term: Term,
    vote: MemberId,
}

impl Persistence {
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) {
        match *kind {
            TraceKind::Synced { index, term, vote } => {
                self.synced.insert(node, Synced { index, term, vote });
            }
            // What a leader has replaced may go; whether it has gone is told with the next sync.
            TraceKind::LogTruncated { from } => self.lower(node, Index(from.0.saturating_sub(1))),
            TraceKind::SnapshotApplied { index, .. } => self.lower(node, index),
            _ => {}
        }
    }

    fn lower(&mut self, node: Node, to: Index) {
        if let Some(synced) = self.synced.get_mut(&node) {
            synced.index = synced.index.min(to);
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
        let Some(Synced { index, term, vote }) = self.synced.get(&scene.node) else {
            return Ok(());
        };
        let view = &scene.facts;
        let has_vote = !vote.is_some() || view.vote == *vote;
        if view.term < *term || (view.term == *term && !has_vote) {
            return Err(broken(format!(
                "{} started at term {} with a vote for {}, after it had synced term {term} and a \
                 vote for {vote}",
                scene.node, view.term, view.vote
            )));
        }
        if view.last < *index {
            return Err(broken(format!(
                "{} started with a log that ends at index {}, after it had synced index {index}",
                scene.node, view.last
            )));
        }
        Ok(())
    }
}

fn broken(text: String) -> Broken {
    Broken {
        property: "persistence",
        source: "Raft paper §5.2, Figure 2",
        text,
    }
}

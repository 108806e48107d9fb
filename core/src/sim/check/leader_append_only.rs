//! Leader append-only: a leader never overwrites or deletes entries in its log, it only appends.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::{Index, Term};
use crate::member::Role;
use crate::sim::action::Node;
use crate::trace::TraceKind;

/// Raft paper §5.3, Figure 3.
#[derive(Debug, Default)]
pub(super) struct LeaderAppendOnly {
    /// Who leads by what its trace says, and in which term.
    leads: BTreeMap<Node, Term>,
    /// Who led when it was last looked at, and where its log ended.
    ends: BTreeMap<Node, (u64, Term, Index)>,
}

impl LeaderAppendOnly {
    /// What a member traces comes in the order in which it happened: one that is deposed and then
    /// gives entries up says so in this order.
    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) -> Verdict {
        match kind {
            TraceKind::BecameLeader { term } => {
                self.leads.insert(node, *term);
            }
            TraceKind::BecameFollower { .. }
            | TraceKind::BecamePreCandidate { .. }
            | TraceKind::BecameCandidate { .. } => {
                self.leads.remove(&node);
            }
            TraceKind::LogTruncated { from } => {
                if let Some(term) = self.leads.get(&node) {
                    return Err(broken(format!(
                        "{node} leads term {term} and took entries from {from} on away"
                    )));
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let facts = &scene.facts;
        if facts.role != Role::Leader {
            self.ends.remove(&scene.node);
            return Ok(());
        }
        let now = (scene.start, facts.term, facts.last);
        let before = self.ends.insert(scene.node, now).unwrap_or(now);
        if (before.0, before.1) == (now.0, now.1) && facts.last < before.2 {
            return Err(broken(format!(
                "{} leads term {}, and its log ends at {}, where it had ended at {}",
                scene.node, facts.term, facts.last, before.2
            )));
        }
        Ok(())
    }
}

fn broken(text: String) -> Broken {
    Broken {
        property: "leader append-only",
        source: "Raft paper §5.3, Figure 3",
        text,
    }
}

//! Leader completeness: what is committed in a term is in the logs of the leaders of all higher
//! terms.

use std::collections::BTreeMap;

use super::{Broken, Scene, Verdict};
use crate::id::{Index, Term};
use crate::member::Role;
use crate::sim::action::Node;

/// Raft paper §5.4.3, Figure 3.
#[derive(Debug, Default)]
pub(super) struct LeaderCompleteness {
    committed: BTreeMap<Index, Committed>,
    /// Leaders that have been looked at: a leader never takes an entry away from its own log.
    leaders: BTreeMap<Term, (Node, u64)>,
}

#[derive(Debug)]
struct Committed {
    term: Term,
    /// The term of the member that first knew: at least the term it was committed in.
    known_in: Term,
}

impl LeaderCompleteness {
    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let view = scene.view;
        let who = (scene.node, scene.start);
        if view.role == Role::Leader && self.leaders.insert(view.term, who) != Some(who) {
            self.look_at_leader(scene)?;
        }
        for entry in view.log.iter().rev() {
            if entry.index > view.commit {
                continue;
            }
            if self.committed.contains_key(&entry.index) {
                break;
            }
            let committed = Committed {
                term: entry.term,
                known_in: view.term,
            };
            self.committed.insert(entry.index, committed);
        }
        Ok(())
    }

    fn look_at_leader(&self, scene: &Scene<'_>) -> Verdict {
        let view = scene.view;
        let first = view.log_offset.next();
        for (index, committed) in self.committed.range(first..) {
            if committed.known_in >= view.term {
                continue;
            }
            let at = index.0 - first.0;
            let entry = usize::try_from(at).ok().and_then(|at| view.log.get(at));
            if entry.is_none_or(|entry| entry.term != committed.term) {
                return Err(Broken {
                    property: "leader completeness",
                    source: "Raft paper §5.4.3, Figure 3",
                    text: format!(
                        "{} leads term {} without the entry at index {index}, which was committed \
                         with term {}",
                        scene.node, view.term, committed.term
                    ),
                });
            }
        }
        Ok(())
    }
}

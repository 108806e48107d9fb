//! Leader completeness: what is committed in a term is in the logs of the leaders of all higher
//! terms.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::{Index, Term};
use crate::member::Role;
use crate::sim::action::Node;

/// Raft paper §5.4.3, Figure 3.
#[derive(Debug, Default)]
pub(super) struct LeaderCompleteness {
    committed: BTreeMap<Index, Committed>,
    /// The highest index that anybody has known to be committed.
    known_until: Index,
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
        let facts = &scene.facts;
        let who = (scene.node, scene.start);
        if facts.role == Role::Leader && self.leaders.insert(facts.term, who) != Some(who) {
            self.look_at_leader(scene)?;
        }
        if facts.commit <= self.known_until {
            return Ok(());
        }
        for entry in scene.subject.entries_from(self.known_until.next()) {
            if entry.index > facts.commit {
                break;
            }
            let committed = Committed {
                term: entry.term,
                known_in: facts.term,
            };
            self.committed.insert(entry.index, committed);
        }
        self.known_until = facts.commit;
        Ok(())
    }

    fn look_at_leader(&self, scene: &Scene<'_>) -> Verdict {
        let leader_term = scene.facts.term;
        let log = scene.subject.entries_from(Index(0));
        let first = log
            .first()
            .map_or(scene.facts.last.next(), |entry| entry.index);
        for (index, committed) in self.committed.range(first..) {
            if committed.known_in >= leader_term {
                continue;
            }
            let at = index.0 - first.0;
            let entry = usize::try_from(at).ok().and_then(|at| log.get(at));
            if entry.is_none_or(|entry| entry.term != committed.term) {
                return Err(Broken {
                    property: "leader completeness",
                    source: "Raft paper §5.4.3, Figure 3",
                    text: format!(
                        "{} leads term {leader_term} without the entry at index {index}, which \
                         was committed with term {}",
                        scene.node, committed.term
                    ),
                });
            }
        }
        Ok(())
    }
}

//! One change at a time: a leader's log holds at most one that is not committed.

use crate::collections::BTreeMap;
use crate::id::{Index, Term};
use crate::member::Role;
use crate::sim::action::Node;
use crate::sim::check::Scene;

/// Thesis §4.1: a leader begins no change before the last one is committed. With two under way,
/// those who go by the first configuration and those who go by the third may have no member in
/// common.
#[derive(Debug, Default)]
pub(super) struct Pending {
    leaders: BTreeMap<Node, Leader>,
}

/// What was seen of a leader's log.
#[derive(Debug)]
struct Leader {
    start: u64,
    term: Term,
    /// Up to here.
    seen: Index,
    /// Where changes stand in it.
    changes: Vec<Index>,
}

impl Pending {
    /// What is wrong with a leader's log, when so much is known to be committed.
    pub(super) fn look(&mut self, scene: &Scene<'_>, committed: Index) -> Option<String> {
        let facts = &scene.facts;
        if facts.role != Role::Leader {
            self.leaders.remove(&scene.node);
            return None;
        }
        let known = self.leaders.entry(scene.node).or_insert(Leader {
            start: scene.start,
            term: facts.term,
            seen: committed,
            changes: Vec::new(),
        });
        if (known.start, known.term) != (scene.start, facts.term) {
            *known = Leader {
                start: scene.start,
                term: facts.term,
                seen: committed,
                changes: Vec::new(),
            };
        }
        known.changes.retain(|index| *index > committed);
        if facts.last > known.seen {
            let new = scene.subject.entries_from(known.seen.next());
            let changes = new.iter().filter(|entry| entry.is_change);
            known.changes.extend(changes.map(|entry| entry.index));
            known.seen = facts.last;
        }
        let [one, other, ..] = known.changes[..] else {
            return None;
        };
        Some(format!(
            "{} leads term {} with two changes of the members in its log that are not committed, \
             at {one} and {other}",
            scene.node, facts.term
        ))
    }
}

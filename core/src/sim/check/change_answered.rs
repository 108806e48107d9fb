//! A change of the members is decided at once by the leader that is asked: it goes into the log,
//! or its caller hears why not.

use super::{Broken, Scene, Verdict};
use crate::collections::BTreeMap;
use crate::id::{Index, Term};
use crate::member::MemberFacts;
use crate::sim::action::Node;

/// Raft thesis §4.1 lets one change be under way at a time. What comes meanwhile is refused with a
/// reason: one that is dropped in silence, as etcd's raft does it, leaves its caller to wait for
/// nothing, and then not to know what became of it.
///
/// This is demanded only of a leader that can decide: one that has carried out an entry of its own
/// term, and does not hand over.
#[derive(Debug, Default)]
pub(super) struct ChangeAnswered {
    /// Leaders that could decide when they were looked at last.
    leaders: BTreeMap<Node, Leader>,
    /// What they were asked since.
    open: BTreeMap<u64, Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leader {
    start: u64,
    term: Term,
    last: Index,
}

impl ChangeAnswered {
    /// A client asks a member for a change.
    pub(super) fn ask(&mut self, number: u64, node: Node) {
        if self.leaders.contains_key(&node) {
            self.open.insert(number, node);
        }
    }

    /// Somebody was answered.
    pub(super) fn answer(&mut self, number: u64) {
        self.open.remove(&number);
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        let facts = &scene.facts;
        let before = self.leaders.remove(&scene.node);
        let now = leader(facts, scene.start);
        if let Some(now) = now {
            self.leaders.insert(scene.node, now);
        }
        let is_asked = |(number, asked): (&u64, &Node)| (*asked == scene.node).then_some(*number);
        let asked: Vec<u64> = self.open.iter().filter_map(is_asked).collect();
        if asked.is_empty() {
            return Ok(());
        }
        self.open.retain(|_, asked| *asked != scene.node);
        let (Some(before), Some(now)) = (before, now) else {
            return Ok(());
        };
        if (before.start, before.term) != (now.start, now.term) {
            return Ok(());
        }
        let new = scene.subject.entries_from(before.last.next());
        let taken = new.iter().filter(|entry| entry.is_change).count();
        if taken >= asked.len() {
            return Ok(());
        }
        Err(Broken {
            property: "changes are answered",
            source: "Raft thesis §4.1",
            text: format!(
                "{} leads term {} and was asked for changes of the members by operations \
                 {asked:?}: it has answered none of them, and put {taken} into its log",
                scene.node, facts.term
            ),
        })
    }
}

fn leader(facts: &MemberFacts, start: u64) -> Option<Leader> {
    facts.decides_changes.then_some(Leader {
        start,
        term: facts.term,
        last: facts.last,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Role;
    use crate::sim::check::tests::{Made, follower};

    const N1: Node = Node(1);

    fn leader(log: &[(u64, u64)]) -> Made {
        follower(log).with(|facts| {
            facts.role = Role::Leader;
            facts.decides_changes = true;
        })
    }

    fn look(checker: &mut ChangeAnswered, made: &Made, start: u64) -> bool {
        checker.look(&made.scene(N1, start)).is_ok()
    }

    #[test]
    fn a_leader_that_neither_takes_a_change_nor_answers_is_seen() {
        let before = leader(&[(1, 1), (2, 2)]);
        let mut with_entry = leader(&[(1, 1), (2, 2), (3, 2)]);
        let mut checker = ChangeAnswered::default();
        assert!(look(&mut checker, &before, 1));
        checker.ask(7, N1);
        assert!(!look(&mut checker, &before, 1), "dropped");
        checker.ask(8, N1);
        checker.answer(8);
        assert!(look(&mut checker, &before, 1), "answered");
        checker.ask(9, N1);
        assert!(!look(&mut checker, &with_entry, 1), "another entry came");
        with_entry.log[2].is_change = true;
        assert!(look(&mut checker, &before, 1));
        checker.ask(10, N1);
        assert!(look(&mut checker, &with_entry, 1), "taken");
    }

    #[test]
    fn only_of_a_leader_that_can_decide_an_answer_is_demanded() {
        let decides = leader(&[(1, 1), (2, 2)]);
        let cannot = decides.with(|facts| facts.decides_changes = false);
        let later = decides.with(|facts| facts.term = Term(5));
        let mut checker = ChangeAnswered::default();
        checker.ask(7, N1);
        assert!(look(&mut checker, &decides, 1), "nobody had looked before");
        for after in [&cannot, &later] {
            assert!(look(&mut checker, &decides, 1));
            checker.ask(8, N1);
            assert!(look(&mut checker, after, 1));
        }
        assert!(look(&mut checker, &decides, 1));
        checker.ask(9, N1);
        assert!(look(&mut checker, &decides, 2), "another life");
    }
}

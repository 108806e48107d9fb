//! Branches: the futures that were left when somebody acted in the past, and the way back to them.

use std::fmt;

use quorate_core::sim::{Action, History};

use super::{Engine, Seen, UNDO_MAX};

/// A branch's name: a letter in the order in which branches began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BranchName(u32);

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = char::from(b'A' + (self.0 % 26) as u8);
        match self.0 / 26 {
            0 => write!(f, "{letter}"),
            round => write!(f, "{letter}{round}"),
        }
    }
}

/// Which names have been given.
#[derive(Debug, Default)]
pub(super) struct Names(u32);

impl Names {
    pub(super) fn next(&mut self) -> BranchName {
        self.0 += 1;
        BranchName(self.0 - 1)
    }
}

/// A branch that was left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Left {
    pub(crate) name: BranchName,
    pub(crate) history: History,
    pub(crate) seen: Seen,
    /// Where one stood in it.
    pub(crate) position: u64,
}

/// How it was before a deed, and the branch in which the deed was done.
#[derive(Debug)]
pub(super) struct Undo {
    saved: Left,
    made: BranchName,
}

impl Left {
    /// How far it has been seen.
    pub(crate) fn end(&self) -> u64 {
        self.seen.moments.len() as u64
    }
}

impl Engine {
    /// A branch that was left, to be looked at: what is done in it changes no other.
    pub(crate) fn of_branch(left: &Left) -> Self {
        let mut engine = Self::begin(left.history.clone());
        let end = left.end();
        if engine.timeline.seek(end).is_ok() {
            engine.seen = left.seen.clone();
        }
        engine.name = left.name;
        engine
    }

    /// This branch's name.
    pub(crate) fn name(&self) -> BranchName {
        self.name
    }

    /// The branches that were left, oldest first.
    pub(crate) fn left(&self) -> &[Left] {
        &self.left
    }

    /// The number of events that this branch and another one have in common.
    pub(crate) fn common_events(&self, other: &Left) -> u64 {
        let common = self.history().common_events(&other.history);
        common.min(other.end()).min(self.moments().len() as u64)
    }

    /// What was done in a branch where it parts from this one.
    pub(crate) fn first_difference<'a>(&self, other: &'a Left) -> Option<&'a Action> {
        other.history.action_after(self.common_events(other))
    }

    /// Goes over to a branch that was left, to where one stood in it; this one is kept. False when
    /// there is no such branch.
    pub(crate) fn switch(&mut self, name: BranchName) -> bool {
        let Some(at) = self.left.iter().position(|left| left.name == name) else {
            return false;
        };
        let here = self.leave();
        let there = std::mem::replace(&mut self.left[at], here);
        self.enter(there);
        true
    }

    /// Begins another branch here: what follows in this one is kept under its name.
    pub(crate) fn fork(&mut self) {
        let here = self.leave();
        let position = here.position;
        let mut history = here.history.clone();
        history.truncate(position);
        let mut seen = here.seen.clone();
        seen.moments.truncate(position as usize);
        seen.lanes.truncate(position);
        let name = self.names.next();
        self.left.push(here.clone());
        self.enter(Left {
            name,
            history,
            seen,
            position,
        });
        self.push_undo(here);
    }

    /// Whether there is a deed to undo.
    pub(crate) fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Goes back to before the last deed, with the future that there was. What came of the deed
    /// is kept as a branch, if more was seen of it than the deed itself.
    pub(crate) fn undo(&mut self) {
        let Some(Undo { mut saved, made }) = self.undo.pop() else {
            return;
        };
        // One may have gone over to another branch since.
        self.switch(made);
        let undone = self.leave();
        let common = undone.history.common_events(&saved.history);
        let is_explored = undone.end() > common.saturating_add(1);
        if let Some(at) = self.left.iter().position(|left| left.name == saved.name) {
            let kept = self.left.remove(at);
            if kept.history == saved.history && kept.end() > saved.end() {
                saved.seen = kept.seen;
            }
        }
        if is_explored && undone.name != saved.name {
            self.left.push(undone);
        } else if is_explored {
            let name = self.names.next();
            self.left.push(Left { name, ..undone });
        }
        self.enter(saved);
    }

    /// This branch as it would be left now.
    pub(super) fn leave(&self) -> Left {
        Left {
            name: self.name,
            history: self.history().clone(),
            seen: self.seen.clone(),
            position: self.position(),
        }
    }

    /// What was is kept as a branch, if it has a future, and what follows now has another name.
    pub(super) fn begin_branch(&mut self, was: &Left, has_future: bool) {
        if has_future {
            self.left.push(was.clone());
            self.name = self.names.next();
        }
    }

    pub(super) fn push_undo(&mut self, saved: Left) {
        if self.undo.len() == UNDO_MAX {
            self.undo.remove(0);
        }
        self.undo.push(Undo {
            saved,
            made: self.name,
        });
    }

    fn enter(&mut self, there: Left) {
        let end = there.end();
        // All branches of a page have the settings of its world.
        if self.timeline.go_over(there.history, end) {
            self.seen = there.seen;
            self.name = there.name;
            // It has happened before, so it can be gone to.
            let _ = self.timeline.seek(there.position);
        }
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::sim::Node;

    use super::*;
    use crate::permalink::Permalink;

    fn crash(node: u32) -> Vec<Action> {
        vec![Action::Crash { node: Node(node) }]
    }

    fn engine(event: u64) -> Engine {
        Engine::of(&Permalink {
            at: event,
            ..Permalink::default()
        })
    }

    #[test]
    fn an_action_in_the_past_keeps_the_future_as_a_branch() {
        let mut engine = engine(300);
        let (future, name) = (engine.frame(), engine.name());
        engine.seek(100).expect("it has been there");
        assert_eq!(engine.act(crash(1)), Ok(200));
        assert_eq!(engine.moments().len(), 101);
        assert_ne!(engine.name(), name);
        assert_eq!(engine.left().len(), 1);
        assert_eq!(engine.common_events(&engine.left()[0]), 100);

        engine.seek(150).expect("two of three go on");
        let (here, other) = (engine.frame(), engine.name());
        assert!(engine.switch(name));
        assert_eq!((engine.position(), engine.moments().len()), (100, 300));
        engine.seek(300).expect("it has been there");
        assert_eq!(engine.frame(), future);
        assert!(engine.switch(other));
        assert_eq!(engine.frame(), here);
        assert_eq!(engine.position(), 150);
        assert!(!engine.switch(other));
    }

    #[test]
    fn undo_brings_the_future_back_and_keeps_what_came_of_the_deed() {
        let mut engine = engine(300);
        let future = engine.frame();
        engine.seek(100).expect("it has been there");
        engine.act(crash(1)).expect("it can crash");
        engine.undo();
        assert_eq!((engine.position(), engine.moments().len()), (100, 300));
        assert!(engine.left().is_empty() && !engine.can_undo());

        engine.act(crash(2)).expect("it can crash");
        engine.seek(180).expect("two of three go on");
        let deed = (engine.frame(), engine.name());
        engine.undo();
        engine.seek(300).expect("it has been there");
        assert_eq!(engine.frame(), future);
        assert_eq!(engine.left().len(), 1);
        assert!(engine.switch(deed.1));
        assert_eq!(engine.frame(), deed.0);
    }

    #[test]
    fn what_is_done_at_the_end_is_no_fork_and_its_undo_keeps_what_came_of_it() {
        let mut engine = engine(100);
        let name = engine.name();
        assert_eq!(engine.act(crash(2)), Ok(0));
        assert_eq!(engine.name(), name);
        engine.seek(150).expect("two of three go on");
        engine.undo();
        assert_eq!((engine.position(), engine.moments().len()), (100, 100));
        assert_eq!(engine.name(), name);
        assert_eq!(engine.left().len(), 1);
        assert_ne!(engine.left()[0].name, name);
    }

    #[test]
    fn a_fork_begins_with_nothing_done_ahead() {
        let mut engine = engine(100);
        engine.act(crash(2)).expect("it can crash");
        engine.seek(200).expect("two of three go on");
        engine.seek(50).expect("it has been there");
        engine.fork();
        assert_eq!((engine.position(), engine.moments().len()), (50, 50));
        assert!(engine.history().actions.is_empty());
        assert_eq!(engine.left()[0].end(), 200);
        assert_eq!(
            engine.first_difference(&engine.left()[0]),
            None,
            "up to 50 both are the same"
        );
        engine.seek(200).expect("a quiet cluster goes on");
        let difference = engine.first_difference(&engine.left()[0]);
        assert_eq!(difference, Some(&Action::Crash { node: Node(2) }));
        assert_eq!(engine.common_events(&engine.left()[0]), 100);
    }

    #[test]
    fn a_deed_is_undone_from_another_branch() {
        let mut engine = engine(200);
        let first = engine.name();
        engine.seek(100).expect("it has been there");
        engine.act(crash(2)).expect("it can crash");
        engine.switch(first);
        engine.seek(250).expect("a quiet cluster goes on");
        engine.undo();
        assert_eq!(engine.name(), first);
        assert_eq!((engine.position(), engine.moments().len()), (100, 250));
        assert!(engine.left().is_empty());
    }

    #[test]
    fn names_are_letters() {
        let names: Vec<String> = [0, 1, 25, 26].map(|n| BranchName(n).to_string()).to_vec();
        assert_eq!(names, ["A", "B", "Z", "A1"]);
    }
}

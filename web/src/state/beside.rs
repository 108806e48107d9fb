//! Another branch, beside the one that one walks in: where it parts from it, and how it is there at
//! the same time.

use std::sync::Arc;

use quorate_core::sim::{Action, Frame};

use crate::engine::{BranchName, Engine, Left};

/// A branch that is shown beside the one that one walks in.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) name: BranchName,
    engine: Engine,
    /// The picture of it.
    pub(crate) frame: Arc<Frame>,
    /// So many events are the same in both; then they part.
    pub(crate) common: u64,
    /// What was done there where it parts.
    pub(crate) done_there: Option<Action>,
    /// What was done here.
    pub(crate) done_here: Option<Action>,
}

impl Beside {
    /// A branch that was left.
    pub(crate) fn of(left: &Left) -> Self {
        let mut engine = Engine::of_branch(left);
        Self {
            name: left.name,
            frame: engine.frame(),
            engine,
            common: 0,
            done_there: None,
            done_here: None,
        }
    }

    /// Goes to the same place in time.
    pub(super) fn follow(&mut self, here: &Engine, frame: &Frame) {
        let (own, other) = (here.history(), self.engine.history());
        let common = own.common_events(other);
        let seen = here.moments().len().min(self.engine.moments().len()) as u64;
        self.common = common.min(seen);
        self.done_here = own.action_after(self.common).cloned();
        self.done_there = other.action_after(self.common).cloned();
        let event = if frame.event_count <= self.common {
            frame.event_count
        } else {
            self.engine.event_at_us(frame.now_us).max(self.common)
        };
        // It has been seen, or is the last that was.
        let _ = self.engine.seek(event);
        self.frame = self.engine.frame();
    }

    /// Whether both are still the same here.
    pub(crate) fn is_same(&self, frame: &Frame) -> bool {
        frame.event_count <= self.common
    }
}

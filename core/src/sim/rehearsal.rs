//! A plan that is made in a world: what is done next may depend on what came of the last.
//!
//! A plan that is drawn without looking hits a moment by luck. This one lets the world go to the
//! moment, acts, and writes down behind which event: whoever follows the plan in a new world of
//! the same settings comes by the same moments, for nothing but the plan has changed hands.

use super::action::{Action, Node};
use super::config::WorldConfig;
use super::halt::WorldError;
use super::history::{History, PlannedAction};
use super::world::World;
use crate::id::{Index, Term};
use crate::member::{MemberFacts, Role};
use crate::trace::MessageKind;

/// A plan that is being made.
pub(super) struct Rehearsal {
    world: World,
    history: History,
}

impl Rehearsal {
    pub(super) fn new(config: WorldConfig) -> Result<Self, WorldError> {
        Ok(Self {
            world: World::new(config.clone())?,
            history: History::new(config),
        })
    }

    /// How far it is.
    pub(super) fn event(&self) -> u64 {
        self.world.event_count()
    }

    /// What time it is there.
    pub(super) fn now_us(&self) -> u64 {
        self.world.now_us()
    }

    /// Whether a property was violated: there is no more to plan.
    pub(super) fn is_over(&self) -> bool {
        self.world.violation().is_some()
    }

    /// The plan.
    pub(super) fn end(self) -> History {
        self.history
    }

    pub(super) fn act(&mut self, action: Action) {
        let after_event = self.event();
        if self.world.act(action.clone()).is_ok() {
            let action = PlannedAction {
                after_event,
                action,
            };
            self.history.actions.push(action);
        }
    }

    /// Lets so many events happen.
    pub(super) fn wait(&mut self, events: u64) {
        self.until(events, |_| false);
    }

    /// Lets so much time pass.
    pub(super) fn pass(&mut self, length_us: u64) {
        self.pass_until(self.now_us() + length_us);
    }

    /// Lets time pass up to then.
    pub(super) fn pass_until(&mut self, end_us: u64) {
        while self.world.next_event_at_us().is_some_and(|at| at <= end_us) {
            if self.world.step().is_err() {
                return;
            }
        }
    }

    /// Lets events happen until something is so, or so many have. Answers whether it is.
    pub(super) fn until(&mut self, events: u64, is_so: impl Fn(&Self) -> bool) -> bool {
        for _ in 0..events {
            if is_so(self) {
                return true;
            }
            if self.world.step().is_err() {
                return false;
            }
        }
        is_so(self)
    }

    pub(super) fn leads(&self, node: Node) -> bool {
        self.facts(node)
            .is_some_and(|facts| facts.role == Role::Leader)
    }

    pub(super) fn commit(&self, node: Node) -> Index {
        self.facts(node).map_or(Index(0), |facts| facts.commit)
    }

    pub(super) fn last(&self, node: Node) -> Index {
        self.facts(node).map_or(Index(0), |facts| facts.last)
    }

    pub(super) fn term(&self, node: Node) -> Term {
        self.facts(node).map_or(Term(0), |facts| facts.term)
    }

    /// Messages of a kind from one to another that are kept back, by number.
    pub(super) fn held(&self, from: Node, to: Node, kind: MessageKind) -> Vec<u64> {
        let held = self.world.frame().held.into_iter();
        held.filter(|held| (held.from, held.to, held.summary.kind) == (from, to, kind))
            .map(|held| held.id)
            .collect()
    }

    /// Asked after every event: a view for drawing, with the whole log in it, costs more than the
    /// event itself.
    fn facts(&self, node: Node) -> Option<MemberFacts> {
        self.world.facts(node)
    }
}

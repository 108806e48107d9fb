//! A plan while it is written: what plans of all tempers have in common.

use super::action::{Action, Node};
use super::config::WorldConfig;
use super::fault::Fault;
use super::history::{History, PlannedAction};
use super::operation::Operation;
use super::plan::{LIVE_WITHIN_US, Length, Phase, WARM_UP_EVENTS, observers};
use crate::prng::Prng;

/// Actions one after the other, and where the next one comes.
pub(super) struct Script {
    pub(super) prng: Prng,
    pub(super) nodes: Vec<Node>,
    /// How many puts are planned: each has a value of its own.
    pub(super) writes: u64,
    length: Length,
    /// How many operations are planned.
    operation_count: u64,
    /// The next action is taken behind this event.
    event: u64,
    actions: Vec<PlannedAction>,
}

impl Script {
    /// A plan that begins when a first leader is about to be elected, with clients that watch
    /// everything.
    pub(super) fn new(prng: Prng, members: u32, length: Length) -> Self {
        let mut script = Self {
            prng,
            nodes: (1..=members).map(Node).collect(),
            writes: 0,
            length,
            operation_count: 0,
            event: WARM_UP_EVENTS,
            actions: Vec::new(),
        };
        for observer in observers(&script.nodes) {
            script.plan(observer);
        }
        script
    }

    pub(super) fn end(self, config: WorldConfig) -> History {
        History {
            config,
            actions: self.actions,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.length.phase(self.event, self.operation_count)
    }

    /// Each action is an event itself: the next one comes at least one event later.
    pub(super) fn plan(&mut self, action: Action) {
        self.actions.push(PlannedAction {
            after_event: self.event,
            action,
        });
        self.event += 1;
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.plan(Action::Fault(fault));
    }

    /// A client asks something.
    pub(super) fn ask(&mut self, action: Action) {
        self.operation_count += 1;
        self.plan(action);
    }

    pub(super) fn operate(&mut self, node: Node, operation: Operation) {
        self.ask(Action::Operation { node, operation });
    }

    /// A put of a value that no other has.
    pub(super) fn put(&mut self, node: Node, key: String) {
        let value = self.value();
        self.ask(Action::Put { node, key, value });
    }

    pub(super) fn value(&mut self) -> String {
        self.writes += 1;
        format!("v{}", self.writes)
    }

    pub(super) fn wait(&mut self, events: u64) {
        self.event += events;
    }

    /// Waits up to so many events.
    pub(super) fn pause(&mut self, most: u64) {
        let wait = self.prng.below(most.max(1));
        self.wait(wait);
    }

    pub(super) fn node(&mut self) -> Node {
        *self.prng.choose(&self.nodes).unwrap_or(&Node(1))
    }

    /// Some member that is not this one, if there is another.
    pub(super) fn other(&mut self, node: Node) -> Node {
        let mut others = self.nodes.clone();
        others.retain(|other| *other != node);
        *self.prng.choose(&others).unwrap_or(&node)
    }

    /// One of so many keys.
    pub(super) fn key(&mut self, keys: u64) -> String {
        format!("k{}", self.prng.between(1, keys))
    }

    /// The trouble is over: all that run or can run get on with their work.
    pub(super) fn make_whole(&mut self) {
        self.fault(Fault::EndFaults);
        // One that runs refuses this.
        for node in self.nodes.clone() {
            self.plan(Action::Restart { node });
        }
        let within_us = LIVE_WITHIN_US;
        self.fault(Fault::DemandLiveness { within_us });
    }
}

//! Draws of changes of the members, in the plans of some seeds.
//!
//! Whatever is drawn, a majority stays possible: whoever is added is started, sooner or later,
//! and when all is made whole everybody runs but those who were removed.

use super::{Phase, Planner};
use crate::prng::Prng;
use crate::sim::action::{Action, Node};
use crate::sim::operation::Operation;

/// How often a plan changes the members.
#[derive(Debug)]
pub(super) struct Changes {
    /// Of the plan's steps, in a thousand; 0 in most plans.
    per_mille: u32,
    /// How many machines there may be in the end.
    machines_max: u32,
    /// The machines that were added.
    added: Vec<Node>,
    /// Those that somebody was asked to remove: they may have stopped by themselves.
    removed: Vec<Node>,
}

impl Changes {
    pub(super) fn new(prng: &mut Prng, members: u32) -> Self {
        let has_any = prng.chance(SEEDS_PER_MILLE);
        Self {
            per_mille: if has_any {
                prng.between(20, 100) as u32
            } else {
                0
            },
            machines_max: members + prng.between(1, 4) as u32,
            added: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// Whether this plan changes the members.
    pub(super) fn are_planned(&self) -> bool {
        self.per_mille > 0
    }
}

impl Planner {
    /// Now and then, in the plans that do, a change of the members. True when there was one.
    pub(super) fn change_members(&mut self) -> bool {
        if !self.changes.are_planned() || !self.prng.chance(self.changes.per_mille) {
            return false;
        }
        let target = self.draw().unwrap_or(Node(1));
        match self.prng.below(100) {
            0..=34 => self.add_member(),
            35..=54 => self.ask_promotion(),
            55..=74 => self.ask_removal(target),
            75..=84 => {
                let port = 3_000 + self.prng.below(8) as u16;
                self.ask_change(Operation::MemberUpdate { target, port });
            }
            85..=92 => {
                // Two at a time: the second is refused while the first is pending.
                self.ask_promotion();
                self.ask_removal(target);
            }
            _ => {
                // The answer to the first try may have been lost.
                let learner = self.prng.chance(500);
                if let Some(new) = self.prng.choose(&self.changes.added).copied() {
                    self.ask_change(Operation::MemberAdd { new, learner });
                    if self.phase() != Phase::Faults {
                        // Nobody may have heard the first try: then there was nothing to start
                        // when all was made whole, and it counts from now on.
                        self.plan(Action::Restart { node: new });
                    }
                }
            }
        }
        true
    }

    fn add_member(&mut self) {
        let new = Node(self.nodes.len() as u32 + 1);
        if new.0 > self.changes.machines_max {
            return self.ask_promotion();
        }
        let learner = self.prng.chance(700);
        self.ask_change(Operation::MemberAdd { new, learner });
        self.changes.added.push(new);
        self.nodes.push(new);
        // When all is whole nobody starts those any more that are down.
        if self.phase() != Phase::Faults || self.prng.chance(800) {
            self.plan(Action::Restart { node: new });
        } else {
            self.down.push(new);
        }
    }

    /// One stays, or nothing would happen until the next action.
    fn ask_removal(&mut self, target: Node) {
        let mut others = self.steady();
        others.retain(|node| *node != target && !self.changes.added.contains(node));
        if !others.is_empty() {
            self.changes.removed.push(target);
            self.ask_change(Operation::MemberRemove { target });
        }
    }

    /// The members that will run while nobody ends them.
    pub(super) fn steady(&self) -> Vec<Node> {
        let nodes = self.nodes.iter().copied();
        nodes
            .filter(|node| !self.down.contains(node) && !self.changes.removed.contains(node))
            .collect()
    }

    fn ask_promotion(&mut self) {
        let drawn = self.prng.choose(&self.changes.added).copied();
        if let Some(target) = drawn {
            self.ask_change(Operation::MemberPromote { target });
        }
    }

    /// Whom a client asks. When all is whole an answer is demanded, so it is one that is a
    /// member for certain.
    pub(super) fn draw_asked(&mut self) -> Option<Node> {
        if !self.changes.are_planned() || self.phase() == Phase::Faults {
            return self.draw_running();
        }
        let members = self.all_asked();
        self.prng.choose(&members).copied()
    }

    /// All that run and are members for certain.
    pub(super) fn all_asked(&self) -> Vec<Node> {
        let mut members = self.steady();
        members.retain(|node| !self.changes.added.contains(node));
        members
    }

    fn ask_change(&mut self, operation: Operation) {
        if let Some(node) = self.draw_asked() {
            self.plan(Action::Operation { node, operation });
        }
    }
}

/// How many plans change the members, in a thousand.
const SEEDS_PER_MILLE: u32 = 300;

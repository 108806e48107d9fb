//! When liveness can be demanded, and what takes the demand back.

use super::World;
use crate::sim::action::{Action, Node};
use crate::sim::check::{Sight, Verdict};
use crate::sim::condition::TRUE_CLOCK_PER_MILLE;
use crate::sim::fault::Fault;
use crate::sim::frame::Standing;
use crate::sim::machine::Machine;

impl World {
    /// Whether liveness was demanded and the cluster has still to show it: an operation has no
    /// answer yet, or somebody has not applied all there is.
    pub fn is_waiting(&self) -> bool {
        self.checks.is_waiting()
    }

    /// How many operations of clients had to be answered, and were: asked when nothing had been
    /// broken for so long that there had to be a leader.
    pub fn answered_in_full(&self) -> u64 {
        self.checks.answered_in_full()
    }

    /// What is broken, so that nobody can demand that the cluster gets on; nothing when all is
    /// whole. A member whose disk was damaged may be down, as long as the others are enough.
    pub(super) fn liveness_refusal(&self) -> Option<String> {
        if !self.network.is_calm() {
            return Some("the network is not whole".to_owned());
        }
        let mut members = self
            .machines
            .iter()
            .filter(|machine| self.roster.has(machine.id));
        let odd = members
            .find_map(|machine| oddity(machine).map(|what| format!("{}: {what}", machine.node)));
        let is_voter = |machine: &&Machine| self.roster.of(machine.id) == Standing::Voter;
        let voters = || self.machines.iter().filter(is_voter);
        let running = voters().filter(|machine| machine.is_running());
        let is_minority = running.count() <= voters().count() / 2;
        odd.or_else(|| is_minority.then(|| "too few members run".to_owned()))
    }

    /// Takes a demand back when something breaks.
    pub(super) fn hear_of_action(&mut self, action: &Action) {
        match action {
            Action::Crash { .. }
            | Action::Isolate { .. }
            | Action::Cut { .. }
            | Action::Stop { .. } => self.checks.liveness().release(),
            Action::Fault(
                Fault::EndFaults
                | Fault::DemandLiveness { .. }
                | Fault::SaveDisk { .. }
                | Fault::Wait { .. },
            ) => {}
            Action::Fault(_) => self.checks.liveness().release(),
            Action::Restart { .. } | Action::Heal => {
                let now_us = self.now_us;
                self.checks.liveness().begin_anew(now_us);
            }
            Action::Put { .. }
            | Action::Get { .. }
            | Action::Delete { .. }
            | Action::Compact { .. }
            | Action::Operation { .. } => {}
        }
    }

    pub(super) fn look_for_liveness(&mut self) -> Verdict {
        let has = |machine: &&Machine| self.roster.has(machine.id);
        let members = self.machines.iter().filter(has);
        let nodes: Vec<Node> = members.map(|machine| machine.node).collect();
        let mut running = self.machines.iter().filter(|machine| machine.is_running());
        let removed = running.find(|machine| self.roster.of(machine.id) == Standing::Removed);
        let scenes = || {
            let nodes = nodes.iter();
            nodes.filter_map(|node| super::scene(&self.machines, *node))
        };
        let members: Vec<_> = scenes().map(|scene| (scene.node, scene.facts)).collect();
        let serves = |node| members.iter().any(|(member, _)| *member == node);
        let sight = Sight {
            members: &members,
            removed: removed.map(|machine| machine.node),
            late_watch: &|| self.clients.late_watch(serves),
        };
        if self.checks.liveness().look(self.now_us, &sight)? {
            for scene in scenes() {
                self.checks.settled(&scene)?;
            }
        }
        Ok(())
    }
}

/// What is unusual about a machine; nothing when it works.
fn oddity(machine: &Machine) -> Option<&'static str> {
    let condition = &machine.condition;
    if !machine.is_running() && !condition.is_damaged {
        Some("it is down")
    } else if condition.is_paused() {
        Some("it stands still")
    } else if condition.clock_per_mille != TRUE_CLOCK_PER_MILLE {
        Some("its clock is wrong")
    } else if condition.answers.is_some() || condition.disk_extra_us > 0 {
        Some("its disk is slow")
    } else if machine.disk.is_full || machine.disk.fails_next.is_some() {
        Some("its disk is full, or about to fail")
    } else {
        None
    }
}

//! Actions: when they make sense, and what they do.

use super::World;
use crate::Input;
use crate::command::{Command, MemberAdd};
use crate::sim::action::{Action, Node};
use crate::sim::check::changes_members;
use crate::sim::clients::Question;
use crate::sim::machine::Machine;
use crate::sim::network::link;
use crate::sim::operation::Operation;

impl World {
    /// Why an action is not possible now; nothing when it is.
    pub(super) fn refusal(&self, action: &Action) -> Option<String> {
        let nodes: Vec<Node> = match action {
            Action::Cut { from, to } => vec![*from, *to],
            Action::Heal | Action::Fault(_) => Vec::new(),
            Action::Crash { node }
            | Action::Restart { node }
            | Action::Isolate { node }
            | Action::Put { node, .. }
            | Action::Get { node, .. }
            | Action::Delete { node, .. }
            | Action::Compact { node, .. }
            | Action::Operation { node, .. }
            | Action::Stop { node } => vec![*node],
        };
        if let Some(stranger) = nodes.iter().find(|node| self.machine(**node).is_none()) {
            return Some(format!("there is no {stranger}"));
        }
        match action {
            Action::Restart { node } if self.is_running(*node) => Some(format!("{node} runs")),
            Action::Restart { .. } => None,
            Action::Isolate { node } if self.whole_links(*node).is_empty() => {
                Some(format!("{node} has no link that is whole"))
            }
            Action::Isolate { .. } => None,
            Action::Cut { from, to } if from == to => {
                Some("a member has no link to itself".to_owned())
            }
            Action::Cut { from, to } if self.network.is_cut(link(*from, *to)) => {
                Some(format!("the link of {from} and {to} is cut already"))
            }
            Action::Cut { .. } => None,
            Action::Heal if self.network.is_whole() => Some("no link is cut".to_owned()),
            Action::Heal => None,
            Action::Fault(fault) => self.fault_refusal(fault),
            Action::Operation { operation, .. } if self.stranger(operation).is_some() => {
                self.stranger(operation)
            }
            Action::Operation {
                operation: Operation::WatchStall { .. },
                ..
            } => None,
            Action::Crash { node }
            | Action::Put { node, .. }
            | Action::Get { node, .. }
            | Action::Delete { node, .. }
            | Action::Compact { node, .. }
            | Action::Operation { node, .. }
            | Action::Stop { node } => (!self.is_running(*node)).then(|| format!("{node} is down")),
        }
    }

    /// Does what is possible.
    pub(super) fn perform(&mut self, action: Action) {
        match action {
            Action::Crash { node } => self.crash(node),
            Action::Restart { node } => self.start(node),
            Action::Isolate { node } => {
                for other in self.whole_links(node) {
                    self.cut(node, other);
                }
            }
            Action::Cut { from, to } => self.cut(from, to),
            Action::Heal => self.heal(),
            Action::Fault(fault) => self.carry_out_fault(fault),
            Action::Put { node, key, value } => self.ask(node, Question::Put { key, value }),
            Action::Get { node, key } => self.ask(node, Question::Get { key }),
            Action::Delete { node, key } => self.ask(node, Question::Delete { key }),
            Action::Compact { node, revision } => self.ask(node, Question::Compact { revision }),
            Action::Stop { node } => self.feed(node, Input::Stop),
            Action::Operation { node, operation } => self.operate(node, operation),
        }
    }

    /// What an operation names that is not there.
    fn stranger(&self, operation: &Operation) -> Option<String> {
        match operation {
            Operation::MemberAdd { new, .. } => self.addition_refusal(*new),
            Operation::MemberRemove { target }
            | Operation::MemberUpdate { target, .. }
            | Operation::MemberPromote { target }
            | Operation::MoveLeader { target }
            | Operation::AlarmRaise { target, .. }
            | Operation::AlarmDisarm { target, .. }
                if self.machine(*target).is_none() =>
            {
                Some(format!("there is no {target}"))
            }
            Operation::WatchCancel { operation: number }
            | Operation::WatchProgress { operation: number } => self
                .clients
                .ask_watch(operation)
                .is_none()
                .then(|| format!("operation {number} does not watch")),
            Operation::WatchStall { operation, on } => {
                let is_stalled = self.clients.is_stalled(*operation);
                match (is_stalled, *on) {
                    (None, _) => Some(format!("operation {operation} does not watch")),
                    (Some(true), true) => Some(format!("operation {operation} has stalled")),
                    (Some(false), false) => Some(format!("operation {operation} has not stalled")),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A machine can be added that is the next one, or that was asked for before: nobody may have
    /// answered.
    fn addition_refusal(&self, new: Node) -> Option<String> {
        let next = Node(self.machines.len() as u32 + 1);
        match self.machine(new) {
            Some(machine) if machine.added.is_some() => None,
            Some(_) => Some(format!("{new} was a member from the first on")),
            None if next.0 > MACHINES_MAX => Some(format!("there are {MACHINES_MAX} machines")),
            None if new != next => Some(format!("the next machine is {next}")),
            None => None,
        }
    }

    /// A machine comes to the world, unless it is there. Answers what the cluster is asked.
    fn add_machine(&mut self, new: Node, is_learner: bool) -> Option<Command> {
        if self.machine(new).is_none() {
            let cluster = self.machines.first()?.cluster();
            let machine = Machine::joining(&self.config, new, cluster, self.now_us);
            self.machines.push(machine);
        }
        let added = self.machine(new)?.added.clone()?;
        Some(Command::MemberAdd(MemberAdd {
            is_learner,
            ..added
        }))
    }

    fn operate(&mut self, node: Node, operation: Operation) {
        if let Operation::WatchStall { operation, on } = operation {
            self.stall_watch(operation, on);
        } else if let Some(request) = self.clients.watch(node, &operation, self.now_us) {
            self.feed(node, Input::Watch(request));
        } else if let Some((node, request)) = self.clients.ask_watch(&operation) {
            self.feed(node, Input::Watch(request));
        } else {
            self.ask(node, Question::Other(operation));
        }
    }

    /// What a client does about its own watch; its member may be down.
    pub(super) fn stall_watch(&mut self, number: u64, on: bool) {
        let moment = self.moment();
        if let Some((node, requests)) = self.clients.stall(number, on, self.now_us) {
            self.records.heard(moment);
            for request in requests {
                self.feed(node, Input::Watch(request));
            }
        }
    }

    pub(super) fn crash(&mut self, node: Node) {
        self.end_process(node, "the member crashed before it answered");
        let prng = &mut self.disk_prng;
        if let Some(machine) = self.machines.iter_mut().find(|other| other.node == node) {
            machine.change().disk.crash(prng);
        }
    }

    pub(super) fn heal(&mut self) {
        for (one, two) in self.network.heal() {
            self.connect_soon(one, two);
        }
    }

    pub(super) fn cut(&mut self, one: Node, two: Node) {
        if self.network.cut(link(one, two)) {
            self.disconnect(one, two);
        }
    }

    fn ask(&mut self, node: Node, question: Question) {
        let newest = self.clients.newest();
        let command = match &question {
            Question::Other(Operation::MemberAdd { new, learner }) => {
                self.add_machine(*new, *learner)
            }
            question => question.command(|node| self.id(node), newest),
        };
        let Some(command) = command else {
            return;
        };
        let now_us = self.now_us;
        let id = self
            .clients
            .ask(node, question.clone(), command.clone(), now_us);
        self.checks.asked(id.0, &question, now_us);
        if changes_members(&question) && self.is_running(node) && !self.is_paused(node) {
            self.checks.asked_change(id.0, node);
        }
        self.feed(node, Input::Request { id, command });
    }

    /// The members to which this one's link is whole.
    fn whole_links(&self, node: Node) -> Vec<Node> {
        self.nodes()
            .into_iter()
            .filter(|other| *other != node && !self.network.is_cut(link(node, *other)))
            .collect()
    }
}

/// Most machines of a world, those that were added included.
const MACHINES_MAX: u32 = 16;

//! What a world does with a member's outputs, and how members start and end.

use super::World;
use crate::command::{Reply, ReplyHeader};
use crate::disk::{DiskBatch, DiskError, Lane};
use crate::error::Error;
use crate::id::{BatchId, MemberId, RequestId};
use crate::member::REMOVED;
use crate::sim::action::Node;
use crate::sim::frame::{LossReason, LostMessage, MessageFrame};
use crate::sim::host::summarize;
use crate::sim::lines::add_member_line;
use crate::sim::network::link;
use crate::sim::queue::{Event, Message};
use crate::sim::records::Moment;
use crate::trace::{MessageKind, TraceEvent, TraceKind};
use crate::{Input, Output};

impl World {
    /// Hands a member an input and carries out what it answers.
    pub(super) fn feed(&mut self, node: Node, input: Input) {
        let Some(machine) = self.machine_mut(node) else {
            return;
        };
        let Some(process) = machine.process.as_mut() else {
            return;
        };
        if let Some(inbox) = &mut machine.condition.inbox {
            return inbox.push(input);
        }
        let failed = match &input {
            Input::DiskDone { result, .. } => result.clone().err(),
            _ => None,
        };
        let is_tick = matches!(input, Input::Tick);
        process.step(input);
        if is_tick {
            self.records.ticked(node, self.now_us);
        }
        self.carry_out(node);
        if let Some(error) = failed.filter(|_| self.is_running(node))
            && let Err(broken) = self.checks.went_on(node, &error)
        {
            self.violate(broken);
        }
    }

    /// Starts a member that does not run: from its disk, with a clock of its own phase.
    pub(super) fn start(&mut self, node: Node) {
        let Some(machine) = self.machine_mut(node) else {
            return;
        };
        machine.start();
        if let Some(failure) = machine.failure.clone() {
            self.fail(node, &failure, true);
            return;
        }
        let phase_us = self.clock_prng.below(self.config.tick_us);
        self.queue.push(self.now_us + phase_us, Event::Tick(node));
        for other in self.nodes() {
            self.connect_soon(node, other);
        }
        self.carry_out(node);
        for request in self.clients.resume(node, self.now_us) {
            self.feed(node, Input::Watch(request));
        }
    }

    /// Lets a connection come up, if it can and is not up.
    pub(super) fn connect_soon(&mut self, one: Node, two: Node) {
        let link = link(one, two);
        let can = one != two
            && self.is_running(one)
            && self.is_running(two)
            && self.network.can_connect(link);
        if can {
            let at_us = self.now_us + self.network.draw_connect_us();
            self.queue.push(at_us, Event::Connect(link.0, link.1));
        }
    }

    /// Takes a connection down; both ends that still run notice after a while.
    pub(super) fn disconnect(&mut self, one: Node, two: Node) {
        let link = link(one, two);
        self.queue.forget_connect(link);
        if !self.network.disconnect(link) {
            return;
        }
        for (who, from) in [(link.0, link.1), (link.1, link.0)] {
            if self.is_running(who) {
                let at_us = self.now_us + self.network.draw_latency_us();
                self.queue.push(at_us, Event::Disconnect(who, from));
            }
        }
    }

    /// The process is gone: its clock, its connections and its clients' answers with it.
    pub(super) fn end_process(&mut self, node: Node, reason: &str) {
        self.records.ended();
        if let Some(machine) = self.machine_mut(node) {
            machine.process = None;
            machine.condition.end_process();
        }
        self.queue.forget_process(node);
        for other in self.nodes() {
            if other != node {
                self.disconnect(node, other);
            }
        }
        for number in self.clients.lose(node, reason, self.now_us) {
            self.checks.liveness().lose(number, self.now_us);
            self.say_outcome(number);
        }
        self.move_watches(node, |number| number % 2 == 0);
    }

    /// Clients that do not wait for a member go on at another one.
    fn move_watches(&mut self, from: Node, goes: impl Fn(u64) -> bool) {
        let mut members = self.machines.iter().filter(|machine| machine.is_running());
        let Some(to) = members.find(|machine| self.roster.has(machine.id)) else {
            return;
        };
        let to = to.node;
        for request in self.clients.go_elsewhere(from, to, goes, self.now_us) {
            self.feed(to, Input::Watch(request));
        }
    }

    pub(super) fn finish(
        &mut self,
        node: Node,
        lane: Lane,
        batch: BatchId,
        result: Result<(), DiskError>,
    ) {
        self.write_next(node, lane);
        let answer = Input::DiskDone {
            lane,
            batch,
            result,
        };
        let held = self
            .machine_mut(node)
            .and_then(|machine| machine.condition.answers.as_mut());
        match held {
            Some(answers) => answers.push(answer),
            None => self.feed(node, answer),
        }
    }

    pub(super) fn id(&self, node: Node) -> MemberId {
        self.machine(node)
            .map_or(MemberId::NONE, |machine| machine.id)
    }

    fn node(&self, id: MemberId) -> Option<Node> {
        self.machines
            .iter()
            .find(|machine| machine.id == id)
            .map(|machine| machine.node)
    }

    fn carry_out(&mut self, node: Node) {
        self.touched.insert(node);
        let outputs = self
            .machine_mut(node)
            .and_then(|machine| machine.process.as_mut())
            .map(|process| process.take_outputs())
            .unwrap_or_default();
        let mut taken = Vec::new();
        for output in outputs {
            match output {
                Output::Send { to, frame } => {
                    if let Some(to) = self.node(to) {
                        self.send(node, to, frame);
                    }
                }
                Output::Disk(batch) => self.submit(node, batch),
                Output::Reply { id, header, result } => self.reply(id, header, result),
                Output::Watch(response) => {
                    self.records.heard(self.moment());
                    taken.extend(self.clients.hear(response, self.now_us));
                }
                // Nobody in a world saves a store.
                Output::Save(_) => {}
                // Machines of one world reach one another, members or not.
                Output::Members(_) => {}
                Output::Trace(event) => self.trace(node, event),
                Output::Stopped { failure } => self.stopped(node, failure),
            }
        }
        for request in taken {
            self.feed(node, Input::Watch(request));
        }
    }

    fn send(&mut self, from: Node, to: Node, bytes: bytes::Bytes) {
        let link = link(from, to);
        let arrives_at_us = self.network.draw_arrival_us(from, to, self.now_us);
        let is_unlucky = self.network.draw_loss();
        let comes_twice = self.network.draw_duplicate();
        let frame = MessageFrame {
            id: self.network.next_message_id(),
            from,
            to,
            sent_at_us: self.now_us,
            arrives_at_us,
            summary: summarize(&bytes),
        };
        let is_cut = self.network.is_cut_one_way(from, to);
        if is_cut || !self.network.is_connected(link) {
            let reason = if is_cut || self.network.is_cut(link) {
                LossReason::Cut
            } else if self.is_running(to) {
                LossReason::NotConnected
            } else {
                LossReason::Down
            };
            return self.lose(frame, reason);
        }
        let message = Message {
            bytes,
            receiver_start: self.machine(to).map_or(0, |machine| machine.starts),
            link_cuts: self.network.cut_count(link),
            is_unlucky,
            frame,
        };
        if self.network.is_held(from, to) {
            return self.network.keep_back(message);
        }
        if comes_twice && may_come_twice(&message.frame) {
            let again = self.copy(&message);
            self.set_off(again);
        }
        self.set_off(message);
    }

    /// Puts a message on its way.
    pub(super) fn set_off(&mut self, message: Message) {
        let at_us = message.frame.arrives_at_us;
        self.queue.push(at_us, Event::Arrive(Box::new(message)));
    }

    /// A copy of a message with a number and a way of its own.
    pub(super) fn copy(&mut self, message: &Message) -> Message {
        let (from, to) = (message.frame.from, message.frame.to);
        let mut copy = message.clone();
        copy.frame.id = self.network.next_message_id();
        copy.frame.arrives_at_us = self.network.draw_arrival_us(from, to, self.now_us);
        copy
    }

    /// A message does not arrive.
    pub(super) fn lose(&mut self, message: MessageFrame, reason: LossReason) {
        self.lines
            .add(self.now_us, format_args!("lost {message}: {reason}"));
        self.lost.push(LostMessage { message, reason });
    }

    fn submit(&mut self, node: Node, batch: DiskBatch) {
        let lane = batch.lane;
        let write_us = self.write_us(node);
        let is_next = self
            .machine_mut(node)
            .is_some_and(|machine| machine.disk.submit(batch));
        if is_next {
            self.queue
                .push(self.now_us + write_us, Event::Write(node, lane));
        }
    }

    fn write_next(&mut self, node: Node, lane: Lane) {
        let is_busy = self
            .machine(node)
            .is_some_and(|machine| machine.disk.is_busy(lane));
        if is_busy {
            let at_us = self.now_us + self.write_us(node);
            self.queue.push(at_us, Event::Write(node, lane));
        }
    }

    /// How long the member's disk takes to write a batch's bytes.
    fn write_us(&self, node: Node) -> u64 {
        let extra_us = self
            .machine(node)
            .map_or(0, |machine| machine.condition.disk_extra_us);
        self.config.disk_write_us + extra_us
    }

    fn reply(&mut self, id: RequestId, header: ReplyHeader, result: Result<Reply, Error>) {
        let Some(answer) = self.clients.answer(id, header, result, self.now_us) else {
            return;
        };
        self.records.heard(self.moment());
        self.say_outcome(answer.number);
        if let Err(broken) = self.checks.answered(&answer, self.now_us) {
            self.violate(broken);
        }
    }

    pub(super) fn moment(&self) -> Moment {
        Moment {
            at_us: self.now_us,
            event: self.event_count,
        }
    }

    fn say_outcome(&mut self, number: u64) {
        self.answered.push(number);
        if let Some(operation) = self.clients.operation(number) {
            self.lines.add(
                self.now_us,
                format_args!(
                    "client {number} of {}: {}: {}",
                    operation.node, operation.text, operation.outcome
                ),
            );
        }
    }

    fn trace(&mut self, node: Node, event: TraceEvent) {
        add_member_line(&mut self.lines, self.now_us, node, &event);
        let start = self.machine(node).map_or(0, |machine| machine.starts);
        if let Err(broken) = self.checks.traced(node, start, &event.kind) {
            self.violate(broken);
        }
        // Whoever leads counts leases anew, and while all is said to be corrupt none is ended.
        if let TraceKind::BecameLeader { .. } | TraceKind::AlarmLowered { .. } = event.kind {
            self.records.began_anew(self.now_us);
        }
        // A member that is so far behind that it takes a snapshot cannot say what came of the writes
        // that are in it: who asked it for one waits in vain, as in etcd.
        if let TraceKind::SnapshotApplied { .. } = event.kind {
            let now_us = self.now_us;
            self.checks.liveness().begin_anew(now_us);
        }
        self.last.trace.push(event);
    }

    /// The process ended by itself or was asked to; what it had written stays written.
    fn stopped(&mut self, node: Node, failure: Option<String>) {
        let text = failure.as_deref().unwrap_or("stopped");
        add_member_line(&mut self.lines, self.now_us, node, text);
        if let Some(machine) = self.machine_mut(node) {
            machine.disk.abandon();
            machine.failure.clone_from(&failure);
        }
        self.end_process(node, "the member stopped before it answered");
        let now_us = self.now_us;
        self.checks.liveness().begin_anew(now_us);
        if let Some(failure) = failure {
            self.fail(node, &failure, false);
        }
    }

    fn fail(&mut self, node: Node, failure: &str, is_start: bool) {
        if failure == REMOVED {
            // It does not come back.
            self.move_watches(node, |_| true);
        }
        let is_excused = self.machine(node).is_some_and(|machine| {
            // What a start has not found wrong with a disk is no excuse any more, but for entries
            // that are missing: those a leader tells it.
            let is_disks_fault = is_start || failure.starts_with("the disk has lost entries");
            (machine.condition.is_damaged && is_disks_fault) || machine.disk.has_failed_so(failure)
        });
        let member = (node, self.id(node));
        if let Err(broken) = self.checks.failed(member, failure, is_excused) {
            self.violate(broken);
        }
    }
}

/// Whether a copy of a message does no harm. A forwarded proposal that came twice would be carried
/// out twice, and a change of the members asked twice would be refused the second time; streams, which is what members are connected by, do not deliver twice. Everything
/// else raft takes as often as it comes.
pub(super) fn may_come_twice(message: &MessageFrame) -> bool {
    !matches!(
        message.summary.kind,
        MessageKind::Propose | MessageKind::ChangeQuestion
    )
}

//! What faults do.

use super::World;
use super::fits::is_a;
use crate::Input;
use crate::sim::action::Node;
use crate::sim::condition::TRUE_CLOCK_PER_MILLE;
use crate::sim::disk::Disk;
use crate::sim::fault::{DamagedFile, Fault, Keeps};
use crate::sim::frame::LossReason;
use crate::sim::host::Process;
use crate::sim::machine::Machine;
use crate::sim::network::link;
use crate::sim::queue::Message;

impl World {
    /// Carries out a fault that makes sense.
    pub(super) fn carry_out_fault(&mut self, fault: Fault) {
        match fault {
            Fault::CutOneWay { from, to } => self.cut_one_way(from, to),
            Fault::Partition { groups } => {
                for (one, two) in self.links_between(&groups) {
                    self.cut(one, two);
                }
            }
            Fault::Latency {
                from,
                to,
                min_us,
                max_us,
            } => self.network.set_latency(link(from, to), (min_us, max_us)),
            Fault::Chance {
                loss_per_mille,
                duplicate_per_mille,
            } => self
                .network
                .set_chances(loss_per_mille, duplicate_per_mille),
            Fault::Hold { from, to, on: true } => {
                self.network.hold((from, to));
            }
            Fault::Hold {
                from,
                to,
                on: false,
            } => self.release((from, to)),
            Fault::Mend { from, to } => {
                if self.network.mend(link(from, to)) {
                    self.connect_soon(from, to);
                }
            }
            Fault::Wait { until_us } => self.now_us = until_us,
            Fault::Pause { node } => {
                self.with(node, |machine| machine.condition.inbox = Some(Vec::new()));
            }
            Fault::Resume { node } => self.resume(node),
            Fault::ClockRate { node, per_mille } => {
                self.with(node, |machine| {
                    machine.condition.clock_per_mille = per_mille
                });
            }
            Fault::ClockStep { node, ticks } => self.tick_often(node, ticks),
            Fault::Campaign { node } => self.run_timer_out(node),
            Fault::CrashKeeping { node, keeps } => self.crash_keeping(node, keeps),
            Fault::EndFaults => self.end_faults(),
            Fault::DemandLiveness { within_us } => {
                self.checks.liveness().demand(self.now_us, within_us);
            }
            Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Duplicate { .. }
            | Fault::Keep { .. }
            | Fault::Retime { .. } => self.fault_message(fault),
            Fault::SlowDisk { .. }
            | Fault::StallDisk { .. }
            | Fault::FailDisk { .. }
            | Fault::FillDisk { .. }
            | Fault::FlipBit { .. }
            | Fault::SaveDisk { .. }
            | Fault::RestoreDisk { .. }
            | Fault::WipeDisk { .. } => self.fault_disk(fault),
        }
    }

    /// What is done to one message that is under way.
    fn fault_message(&mut self, fault: Fault) {
        match fault {
            Fault::Deliver { message } => self.deliver(message),
            Fault::Drop { message } => self.drop_message(message),
            Fault::Duplicate { message } => {
                if let Some(message) = self.message(message).cloned() {
                    self.hand_over(message);
                }
            }
            Fault::Keep { message } => {
                if let Some(message) = self.queue.take_message(message) {
                    self.network.keep_by_hand(message);
                }
            }
            Fault::Retime {
                message,
                arrives_at_us,
            } => self.retime(message, arrives_at_us),
            _ => {}
        }
    }

    fn fault_disk(&mut self, fault: Fault) {
        match fault {
            Fault::SlowDisk { node, extra_us } => {
                self.with(node, |machine| machine.condition.disk_extra_us = extra_us);
            }
            Fault::StallDisk { node, on: true } => {
                self.with(node, |machine| machine.condition.answers = Some(Vec::new()));
            }
            Fault::StallDisk { node, on: false } => self.end_stall(node),
            Fault::FailDisk { node, operation } => {
                self.with(node, |machine| machine.disk.fails_next = Some(operation));
            }
            Fault::FillDisk { node, on } => {
                self.with(node, |machine| machine.disk.is_full = on);
            }
            Fault::FlipBit { node, file } => self.flip_bit(node, file),
            Fault::SaveDisk { node } => self.with(node, |machine| {
                machine.condition.saved = Some(machine.disk.durable_copy());
            }),
            Fault::RestoreDisk { node } => {
                let saved = self
                    .machine(node)
                    .and_then(|machine| machine.condition.saved.clone());
                self.replace_disk(node, saved.unwrap_or_default());
            }
            Fault::WipeDisk { node } => self.replace_disk(node, Disk::default()),
            // These are carried out above.
            Fault::CutOneWay { .. }
            | Fault::Keep { .. }
            | Fault::Mend { .. }
            | Fault::Partition { .. }
            | Fault::Latency { .. }
            | Fault::Chance { .. }
            | Fault::Hold { .. }
            | Fault::Deliver { .. }
            | Fault::Drop { .. }
            | Fault::Duplicate { .. }
            | Fault::Retime { .. }
            | Fault::Wait { .. }
            | Fault::Pause { .. }
            | Fault::Resume { .. }
            | Fault::ClockRate { .. }
            | Fault::ClockStep { .. }
            | Fault::Campaign { .. }
            | Fault::CrashKeeping { .. }
            | Fault::DemandLiveness { .. }
            | Fault::EndFaults => {}
        }
    }

    /// A connection that is coming up does not: it takes both directions. One that is up stays:
    /// nobody is told.
    fn cut_one_way(&mut self, from: Node, to: Node) {
        if self.network.cut_one_way(from, to) {
            self.queue.forget_connect(link(from, to));
        }
    }

    /// Ends holds; what nobody keeps back any more arrives now, in the order it was sent in.
    fn release(&mut self, hold: (Option<Node>, Option<Node>)) {
        for mut message in self.network.release(hold) {
            message.frame.arrives_at_us = self.now_us;
            self.set_off(message);
        }
    }

    fn deliver(&mut self, id: u64) {
        if let Some(mut message) = self.take_message(id) {
            message.is_unlucky = false;
            self.hand_over(message);
        }
    }

    fn drop_message(&mut self, id: u64) {
        if let Some(message) = self.take_message(id) {
            self.lose(message.frame, LossReason::Dropped);
        }
    }

    fn retime(&mut self, id: u64, arrives_at_us: u64) {
        if let Some(mut message) = self.take_message(id) {
            message.frame.arrives_at_us = arrives_at_us;
            self.set_off(message);
        }
    }

    fn take_message(&mut self, id: u64) -> Option<Message> {
        self.network
            .take_held(id)
            .or_else(|| self.queue.take_message(id))
    }

    /// The process goes on with what has piled up, in the order in which it came. Where leaders
    /// read by their lease it is told first how long it stood still.
    fn resume(&mut self, node: Node) {
        let Some(machine) = self.machine_mut(node) else {
            return;
        };
        let inbox = machine.condition.inbox.take();
        let ticks = std::mem::take(&mut machine.condition.missed_ticks);
        if self.config.reads_by_lease && ticks > 0 {
            self.feed(node, Input::Missed { ticks });
        }
        for input in inbox.unwrap_or_default() {
            self.feed(node, input);
        }
    }

    fn tick_often(&mut self, node: Node, ticks: u32) {
        for _ in 0..ticks {
            self.feed(node, Input::Tick);
        }
    }

    /// Lets as many ticks pass as its election timer has left.
    fn run_timer_out(&mut self, node: Node) {
        let process = self
            .machine(node)
            .and_then(|machine| machine.process.as_ref());
        let left_ticks = process.map_or(0, Process::election_ticks_left);
        self.tick_often(node, left_ticks.max(1));
    }

    fn crash_keeping(&mut self, node: Node, keeps: Keeps) {
        if keeps == Keeps::Chance {
            return self.crash(node);
        }
        self.end_process(node, "the member crashed before it answered");
        self.with(node, |machine| match keeps {
            Keeps::Nothing => machine.disk.lose_unsynced(),
            Keeps::Chance | Keeps::All => machine.disk.abandon(),
        });
    }

    fn end_stall(&mut self, node: Node) {
        let answers = self
            .machine_mut(node)
            .and_then(|machine| machine.condition.answers.take());
        for answer in answers.unwrap_or_default() {
            self.feed(node, answer);
        }
    }

    fn flip_bit(&mut self, node: Node, file: DamagedFile) {
        let prng = &mut self.disk_prng;
        let machine = self.machines.iter_mut().find(|other| other.node == node);
        let Some(machine) = machine.map(Machine::change) else {
            return;
        };
        let Some((path, at_bytes)) = machine.disk.flip_bit(|path| is_a(file, path), prng) else {
            return;
        };
        machine.condition.is_damaged = true;
        match file {
            DamagedFile::Log => self.checks.disk_changed(node),
            DamagedFile::Snapshot => self.checks.snapshot_damaged(node),
        }
        self.lines.add(
            self.now_us,
            format_args!("flipped a bit of byte {at_bytes} of {node}'s {path}"),
        );
    }

    /// A disk with other contents; it is as full, slow and ready to fail as the old one.
    fn replace_disk(&mut self, node: Node, mut disk: Disk) {
        let Some(machine) = self.machine_mut(node) else {
            return;
        };
        disk.fails_next = machine.disk.fails_next;
        disk.is_full = machine.disk.is_full;
        if disk.image() == machine.disk.image() {
            return;
        }
        machine.disk = disk;
        machine.condition.is_damaged = true;
        self.checks.disk_changed(node);
    }

    fn end_faults(&mut self) {
        self.network.calm();
        self.release((None, None));
        self.heal();
        for node in self.nodes() {
            self.with(node, |machine| {
                machine.condition.clock_per_mille = TRUE_CLOCK_PER_MILLE;
                machine.condition.disk_extra_us = 0;
                machine.disk.fails_next = None;
                machine.disk.is_full = false;
            });
            self.end_stall(node);
            self.resume(node);
        }
        for watch in self.clients.stalled() {
            self.stall_watch(watch, false);
        }
    }

    fn with(&mut self, node: Node, change: impl FnOnce(&mut Machine)) {
        if let Some(machine) = self.machine_mut(node) {
            change(machine);
        }
    }
}

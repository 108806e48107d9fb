//! Faults, as they are drawn.

use super::swarm::Kind;
use super::{LIVE_WITHIN_US, Phase, Planner};
use crate::sim::action::{Action, Node};
use crate::sim::fault::{DamagedFile, DiskCall, Fault, Keeps};

/// Which of the plan's faults have not ended.
#[derive(Debug, Default)]
pub(super) struct Open {
    paused: Vec<Node>,
    stalled: Vec<Node>,
    full: Vec<Node>,
    holds: Vec<(Option<Node>, Option<Node>)>,
    /// The one member whose snapshot was damaged: it may refuse to start for ever.
    damaged: Option<Node>,
}

impl Planner {
    pub(super) fn break_things(&mut self) {
        while self.phase() == Phase::Faults {
            if !self.change_members() {
                match self.swarm.draw(&mut self.prng) {
                    Some(kind) => self.break_one(kind),
                    None => self.ask(),
                }
            }
            self.wait();
        }
    }

    pub(super) fn make_whole(&mut self) {
        self.fault(Fault::EndFaults);
        self.open = Open {
            damaged: self.open.damaged,
            ..Open::default()
        };
        while !self.down.is_empty() {
            self.restart();
        }
        // A call that was to fail may have failed long after, on a member that had been started
        // again meanwhile. One that runs refuses this.
        for node in self.nodes.clone() {
            self.plan(Action::Restart { node });
        }
        self.fault(Fault::DemandLiveness {
            within_us: LIVE_WITHIN_US,
        });
    }

    fn break_one(&mut self, kind: Kind) {
        match kind {
            Kind::Crash => self.end(|node| Action::Crash { node }),
            Kind::CrashKeeping => {
                let keeps = self.prng.choose(&[Keeps::Nothing, Keeps::All]).copied();
                let keeps = keeps.unwrap_or(Keeps::Nothing);
                self.end(|node| Action::Fault(Fault::CrashKeeping { node, keeps }));
            }
            Kind::Stop => self.end(|node| Action::Stop { node }),
            Kind::LightsOut => self.lights_out(),
            Kind::Restart => self.restart(),
            Kind::CrashAgain => self.crash_again(),
            Kind::FlipSnapshotBit => self.flip_snapshot_bit(),
            Kind::Isolate | Kind::Cut | Kind::CutOneWay | Kind::Partition | Kind::Heal => {
                self.break_links(kind);
            }
            Kind::Latency | Kind::Chance | Kind::Hold | Kind::Release => self.disturb(kind),
            Kind::Pause | Kind::Resume | Kind::ClockRate | Kind::ClockStep | Kind::Campaign => {
                self.confuse(kind)
            }
            Kind::SlowDisk | Kind::StallDisk | Kind::EndStall | Kind::FailDisk | Kind::FillDisk => {
                self.strain_disk(kind)
            }
        }
    }

    /// Ends a running member.
    fn end(&mut self, action: impl FnOnce(Node) -> Action) {
        if let Some(node) = self.draw_to_end() {
            self.plan(action(node));
            self.down.push(node);
        }
    }

    /// A member that may end. One stays up, or nothing would happen until the next action.
    fn draw_to_end(&mut self) -> Option<Node> {
        let is_last = self.changes.are_planned() && self.steady().len() < 2;
        if is_last || self.down.len() + 1 >= self.nodes.len() {
            return None;
        }
        self.draw_running()
    }

    fn restart(&mut self) {
        if let Some(node) = self.prng.choose(&self.down).copied() {
            self.down.retain(|other| *other != node);
            if let Some(at) = self.open.full.iter().position(|other| *other == node) {
                self.open.full.remove(at);
                self.fault(Fault::FillDisk { node, on: false });
            }
            // One that was asked to stop may still be at it; one that was crashed refuses this.
            self.plan(Action::Crash { node });
            self.plan(Action::Restart { node });
        }
    }

    /// The power fails for all, and comes back for all or for some.
    fn lights_out(&mut self) {
        for node in self.nodes.clone() {
            self.plan(Action::Crash { node });
        }
        self.down = self.nodes.clone();
        let count = self.prng.between(1, self.nodes.len() as u64);
        for _ in 0..count {
            self.restart();
        }
        while self.steady().is_empty() && !self.down.is_empty() {
            self.restart();
        }
    }

    /// The power fails once more, before a member has written what it began with.
    fn crash_again(&mut self) {
        if let Some(node) = self.draw_to_end() {
            self.plan(Action::Crash { node });
            self.down.push(node);
            self.plan(Action::Restart { node });
            self.plan(Action::Crash { node });
        }
    }

    /// One member of a plan at most, and never one of two: it may refuse to start for ever. Nor
    /// where members are removed: it may be one of two then.
    fn flip_snapshot_bit(&mut self) {
        let is_one_of_few = self.nodes.len() < 3 || self.changes.are_planned();
        if self.open.damaged.is_some() || is_one_of_few {
            return;
        }
        if let Some(node) = self.draw_to_end() {
            self.open.damaged = Some(node);
            self.plan(Action::Crash { node });
            self.down.push(node);
            let file = DamagedFile::Snapshot;
            self.fault(Fault::FlipBit { node, file });
        }
    }

    fn break_links(&mut self, kind: Kind) {
        if kind == Kind::Heal {
            if std::mem::take(&mut self.is_cut) {
                self.plan(Action::Heal);
            }
            return;
        }
        let (Some(from), Some(to)) = (self.draw(), self.draw()) else {
            return;
        };
        let action = match kind {
            Kind::Isolate => Action::Isolate { node: from },
            Kind::Cut if from != to => Action::Cut { from, to },
            Kind::CutOneWay if from != to => Action::Fault(Fault::CutOneWay { from, to }),
            Kind::Partition => {
                let mut groups = vec![Vec::new(), Vec::new()];
                for node in self.nodes.clone() {
                    let at = usize::from(self.prng.chance(500));
                    groups[at].push(node);
                }
                Action::Fault(Fault::Partition { groups })
            }
            _ => return,
        };
        self.plan(action);
        self.is_cut = true;
    }

    fn disturb(&mut self, kind: Kind) {
        let (Some(from), Some(to)) = (self.draw(), self.draw()) else {
            return;
        };
        match kind {
            Kind::Latency if from != to => {
                let min_us = self.prng.between(100, 200_000);
                let max_us = min_us + self.prng.below(300_000);
                self.fault(Fault::Latency {
                    from,
                    to,
                    min_us,
                    max_us,
                });
            }
            Kind::Chance => {
                let loss_per_mille = self.prng.below(120) as u32;
                let duplicate_per_mille = self.prng.below(200) as u32;
                self.fault(Fault::Chance {
                    loss_per_mille,
                    duplicate_per_mille,
                });
            }
            Kind::Hold => {
                let from = self.prng.chance(800).then_some(from);
                let to = self.prng.chance(500).then_some(to);
                self.open.holds.push((from, to));
                self.fault(Fault::Hold { from, to, on: true });
            }
            Kind::Release => {
                if let Some((from, to)) = self.open.holds.pop() {
                    self.fault(Fault::Hold {
                        from,
                        to,
                        on: false,
                    });
                }
            }
            _ => {}
        }
    }

    fn confuse(&mut self, kind: Kind) {
        if kind == Kind::Resume {
            if let Some(node) = self.open.paused.pop() {
                self.fault(Fault::Resume { node });
            }
            return;
        }
        let Some(node) = self.draw_running() else {
            return;
        };
        let fault = match kind {
            Kind::Pause => {
                self.open.paused.push(node);
                Fault::Pause { node }
            }
            Kind::ClockRate => {
                let per_mille = self.prng.between(500, 2_000) as u32;
                Fault::ClockRate { node, per_mille }
            }
            Kind::ClockStep => {
                let ticks = self.prng.between(1, 40) as u32;
                Fault::ClockStep { node, ticks }
            }
            _ => Fault::Campaign { node },
        };
        self.fault(fault);
    }

    fn strain_disk(&mut self, kind: Kind) {
        match kind {
            Kind::SlowDisk => {
                if let Some(node) = self.draw() {
                    // Milliseconds for most, seconds for some, and an end now and then.
                    let most_us = *self
                        .prng
                        .choose(&[1, 100_000, 3_000_000])
                        .unwrap_or(&100_000);
                    let extra_us = self.prng.below(most_us);
                    self.fault(Fault::SlowDisk { node, extra_us });
                }
            }
            Kind::StallDisk => {
                if let Some(node) = self.draw_running() {
                    self.open.stalled.push(node);
                    self.fault(Fault::StallDisk { node, on: true });
                }
            }
            Kind::EndStall => {
                if let Some(node) = self.open.stalled.pop() {
                    self.fault(Fault::StallDisk { node, on: false });
                }
            }
            Kind::FailDisk => {
                if let Some(node) = self.draw_to_end() {
                    // It will stop: to have it back takes a restart.
                    self.down.push(node);
                    let operation = if self.prng.chance(500) {
                        DiskCall::Write
                    } else {
                        DiskCall::Sync
                    };
                    self.fault(Fault::FailDisk { node, operation });
                }
            }
            _ => {
                if let Some(node) = self.draw_to_end() {
                    self.down.push(node);
                    self.open.full.push(node);
                    self.fault(Fault::FillDisk { node, on: true });
                }
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.plan(Action::Fault(fault));
    }
}

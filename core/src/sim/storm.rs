//! A plan of another temper than [`fault_plan`](super::fault_plan): few faults, and clients that
//! ask without a pause while each lasts.
//!
//! A stale read needs a write elsewhere and a read here within the second in which a leader that
//! is cut off still believes to lead. A fault plan that gives everything its share of time seldom
//! asks twice in that second. A storm does nothing else: one trouble at a time, and in it as many
//! operations as there is room for, aimed at those whom it befalls.

use super::action::{Action, Node};
use super::config::WorldConfig;
use super::fault::{DiskCall, Fault};
use super::history::History;
use super::operation::Operation;
use super::plan::{
    Length, Phase, Space, Step, believe_again, cry_wolf, make_room, snapshot_store_size_bytes,
};
use super::script::Script;
use crate::prng::Prng;

/// Settings and actions for a world of so many members and about such a length. The last fifth is
/// calm.
pub(super) fn storm_plan(seed: u64, members: u32, length: Length) -> History {
    let prng = Prng::new(seed).fork("storm");
    let mut members_prng = prng.fork("members");
    let mut config = settings(seed, members, &mut prng.fork("settings"));
    let changes_members = members_prng.chance(300);
    if changes_members {
        config.strict_reconfig_check = members_prng.chance(400);
    }
    let space = Space::new(&mut prng.fork("space"));
    config.quota_bytes = space.quota_bytes();
    let mut storm = Storm {
        script: Script::new(prng.fork("actions"), members, length),
        machines_max: if changes_members {
            members + members_prng.between(1, 4) as u32
        } else {
            0
        },
        steady: (1..=members).map(Node).collect(),
    };
    while storm.script.phase() == Phase::Faults {
        let victim = storm.script.node();
        if storm.machines_max > 0 && storm.script.prng.chance(250) {
            storm.replace(victim);
            continue;
        }
        if space.is_scarce() && storm.script.prng.chance(250) {
            storm.see_to_space();
        }
        match storm.script.prng.below(100) {
            0..=29 => storm.siege(victim),
            30..=44 => storm.pause(victim),
            45..=64 => storm.churn(),
            65..=79 => storm.crash(victim),
            80..=89 => storm.slow(victim),
            90..=93 => storm.fail_disk(victim),
            _ => storm.lights_out(),
        }
        storm.script.pause(120);
    }
    storm.script.make_whole();
    if space.is_scarce() {
        let (asked, all) = (storm.steady.clone(), storm.script.nodes.clone());
        storm.do_all(believe_again(&asked, &all));
        let steps = make_room(&mut storm.script.prng, &asked, &all);
        storm.do_all(steps);
    }
    while storm.script.phase() != Phase::Over {
        storm.ask(None);
        storm.script.wait(20);
    }
    storm.script.end(config)
}

/// Small segments and few entries between snapshots, so that all of it is met in a short run.
fn settings(seed: u64, members: u32, prng: &mut Prng) -> WorldConfig {
    let latency_min_us = prng.between(500, 5_000);
    WorldConfig {
        seed,
        members,
        latency_min_us,
        latency_max_us: latency_min_us + prng.between(0, 20_000),
        in_order: prng.chance(500),
        loss_per_mille: prng.below(2) as u32 * prng.below(40) as u32,
        disk_write_us: prng.between(100, 3_000),
        disk_sync_us: prng.between(100, 20_000),
        snapshot_count: prng.between(4, 20),
        snapshot_store_size_bytes: snapshot_store_size_bytes(prng),
        snapshot_catch_up_entries: prng.between(0, 4),
        segment_size_bytes: prng.between(256, 4_096),
        pre_vote: prng.chance(700),
        ..WorldConfig::default()
    }
}

struct Storm {
    script: Script,
    /// The first members, without those that somebody was asked to remove.
    steady: Vec<Node>,
    /// How many machines there may be in the end; 0 where the members stay the same.
    machines_max: u32,
}

impl Storm {
    /// One is cut off, and clients go on on both sides.
    fn siege(&mut self, victim: Node) {
        if self.script.prng.chance(300) {
            let fault = Fault::Latency {
                from: victim,
                to: self.script.other(victim),
                min_us: 100_000,
                max_us: 1_500_000,
            };
            self.script.fault(fault);
        } else {
            self.script.plan(Action::Isolate { node: victim });
        }
        self.ask_much(20, 100, victim);
        self.script.fault(Fault::EndFaults);
        self.script.plan(Action::Heal);
        self.ask_much(5, 20, victim);
    }

    /// A process stands still and wakes up, not knowing for how long.
    fn pause(&mut self, victim: Node) {
        self.script.fault(Fault::Pause { node: victim });
        self.ask_much(10, 60, victim);
        self.script.fault(Fault::Resume { node: victim });
        self.ask_much(5, 20, victim);
    }

    /// Leaders come and go, each with something in its log that the others may not have.
    fn churn(&mut self) {
        for _ in 0..self.script.prng.between(2, 6) {
            let node = self.script.node();
            self.script.fault(Fault::Campaign { node });
            // Two at a time divide the votes.
            if self.script.prng.chance(300) {
                let node = self.script.other(node);
                self.script.fault(Fault::Campaign { node });
            }
            let wait = self.script.prng.between(2, 30);
            self.script.wait(wait);
            let key = self.script.key(4);
            self.script.put(node, key);
            self.script.pause(6);
            if self.script.prng.chance(400) {
                self.script.plan(Action::Isolate { node });
            } else if self.script.prng.chance(400) {
                self.script.plan(Action::Crash { node });
                self.script.pause(20);
                self.script.plan(Action::Restart { node });
            }
            if self.script.prng.chance(300) {
                self.script.plan(Action::Heal);
            }
        }
        self.script.plan(Action::Heal);
    }

    /// A machine loses power in the middle of many writes.
    fn crash(&mut self, victim: Node) {
        self.ask_much(5, 30, victim);
        self.script.plan(Action::Crash { node: victim });
        let other = self.script.other(victim);
        self.ask_much(0, 20, other);
        self.script.plan(Action::Restart { node: victim });
    }

    /// A disk takes its time; perhaps the power goes meanwhile.
    fn slow(&mut self, victim: Node) {
        let extra_us = self.script.prng.between(20_000, 400_000);
        let slow = Fault::SlowDisk {
            node: victim,
            extra_us,
        };
        self.script.fault(slow);
        self.ask_much(20, 60, victim);
        if self.script.prng.chance(600) {
            self.script.plan(Action::Crash { node: victim });
            self.script.plan(Action::Restart { node: victim });
        }
        self.script.fault(Fault::EndFaults);
    }

    /// A call of a disk fails, and the member stops of it.
    fn fail_disk(&mut self, victim: Node) {
        let operation = *self
            .script
            .prng
            .choose(&[DiskCall::Write, DiskCall::Sync])
            .unwrap_or(&DiskCall::Sync);
        let fail = Fault::FailDisk {
            node: victim,
            operation,
        };
        self.script.fault(fail);
        self.ask_much(5, 20, victim);
        self.script.fault(Fault::EndFaults);
        self.script.plan(Action::Crash { node: victim });
        self.script.plan(Action::Restart { node: victim });
    }

    /// The power fails for all.
    fn lights_out(&mut self) {
        for node in self.script.nodes.clone() {
            self.script.plan(Action::Crash { node });
        }
        for node in self.script.nodes.clone() {
            self.script.plan(Action::Restart { node });
        }
    }

    /// One goes, another comes: in either order, and while clients ask.
    fn replace(&mut self, victim: Node) {
        let at = self.script.other(victim);
        let new = Node(self.script.nodes.len() as u32 + 1);
        let remove = Operation::MemberRemove { target: victim };
        let comes_first = self.script.prng.chance(500);
        // One of the first members stays.
        let goes = self.script.prng.chance(500) && self.steady.iter().any(|node| *node != victim);
        if goes {
            self.steady.retain(|node| *node != victim);
        }
        if goes && !comes_first {
            self.script.operate(at, remove.clone());
            self.ask_much(5, 20, victim);
        }
        if new.0 <= self.machines_max {
            let learner = self.script.prng.chance(600);
            self.script
                .operate(at, Operation::MemberAdd { new, learner });
            self.script.plan(Action::Restart { node: new });
            self.script.nodes.push(new);
            self.ask_much(10, 40, new);
            if learner {
                self.script
                    .operate(at, Operation::MemberPromote { target: new });
                self.ask_much(5, 20, new);
            }
        }
        if goes && comes_first {
            self.script.operate(at, remove);
            self.ask_much(5, 20, victim);
        }
    }

    /// Room is made, or what an alarm forbids is seen.
    fn see_to_space(&mut self) {
        let (asked, all) = (self.steady.clone(), self.script.nodes.clone());
        let steps = if self.script.prng.chance(150) {
            cry_wolf(&mut self.script.prng, &asked, &all)
        } else {
            make_room(&mut self.script.prng, &asked, &all)
        };
        self.do_all(steps);
    }

    fn do_all(&mut self, steps: Vec<Step>) {
        for (action, wait) in steps {
            self.script.ask(action);
            self.script.wait(wait);
        }
    }

    fn ask_much(&mut self, least: u64, most: u64, victim: Node) {
        for _ in 0..self.script.prng.between(least, most) {
            self.ask(Some(victim));
            self.script.pause(7);
        }
    }

    /// A third goes to whom the trouble befalls, most of it reads.
    fn ask(&mut self, victim: Option<Node>) {
        let aimed = victim.filter(|_| self.script.prng.chance(350));
        // When all is whole an answer is demanded: only of those that are members for certain.
        let asked = match self.script.phase() {
            Phase::Faults => self.script.node(),
            _ => *self.script.prng.choose(&self.steady).unwrap_or(&Node(1)),
        };
        let node = aimed.unwrap_or(asked);
        let key = self.script.key(4);
        let reads = if aimed.is_some() { 700 } else { 300 };
        if self.script.prng.chance(reads) {
            return self.script.ask(Action::Get { node, key });
        }
        match self.script.prng.below(100) {
            0..=79 => self.script.put(node, key),
            80..=93 => self.script.ask(Action::Delete { node, key }),
            _ => {
                let revision = self.script.prng.between(1, self.script.writes + 1);
                let revision = revision.cast_signed().into();
                self.script.ask(Action::Compact { node, revision });
            }
        }
    }
}
